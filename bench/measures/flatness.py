"""What must not matter: one partner or fifty, a long history, many lots, a million wallets."""

from collections.abc import Callable
from contextlib import ExitStack

from bench.filling import Shape
from bench.house import House, make_house
from bench.load import Load, closed_loop, so_many
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run

_DEEP = 10_000_000  # points of a lot that no burn empties
_FEW = 40  # wallets, so that no two requests of the few connections meet
_CONNECTIONS = 2


def one_partner(run: Run) -> list[Row]:
    """All burns at one partner, against burns spread over all of them."""
    plan, web = run.plan, run.web
    one, spread = Load("burn", partner="first"), Load("burn")

    def rate(load: Load) -> Callable[[], float]:
        def once() -> float:
            run.house.settle_down(plan.burn_points)
            return closed_loop(web, load, plan, connections=plan.connections, seconds=plan.seconds).rate

        return once

    samples = interleave(plan.rounds, {"one": rate(one), "spread": rate(spread)})
    return [
        Row(
            f"burn, one partner against {plan.partners}",
            "a second",
            median(samples["one"]),
            median(samples["spread"]),
            0.85,
            0.95,
            samples=samples,
        )
    ]


def history(run: Run) -> list[Row]:
    """A burn in a wallet with 10,000 entries behind it, against one with 10."""
    entries = 10_000 if run.plan.wallets >= 100_000 else 1_000
    long, short = Shape(5, _DEEP, history=entries, known_by=1), Shape(5, _DEEP, history=10, known_by=1)
    return [_burn_time(run, f"burn, {entries:,} entries of history against 10", long, short, bar=1.1, reach=1.05)]


def live_lots(run: Run) -> list[Row]:
    """A burn in a wallet with 500 live lots, against one with 5."""
    many, few = Shape(500, _DEEP, known_by=1), Shape(5, _DEEP, known_by=1)
    return [_burn_time(run, "burn, 500 live lots against 5", many, few, bar=1.5, reach=1.3)]


def _burn_time(run: Run, name: str, heavy: Shape, light: Shape, *, bar: float, reach: float) -> Row:
    """Median time of a burn, one after the other, in wallets of either shape."""
    plan, load = run.plan, Load("burn", known=1)
    requests = max(50, int(100 * plan.seconds))
    with ExitStack() as stack:
        sides = {}
        for side, shape in (("heavy", heavy), ("light", light)):
            web = stack.enter_context(_house(run, stack, f"bench_{side}", _FEW, shape).serve(plan, processes=1))
            so_many(web, load, requests=requests, connections=1, seconds=60)
            sides[side] = lambda web=web: so_many(web, load, requests=requests, connections=1, seconds=60).p50_ms
        samples = interleave(2 * plan.rounds, sides)
    return Row(name, "ms", median(samples["heavy"]), median(samples["light"]), bar, reach, False, "p50", samples)


def many_wallets(run: Run) -> list[Row]:
    """Earns and burns among a million wallets, against ten thousand: time of one."""
    plan, rows = run.plan, []
    shape = Shape(3, _DEEP, known_by=1, all_known_by_first=False)
    with ExitStack() as stack:
        webs = {}
        for side, wallets in (("many", plan.many_wallets), ("few", plan.few_wallets)):
            run.say(f"filling {wallets:,} wallets")
            webs[side] = stack.enter_context(_house(run, stack, f"bench_{side}", wallets, shape).serve(plan))
        for kind in ("earn", "burn"):
            load = Load(kind, known=1)

            def times(side: str, load: Load = load) -> Callable[[], float]:
                return lambda: (
                    1e6 / closed_loop(webs[side], load, plan, connections=plan.connections, seconds=plan.seconds).rate
                )

            for side in webs:
                times(side)()
            samples = interleave(plan.rounds, {side: times(side) for side in webs})
            name = f"{kind}, {plan.many_wallets:,} wallets against {plan.few_wallets:,}"
            rows.append(
                Row(name, "µs each", median(samples["many"]), median(samples["few"]), 1.3, 1.1, False, "", samples)
            )
    return rows


def _house(run: Run, stack: ExitStack, database: str, wallets: int, shape: Shape) -> House:
    house = make_house(run.servers, run.plan, database, wallets, shape)
    stack.callback(run.servers.drop_database, database)
    return house
