"""The process that owns both servers: `python -m network.infrastructure.embedded.supervisor <state folder> <lock>`.

It is started by `lease`, with its own lock already taken and handed over as an open file, so that there is no instant
in which it lives unseen. It ends, and the servers with it, when nobody holds a lease any more, when it is told to by
SIGTERM, when its state folder is removed, or when a server can't be kept alive. When it is killed the kernel stops the
servers, and the next lease starts a new supervisor.
"""

import os
import shutil
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from network.infrastructure.embedded import locks
from network.infrastructure.embedded.errors import EmbeddedServersError
from network.infrastructure.embedded.locations import Places, find_places, guarded_folder, runs_as_root
from network.infrastructure.embedded.postgres import Postgres
from network.infrastructure.embedded.server import Server
from network.infrastructure.embedded.valkey import Valkey

_GRACE_SECONDS = 1.5  # a restart of the last process finds the servers still running
_POLL_SECONDS = 0.2
_REVIVALS_ALLOWED = 5


class Supervisor:
    def __init__(self, places: Places) -> None:
        self._places = places
        self._servers: list[Server] = []
        self._told_to_stop = False
        self._revivals = 0

    def stop_soon(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

    def run(self) -> None:
        """Start, watch, stop. Raises EmbeddedServersError when a server can't be started or kept alive."""
        lease_lock = locks.open_lock(self._places.lease_lock)
        # Root's folder lets PostgreSQL's user through to its own sockets; each folder below is closed to others.
        guarded_folder(self._places.sockets, mode=0o711 if runs_as_root() else 0o700)
        try:
            self._start()
            self._watch(lease_lock)
        finally:
            self._stop()
            os.close(lease_lock)

    def _start(self) -> None:
        self._servers = [Postgres(self._places), Valkey(self._places)]
        for server in self._servers:
            server.start()
        self._publish()

    def _watch(self, lease_lock: int) -> None:
        """Return when the servers are not needed any more; nobody can take a lease then before we are gone."""
        idle_since: float | None = None
        while not self._told_to_stop and locks.is_at(lease_lock, self._places.lease_lock):
            for server in self._servers:
                if server.died():
                    self._revive(server)
            if not locks.try_lock(lease_lock, locks.EXCLUSIVE):
                idle_since = None
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since >= _GRACE_SECONDS:
                    return  # with the lock in hand
                locks.unlock(lease_lock)
            time.sleep(_POLL_SECONDS)

    def _revive(self, server: Server) -> None:
        self._places.forget_endpoints()
        self._revivals += 1
        if self._revivals > _REVIVALS_ALLOWED:
            raise EmbeddedServersError(f"{server.name} died too often, see {server.log}")
        log(f"{server.name} died, starting it again")
        server.start()
        self._publish()

    def _publish(self) -> None:
        facts = {f"{server.name}_pid": server.pid for server in self._servers}
        postgres, valkey = self._servers
        self._places.write_endpoints({"database_url": postgres.url, "redis_url": valkey.url, **facts})
        log(f"ready: {facts}")

    def _stop(self) -> None:
        log("stopping")
        self._places.forget_endpoints()
        for server in self._servers:
            server.ask_to_stop()
        for server in self._servers:
            server.stop()
        shutil.rmtree(self._places.sockets, ignore_errors=True)
        log("stopped")


def log(text: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}", flush=True)


def main() -> None:
    state_folder, lock = Path(sys.argv[1]), int(sys.argv[2])
    if os.fork():  # whoever started us waits for this half, and never has to wait for the other one
        os._exit(0)
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # a thread that blocks signals may have started us
    os.set_inheritable(lock, False)  # ours alone: a server that outlives us must not look like a supervisor
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # PGOPTIONS and its like are meant for other servers
    places = find_places(state_folder)
    if places is None:
        raise SystemExit(f"{state_folder} is not a state folder")
    supervisor = Supervisor(places)
    signal.signal(signal.SIGTERM, supervisor.stop_soon)
    signal.signal(signal.SIGINT, supervisor.stop_soon)
    try:
        supervisor.run()
    except EmbeddedServersError as error:
        log(str(error))
        raise SystemExit(1) from None
    except Exception:
        log(traceback.format_exc())
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
