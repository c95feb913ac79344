"""Processes that do all that is due, and die at one failpoint after the other.

`python -m tests.storm.jobs <until>` forks one after the other, each armed with the next failpoint, and prints how many
there were.
"""

import os
import sys
import time
from itertools import cycle

from flask import Flask

from network.batches import repository as batches
from network.batches.service import run
from network.cli.context import application
from network.infrastructure.database import statement_connection
from network.infrastructure.failpoints import arm
from network.schedule import RECURRING
from network.settlement import service as settlement
from tests.storm.weather import failpoints

_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 1.0


def main(until: float) -> None:
    app, processes = application(), 0
    for name in cycle(failpoints()):
        if time.time() > until:
            break
        process = os.fork()
        if not process:
            _work(app, name)
        os.waitpid(process, 0)
        processes += 1
        time.sleep(_PAUSE_SECONDS)
    print(processes)


def _work(app: Flask, name: str) -> None:
    """In the child: as far as it comes."""
    status = 1  # PostgreSQL is away, or a connection was cut
    try:
        arm(name)
        with app.app_context():
            for each in RECURRING:
                each.job()
            for due in settlement.due_cycles():
                settlement.close_cycle(due.cycle_id, patience_seconds=_PATIENCE_SECONDS)
            for batch_id, _ in batches.unfinished(statement_connection()):
                run(batch_id)
        status = 0
    finally:
        os._exit(status)  # without a word, and without what the parent has registered for its own end


if __name__ == "__main__":
    main(float(sys.argv[1]))
