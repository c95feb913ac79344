"""The embedded servers: shared by processes, gone after the last of them, back with their data after any kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
import redis

from network.infrastructure.embedded import EmbeddedServersError, erase, lease, status, stop

PATIENCE_SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import json, sys
from pathlib import Path
from network.infrastructure.embedded import lease, status
held = lease(Path(sys.argv[1]))
print(json.dumps(status(Path(sys.argv[1]))), flush=True)
{then}
sys.stdin.read()
"""


class Holder:
    """Another process that takes a lease and keeps it until it is killed or its `with` block ends."""

    def __init__(self, state: Path, *, then: str = "", environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER.format(then=then), str(state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=PATIENCE_SECONDS)  # closes its stdin, which it waits for

    def servers(self) -> dict[str, Any]:
        """Wait for its lease; returns the status it saw."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=PATIENCE_SECONDS)[1].decode()
        servers: dict[str, Any] = json.loads(line)
        return servers

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)


ODD_NAME = "وضعیت of 'Peyvand'"  # a path that nobody may take for syntax


@pytest.fixture(scope="module")
def used_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("used") / ODD_NAME
    yield folder
    erase(folder)


@pytest.fixture
def state(used_before: Path) -> Iterator[Path]:
    """A state folder whose servers don't run; it may hold what other tests kept, which spares making a cluster."""
    yield used_before
    stop(used_before)


@pytest.fixture
def new_state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / ODD_NAME
    erase(tmp_path / ODD_NAME)


def test_two_processes_share_one_pair_of_servers(state: Path) -> None:
    with Holder(state) as first, Holder(state) as second:
        assert first.servers() == second.servers()


def test_processes_that_start_at_the_same_time_get_one_pair_of_servers(new_state: Path) -> None:
    with ExitStack() as stack:
        holders = [stack.enter_context(Holder(new_state)) for _ in range(6)]
        pids = {servers["supervisor_pid"] for servers in (holder.servers() for holder in holders)}
        assert len(pids) == 1


def test_servers_outlive_a_killed_holder_and_end_after_the_last_one(state: Path) -> None:
    with Holder(state) as first, Holder(state) as second:
        servers = first.servers()
        second.servers()
        first.kill()
        time.sleep(3)  # longer than the grace
        assert answer(servers)
        second.kill()
        wait_until(lambda: not any_alive(servers))
    assert status(state)["running"] is False


def test_a_restart_within_the_grace_finds_the_same_servers(state: Path) -> None:
    with Holder(state) as first:
        before = first.servers()
        first.kill()
    with Holder(state) as second:
        assert second.servers() == before


def test_a_lease_taken_while_the_servers_stop_starts_them_again(state: Path) -> None:
    for delay_seconds in (0.0, 0.2):
        with Holder(state) as holder:
            holder.servers()
        wait_until(lambda: not status(state)["running"])  # the supervisor has decided to end
        time.sleep(delay_seconds)
        with lease(state) as held:
            assert connects(held.endpoints.database_url)


def test_a_lease_right_after_a_release_works(state: Path) -> None:
    for _ in range(3):
        with lease(state) as held:
            assert connects(held.endpoints.database_url)


def test_a_second_lease_of_a_process_is_the_first_one_again(state: Path) -> None:
    outer = lease(state)
    with lease(state) as inner:
        assert inner.endpoints == outer.endpoints
    servers = status(state)
    time.sleep(3)
    assert answer(servers)
    outer.release()
    outer.release()
    wait_until(lambda: not any_alive(servers))


def test_a_killed_supervisor_leaves_no_server_and_the_next_lease_finds_the_data(state: Path) -> None:
    with Holder(state) as holder:
        servers = holder.servers()
        keep_a_row(servers["database_url"])
        holder.kill()
        os.kill(servers["supervisor_pid"], signal.SIGKILL)
        wait_until(lambda: not any_alive(servers))
    with lease(state) as held:
        assert rows(held.endpoints.database_url) == [("kept",)]


def test_a_lease_right_after_the_supervisor_was_killed_waits_for_its_servers_to_end(state: Path) -> None:
    with Holder(state) as holder:
        before = holder.servers()
        keep_a_row(before["database_url"])
        os.kill(before["supervisor_pid"], signal.SIGKILL)
        wait_until(lambda: not is_alive(before["supervisor_pid"]))
        with lease(state) as held:
            assert rows(held.endpoints.database_url) == [("kept",)]
            assert status(state)["database_url"] == before["database_url"]
            assert not any_alive(before)


def test_when_everything_is_killed_at_once_the_data_is_kept(state: Path) -> None:
    with Holder(state) as holder:
        servers = holder.servers()
        keep_a_row(servers["database_url"])
        for process in ("supervisor", "postgres", "valkey"):
            os.kill(servers[f"{process}_pid"], signal.SIGKILL)
        holder.kill()
        wait_until(lambda: not any_alive(servers))
    # The id in the lock file PostgreSQL left may belong to another program by now.
    lock = Path(servers["postgres_data"]) / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(servers["postgres_pid"]), str(os.getpid())))
    with lease(state) as held:
        assert rows(held.endpoints.database_url) == [("kept",)]


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_killed_server_is_started_again_at_the_same_place(state: Path, server: str) -> None:
    with lease(state) as held:
        before = status(state)
        os.kill(before[f"{server}_pid"], signal.SIGKILL)
        wait_until(lambda: status(state).get(f"{server}_pid", before[f"{server}_pid"]) != before[f"{server}_pid"])
        with lease(state) as again:  # waits until it is ready
            assert again.endpoints == held.endpoints
        assert answer(status(state))


