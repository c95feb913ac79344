"""What befalls the network: months that end every second, and everything that can be killed, killed."""

import contextlib
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from pathlib import Path

import psycopg
from redis.exceptions import RedisError

import network
from tests.end_to_end._processes import Installation, Process, parent_of, send, victims_of
from tests.storm.found import START

_SETTLED_SECONDS = 8.0
_SOURCES = Path(str(network.__file__)).parent


def failpoints() -> list[str]:
    """The names of all failpoints, as they stand in the code."""
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(_SOURCES.rglob("*.py")))
    return sorted(set(re.findall(r'failpoint\("([\w.]+)"\)', code)))


class Weather:
    """Bad, from `with` until the end of its block. `counts` says what happened, by kind."""

    def __init__(self, installation: Installation, up: Process) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        self._installation = installation
        self._up = up
        self._dice = random.SystemRandom()
        self._over = threading.Event()
        self._now = START
        befalls: tuple[Callable[[], None], ...] = (self._end_months, self._kill, self._stop_postgres)
        self._threads = [threading.Thread(target=self._befall, args=(each,)) for each in befalls]

    def __enter__(self) -> "Weather":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def end_month(self) -> None:
        """The clock goes on to the next month."""
        later = _next_month(self._now)
        self._installation.stand_clock_at(later.isoformat())
        self._now = later
        self.counts["months ended"] += 1

    def _befall(self, what: Callable[[], None]) -> None:
        try:
            what()
        except BaseException as failure:  # told by the thread that waits
            self.failures.append(failure)

    def _end_months(self) -> None:
        while not self._over.wait(1.0):
            with contextlib.suppress(psycopg.OperationalError):  # it is away; the month lasts a little longer
                self.end_month()

    def _kill(self) -> None:
        """One web process, worker or scheduler after the other; and Redis forgets everything."""
        for kind in cycle(("worker", "granian", "worker", "flush", "worker", "scheduler", "worker")):
            if self._over.wait(self._dice.uniform(0.3, 1.2)):
                return
            if kind == "flush":
                self._flush()
            elif victims := self._victims(kind):
                send(self._dice.choice(victims), signal.SIGKILL)
                self.counts[f"{_NAMES[kind]} killed"] += 1

    def _victims(self, kind: str) -> list[int]:
        """The web server itself lives, for it takes long to come back; its processes do not, once they are settled in,
        and as long as some are left: without any nobody would get on with anything.
        """
        found = victims_of(self._installation, self._up)[kind]
        if kind != "granian":
            return found
        settled = [pid for pid in found if _parent_of(pid) != self._up.pid and _age_of(pid) > _SETTLED_SECONDS]
        return settled[2:]

    def _flush(self) -> None:
        with contextlib.suppress(RedisError, KeyError), self._installation.redis() as redis:
            redis.flushall()
            self.counts["Redis flushed"] += 1

    def _stop_postgres(self) -> None:
        """`pg_ctl stop -m immediate`; the supervisor starts it again, which replays its log."""
        while not self._over.wait(self._dice.uniform(4.0, 8.0)):
            postgres = self._installation.servers().get("postgres_pid")
            if postgres is None:
                continue
            send(postgres, signal.SIGQUIT)
            self.counts["PostgreSQL stopped (immediate)"] += 1
            until = time.monotonic() + 60
            while self._installation.servers().get("postgres_pid") in (None, postgres):
                assert time.monotonic() < until, "PostgreSQL isn't back"
                time.sleep(0.1)


_NAMES = {"worker": "RQ workers", "granian": "web processes", "scheduler": "schedulers"}


def _parent_of(pid: int) -> int | None:
    with contextlib.suppress(OSError):  # it is gone already
        return parent_of(pid)
    return None


def _age_of(pid: int) -> float:
    """For how many seconds a process has lived (proc(5)); 0 if it does not any more."""
    with contextlib.suppress(OSError):
        started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        return float(Path("/proc/uptime").read_text().split()[0]) - started / os.sysconf("SC_CLK_TCK")
    return 0.0


def _next_month(instant: datetime) -> datetime:
    return instant.replace(year=instant.year + instant.month // 12, month=instant.month % 12 + 1)
