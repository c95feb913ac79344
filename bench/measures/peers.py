"""For information: earns over HTTP beside what other ledgers on PostgreSQL do, in turns on the same server."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.load import Load, closed_loop
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run

_FOLDER = Path(__file__).resolve().parents[1] / "peers"
_DATABASE = {"pgledger-style": "bench_pgledger", "hordak": "bench_hordak"}
_PROCESSES = 4
_LESS = {
    "pgledger-style": "32 connections call one function; two entries, no key, no lot, no hash chain, no HTTP",
    "hordak": "4 processes of 8 threads call its Python API; two legs, no key, no lot, no balance kept, no HTTP",
}


def others(run: Run) -> list[Row]:
    """Ours against each peer's transfer of ten points from one of fifty partners to a wallet.

    A peer does less for it, see `_LESS`. Its `limit` is no bar: it says what a user of that ledger starts from.
    """
    plan, web = run.plan, run.web
    load = Load("earn", known=run.house.shape.known_by, amount_minor=plan.earn_points * 100, points=plan.burn_points)

    def ours() -> float:
        run.house.settle_down(plan.burn_points)
        return closed_loop(web, load, plan, connections=plan.connections, seconds=plan.seconds).rate

    sides: dict[str, Callable[[], float]] = {"ours": ours, "pgledger-style": _pgledger_style(run)}
    if importlib.util.find_spec("hordak") is None:
        run.say("[yellow]django-hordak is not installed (.ci/install peers): it is left out.[/]")
    else:
        sides["hordak"] = _hordak(run)
    samples = interleave(plan.rounds, sides)
    rows = []
    for name in [*sides][1:]:
        pair = {"ours": samples["ours"], name: samples[name]}
        rows.append(
            Row(
                f"earn over HTTP, beside {name}",
                "a second",
                median(samples["ours"]),
                median(samples[name]),
                note=_LESS[name],
                samples=pair,
            )
        )
        run.servers.drop_database(_DATABASE[name])
    return rows


def _pgledger_style(run: Run) -> Callable[[], float]:
    plan, database = run.plan, _DATABASE["pgledger-style"]
    run.servers.make_database(database)
    numbers = {"wallets": plan.wallets, "partners": plan.partners}
    run.servers.run_script(database, _FOLDER / "pgledger_style.sql", **numbers)
    script = _FOLDER / "pgledger_style_earn.sql"
    return lambda: run.servers.run_pgbench(database, script, clients=plan.connections, seconds=plan.seconds, **numbers)[
        0
    ]


def _hordak(run: Run) -> Callable[[], float]:
    plan, url = run.plan, run.servers.make_database(_DATABASE["hordak"])
    _end_of(_start({"url": url, "make": [plan.partners, plan.few_wallets]}))

    def rate() -> float:
        threads = plan.connections // _PROCESSES
        orders = {"url": url, "threads": threads, "seconds": plan.seconds}
        running = [_start(orders) for _ in range(_PROCESSES)]
        return sum(int(json.loads(_end_of(each))) for each in running) / plan.seconds

    return rate


def _start(orders: dict[str, object]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.peers.hordak", json.dumps(orders)]
    return subprocess.Popen(command, cwd=_FOLDER.parents[1], stdout=subprocess.PIPE, text=True)


def _end_of(process: subprocess.Popen[str]) -> str:
    told, _ = process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError("a peer failed")
    return told