def test_a_program_that_a_holder_started_keeps_no_lease(state: Path) -> None:
    start = "import subprocess; subprocess.Popen(['sleep', '30'], close_fds=False, stdout=-3, stderr=-3)"
    with Holder(state, then=f"{start}; print('started', flush=True)") as holder:
        servers = holder.servers()
        assert holder.process.stdout is not None
        assert holder.process.stdout.readline() == b"started\n"
        holder.process.kill()
        wait_until(lambda: not any_alive(servers))


def test_a_fork_of_a_holder_keeps_the_lease(state: Path) -> None:
    fork = "import os, time\nif not os.fork(): time.sleep(5); os._exit(0)\nprint('forked', flush=True)"
    with Holder(state, then=fork) as holder:
        servers = holder.servers()
        assert holder.process.stdout is not None
        holder.process.stdout.readline()
        holder.process.kill()
        time.sleep(3)
        assert answer(servers)
        wait_until(lambda: not any_alive(servers))


def test_two_state_folders_have_servers_of_their_own(state: Path, new_state: Path) -> None:
    with lease(state) as held, lease(new_state) as other:
        keep_a_row(held.endpoints.database_url)
        with pytest.raises(psycopg.errors.UndefinedTable):
            rows(other.endpoints.database_url)
        redis.Redis.from_url(held.endpoints.redis_url).set("here", "1")
        assert redis.Redis.from_url(other.endpoints.redis_url).get("here") is None


def test_nothing_is_needed_from_the_environment_but_a_path(state: Path) -> None:
    with Holder(state, environment={"PATH": os.defpath}) as holder:
        assert answer(holder.servers())


def test_settings_meant_for_another_postgres_do_no_harm(state: Path) -> None:
    foreign = {"PGHOST": "db.invalid", "PGUSER": "nobody", "PGOPTIONS": "-c no.such=1 -c nonsense=1", "PGPORT": "1"}
    with Holder(state, environment={"PATH": os.defpath, **foreign}) as holder:
        assert answer(holder.servers())


def test_settings_of_postgres_can_be_added(state: Path) -> None:
    extra = {"PEYVAND_PG_SETTINGS": "max_prepared_transactions=10 log_line_prefix='%m here '"}
    with Holder(state, environment={"PATH": os.defpath, **extra}) as holder:
        url = holder.servers()["database_url"]
        shown = {name: setting(url, name) for name in ("max_prepared_transactions", "log_line_prefix")}
        assert shown == {"max_prepared_transactions": "10", "log_line_prefix": "%m here "}


def test_the_cluster_is_utf8_durable_and_in_utc(state: Path) -> None:
    wanted = {
        "server_encoding": "UTF8",
        "fsync": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "max_connections": "200",
        "listen_addresses": "",
    }
    with lease(state) as held:
        url = held.endpoints.database_url
        assert {name: setting(url, name) for name in wanted} == wanted
        with psycopg.connect(libpq(url)) as connection:
            query = "select datlocprovider::text, datlocale from pg_database where datname = current_database()"
            assert connection.execute(query).fetchone() == ("b", "C.UTF-8")


