"""Under storm: what was acknowledged is there, once, and everything adds up."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.end_to_end._processes import ROOT, Installation, Process
from tests.end_to_end._till import Client, Request
from tests.storm import verdict
from tests.storm.clients import Seen
from tests.storm.proxy import Proxy
from tests.storm.report import Report
from tests.storm.term import Term
from tests.storm.weather import Weather, failpoints

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc"),
]

SECONDS = float(os.environ.get("STORM_SECONDS", "60"))
_MEMBERS = 20
_IN_HOMES = 8
_THREADS = 16  # of a process of clients, so that Python's lock is not what is measured
_ONE_COMMIT_IN = 40  # is cut
_ONE_PASSAGE_IN = 1500  # of a failpoint is the last one
_LONGEST = 5  # times as long it lasts, where a slow machine takes that to get everywhere
_OPERATIONS = ("earn", "redeem", "authorise", "capture", "void", "reverse_redemption", "reverse_earn", "enrol")
_POSTED = {"earn", "redemption", "hold", "capture", "void", "redemption_reversal", "earn_reversal"}
_ELSEWHERE = {  # they have tests of their own
    "adjustments.in_extension",
    "expiry.after_notices",
    "expiry.in_notices",
    "settlement.in_notices",
    "settlement.in_instructions",
    "settlement.in_files",
    "settlement.after_instructed",
    "settlement.in_payment",
    "settlement.in_reconciliation",
    "settlement.after_reconciliation",
    "settlement.in_reissue",
    "accounting.in_accrual",
    "accounting.in_deposits",
    "accounting.in_payment",
}


def test_a_breath_of_the_storm_loses_nothing(tmp_path: Path) -> None:
    report = _storm(tmp_path, clients=8, seconds=10, least=5)
    assert report.weather["PostgreSQL stopped (immediate)"]
    assert report.cuts["after a posting"]


@pytest.mark.storm
@pytest.mark.parametrize("clients", [32, 64])
def test_the_storm_loses_nothing(tmp_path: Path, clients: int) -> None:
    report = _storm(tmp_path, clients=clients, seconds=SECONDS, least=10, wants_all=True)
    assert [verb for verb in _OPERATIONS if not report.done(verb)] == []
    assert report.ledger["lines of batches"]
    assert all(report.office.values()), report.office
    for kind in ("web processes killed", "RQ workers killed", "schedulers killed", "Redis flushed"):
        assert report.weather[kind], kind
    assert report.weather["PostgreSQL stopped (immediate)"] >= SECONDS / 20
    assert report.cuts["after a posting"]
    assert report.cuts["after a transaction's COMMIT"]
    assert report.ledger["cycles stated"] >= SECONDS / 4
    assert {*failpoints()} - {*report.failpoints} <= _ELSEWHERE


def _storm(folder: Path, *, clients: int, seconds: float, least: int, wants_all: bool = False) -> Report:
    report = Report(clients, seconds)
    log = folder / "failpoints"
    with Installation(folder, PEYVAND_FAILPOINT_LOG=str(log)) as installation, _proxied(installation) as proxy:
        tills = _found(installation)
        up = installation.start(
            *("up", "--port", str(installation.port), "--web", "4", "--workers", "2"),
            failpoint=f"*/{_ONE_PASSAGE_IN}",
        )
        installation.wait_until_up(up)
        members = _members(installation, tills)
        seen, told = _rage(installation, proxy, up, report, tills, members, least, wants_all)
        assert up.status is None, up.said()
        assert not seen.strange, "\n".join(each[:500] for each in seen.strange[:5])
        verdict.wait_for_calm(installation)
        verdict.check_facts(installation)
        verdict.check_acknowledged(installation, seen.accepted, seen.refused)
        verdict.check_members(installation, seen.accepted, len(members))
        verdict.check_adjustments(installation, told["adjustments"])
        verdict.check_merges(installation, told["merges"])
        verdict.check_approvals(installation, told["approvals"])
        posted = verdict.check_batches(installation, seen.batches)
        report.ledger = _numbers(installation) | {"lines of batches": posted} | verdict.check_totals(installation)
        verdict.check_log(installation)
        installation.check()
    report.outcomes, report.lost, report.late = Counter(seen.outcomes), Counter(seen.lost), seen.late
    report.office = {name: each if isinstance(each, int) else len(each) for name, each in told.items()}
    report.cuts = proxy.cuts
    report.failpoints = Counter(log.read_text().split()) if log.exists() else Counter()
    print(report)
    return report


@contextmanager
def _proxied(installation: Installation) -> Iterator[Proxy]:
    """The installation's processes speak to PostgreSQL through a proxy, which is kind for now."""
    installation.hold()
    sockets = make_url(installation.servers()["database_url"]).query["host"]
    with Proxy(f"{sockets}/.s.PGSQL.5432") as proxy:
        installation.environment["DATABASE_URL"] = proxy.url
        yield proxy


