"""What settling takes: folding ten million movements, closing a cycle of them, and what tills notice of it.

fold     `settlement.cut()` over movements of which none was folded yet: the horizon, one pass over the rows that keeps
         cycles apart, the cycles assigned, the sums written, the cut logged, the commit. Against it, over the same
         rows of the same table, `SELECT issuer_id, redeemer_id, kind, sum(points), count(*) ... GROUP BY`, no more.
close    `settlement.close_cycle()` after the movements of one more minute, which no cut has seen: the boundary, the
         last cut, the netting, a statement and a fact for every partner. All else had been cut before. For
         information, what a submission and an approval do after it: they measure the movements themselves again.
posting  earns, and burns, over HTTP in rounds in which a worker closes a cycle of that size, one close after the other
         from the first second to the last, against rounds without; for information, in rounds with one close.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Thread
from uuid import UUID

from bench.clearing import Clearing, close
from bench.coalition import found_coalition
from bench.filling import Shape
from bench.house import House, make_house
from bench.load import Load, closed_loop
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run
from bench.servers import environment_of
from bench.web import Web
from network.settlement import service as settlement

_FEW, _MANY = "bench_cycle_small", "bench_cycle_large"
_ONE, _ALL = 1, 1_000  # closes in a round, at most
_Closing = Callable[[float, int], tuple[int, float]]
_GROUP_BY = "SELECT issuer_id, redeemer_id, kind, sum(points), count(*) FROM movement GROUP BY 1, 2, 3"


def settling(run: Run) -> list[Row]:
    """All three, on one filling."""
    plan, servers = run.plan, run.servers
    run.say(f"filling {plan.movements:,} and {plan.few_movements:,} movements")
    house = make_house(servers, plan, _MANY, plan.wallets // 2, Shape(plan.lots, plan.lot_points))
    many = Clearing(servers, _MANY, house.partners, plan.movements)
    servers.make_database(_FEW)
    with servers.application(_FEW):
        few = Clearing(servers, _FEW, found_coalition(plan.partners), plan.few_movements)
    try:
        many.fill()
        few.fill()
        run.say("filled")
        return [_folding(run, many), *_closing(run, few, many), *_posting(run, house, many)]
    finally:
        servers.drop_database(_MANY)
        servers.drop_database(_FEW)


def _folding(run: Run, many: Clearing) -> Row:
    with run.servers.application(many.database), run.servers.connect(many.database) as connection:

        def fold() -> float:
            many.forget_cuts()
            return _seconds(settlement.cut)

        fold()  # opens the cycles
        samples = interleave(
            run.plan.rounds,
            {"fold": fold, "group by": lambda: _seconds(lambda: connection.execute(_GROUP_BY).fetchall())},
        )
        settlement.cut()
    name = f"folding {many.size:,} movements of {len(many.partners)} partners"
    note = "against one GROUP BY issuer, redeemer, kind"
    return Row(name, "s", median(samples["fold"]), median(samples["group by"]), 2, 1.5, False, note, samples)


def _closing(run: Run, few: Clearing, many: Clearing) -> list[Row]:
    sides = {"many": many, "few": few}
    for each in sides.values():
        with run.servers.application(each.database):
            settlement.cut()
            _close_once(run, each)
    samples = interleave(2 * run.plan.rounds, {name: partial(_close_once, run, each) for name, each in sides.items()})
    measured = interleave(run.plan.rounds, {name: partial(_measure_once, run, each) for name, each in sides.items()})
    with run.servers.application(few.database):
        few.check()
    name = f"closing a cycle of {many.size:,} movements against {few.size:,}"
    note = f"{run.plan.minute_movements:,} movements since the last cut"
    return [
        Row(name, "s", median(samples["many"]), median(samples["few"]), 1.2, 1.0, False, note, samples),
        Row(
            f"measuring a cycle of {many.size:,} movements again, as at its approval",
            "s",
            median(measured["many"]),
            median(measured["few"]),
            note=f"against {few.size:,}",
            samples=measured,
        ),
    ]


def _close_once(run: Run, clearing: Clearing) -> float:
    """Seconds of one close."""
    clearing.add(run.plan.minute_movements)
    with run.servers.application(clearing.database):
        cycle_id = clearing.cycle().cycle_id
        clearing.reopen(cycle_id)
        clearing.settle_down()
        return _seconds(lambda: close(cycle_id))


def _measure_once(run: Run, clearing: Clearing) -> float:
    """Seconds in which a stated cycle is measured again. Raises AmountsDiffer if rows and statements do not agree."""
    with run.servers.application(clearing.database):
        cycle = clearing.cycle()
        return _seconds(lambda: settlement.measure(cycle))


def _posting(run: Run, house: House, many: Clearing) -> list[Row]:
    with run.servers.application(many.database):
        cycle_id = many.cycle().cycle_id
    many.reopen(cycle_id)
    with house.serve(run.plan) as web, _closer(run, many, cycle_id) as closing:
        return [row for kind in ("earn", "burn") for row in _beside(run, house, web, kind, closing)]


def _beside(run: Run, house: House, web: Web, kind: str, closing: _Closing) -> list[Row]:
    plan = run.plan
    load = Load(kind, known=house.shape.known_by, amount_minor=plan.earn_points * 100, points=plan.burn_points)
    told: dict[int, list[tuple[int, float]]] = {_ONE: [], _ALL: []}

    def rate() -> float:
        return closed_loop(web, load, plan, connections=plan.connections, seconds=plan.seconds).rate

    def beside(most: int) -> float:
        worker = Thread(target=lambda: told[most].append(closing(plan.seconds, most)))
        worker.start()
        found = rate()
        worker.join()
        return found

    def settled() -> None:
        house.settle_down(plan.burn_points)

    rate()
    sides = {"alone": rate, "one close": partial(beside, _ONE), "closes all the time": partial(beside, _ALL)}
    samples = interleave(plan.rounds, sides, settled)
    rows = []
    for most, side, bar in ((_ALL, "closes all the time", 0.9), (_ONE, "one close", None)):
        closes, spent = map(sum, zip(*told[most], strict=True))
        name = f"{kind} beside a worker that closes a cycle of {plan.movements:,} movements, {side}"
        note = f"{closes:.0f} closes of {spent / closes:.2f} s in {len(told[most])} rounds"
        ours, limit = median(samples[side]), median(samples["alone"])
        rows.append(Row(name, "a second", ours, limit, bar, bar and 1.0, True, note, samples))
    return rows


@contextmanager
def _closer(run: Run, clearing: Clearing, cycle_id: UUID) -> Iterator[_Closing]:
    """A process that closes the cycle for so many seconds, or so many times: how often that was, how long it took."""
    url = run.servers.url(clearing.database)
    settings = replace(run.servers.settings, database_url=url)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.closer", url, str(cycle_id)],
        env={**os.environ, **environment_of(settings)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def closing(seconds: float, most: int) -> tuple[int, float]:
        stdin.write(f"{seconds} {most}\n")
        stdin.flush()
        closes, spent = stdout.readline().split()
        return int(closes), float(spent)

    try:
        stdout.readline()
        yield closing
    finally:
        stdin.close()
        process.wait()


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
