"""Earns and burns over HTTP, in turns with the reference posting on the same server."""

from collections.abc import Callable
from typing import TypeVar

from bench.load import Load, Outcome, Spoiled, closed_loop
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run
from bench.usage import children_seconds, used

Work = TypeVar("Work")


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
    spent, limit_spent = _Spent(web.process_id, run.house.postmaster()), _Spent(None, run.house.postmaster())
    outcomes: list[Outcome] = []

    def ours() -> float:
        run.house.settle_down(plan.burn_points)
        before = run.house.answered()
        outcomes.append(
            spent.over(
                lambda: closed_loop(web, load, plan, connections=connections, seconds=plan.seconds),
                lambda outcome: outcome.requests,
            )
        )
        _check_new(run.house.answered() - before, outcomes[-1].requests, connections)
        return outcomes[-1].rate

    sides: dict[str, Callable[[], float]] = {"ours": ours}
    if yardstick is not None:
        posting = yardstick.burn if kind == "burn" else yardstick.earn

        def reference() -> float:
            yardstick.refill()
            return limit_spent.over(lambda: posting(connections, plan.seconds), lambda rate: rate * plan.seconds)

        sides["reference"] = reference
    samples = interleave(plan.rounds, sides)
    p50, p99 = median([each.p50_ms for each in outcomes]), median([each.p99_ms for each in outcomes])
    note = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    if yardstick is not None and kind == "burn":
        note += f"; {yardstick.dry_burns} of {yardstick.burns} reference burns dry"
    limit = median(samples["reference"]) if "reference" in samples else None
    name = f"{kind}, {connections} connections"
    row = Row(name, "a second", median(samples["ours"]), limit, bar, reach, True, note, samples)
    return [row, _processor_time(name, spent, limit_spent if yardstick else None)]


def _check_new(answered: int, requests: int, connections: int) -> None:
    """Every request of a round was new, but for those that were on their way when it ended. Raises Spoiled.

    An answer that was given before costs half of a posting: tills that repeat themselves would look fast.
    """
    if abs(answered - requests) > connections:
        raise Spoiled(f"{requests} requests, and {answered} of them new")


def _processor_time(name: str, ours: "_Spent", limit: "_Spent | None") -> Row:
    """For information, and the steadier number on a busy machine: what one posting costs, theirs over ours."""
    return Row(
        f"  {name}: postings per second of CPU",
        "a second",
        1e6 / ours.total() if ours.total() else None,
        1e6 / limit.total() if limit and limit.total() else None,
        note=f"ours in µs: {ours.told()}" + (f"; reference: {limit.told()}" if limit else ""),
        samples={
            **ours.parts,
            **{f"reference {part}": found for part, found in (limit.parts if limit else {}).items()},
        },
    )


class _Spent:
    """Processor time for each posting of the rounds of one side: web processes, PostgreSQL, and who asks (children)."""

    def __init__(self, web_process: int | None, postmaster: int) -> None:
        self._web_process = web_process
        self._postmaster = postmaster
        self._parts: dict[str, list[float]] = {}

    def over(self, work: Callable[[], Work], postings: Callable[[Work], float]) -> Work:
        """Do the work and note what one of its postings took."""
        before, asked_before = used(self._web_process, self._postmaster), children_seconds()
        outcome = work()
        after, asked_after = used(self._web_process, self._postmaster), children_seconds()
        count = postings(outcome)
        if before and after and count:
            spent = {"PostgreSQL": after.postgres - before.postgres, "load": asked_after - asked_before}
            if self._web_process is not None:
                spent["web"] = after.web - before.web
            for part, seconds in spent.items():
                self._parts.setdefault(part, []).append(seconds / count * 1e6)
        return outcome

    def total(self) -> float:
        """µs of processor time for one posting, all in all; medians."""
        return sum(median(samples) for samples in self._parts.values())

    def told(self) -> str:
        """The parts of it."""
        return " + ".join(f"{part} {median(samples):,.0f}" for part, samples in sorted(self._parts.items()))

    @property
    def parts(self) -> dict[str, list[float]]:
        """Samples by part."""
        return self._parts
