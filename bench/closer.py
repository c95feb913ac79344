"""A worker that closes one cycle over and over: `python -m bench.closer <database> <cycle>`.

For each line that it reads, "<seconds> <most>", it closes and reopens the cycle until so many seconds are over, at most
so many times, and tells how many times that was and how many seconds the closes took.
"""

import sys
import time
from uuid import UUID

import psycopg

from bench.clearing import close, reopen
from network.app import create_app
from network.settings import Settings
from network.settlement.service import WORKERS_SHARE
from network.worker import step_back


def main() -> None:
    """Until standard input ends."""
    step_back()  # as the worker's job does
    url, cycle_id = sys.argv[1], UUID(sys.argv[2])
    with create_app(Settings.from_environment()).app_context(), psycopg.connect(url, autocommit=True) as connection:
        _tell("ready")
        for line in sys.stdin:
            seconds, most = line.split()
            _tell(*_closes(connection, cycle_id, float(seconds), int(most)))


def _tell(*values: object) -> None:
    sys.stdout.write(" ".join(map(str, values)) + "\n")
    sys.stdout.flush()


def _closes(connection: psycopg.Connection, cycle_id: UUID, seconds: float, most: int) -> tuple[int, float]:
    until, closes, spent = time.monotonic() + seconds, 0, 0.0
    while (began := time.monotonic()) < until and closes < most:
        close(cycle_id, WORKERS_SHARE)
        closes += 1
        spent += time.monotonic() - began
        reopen(connection, cycle_id)
    return closes, spent


if __name__ == "__main__":
    main()
