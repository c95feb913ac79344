"""Killed anywhere, by `kill -9`: what was acknowledged is there, a cycle closes once, nothing is left behind."""

import random
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import network
from tests.end_to_end._business import Business, Traffic, check_activity, states_of
from tests.end_to_end._processes import Installation, Process, living_processes, parent_of, send, victims_of, wait_until
from tests.end_to_end._till import earn, redemption

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc"),
]

_KINDS = ("supervisor", "postgres", "valkey", "granian", "worker", "scheduler")
_CLOSE = ("close.py", "cut.py", "prove.py")  # what a worker does by itself; the rest has tests of its own
_HORSE_KILLED = "terminated unexpectedly"
_SOURCES = Path(str(network.__file__)).parent


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path) as made:
        yield made


def failpoints(package: str, files: tuple[str, ...] = ()) -> list[str]:
    """The names of a package's failpoints, as they stand in its code; in some of its files, or in all."""
    paths = [path for path in sorted((_SOURCES / package).rglob("*.py")) if not files or path.name in files]
    code = "".join(path.read_text() for path in paths)
    return sorted(re.findall(rf'failpoint\("({package}\.\w+)"\)', code))


def test_a_worker_killed_at_any_step_of_a_close_leaves_it_whole_to_the_next_one(installation: Installation) -> None:
    names = failpoints("settlement", _CLOSE)
    assert len(names) >= 11
    installation.serve()
    business = Business(installation)
    scheduler = installation.start("scheduler")
    business.trade()
    months = []
    for name in names:
        armed, month = installation.start("worker", failpoint=name), business.month
        months.append(month)
        business.begin_month()
        _wait_for_death(armed)
        armed.kill()
        worker = installation.start("worker")
        business.trade()  # the next month's business goes on meanwhile
        business.wait_until_stated(month)
        worker.kill()
    assert scheduler.status is None, scheduler.said()
    lines = {month: business.settled(month) for month in months}
    assert len({tuple(each) for each in lines.values()}) == 1, lines
    installation.check()


def test_closers_at_once_close_a_cycle_once(installation: Installation) -> None:
    installation.serve()
    business = Business(installation)
    business.trade()
    business.begin_month()
    business.trade()
    closers = [installation.start("settlement", "due") for _ in range(4)]
    wait_until(lambda: all(closer.status is not None for closer in closers), "the closers don't end")
    assert [closer.status for closer in closers] == [0, 0, 0, 0], "".join(closer.said() for closer in closers)
    assert business.settled("2017-01")
    installation.check()


def test_a_worker_killed_with_its_job_is_followed_by_the_next_one(installation: Installation) -> None:
    installation.serve()
    business = Business(installation)
    business.trade()
    scheduler = installation.start("scheduler")
    with installation.database(autocommit=False) as straggler:  # holds the close back, so that it can be hit
        straggler.execute("SELECT pg_current_xact_id()")
        worker = installation.start("worker")
        business.begin_month()
        wait_until(lambda: _started_closes(installation), "no close began", worker.said)
        worker.kill()
    installation.start("worker")
    business.wait_until_stated("2017-01")
    assert scheduler.status is None
    assert business.settled("2017-01")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name == "wallet.after_save" else pytest.mark.storm)
        for name in failpoints("wallet")
    ],
)
def test_a_web_process_killed_while_it_posts_loses_no_acknowledged_burn(installation: Installation, name: str) -> None:
    armed = installation.serve(web=2, failpoint=f"{name}@15")
    with Traffic(installation) as traffic:
        wait_until(lambda: traffic.lost >= 3, "nobody died")
        armed.kill()  # its next processes are armed too, and a server gives up on those that die at once
        installation.serve(web=2)
        traffic.wait_for_answers(20)
    traffic.verify()


def test_facts_are_handled_once_though_the_worker_dies_over_them(installation: Installation) -> None:
    installation.serve()
    installation.start("scheduler")
    armed = installation.start("worker", failpoint="outbox.handled")
    with Traffic(installation) as traffic:
        _wait_for_death(armed)
        traffic.wait_for_answers(50)
    armed.kill()
    assert installation.value("SELECT count(*) FROM outbox") > 0
    assert installation.value("SELECT count(*) FROM member_activity") == 0
    installation.start("worker")
    check_activity(installation)


