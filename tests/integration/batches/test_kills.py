"""`kill -9` anywhere in a batch. Whoever comes next goes on: each line is posted once, and counted once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from typing import Any

import pytest
from redis import Redis

from network.batches import service
from network.batches.domain import splitting
from network.batches.jobs import tick
from network.batches.repository import Work
from network.infrastructure.database import drop_statement_connection
from network.kernel.identifiers import read
from network.settings import Settings
from tests.fixtures import Customer, Till
from tests.integration.batches.files import counts, earn, ndjson, reversal, rows, send, work
from tests.live import Installation

_WORKER = """
import sys
from uuid import UUID
from network.app import create_app
from network.batches.service import run
from network.settings import Settings

with create_app(Settings.from_environment()).app_context():
    run(UUID(sys.argv[1]), longest_seconds=100)
"""


@pytest.fixture
def lines(sara: Customer, omid: Customer, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Sixty lines in some twenty parts, a few of them returns and a few wrong."""
    monkeypatch.setattr(splitting, "LINES", 5)
    monkeypatch.setattr(splitting, "WINDOW_LINES", 20)
    members = (sara.id, omid.id)
    found = [earn(n, member=members[n % 2], amount_minor=100 * (n + 1)) for n in range(50)]
    found += [reversal(100 + n, n) for n in range(7)]
    return [*found, earn(200, member=sara.id, currency="EUR"), reversal(201, 999), earn(202, member=omid.id)]


def work_in_a_process(settings: Settings, batch: str, failpoint: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-c", _WORKER, str(read("bat", batch))]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "failpoint",
    [
        "batches.before_chunk@3",
        "batches.in_chunk",
        "batches.in_chunk@4",
        "batches.in_chunk@12",
        "batches.after_chunk",
        "batches.after_chunk@12",
        "wallet.before_save",
        "wallet.after_save@2",
    ],
)
def test_a_batch_killed_here_is_finished_by_the_next_and_each_line_counted_once(
    grocer: Till, settings: Settings, lines: list[dict[str, Any]], failpoint: str
) -> None:
    batch = send(grocer, ndjson(lines)).json["id"]
    killed = work_in_a_process(settings, batch, failpoint)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    between = grocer.get(f"/v1/batches/{batch}").json
    assert between["status"] in ("queued", "running")
    assert between["done"] == rows("SELECT (SELECT count(*) FROM request WHERE idempotency_key LIKE 'batch:%')"
                                   " + (SELECT count(*) FROM batch_error)")[0][0]  # fmt: skip
    work()
    done = grocer.get(f"/v1/batches/{batch}").json
    assert (done["status"], *counts(done)) == ("completed", 58, 0, 2)
    assert rows("SELECT operation, count(*) FROM journal GROUP BY 1 ORDER BY 1") == [("earn", 51), ("earn_reversal", 7)]


def test_workers_side_by_side_post_each_line_once(
    grocer: Till, settings: Settings, lines: list[dict[str, Any]]
) -> None:
    batch = send(grocer, ndjson(lines)).json["id"]
    threads = [threading.Thread(target=work_in_a_process, args=(settings, batch, "")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert counts(grocer.get(f"/v1/batches/{batch}").json) == (58, 0, 2)


def test_a_job_works_on_two_parts_side_by_side(
    grocer: Till, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(grocer, ndjson(lines)).json["id"]
    module = import_module("network.batches.service.run")
    post, met, both = module.post_part, set[int](), threading.Barrier(2)

    def meet_and_post(work: Work) -> bool:
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            both.wait(30)
        return bool(post(work))

    monkeypatch.setattr(module, "post_part", meet_and_post)
    posted = service.take_turn(read("bat", batch), 0, 0)
    assert (len(met), posted) == (2, rows("SELECT count(*) FROM batch_part")[0][0])
    done = grocer.get(f"/v1/batches/{batch}").json
    assert (done["status"], *counts(done)) == ("completed", 58, 0, 2)


def test_the_same_lines_in_two_files_at_once_are_posted_once(
    grocer: Till, settings: Settings, lines: list[dict[str, Any]]
) -> None:
    batches = [send(grocer, ndjson(lines[:50])).json["id"] for _ in range(2)]
    threads = [threading.Thread(target=work_in_a_process, args=(settings, batch, "")) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    found = [counts(grocer.get(f"/v1/batches/{batch}").json) for batch in batches]
    assert [sum(each) for each in zip(*found, strict=True)] == [50, 50, 0]


def test_a_flushed_redis_loses_no_batch(
    grocer: Till, installation: Installation, settings: Settings, lines: list[dict[str, Any]]
) -> None:
    batch = send(grocer, ndjson(lines)).json["id"]
    with Redis.from_url(str(settings.redis_url)) as redis:
        redis.flushdb()
    assert tick() > 0
    drop_statement_connection()
    for _ in range(3):
        installation.work()
    done = grocer.get(f"/v1/batches/{batch}").json
    assert (done["status"], *counts(done)) == ("completed", 58, 0, 2)
    assert tick() == 0


def test_a_batch_is_worked_through_by_the_worker_that_its_arrival_queued(
    grocer: Till, installation: Installation, sara: Customer
) -> None:
    batch = send(grocer, ndjson([earn(1, member=sara.id)])).json["id"]
    drop_statement_connection()
    installation.work()
    assert grocer.get(f"/v1/batches/{batch}").json["status"] == "completed"


def test_a_part_is_posted_once(grocer: Till, sara: Customer) -> None:
    batch = read("bat", send(grocer, ndjson([earn(1, member=sara.id)])).json["id"])
    assert (service.run(batch), service.run(batch)) == (1, 0)
