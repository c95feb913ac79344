"""What both servers have in common: they start clean, say when they are ready, and outlive nobody."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from network.infrastructure.embedded import locks
from network.infrastructure.embedded.errors import EmbeddedServersError
from network.infrastructure.embedded.locations import Places

_POLL_SECONDS = 0.02
_READY_WITHIN_SECONDS = 150  # PostgreSQL may have to replay 2 GB after a crash
_ENDED_WITHIN_SECONDS = 90  # PostgreSQL writes a checkpoint first
_LOG_BYTES_KEPT = 10_000_000
_PR_SET_PDEATHSIG = 1
_KERNEL_STOPS_ORPHANS = sys.platform == "linux"


class Server(ABC):
    """One server process of one state folder.

    The process inherits a lock, and so do its own children: while the lock is held something of the server lives, and
    once it is free whatever the last run left behind is only files. No process id needs to be believed.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, places: Places) -> None:
        self.places = places
        self.log = places.folder / f"{self.name}.log"
        self.sockets = places.sockets / self.name
        self.user: str | None = None  # None: the one we are
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    @abstractmethod
    def lock_file(self) -> Path: ...

    @abstractmethod
    def prepare(self, lock: int) -> None:
        """Make folders and files; nothing of an earlier run is alive. Programs run for it get the lock too."""

    @abstractmethod
    def command(self) -> list[str | Path]: ...

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server does real work yet; also makes what has to be made inside it."""

    @property
    def working_folder(self) -> Path:
        return Path("/")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start and wait until ready. Raises EmbeddedServersError, which names the log."""
        lock = locks.open_lock(self.lock_file)
        try:
            self._outlive_predecessor(lock)
            self.prepare(lock)
            self._process = self.spawn(self.command(), lock)
            os.truncate(lock, 0)
            os.pwrite(lock, str(self._process.pid).encode(), 0)
        finally:
            os.close(lock)  # the server has its own; ours would hide that it died
        self._wait_until_ready(self._process)

    def died(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop in order; by force what doesn't within a minute."""
        if self._process is None:
            return
        self.ask_to_stop()
        for patience_seconds, harder in ((60, signal.SIGQUIT), (10, signal.SIGKILL), (10, signal.SIGKILL)):
            try:
                self._process.wait(patience_seconds)
                return
            except subprocess.TimeoutExpired:
                self._process.send_signal(harder)

    def spawn(self, command: list[str | Path], lock: int) -> subprocess.Popen[bytes]:
        """Run a program as the server's user, with the lock in its hands, its output going to the log."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        account = pwd.getpwnam(self.user) if self.user else None
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.working_folder,
                # Nothing that a user's shell may have set for other servers.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                pass_fds=(lock,),
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=() if account else None,
                preexec_fn=_tie_to_parent(self.stop_signal),  # safe: the supervisor has one thread
            )

    def failure(self, what: str) -> EmbeddedServersError:
        said = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else []
        return EmbeddedServersError("\n".join([f"{self.name} {what}, see {self.log}", *said]))

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while not self.answers():
            if process.poll() is not None:
                raise self.failure(f"ended with status {process.returncode}")
            if time.monotonic() > deadline:
                raise self.failure(f"isn't ready after {_READY_WITHIN_SECONDS} s")
            time.sleep(_POLL_SECONDS)

    def _outlive_predecessor(self, lock: int) -> None:
        """Wait for what is left of an earlier run whose supervisor was killed.

        On Linux the kernel has told it to stop by now. Elsewhere nobody has.
        """
        for stop_signal in () if _KERNEL_STOPS_ORPHANS else (self.stop_signal, signal.SIGKILL):
            self._signal_predecessor(lock, stop_signal)
            if locks.wait_for_lock(lock, locks.EXCLUSIVE, deadline=time.monotonic() + 20):
                return
        if not locks.wait_for_lock(lock, locks.EXCLUSIVE, deadline=time.monotonic() + _ENDED_WITHIN_SECONDS):
            raise self.failure("of an earlier run doesn't end")

    def _signal_predecessor(self, lock: int, stop_signal: signal.Signals) -> None:
        pid = os.pread(lock, 20, 0).decode()
        if pid and not locks.try_lock(lock, locks.EXCLUSIVE):
            command = subprocess.run(["ps", "-o", "command=", "-p", pid], stdout=subprocess.PIPE, check=False)  # noqa: S607
            if self.name.encode() in command.stdout:  # else the number has gone to another program
                os.kill(int(pid), stop_signal)


def _tie_to_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """For the child between fork and exec: have the kernel stop it when the supervisor dies, however that dies."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def tie() -> None:
        if _KERNEL_STOPS_ORPHANS:
            libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # it died before we asked to be told
                os._exit(1)

    return tie
