"""What a process calls: find the running servers of a state folder, or have them started, and keep them."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from network.infrastructure.embedded import locks
from network.infrastructure.embedded.errors import EmbeddedServersError
from network.infrastructure.embedded.locations import Places, find_places, make_places, start_lock_of
from network.infrastructure.embedded.wheels import postgres_programs, valkey_program

_PATIENCE_SECONDS = 180
_POLL_SECONDS = 0.01
_STARTS_TRIED = 3  # the first supervisor may have been killed, or told to stop
_SUPERVISOR = "network.infrastructure.embedded.supervisor"
_SOURCE_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the servers are. The same state folder gets the same endpoints again after a restart."""

    database_url: str
    redis_url: str


class _Hold:
    """This process's one lock on a state folder's servers, and how many leases rest on it."""

    def __init__(self, places: Places, descriptor: int) -> None:
        self.places = places
        self.descriptor = descriptor
        self.leases = 0

    def drop_one(self) -> None:
        self.leases -= 1
        if not self.leases:
            os.close(self.descriptor)
            if _holds.get(self.places.state_folder) is self:
                del _holds[self.places.state_folder]


_holds: dict[Path, _Hold] = {}  # keeps leases that nobody keeps: they last as long as the process
_holds_guard = threading.Lock()


class Lease:
    """The right to use the servers, until `release`, the end of the `with` block, or the end of the process."""

    def __init__(self, hold: _Hold, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self._hold = hold
        self._released = False

    def release(self) -> None:
        """Give the lease back; a second call does nothing. Children forked meanwhile keep theirs."""
        with _holds_guard:
            if not self._released:
                self._released = True
                self._hold.drop_one()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def lease(state_folder: Path) -> Lease:
    """Have PostgreSQL and Valkey running for this state folder, and keep them running; returns when both are ready.

    A second call in the same process costs next to nothing, and starts the servers again should they have died.
    Raises EmbeddedServersError when they can't be had, with the reason and the log that tells more.
    """
    state_folder = Path(state_folder).resolve()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with _holds_guard:
        start_lock = _acquire(start_lock_of(state_folder), locks.EXCLUSIVE, deadline)
        try:
            places = make_places(state_folder)
            hold = _hold(places, deadline)
            try:
                return Lease(hold, _ensure_running(places, deadline))
            except BaseException:
                hold.drop_one()
                raise
        finally:
            os.close(start_lock)


def status(state_folder: Path) -> dict[str, Any]:
    """What runs for this state folder: `running`, process ids, endpoints, and where the files are. Changes nothing."""
    state_folder = Path(state_folder).resolve()
    answer: dict[str, Any] = {"state_folder": str(state_folder), "running": False}
    places = find_places(state_folder)
    if places is None:
        return answer
    answer |= {"postgres_data": str(places.postgres_data), "logs": str(places.folder)}
    if not locks.is_free(places.supervisor_lock):
        facts = places.read_endpoints()
        answer |= {"running": facts is not None, "supervisor_pid": _supervisor_pid(places)} | (facts or {})
    return answer


def stop(state_folder: Path) -> bool:
    """Stop the servers whoever uses them, and wait until they are gone; returns whether there was something to stop.

    Raises EmbeddedServersError when they don't end.
    """
    places = find_places(Path(state_folder).resolve())
    if places is None or locks.is_free(places.supervisor_lock):
        return False
    told, deadline = None, time.monotonic() + _PATIENCE_SECONDS
    while not locks.is_free(places.supervisor_lock):
        pid = _supervisor_pid(places)
        if pid is not None and pid != told:
            os.kill(pid, signal.SIGTERM)
            told = pid
        if time.monotonic() > deadline:
            raise EmbeddedServersError(f"the embedded servers don't stop, see {places.folder}")
        time.sleep(_POLL_SECONDS)
    return True


def erase(state_folder: Path) -> None:
    """Stop the servers and remove all their data: the next lease starts with an empty database."""
    from network.infrastructure.embedded.postgres import remove_cluster  # brings psycopg, which nothing else here needs

    state_folder = Path(state_folder).resolve()
    start_lock = _acquire(start_lock_of(state_folder), locks.EXCLUSIVE, time.monotonic() + _PATIENCE_SECONDS)
    try:
        stop(state_folder)
        places = find_places(state_folder)
        if places is not None:
            remove_cluster(places.postgres_data)
            shutil.rmtree(places.folder / "valkey", ignore_errors=True)
            shutil.rmtree(places.sockets, ignore_errors=True)
    finally:
        os.close(start_lock)


def _hold(places: Places, deadline: float) -> _Hold:
    hold = _holds.get(places.state_folder)
    if hold is None or not locks.is_at(hold.descriptor, places.lease_lock):  # or the state folder was made anew
        descriptor = _acquire(places.lease_lock, locks.SHARED, deadline)  # waits while a supervisor shuts down
        hold = _holds[places.state_folder] = _Hold(places, descriptor)
    hold.leases += 1
    return hold


def _ensure_running(places: Places, deadline: float) -> Endpoints:
    """Under the start lock: what stands in the endpoints file is true while the supervisor's lock is held."""
    starts = log_size = 0
    while True:
        lock = locks.open_lock(places.supervisor_lock)
        try:
            if locks.try_lock(lock, locks.EXCLUSIVE):
                if starts == _STARTS_TRIED:
                    raise _not_started(places, log_size)
                starts, log_size = starts + 1, _start_supervisor(places, lock)
            # Were the lock to be had shared, then no supervisor but somebody's question stood in our way.
            elif not locks.try_lock(lock, locks.SHARED) and (facts := places.read_endpoints()):
                return Endpoints(facts["database_url"], facts["redis_url"])
        finally:
            os.close(lock)
        if time.monotonic() > deadline:
            raise EmbeddedServersError(f"the embedded servers are not ready in time, see {places.folder}")
        time.sleep(_POLL_SECONDS)


def _start_supervisor(places: Places, lock: int) -> int:
    """Start it with the lock in its hands; returns where in its log it begins to write."""
    postgres_programs(), valkey_program()  # fail here, with a clear word, where the platform has none
    places.forget_endpoints()
    os.truncate(lock, 0)
    with places.supervisor_log.open("ab") as log:
        begins_at = log.tell()
        path = os.pathsep.join(filter(None, [str(_SOURCE_ROOT), os.environ.get("PYTHONPATH")]))
        subprocess.run(  # returns at once: it detaches itself
            [sys.executable, "-P", "-m", _SUPERVISOR, str(places.state_folder), str(lock)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
            pass_fds=(lock,),
            start_new_session=True,
            check=False,
        )
    return begins_at


def _not_started(places: Places, log_size: int) -> EmbeddedServersError:
    with places.supervisor_log.open(errors="replace") as log:
        log.seek(log_size)
        said = log.read().strip()[-2000:]
    return EmbeddedServersError(f"the embedded servers did not start, see {places.supervisor_log}:\n{said}")


def _supervisor_pid(places: Places) -> int | None:
    text = places.supervisor_lock.read_text()
    return int(text) if text else None


def _acquire(path: Path, kind: int, deadline: float) -> int:
    try:
        return locks.acquire(path, kind, deadline=deadline)
    except TimeoutError:
        raise EmbeddedServersError(f"somebody holds {path} for more than {_PATIENCE_SECONDS} s") from None
