"""A batch is worked through, part after part, by as many jobs as there are workers for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation

from network.batches import repository
from network.batches.repository import Work
from network.batches.service.part import post_part
from network.infrastructure.context import application
from network.infrastructure.database import drop_statement_connection, statement_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.queue import enqueue_once

JOBS = 4
"""Jobs of one batch that work side by side, if there are workers for them."""

LANES = 2
"""Parts that a job works on: while PostgreSQL writes the one, Python decides the other."""

_JOB = "network.batches.jobs.run_batch"
_LONGEST_SECONDS = 10.0  # then other jobs have their turn
_ATTEMPTS = 5


def queue_unfinished() -> int:
    """Queue jobs for every batch with parts that wait; how many were queued."""
    return sum(_queue(batch_id, waiting) for batch_id, waiting in repository.unfinished(statement_connection()))


def queue_batch(batch_id: UUID) -> int:
    """Queue jobs for a batch if parts of it wait; how many were queued."""
    return sum(_queue(*found) for found in repository.unfinished(statement_connection(), batch_id))


def run(batch_id: UUID, longest_seconds: float = _LONGEST_SECONDS) -> int:
    """Post parts until there is none to be had, or the time is up; how many.

    Safe to kill anywhere, and to run beside itself: no two have the same part.
    """
    until = time.monotonic() + longest_seconds
    work = repository.find_work(statement_connection(), batch_id)
    posted = 0
    while work is not None and time.monotonic() < until:
        failpoint("batches.before_chunk")
        if not _post(work):
            break
        failpoint("batches.after_chunk")
        posted += 1
    repository.complete(statement_connection(), batch_id)
    return posted


def take_turn(batch_id: UUID, job: int, turn: int) -> int:
    """`run` in each lane, and queue the same again behind what waits in the queue meanwhile, if the time was up.

    Returns how many parts were posted.
    """
    begun = time.monotonic()
    app = application()

    def lane(_: int) -> int:
        with app.app_context():
            try:
                return run(batch_id)
            finally:
                drop_statement_connection()

    with ThreadPoolExecutor(LANES) as lanes:
        posted = sum(lanes.map(lane, range(LANES)))
    if time.monotonic() - begun >= _LONGEST_SECONDS:
        _queue_job(batch_id, job, 1 - turn)  # under another name: its own is taken until it has ended
    return posted


def _queue(batch_id: UUID, waiting: int) -> int:
    if not waiting:
        repository.complete(statement_connection(), batch_id)
    return sum(_queue_job(batch_id, job, 0) for job in range(min(waiting, JOBS)))


def _queue_job(batch_id: UUID, job: int, turn: int) -> bool:
    return enqueue_once(_JOB, str(batch_id), job, turn, name=f"batch-{batch_id}-{job}-{turn}")


def _post(work: Work) -> bool:
    """Post a part; once more if the twin of a line, in another part or file, came in between."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return post_part(work)
        except (UniqueViolation, DeadlockDetected):
            continue
    return post_part(work)
