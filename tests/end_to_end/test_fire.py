"""Under fire: 32 clients on 20 wallets, every request sent twice, over HTTP with OAuth."""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end._processes import ROOT, Installation, wait_until
from tests.end_to_end._till import Client

CLIENTS = 32
PROCESSES = 2  # of clients, so that Python's lock is not what is measured
WALLETS = 20
SECONDS = 20.0
LEAST_OPERATIONS = 5_000
LEAST_REQUESTS = 5_600  # 94 of a hundred are operations, the others read
_START_SECONDS = 2.0
_ENTRIES = "SELECT receipt, count(*) FROM journal WHERE operation IN ('earn', 'redemption') GROUP BY receipt"


@pytest.mark.slow
def test_thirty_two_clients_that_send_everything_twice_break_nothing(tmp_path: Path) -> None:
    _test_under_fire(tmp_path, clients=CLIENTS, seconds=SECONDS)


@pytest.mark.storm
def test_sixty_four_clients_break_nothing_in_a_minute(tmp_path: Path) -> None:
    _test_under_fire(tmp_path, clients=64, seconds=60.0)


def _test_under_fire(folder: Path, *, clients: int, seconds: float) -> None:
    with Installation(folder) as installation:
        up = installation.start("up", "--port", str(installation.port))
        installation.wait_until_up(up)
        seen = _open_fire(installation, installation.found(4), clients, seconds)
        told = f"{len(seen['accepted'])} accepted, {len(seen['refused'])} refused, {seen['replies']}"
        print(told)
        assert not seen["strange"], seen["strange"][:5]
        assert len(seen["accepted"]) + len(seen["refused"]) >= LEAST_OPERATIONS, told
        assert seen["refused"], "no burn met an empty wallet: nothing was proved about refusals"
        _check_entries(installation, seen)
        _check_activity(installation)
        installation.check()


def _open_fire(installation: Installation, clients: list[Client], number: int, seconds: float) -> dict[str, Any]:
    """Let the clients loose on new members; what all of them saw."""
    members = _members(installation, clients)
    orders = {
        "url": installation.url,
        "clients": [asdict(client) for client in clients],
        "members": members,
        "threads": number // PROCESSES,
        "least": LEAST_REQUESTS // number,
        "until": time.time() + _START_SECONDS + seconds,
    }
    shooters = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end._fire"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        for _ in range(PROCESSES)
    ]
    for name, shooter in enumerate(shooters):
        assert shooter.stdin
        shooter.stdin.write(json.dumps(orders | {"name": f"shooter-{name}"}).encode())
        shooter.stdin.close()
    all_seen = []
    for shooter in shooters:
        assert shooter.stdout
        all_seen.append(json.loads(shooter.stdout.read()))
        assert shooter.wait() == 0
        shooter.stdout.close()
    return {
        "replies": dict(sum((Counter(seen["replies"]) for seen in all_seen), Counter())),
        **{name: [each for seen in all_seen for each in seen[name]] for name in ("accepted", "refused", "strange")},
    }


def _members(installation: Installation, clients: list[Client]) -> list[dict[str, Any]]:
    """Members whose card every partner has seen."""
    tills = [installation.till(client) for client in clients]
    members = [tills[number % len(tills)].enrol() for number in range(WALLETS)]
    for till in tills:
        for member in members:
            till.recognise(member)
    return members


def _check_entries(installation: Installation, seen: dict[str, Any]) -> None:
    """Exactly one entry for each key that was accepted, none for one refused, and an answer kept for all."""
    entries = {row["receipt"]: row["count"] for row in installation.rows(_ENTRIES)}
    assert entries == dict.fromkeys(seen["accepted"], 1)
    requests = installation.rows("SELECT idempotency_key, sequence IS NOT NULL AS accepted FROM request")
    kept = {row["idempotency_key"]: row["accepted"] for row in requests}
    assert kept == dict.fromkeys(seen["accepted"], True) | dict.fromkeys(seen["refused"], False)


def _check_activity(installation: Installation) -> None:
    """Every fact was handled, and once: the read model counts what the journal counts."""
    wait_until(lambda: not installation.value("SELECT count(*) FROM outbox"), "the outbox isn't drained")
    (counted,) = installation.rows("SELECT sum(earns)::int AS earns, sum(burns)::int AS burns FROM member_activity")
    (posted,) = installation.rows(
        "SELECT (count(*) FILTER (WHERE operation = 'earn'))::int AS earns,"
        " (count(*) FILTER (WHERE operation = 'redemption'))::int AS burns FROM journal"
    )
    assert counted == posted