def test_the_servers_listen_on_guarded_sockets_alone(state: Path) -> None:
    with lease(state) as held:
        client = redis.Redis.from_url(held.endpoints.redis_url)
        assert client.config_get("port") == {"port": "0"}
        sockets = Path(client.config_get("unixsocket")["unixsocket"]).parent.parent
        assert {folder.name: folder.stat().st_mode & 0o777 for folder in sockets.iterdir()} == {
            "postgres": 0o700,
            "valkey": 0o700,
        }


def test_a_server_that_does_not_start_is_named_with_its_log(state: Path) -> None:
    with Holder(state, environment={"PATH": os.defpath, "PEYVAND_PG_SETTINGS": "nonsense=1"}) as holder:
        _, errors = holder.process.communicate(timeout=PATIENCE_SECONDS)
    assert holder.process.returncode != 0
    assert "EmbeddedServersError: the embedded servers did not start" in errors.decode()
    assert str(state / "servers" / "postgres.log") in errors.decode()
    assert 'unrecognized configuration parameter "nonsense"' in errors.decode()
    with lease(state) as held:
        assert connects(held.endpoints.database_url)


def test_a_platform_without_the_wheels_is_told_what_to_set(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EmbeddedServersError, match="set DATABASE_URL and REDIS_URL"):
        lease(state)


def test_stop_ends_the_servers_whoever_uses_them(state: Path) -> None:
    with lease(state):
        servers = status(state)
        assert stop(state) is True
        assert not any_alive(servers)
        assert stop(state) is False
        with lease(state) as again:
            assert connects(again.endpoints.database_url)


def test_a_removed_state_folder_ends_its_servers_and_starts_empty(new_state: Path, tmp_path: Path) -> None:
    with lease(new_state) as held:
        servers = status(new_state)
        keep_a_row(held.endpoints.database_url)
        new_state.rename(tmp_path / "taken away")
        wait_until(lambda: not any_alive(servers))
        with lease(new_state) as again:
            with pytest.raises(psycopg.errors.UndefinedTable):
                rows(again.endpoints.database_url)
            if os.geteuid() == 0:  # its cluster lay elsewhere
                assert not Path(servers["postgres_data"]).exists()


def test_erased_data_is_gone(new_state: Path) -> None:
    with lease(new_state) as held:
        keep_a_row(held.endpoints.database_url)
        redis.Redis.from_url(held.endpoints.redis_url).set("here", "1")
        erase(new_state)
        assert not Path(status(new_state)["postgres_data"]).exists()
        with lease(new_state) as again:
            with pytest.raises(psycopg.errors.UndefinedTable):
                rows(again.endpoints.database_url)
            assert redis.Redis.from_url(again.endpoints.redis_url).get("here") is None


def test_status_of_an_unused_folder_makes_nothing(tmp_path: Path) -> None:
    assert status(tmp_path / "unused") == {"state_folder": str(tmp_path / "unused"), "running": False}
    assert stop(tmp_path / "unused") is False
    assert not (tmp_path / "unused").exists()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def any_alive(servers: dict[str, Any]) -> bool:
    return any(is_alive(servers[f"{process}_pid"]) for process in ("supervisor", "postgres", "valkey"))


def is_alive(pid: int) -> bool:
    """A zombie is dead, even where the first process of a container doesn't bury it."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self/status").exists()


def libpq(database_url: str) -> str:
    return database_url.replace("+psycopg", "", 1)


def connects(database_url: str) -> bool:
    with psycopg.connect(libpq(database_url)) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def answer(servers: dict[str, Any]) -> bool:
    with redis.Redis.from_url(servers["redis_url"]) as client:
        return connects(servers["database_url"]) and client.ping() is True


def setting(database_url: str, name: str) -> str:
    with psycopg.connect(libpq(database_url)) as connection:
        row = connection.execute("select current_setting(%s)", [name]).fetchone()
        assert row is not None
        return str(row[0])


def keep_a_row(database_url: str) -> None:
    with psycopg.connect(libpq(database_url)) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('kept')")


def rows(database_url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq(database_url)) as connection:
        return connection.execute("select word from kept").fetchall()
