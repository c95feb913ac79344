"""PostgreSQL: the cluster, its settings, and when it is ready."""

import contextlib
import os
import pwd
import shlex
import shutil
import signal
from pathlib import Path

import psycopg

from network.infrastructure.embedded import locks
from network.infrastructure.embedded.locations import ROOT_HOME, Places, guarded_folder, runs_as_root, write_whole
from network.infrastructure.embedded.server import Server
from network.infrastructure.embedded.wheels import postgres_programs

_NAME = "peyvand"  # of the superuser and of the database
_SETTINGS = {  # fsync and synchronous_commit stay on: what was answered was kept
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}
_EXTRA_SETTINGS = "PEYVAND_PG_SETTINGS"
_INITDB_OPTIONS = shlex.split(
    f"--username={_NAME} --auth=trust --no-instructions"
    " --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
)


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": roll back what is open, write a checkpoint, end

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.data = places.postgres_data
        if runs_as_root():
            guarded_folder(ROOT_HOME, mode=0o755)
            self.user = "nobody"  # PostgreSQL refuses to run as root
        self._programs = postgres_programs()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{_NAME}@/{_NAME}?host={self.sockets}"

    @property
    def lock_file(self) -> Path:
        return self.data.with_suffix(".lock")  # beside the cluster, as it must not vanish with the state folder

    def prepare(self, lock: int) -> None:
        self._make_sockets()
        if not self.data.exists():
            self._make_cluster(lock)
        self._disown_lock_file()

    def command(self) -> list[str | Path]:
        ours = {"listen_addresses": "", "unix_socket_directories": str(self.sockets)}
        settings = {**_SETTINGS, **_extra_settings(os.environ.get(_EXTRA_SETTINGS, "")), **ours}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._programs / "postgres", "-D", self.data, *arguments]

    def answers(self) -> bool:
        try:
            with psycopg.connect(
                host=str(self.sockets), user=_NAME, dbname="postgres", autocommit=True, connect_timeout=5
            ) as connection:
                if not connection.execute("select 1 from pg_database where datname = %s", [_NAME]).fetchone():
                    connection.execute(f"create database {_NAME}")
        except psycopg.OperationalError:  # no socket yet, or "the database system is starting up"
            return False
        return True

    def _disown_lock_file(self) -> None:
        """Nothing of the cluster is alive, but the process id that a killed one left may now be another program's.

        PostgreSQL would refuse to start beside it. It never takes its own parent for itself, so it gets that id to
        read, and goes on to its other checks. The folder is its own, so beware of where a link there may lead us.
        """
        with contextlib.suppress(FileNotFoundError):
            file = os.open(self.data / "postmaster.pid", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(file, "r+") as leftover:
                _, _, rest = leftover.read().partition("\n")
                leftover.seek(0)
                leftover.write(f"{os.getpid()}\n{rest}")
                leftover.truncate()

    def _make_sockets(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.sockets.mkdir(mode=0o700)  # this mode is what guards `trust`
        self._give_away(self.sockets)

    def _make_cluster(self, lock: int) -> None:
        """Make it under another name first: a cluster that is there is whole."""
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give_away(draft)
        if status := self.spawn([self._programs / "initdb", "-D", draft, *_INITDB_OPTIONS], lock).wait():
            raise self.failure(f"can't make a cluster (initdb ended with status {status})")
        if self.data.parent != self.places.folder:
            self._leave_a_trace()
        draft.rename(self.data)

    def _give_away(self, folder: Path) -> None:
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _leave_a_trace(self) -> None:
        """Say on either side where the other is, and drop the clusters of earlier state folders of the same name."""
        write_whole(self.places.folder / "postgres-data-folder.txt", f"{self.data}\n")
        write_whole(self.data.with_suffix(".origin"), str(self.places.state_folder))
        for origin in self.data.parent.glob("data-*.origin"):
            with contextlib.suppress(FileNotFoundError):  # its own state folder is being erased
                if origin.stem != self.data.name and origin.read_bytes() == os.fsencode(self.places.state_folder):
                    remove_cluster(origin.with_suffix(""))


def remove_cluster(data: Path) -> None:
    """Remove a cluster and what lies beside it, unless it runs."""
    lock = locks.open_lock(data.with_suffix(".lock"))
    try:
        if locks.try_lock(lock, locks.EXCLUSIVE):
            shutil.rmtree(data, ignore_errors=True)
            for suffix in (".origin", ".lock"):
                data.with_suffix(suffix).unlink(missing_ok=True)
    finally:
        os.close(lock)


def _extra_settings(text: str) -> dict[str, str]:
    """Read `name=value name='a value'`; a later setting wins over an earlier one."""
    pairs = (word.partition("=") for word in shlex.split(text))
    return {name: value for name, _, value in pairs}
