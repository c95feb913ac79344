"""The worker process: RQ, with the application built once in the parent, so that forked jobs are cheap."""

import gc
import os
from typing import Any

from flask import Flask
from rq import Worker

from network.infrastructure.database import db
from network.infrastructure.queue import HEARTBEAT_SECONDS, NetworkQueue, SafeJob

_WORKER_TTL_SECONDS = 60
_MAINTENANCE_SECONDS = 30
_NICENESS = 10
# Nobody waits for an answer of these, and together they can keep a processor busy for minutes.
UNHURRIED = frozenset(
    {
        "network.accounting.jobs.keep_books",
        "network.settlement.jobs.close_cycle",
        "network.settlement.jobs.cut",
        "network.settlement.jobs.prove_cycle",
    }
)


class NetworkWorker(Worker):
    """Runs our own jobs in the application's context, and notices soon when another worker was killed over a job."""

    job_class = SafeJob
    queue_class = NetworkQueue  # type: ignore[assignment]

    def __init__(self, app: Flask, **options: Any) -> None:
        self.app = app
        queue: NetworkQueue = app.extensions["peyvand.queue"]
        super().__init__(
            [queue],
            connection=queue.connection,
            serializer=queue.serializer,
            worker_ttl=_WORKER_TTL_SECONDS,
            job_monitoring_interval=HEARTBEAT_SECONDS,
            maintenance_interval=_MAINTENANCE_SECONDS,
            **options,
        )

    def perform_job(self, job: Any, queue: Any, execution: Any) -> bool:
        if job.func_name in UNHURRIED:
            step_back()
        with self.app.app_context():
            db.engine.dispose(close=False)  # the sockets belong to the parent
            return bool(super().perform_job(job, queue, execution))


def step_back() -> None:
    """Let all other processes go first, such as those that answer tills; for the rest of this process's life.

    Of a job that is the job: it runs in a process of its own. The second call does nothing more.
    """
    os.setpriority(os.PRIO_PROCESS, 0, max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


def run_worker(app: Flask, *, burst: bool = False) -> None:
    """Work until stopped; with `burst`, until the queue is empty.

    Without RQ's own scheduler of retries: what is still due is queued anew (`enqueue_once`), and that process would
    outlive a worker that is killed.
    """
    gc.freeze()  # what was loaded stays: a forked job would copy all of it only to find nothing to collect there
    NetworkWorker(app).work(burst=burst, with_scheduler=False, logging_level="WARNING")