def _rage(
    installation: Installation,
    proxy: Proxy,
    up: Process,
    report: Report,
    tills: list[Client],
    members: list[dict[str, Any]],
    least: int,
    wants_all: bool,
) -> tuple[Seen, dict[str, Any]]:
    """The storm itself; what the clients saw, and what the office was told of."""
    begun = time.time()
    term = Term(begun + 3 + _LONGEST * report.seconds, str(installation.state / "calm"))
    orders = {"url": installation.url, "clients": [asdict(till) for till in tills], "members": members, "least": least}
    threads = [min(_THREADS, report.clients - begun) for begun in range(0, report.clients, _THREADS)]
    shooters = [
        _program("clients", orders | {"name": f"till-{number}", "threads": count, "term": asdict(term)})
        for number, count in enumerate(threads)
    ]
    ids = [member["id"] for member in members]
    own = {
        "members": ids,
        "homes": ids[:_IN_HOMES],
        "pairs": [*zip(ids[-6::2], ids[-5::2], strict=True)],
        "term": asdict(term),
    }
    office = _program("office", own, environment=installation.environment)
    jobs = _program("jobs", None, str(term.latest), term.calm, *own["homes"], environment=installation.environment)
    proxy.one_in = _ONE_COMMIT_IN
    with Weather(installation, up) as weather:
        time.sleep(3 + report.seconds)
        while wants_all and not term.is_over and not _has_all(installation):
            time.sleep(0.5)
        term.end()
    report.seconds = time.time() - begun - 3
    proxy.one_in = 0
    seen = Seen()
    for shooter in shooters:
        told = json.loads(_end_of(shooter))
        seen.add(Seen(**{**told, "outcomes": Counter(told["outcomes"]), "lost": Counter(told["lost"])}))
    told = json.loads(_end_of(office))
    weather.counts["armed processes"] = int(_end_of(jobs))
    weather.end_month()  # so that the month of the last entries is over, too
    report.weather = weather.counts
    return seen, told


def _has_all(installation: Installation) -> bool:
    """Whether processes have died at each failpoint, and each operation has been posted."""
    with suppress(psycopg.Error, OSError):
        died = Path(installation.environment["PEYVAND_FAILPOINT_LOG"]).read_text().split()
        posted = {row["operation"] for row in installation.rows("SELECT DISTINCT operation FROM journal")}
        return {*failpoints()} - {*died} <= _ELSEWHERE and posted >= _POSTED
    return False


def _found(installation: Installation) -> list[Client]:
    founder = _program("found", None, environment=installation.environment)
    return [Client(**each) for each in json.loads(_end_of(founder))]


def _members(installation: Installation, clients: list[Client]) -> list[dict[str, Any]]:
    """Members whose card every partner has seen."""
    tills = [installation.till(client) for client in clients]
    members = []
    for number in range(_MEMBERS):
        made = tills[number % len(tills)].insist(Request("/v1/members", b"{}", f"member-{number}"))
        assert made.status == 201, made
        members.append(made.json)
    for till in tills:
        for member in members:
            card = json.dumps({"card_number": member["card_number"]}).encode()
            assert till.insist(Request("/v1/members/lookup", card)).status == 200
    homes = [member["id"] for member in members[:_IN_HOMES]]
    _end_of(_program("homes", None, *homes, environment=installation.environment))
    return members


def _numbers(installation: Installation) -> dict[str, int]:
    counted = {
        "entries": "SELECT count(*) FROM journal",
        "movements": "SELECT count(*) FROM movement",
        "answers kept": "SELECT count(*) FROM request",
        "debts": "SELECT count(*) FROM debt",
        "cycles stated": "SELECT count(*) FROM cycle WHERE state NOT IN ('open', 'cut', 'netted')",
        "statements": "SELECT count(*) FROM statement",
    }
    return {name: installation.value(query) for name, query in counted.items()}


def _program(
    name: str, orders: dict[str, Any] | None, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """One of the storm's programs, with its orders on its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.storm.{name}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
    )
    assert process.stdin
    process.stdin.write(json.dumps(orders).encode())
    process.stdin.close()
    return process


def _end_of(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout
    output = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 0
    return output
