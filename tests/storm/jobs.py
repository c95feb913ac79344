"""Processes that do all that is due, and die at one failpoint after the other.

`python -m tests.storm.jobs <latest> <calm> <member>...` forks some at a time, each armed with the failpoint at which
the fewest have died, and prints how many processes there were. The members have a household.
"""

import os
import random
import sys
import time
from collections import Counter
from contextlib import suppress
from uuid import UUID

from flask import Flask

from network.batches import repository as batches
from network.batches.service import run
from network.cli.context import application
from network.households import service as households
from network.infrastructure.database import statement_connection
from network.infrastructure.failpoints import arm
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read
from network.schedule import RECURRING
from network.settlement import service as settlement
from network.settlement.domain import State
from tests.storm.term import Term
from tests.storm.weather import failpoints

_AT_A_TIME = 3
_LIFE_SECONDS = 4.0  # of a process that finds nothing to die of
_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.05


def main(term: Term, homes: list[UUID]) -> None:
    app, processes = application(), 0
    deaths = Counter(dict.fromkeys(failpoints(), 0))
    running: dict[int, str] = {}
    while not term.is_over or running:
        while len(running) < _AT_A_TIME and not term.is_over:
            name = min(deaths.keys() - running.values(), key=lambda each: deaths[each])
            process = os.fork()
            if not process:
                _work(app, name, homes)
            running[process] = name
            processes += 1
        process, status = os.wait()
        # one that found nothing has had its turn, but a smaller one
        deaths[running.pop(process)] += 3 if os.WIFSIGNALED(status) else 1
    print(processes)


def _decide(name: str) -> None:
    """Approve or reject what is stated and nobody has submitted."""
    for each in settlement.cycles():
        if each.state is State.STATED and settlement.submission_of(each) is None:
            settlement.submit(each.cycle_id, person="maryam")
            if name == "settlement.in_approval":
                settlement.approve(each.cycle_id, person="omid")
            settlement.reject(each.cycle_id, person="omid", reason="it rains")


def _work(app: Flask, name: str, homes: list[UUID]) -> None:
    """In the child: whatever may lead it past its failpoint, again and again."""
    status, until = 1, time.monotonic() + _LIFE_SECONDS  # 1: PostgreSQL is away, or a connection was cut
    try:
        arm(name)
        while time.monotonic() < until:
            with app.app_context():
                for member in random.sample(homes, len(homes)) if name.startswith("transfer.") else ():
                    with suppress(PeyvandError):  # fewer points than are to be taken, a cap, a hold
                        households.contribute(member, 1)
                if not name.startswith(("batches.", "settlement.", "transfer.")):
                    for each in RECURRING:
                        each.job()
                if not name.startswith("batches."):
                    for due in settlement.due_cycles():
                        settlement.close_cycle(due.cycle_id, patience_seconds=_PATIENCE_SECONDS)
                    for cycle_id in settlement.unproven_cycles():
                        settlement.prove_cycle(cycle_id)
                if name in ("settlement.in_approval", "settlement.after_rejection"):
                    _decide(name)
                for batch_id, _ in batches.unfinished(statement_connection()):
                    run(batch_id)
            time.sleep(_PAUSE_SECONDS)
        status = 0
    finally:
        os._exit(status)  # without a word, and without what the parent has registered for its own end


if __name__ == "__main__":
    main(Term(float(sys.argv[1]), sys.argv[2]), [read("mbr", each) for each in sys.argv[3:]])
