"""For information: the product's own statements, without the product."""

from collections.abc import Callable
from pathlib import Path

from bench import own_sql
from bench.filling import Shape
from bench.house import make_house
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run

_DATABASE = "bench_own"


def statements(run: Run) -> list[Row]:
    """Our two statements (and one that chooses a member) by pgbench, in turns with the reference."""
    plan, yardstick = run.plan, run.yardstick
    house = make_house(run.servers, plan, _DATABASE, plan.few_wallets, Shape(plan.lots, plan.lot_points))
    scripts = own_sql.write_scripts(house, plan, run.servers.settings.state_folder)
    rows = []
    for kind, script in scripts.items():
        sides = {"ours": _own(run, script)}
        if yardstick is not None:
            sides["reference"] = _reference(run, yardstick.earn if kind == "earn" else yardstick.burn)
        samples = interleave(plan.rounds, sides)
        limit = median(samples["reference"]) if "reference" in samples else None
        note = "our SQL by pgbench, for information"
        rows.append(Row(f"{kind}, own SQL", "a second", median(samples["ours"]), limit, note=note, samples=samples))
    run.servers.drop_database(_DATABASE)
    return rows


def _own(run: Run, script: Path) -> Callable[[], float]:
    plan = run.plan
    return lambda: run.servers.run_pgbench(
        _DATABASE, script, clients=plan.connections, seconds=plan.seconds, wallets=plan.few_wallets
    )[0]


def _reference(run: Run, posting: Callable[[int, float], float]) -> Callable[[], float]:
    return lambda: posting(run.plan.connections, run.plan.seconds)
