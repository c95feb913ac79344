"""An installation of its own in a temporary folder, all of whose processes a test may kill at will."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row
from redis import Redis
from sqlalchemy.engine import make_url

from network.infrastructure import embedded
from tests.end_to_end._till import Client, Till, is_up

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 150.0  # the other tests may share the machine
_POLL_SECONDS = 0.05
_OURS = ("PEYVAND_", "PARTNER_", "DATABASE_URL", "REDIS_URL")


class Process:
    """One of our commands in a session of its own, so that it can be killed with all that it started."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=environment,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs; negative if a signal ended it."""
        return self._process.poll()

    def members(self) -> list[int]:
        """All living processes of its session."""
        return [pid for pid in living_processes() if session_of(pid) == self.pid]

    def kill(self) -> int:
        """`kill -9` for the whole session, until none is left of it; how many were killed."""
        killed = set()
        until = time.monotonic() + PATIENCE_SECONDS
        while members := self.members():
            assert time.monotonic() < until, f"{self.name} can't be killed"
            for pid in members:
                killed.add(pid)
                send(pid, signal.SIGKILL)
            self._process.poll()
            time.sleep(0.01)
        self._process.wait(PATIENCE_SECONDS)
        return len(killed)

    def kill_alone(self) -> None:
        """`kill -9` for this process and none of its children."""
        send(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE_SECONDS)

    def end(self) -> int:
        """SIGTERM, as an operator ends it; the exit status."""
        send(self.pid, signal.SIGTERM)
        return self._process.wait(PATIENCE_SECONDS)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Installation:
    """A state folder with its embedded servers and whatever runs on them."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        own = {"PEYVAND_STATE": str(self.state), "PEYVAND_PUBLIC_URL": self.url}
        self.environment = inherited | own | environment
        self.started: list[Process] = []
        self._tills: list[Till] = []
        self._lease: embedded.Lease | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for till in self._tills:
            till.close()
        self.kill_everything()
        self.release()
        embedded.erase(self.state)

    def hold(self) -> None:
        """Keep the servers running while all processes of ours are dead."""
        self._lease = self._lease or embedded.lease(self.state)

    def release(self) -> None:
        if self._lease:
            self._lease.release()
            self._lease = None

    def start(self, *arguments: str, failpoint: str | None = None) -> Process:
        """Run `network <arguments>` in the background."""
        armed = {"PEYVAND_FAILPOINT": failpoint} if failpoint else {}
        name = f"{len(self.started)}-{arguments[0]}"
        log = self.folder / f"{name}.log"
        process = Process(name, ["-m", "network", *arguments], self.environment | armed, log)
        self.started.append(process)
        return process

    def serve(self, *, web: int = 1, failpoint: str | None = None) -> Process:
        """The web process, answering."""
        process = self.start("serve", "--port", str(self.port), "--web", str(web), failpoint=failpoint)
        self.wait_until_up(process)
        return process

    def wait_until_up(self, process: Process) -> None:
        wait_until(
            lambda: is_up(self.url) or process.status is not None, f"{process.name} doesn't answer", process.said
        )
        assert process.status is None, process.said()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `network <arguments>` to its end."""
        return self._run("-m", "network", *arguments)

    def found(self, partners: int = 3) -> list[Client]:
        """Partners under contract in US dollars from 2017 on, their clock standing then; an OAuth client for each."""
        told = self._run("-m", "tests.end_to_end._found", str(partners))
        assert told.returncode == 0, told.stderr
        return [Client(**each) for each in json.loads(told.stdout)]

    def till(self, client: Client) -> Till:
        """A till of a partner; for one thread."""
        self._tills.append(Till(self.url, client))
        return self._tills[-1]

    def check(self) -> None:
        """Every invariant of the ledger holds."""
        told = self.run("ledger", "check")
        assert told.returncode == 0, told.stdout + told.stderr

    def servers(self) -> dict[str, Any]:
        """The embedded servers: their process ids and endpoints, while they run."""
        return embedded.status(self.state)

    @contextlib.contextmanager
    def database(self, **options: Any) -> Iterator[psycopg.Connection[dict[str, Any]]]:
        """A connection of the test's own."""
        told: list[str] = []
        wait_until(lambda: told or told.extend(filter(None, [self.servers().get("database_url")])), "no servers run")
        url = make_url(told[0]).set(drivername="postgresql")
        conninfo = url.render_as_string(hide_password=False)
        with psycopg.connect(conninfo, row_factory=dict_row, **{"autocommit": True, **options}) as connection:
            yield connection

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database() as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        (row,) = self.rows(query, *values)
        return next(iter(row.values()))

    @contextlib.contextmanager
    def redis(self) -> Iterator[Redis]:
        with contextlib.closing(Redis.from_url(self.servers()["redis_url"])) as connection:
            yield connection

    def stand_clock_at(self, instant: str) -> None:
        """Move the network's clock, as `network clock set` does, without the time that a command takes."""
        self.rows("UPDATE network_clock SET frozen_at = %s RETURNING 1", instant)

    def living(self) -> list[int]:
        """Every process of this installation that lives: ours, what they started, supervisor and servers."""
        servers = self.servers()
        own = {servers.get(f"{name}_pid") for name in ("supervisor", "postgres", "valkey")}
        sessions = {process.pid for process in self.started}
        return [pid for pid in living_processes() if pid in own or session_of(pid) in sessions | own]

    def kill_everything(self) -> int:
        """`kill -9` for every process of ours, the supervisor and the servers at once; how many were killed."""
        victims = self.living()
        for pid in victims:
            send(pid, signal.SIGKILL)
        for process in self.started:
            process.kill()
        self.started.clear()
        return len(victims)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=self.environment | {"COLUMNS": "250"},
            timeout=180,
            check=False,
        )


def wait_until(
    condition: Callable[[], object],
    otherwise: str,
    tell: Callable[[], str] = str,
    *,
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait for a condition; fail with what to tell if it doesn't come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{otherwise}\n{tell()}"
        time.sleep(_POLL_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def living_processes() -> list[int]:
    """Process ids of all that run, without zombies."""
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal() and _is_alive(folder)]


def session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def parent_of(pid: int) -> int:
    return int(_stat(Path(f"/proc/{pid}"))[1])


def victims_of(installation: Installation, up: Process) -> dict[str, list[int]]:
    """Process ids of what may be killed, by kind: all but the command itself."""
    servers = installation.servers()
    found: dict[str, list[int]] = defaultdict(list)
    for name in ("supervisor", "postgres", "valkey"):
        if pid := servers.get(f"{name}_pid"):
            found[name].append(pid)
    for pid in up.members():
        if pid != up.pid:
            found[name_of(pid)].append(pid)
    return found


def name_of(pid: int) -> str:
    """Which of our commands a process runs; empty if none, or if it is gone."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return ""
    return next((word for word in words if word in ("granian", "worker", "scheduler", "serve")), "")


def send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_alive(folder: Path) -> bool:
    try:
        return _stat(folder)[0] not in "ZX"
    except OSError:
        return False


def _stat(folder: Path) -> list[str]:
    """What the kernel tells of a process: its state, its parent, and more (proc(5))."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
