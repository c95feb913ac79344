"""A batch is worked through: part after part, lane by lane."""

import time
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation

from network.batches import repository
from network.batches.repository import Work
from network.batches.service.part import post_part
from network.infrastructure.database import statement_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.queue import enqueue_once

_JOB = "network.batches.jobs.run_batch"
_LONGEST_SECONDS = 240
_ATTEMPTS = 5


def queue_unfinished(batch_id: UUID | None = None) -> int:
    """Queue a job for each lane that has work, of one batch or of all; how many were queued."""
    queued = 0
    for unfinished, lanes in repository.unfinished(statement_connection(), batch_id):
        if not lanes:
            repository.complete(statement_connection(), unfinished)
        for lane in lanes:
            queued += enqueue_once(_JOB, str(unfinished), lane, name=f"batch-{unfinished}-{lane}")
    return queued


def run(batch_id: UUID, lane: int, longest_seconds: float = _LONGEST_SECONDS) -> int:
    """Post the parts of a lane until none is left or the time is up; how many parts.

    Safe to kill anywhere, and to run beside itself: then one of the two finds the lane taken, and leaves.
    """
    until = time.monotonic() + longest_seconds
    work = repository.find_work(statement_connection(), batch_id)
    posted = 0
    while work is not None and time.monotonic() < until:
        failpoint("batches.before_chunk")
        if not _post(work, lane):
            break
        failpoint("batches.after_chunk")
        posted += 1
    repository.complete(statement_connection(), batch_id)
    return posted


def _post(work: Work, lane: int) -> bool:
    """Post a lane's next part; once more if the twin of a line, for another wallet, came in between."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return post_part(work, lane)
        except (UniqueViolation, DeadlockDetected):
            continue
    return post_part(work, lane)
