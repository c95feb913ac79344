"""`python -m bench`: measure, print a table, write results/latest.json."""

import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from bench import results
from bench.measures import ALL
from bench.plan import Plan
from bench.results import Row
from bench.run import Run
from bench.servers import servers
from network.infrastructure import embedded

console = Console(width=180)


@click.command()
@click.option("--quick", is_flag=True, help="Everything smaller: a rehearsal, whose numbers prove nothing.")
@click.option("--only", multiple=True, type=click.Choice(list(ALL)), help="Some of the measures; may be repeated.")
@click.option("--rounds", type=click.IntRange(1, 50), help="Rounds of each side.")
@click.option("--seconds", type=click.FloatRange(1, 60), help="Length of a round.")
@click.option("--web", type=click.IntRange(1, 64), help="Web processes.")
@click.option("--write/--no-write", default=True, help="Keep the results in bench/results.", show_default=True)
def main(
    quick: bool,
    only: tuple[str, ...],
    rounds: int | None,
    seconds: float | None,
    web: int | None,
    write: bool,
) -> None:
    """Measure the network beside the reference posting."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end with us
    plan = Plan().quick() if quick else Plan()
    told = {"rounds": rounds, "seconds": seconds, "web_processes": web}
    plan = replace(plan, **{name: value for name, value in told.items() if value is not None})  # type: ignore[arg-type]
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peyvand-bench-")))
        stack.callback(embedded.erase, folder)
        run = Run(stack.enter_context(servers(folder)), plan, console, stack.enter_context(ExitStack()))
        about = {"quick": quick, "rounds": plan.rounds, "seconds": plan.seconds, "postgres": dict(run.servers.about())}
        console.print(about)
        for name in only or ALL:
            console.rule(name)
            found = ALL[name](run)
            results.print_table(console, found)
            rows += found
            if write:
                results.write(found, about)
    console.rule()
    results.print_table(console, rows)
    raise SystemExit(1 if any(row.met is False for row in rows) else 0)


if __name__ == "__main__":
    main()