def test_random_kills_of_anything_under_load_lose_nothing(installation: Installation) -> None:
    _test_random_kills(installation, rounds=1)


@pytest.mark.storm
def test_many_random_kills_lose_nothing(installation: Installation) -> None:
    _test_random_kills(installation, rounds=12)


def _test_random_kills(installation: Installation, *, rounds: int) -> None:
    """Each round kills one of every kind, in random order at random moments."""
    up = installation.start("up", "--port", str(installation.port), "--workers", "2")
    installation.wait_until_up(up)
    dice, killed = random.Random(20_170_101), []
    with Traffic(installation) as traffic:
        for _ in range(rounds):
            for kind in dice.sample(_KINDS, k=len(_KINDS)):
                traffic.wait_for_answers(dice.randint(5, 40))
                wait_until(lambda kind=kind: kind in victims_of(installation, up), f"there is no {kind}", up.said)  # type: ignore[misc]
                send(dice.choice(victims_of(installation, up)[kind]), signal.SIGKILL)
                killed.append(kind)
        traffic.wait_for_answers(20)
    print(f"{len(killed)} killed: {', '.join(killed)}; {len(traffic.answers)} answers, {traffic.lost} lost tries")
    assert up.status is None, up.said()
    traffic.verify()
    check_activity(installation)
    installation.stand_clock_at("2017-02-02T12:00:00Z")
    wait_until(lambda: states_of(installation).get("USD 2017-01") == "stated", "the cycle isn't stated", up.said)
    installation.check()


def test_killing_everything_leaves_no_server_and_the_next_start_has_the_data(installation: Installation) -> None:
    up = installation.start("up", "--port", str(installation.port))
    installation.wait_until_up(up)
    tills = Business(installation)
    till, member = tills.tills[0], tills.member
    requests = [earn(member, 10_000, "first"), redemption(member, 40, "second"), redemption(member, 999, "third")]
    replies = [till.insist(request) for request in requests]
    assert [reply.status for reply in replies] == [201, 201, 402]
    victims = installation.living()
    assert len(victims) >= 8, victims  # command, web with two workers, worker, scheduler, supervisor, two servers
    installation.kill_everything()
    wait_until(lambda: not set(victims) & set(living_processes()), "something lives on")
    assert installation.servers()["running"] is False
    installation.wait_until_up(installation.start("up", "--port", str(installation.port)))
    again = [till.insist(request) for request in requests]
    assert [(reply.status, reply.body, reply.replayed) for reply in again] == [
        (reply.status, reply.body, True) for reply in replies
    ]
    installation.check()


def test_whatever_started_them_is_killed_and_its_children_end(installation: Installation) -> None:
    up = installation.start("up", "--port", str(installation.port))
    installation.wait_until_up(up)
    before = installation.living()
    web = set(victims_of(installation, up)["granian"])
    (server,) = (pid for pid in web if parent_of(pid) == up.pid)
    send(server, signal.SIGKILL)
    wait_until(lambda: not web & set(living_processes()), "a web process outlived its server")
    up.kill_alone()
    wait_until(lambda: not installation.living(), "children outlived the command", lambda: str(before))
    assert installation.servers()["running"] is False


def test_the_command_ends_in_order_with_all_that_it_started(installation: Installation) -> None:
    up = installation.start("up", "--port", str(installation.port))
    installation.wait_until_up(up)
    assert up.end() == 0, up.said()
    wait_until(lambda: not installation.living(), "something lives on", lambda: str(installation.living()))
    assert "Traceback" not in up.said()


def _wait_for_death(armed: Process) -> None:
    wait_until(lambda: _HORSE_KILLED in armed.said(), f"nobody died in {armed.name}", armed.said)


def _started_closes(installation: Installation) -> bool:
    """Whether a worker has a close in its hands."""
    with installation.redis() as redis:
        keys = redis.keys("rq:job:close-*")
        return any(redis.hget(key, "status") == b"started" for key in keys)
