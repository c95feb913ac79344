"""Servers and transactions that get in the way: restarts, a flushed Redis, two schedulers, stragglers."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.end_to_end._business import Business, Traffic, check_activity, states_of
from tests.end_to_end._processes import ROOT, Installation, send, session_of, wait_until
from tests.end_to_end._till import earn

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc"),
]

_HELD_LEAD = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1685417061"
_TICKS = "rq:cron_job:network.settlement.jobs.tick:jobs"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path) as made:
        yield made


@pytest.mark.storm
def test_a_database_that_restarts_is_unavailable_and_then_back(installation: Installation) -> None:
    up = installation.start("up", "--port", str(installation.port))
    installation.wait_until_up(up)
    with Traffic(installation) as traffic:
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            traffic.wait_for_answers(20)
            postgres = installation.servers()["postgres_pid"]
            send(postgres, number)
            _wait_for_another(installation, postgres)
    traffic.verify()  # which has seen no 500
    check_activity(installation)
    assert up.status is None


def test_a_flushed_redis_loses_nothing(installation: Installation) -> None:
    up = installation.start("up", "--port", str(installation.port))
    installation.wait_until_up(up)
    business, dice = Business(installation), random.Random(3)
    for month in ("2017-01", "2017-02"):
        business.trade()
        business.begin_month()
        until = time.monotonic() + 3
        with installation.redis() as redis:
            while time.monotonic() < until:
                redis.flushall()
                time.sleep(dice.uniform(0.05, 0.3))
        business.wait_until_stated(month)
        assert business.settled(month)
    with installation.redis() as redis:
        redis.shutdown(nosave=True, now=True, force=True)  # the supervisor starts it again
    business.trade()
    business.begin_month()
    business.wait_until_stated("2017-03")
    wait_until(lambda: not installation.value("SELECT count(*) FROM outbox"), "the outbox isn't drained")
    installation.check()


def test_of_two_schedulers_one_works_and_the_other_takes_its_place(installation: Installation) -> None:
    installation.hold()
    assert installation.run("migrate").returncode == 0
    first = installation.start("scheduler")
    wait_until(lambda: installation.rows(_HELD_LEAD), "nobody leads", first.said)
    (leader,) = installation.rows(_HELD_LEAD)
    second = installation.start("scheduler")
    time.sleep(3)
    with installation.redis() as redis:
        redis.flushall()
        time.sleep(5)
        ticks = redis.zcard(_TICKS)
        assert 3 <= ticks <= 6, ticks
        assert installation.rows(_HELD_LEAD) == [leader]
        first.kill()
        wait_until(lambda: installation.rows(_HELD_LEAD) not in ([], [leader]), "nobody follows", second.said)
        redis.flushall()
        wait_until(lambda: redis.zcard(_TICKS), "the heir does nothing")
    assert second.end() == 0


@pytest.mark.storm
def test_while_nobody_works_no_backlog_grows(installation: Installation) -> None:
    installation.hold()
    assert installation.run("migrate").returncode == 0
    scheduler = installation.start("scheduler")
    with installation.redis() as redis:
        wait_until(lambda: redis.llen("rq:queue:peyvand") >= 20, "nothing is queued", scheduler.said)

        def some_ran_out_of_time() -> bool:
            queued: list[bytes] = redis.lrange("rq:queue:peyvand", 0, -1)  # type: ignore[assignment]
            return not all(redis.exists(b"rq:job:" + job) for job in queued)

        wait_until(some_ran_out_of_time, "jobs wait for ever", scheduler.said)
        worker = installation.start("worker")
        wait_until(lambda: redis.llen("rq:queue:peyvand") <= 2, "the queue isn't emptied", worker.said)
        redis.rpush("rq:queue:peyvand", *(f"dead-{number}" for number in range(200)))
    assert worker.status is None
    worker.kill()


def test_the_log_of_the_server_is_json_and_says_what_was_refused(installation: Installation) -> None:
    installation.environment["PEYVAND_ACCESS_LOG"] = "on"
    web = installation.serve()
    assert httpx2.get(f"{installation.url}/v1/me").status_code == 401
    wait_until(lambda: '"status": 401' in web.said(), "the request has left no line", web.said)
    lines = [json.loads(line) for line in web.said().splitlines() if line.startswith("{")]
    (refused,) = [line for line in lines if line["logger"] == "peyvand.security"]
    (asked,) = [line for line in lines if line.get("status") == 401]
    assert (refused["event"], refused["reason"], refused["route"]) == ("request", "unauthenticated", "/v1/me")
    assert (asked["logger"], asked["route"]) == ("peyvand.access", "/v1/me")
    assert refused["request_id"].startswith("req_")


def test_commands_at_once_share_the_servers(installation: Installation) -> None:
    commands = [installation.start("clock", "show") for _ in range(3)]
    wait_until(lambda: installation.servers()["running"], "no server starts")
    supervisor = installation.servers()["supervisor_pid"]
    wait_until(lambda: all(command.status is not None for command in commands), "the commands don't end")
    assert [command.status for command in commands] == [0, 0, 0], "".join(command.said() for command in commands)
    assert (installation.state / "servers" / "supervisor.log").read_text().count("ready:") == 1
    wait_until(lambda: session_of(supervisor) is None, "the servers outlive the last command")


@pytest.mark.parametrize("way", [pytest.param("open", marks=pytest.mark.storm), "prepared"])
def test_a_transaction_that_has_not_ended_holds_the_close_back(tmp_path: Path, way: str) -> None:
    with Installation(tmp_path, PEYVAND_PG_SETTINGS="max_prepared_transactions=5") as installation:
        installation.serve()
        business = Business(installation)
        business.trade()
        straggler = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end._straggler", way, "straggler"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=installation.environment,
        )
        assert straggler.stdout
        session = int(straggler.stdout.readline())
        if way == "prepared":
            straggler.communicate(timeout=60)
        for command in ("scheduler", "worker"):
            installation.start(command)
        business.begin_month()
        reason = "SELECT count(*) FROM cycle WHERE name = 'USD 2017-01' AND waiting_reason IS NOT NULL"
        wait_until(lambda: installation.value(reason), "the close doesn't say that it waits")
        business.tills[1].insist(earn(business.member, 0, "meanwhile"))
        told = installation.run("settlement", "list").stdout
        assert ("prepared transaction 'straggler'" if way == "prepared" else f"session {session} ") in told
        assert states_of(installation)["USD 2017-01"] == "open"
        if way == "prepared":
            with installation.database() as connection:
                connection.execute("COMMIT PREPARED 'straggler'")
        else:
            straggler.communicate(timeout=60)
        business.wait_until_stated("2017-01")
        issued = (
            "SELECT sum(points)::int FROM clearing_slice JOIN cycle USING (cycle_id) WHERE name = %s AND kind = 'issue'"
        )
        assert installation.value(issued, "USD 2017-01") == 600 + 1_000
        installation.check()


def _wait_for_another(installation: Installation, postgres: int) -> None:
    wait_until(lambda: installation.servers().get("postgres_pid") not in (None, postgres), "PostgreSQL isn't back")
