"""How long the slow ones take: at 70 % of the peak rate, requests coming at a constant pace."""

from bench.load import Load, constant_rate, own_closed_loop
from bench.results import Row
from bench.rounds import median
from bench.run import Run

_SHARE = 0.7


def tails(run: Run) -> list[Row]:
    """p99 over p50 of earns and of burns; latency counts from the instant when a request was due."""
    return [_tail(run, "earn"), _tail(run, "burn")]


def _tail(run: Run, kind: str) -> Row:
    plan, web = run.plan, run.web
    load = Load(kind, known=run.house.shape.known_by, amount_minor=plan.earn_points * 100, points=plan.burn_points)
    p50, p99, paces = [], [], []
    for _ in range(plan.rounds):
        run.house.settle_down(plan.burn_points)
        # the peak is taken right before, by the same generator, which has its share of the same cores: on a busy
        # machine yesterday's 70 % may be more than today's peak
        peak = own_closed_loop(web, load, connections=plan.connections, seconds=plan.seconds / 2).rate
        paces.append(peak * _SHARE)
        outcome = constant_rate(web, load, rate=paces[-1], connections=plan.connections, seconds=plan.seconds)
        p50.append(outcome.p50_ms)
        p99.append(outcome.p99_ms)
    note = f"p99 over p50 at {median(paces):,.0f} a second"
    samples = {"p99": p99, "p50": p50, "rate": paces}
    return Row(f"{kind}: p99 over p50 at 70 %", "ms", median(p99), median(p50), 5, 3, False, note, samples)
