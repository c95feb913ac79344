"""Earns and burns over HTTP, in turns with the reference posting on the same server."""

from collections.abc import Callable

from bench.load import Load, Outcome, closed_loop
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run
from bench.usage import used


def earn(run: Run) -> list[Row]:
    """Earns of ten points."""
    return _compare(run, "earn", run.plan.connections, bar=0.25, reach=0.40)


def burn(run: Run) -> list[Row]:
    """Burns of 250 points from lots of 100."""
    return _compare(run, "burn", run.plan.connections, bar=0.33, reach=0.50)


def earn_many(run: Run) -> list[Row]:
    """Earns with four times the connections."""
    return _compare(run, "earn", run.plan.many_connections, reach=0.60)


def burn_many(run: Run) -> list[Row]:
    """Burns with four times the connections."""
    return _compare(run, "burn", run.plan.many_connections)


def _compare(
    run: Run, kind: str, connections: int, *, bar: float | None = None, reach: float | None = None
) -> list[Row]:
    plan, web, yardstick = run.plan, run.web, run.yardstick
    load = Load(kind, known=run.house.shape.known_by, amount_minor=plan.earn_points * 100, points=plan.burn_points)
    closed_loop(web, load, plan, connections=connections, seconds=plan.warm_up_seconds)
    spent = _Spent(run)
    outcomes: list[Outcome] = []

    def ours() -> float:
        run.house.settle_down(plan.burn_points)
        outcomes.append(spent.over(lambda: closed_loop(web, load, plan, connections=connections, seconds=plan.seconds)))
        return outcomes[-1].rate

    sides: dict[str, Callable[[], float]] = {"ours": ours}
    if yardstick is not None:

        def reference() -> float:
            yardstick.refill()
            return (yardstick.burn if kind == "burn" else yardstick.earn)(connections, plan.seconds)

        sides["reference"] = reference
    samples = interleave(plan.rounds, sides)
    p50, p99 = median([each.p50_ms for each in outcomes]), median([each.p99_ms for each in outcomes])
    note = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    if yardstick is not None and kind == "burn":
        note += f"; {yardstick.dry_burns} of {yardstick.burns} reference burns dry"
    limit = median(samples["reference"]) if "reference" in samples else None
    name = f"{kind}, {connections} connections"
    row = Row(name, "a second", median(samples["ours"]), limit, bar, reach, True, note, samples)
    return [row, *spent.rows(name)]


class _Spent:
    """Processor time of the product and of PostgreSQL for each request of our rounds."""

    def __init__(self, run: Run) -> None:
        self._web = run.web.process_id
        self._postmaster = run.house.postmaster()
        self._web_us: list[float] = []
        self._postgres_us: list[float] = []

    def over(self, work: Callable[[], Outcome]) -> Outcome:
        before = used(self._web, self._postmaster)
        outcome = work()
        after = used(self._web, self._postmaster)
        if before and after and outcome.requests:
            self._web_us.append((after.web - before.web) / outcome.requests * 1e6)
            self._postgres_us.append((after.postgres - before.postgres) / outcome.requests * 1e6)
        return outcome

    def rows(self, name: str) -> list[Row]:
        """For information: where the processor's time went."""
        told = (("web", self._web_us), ("PostgreSQL", self._postgres_us))
        return [
            Row(f"  {name}: {where}", "µs of CPU", median(samples), samples={"ours": samples})
            for where, samples in told
            if samples
        ]
