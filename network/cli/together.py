"""Several of our own commands as children of one process, restarted when they die, ended when it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType

from network.infrastructure.lifelines import end_with

_POLL_SECONDS = 0.2
_RESTART_SECONDS = 1.0
_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Child:
    """A command of ours, and what people call it."""

    name: str
    arguments: list[str]


class Together:
    """Running children. `check` restarts those that died; `stop` ends them all."""

    def __init__(self, children: list[Child], environment: dict[str, str] | None = None) -> None:
        self._environment = {**os.environ, **(environment or {})}
        self._processes = {child.name: (child, self._start(child)) for child in children}

    def check(self) -> None:
        """Start again what has died, after a moment, so that a child that can't start doesn't spin."""
        for name, (child, process) in list(self._processes.items()):
            if process.poll() is not None:
                print(f"{name} ended ({process.returncode}); starting it again", file=sys.stderr, flush=True)
                time.sleep(_RESTART_SECONDS)
                self._processes[name] = (child, self._start(child))

    def process_id(self, name: str) -> int:
        """The process of a child."""
        return self._processes[name][1].pid

    def stop(self) -> None:
        """Ask every child to end, wait, and kill what has not."""
        processes = [process for _, process in self._processes.values()]
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + _STOP_SECONDS
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, until - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "network", *child.arguments],
            env=self._environment,
            preexec_fn=partial(_end_with_parent, os.getpid()),
        )


@contextlib.contextmanager
def together(children: list[Child], environment: dict[str, str] | None = None) -> Iterator[Together]:
    """Children for as long as the block lasts."""
    running = Together(children, environment)
    try:
        yield running
    finally:
        running.stop()


def run_together(children: list[Child], tend: Callable[[], object]) -> int:
    """Run until SIGTERM or Ctrl+C, and call `tend` now and then; the exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    with together(children) as running, contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(_POLL_SECONDS)
            running.check()
            tend()
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with_parent(parent: int) -> None:
    """In the child: Ctrl+C goes to the parent, which ends us in order; if it is killed, the kernel ends us too."""
    os.setpgid(0, 0)
    end_with(parent)
