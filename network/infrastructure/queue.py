"""The job queue: RQ on Redis. Redis only carries work; the list of what is due stands in PostgreSQL.

Jobs are JSON, never pickles, name functions of `network.*.jobs` alone, may run twice, and may be killed anywhere.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from network.kernel.clock import SystemClock, as_utc

HEARTBEAT_SECONDS = 5
"""How often a worker says that it still works on its job."""

_ALLOWED = re.compile(r"network\.(\w+\.)*jobs\.\w+")
_KEEP_FAILURES_SECONDS = 86_400
_AFTER_FAILURE = timedelta(seconds=3)
_ABANDONED_AFTER = timedelta(seconds=4 * HEARTBEAT_SECONDS)


class JobNotAllowed(PermissionError):
    """A job names a function that is not one of ours."""


class SafeJob(Job):
    """JSON closes the pickle hole but still names any function: only our own jobs run."""

    def perform(self) -> Any:
        if not _ALLOWED.fullmatch(self.func_name or ""):
            raise JobNotAllowed(f"job function not allowed: {self.func_name}")
        return super().perform()


class NetworkQueue(Queue):
    """A queue that speaks JSON and makes safe jobs, wherever RQ itself constructs it."""

    job_class = SafeJob

    def __init__(self, name: str = "peyvand", **options: Any) -> None:
        super().__init__(name, **{"serializer": JSONSerializer, "job_class": SafeJob, **options})


def init_queue(app: Flask, redis_url: str, queue_name: str) -> None:
    """Give the application its queue. Connects on first use."""
    connection = Redis.from_url(redis_url, health_check_interval=30)
    app.extensions["peyvand.queue"] = NetworkQueue(queue_name, connection=connection)


def job_queue() -> NetworkQueue:
    """The current application's queue."""
    queue = current_app.extensions["peyvand.queue"]
    assert isinstance(queue, NetworkQueue)
    return queue


def enqueue_once(function: str, *arguments: str | int, name: str, timeout_seconds: int = 600) -> bool:
    """Queue a job by its dotted name unless one of this `name` waits or runs already; says whether it was queued.

    Arguments are JSON values. Whoever finds work due calls this, again and again until it is done: so a lost job is
    queued anew by the next call, one that failed or was killed by the next after a moment. Nothing else retries it.
    """
    queue = job_queue()
    earlier = queue.fetch_job(name)
    if earlier is not None:
        if not _is_over(earlier):
            return False
        earlier.delete()
    try:
        queue.enqueue(
            function,
            *arguments,
            job_id=name,
            unique=True,
            result_ttl=0,
            failure_ttl=_KEEP_FAILURES_SECONDS,
            job_timeout=timeout_seconds,
        )
    except DuplicateJobError:
        return False
    return True


def _is_over(job: Job) -> bool:
    """Whether a job failed, a moment ago at least, or whoever worked on it was killed and can't say so."""
    if job.is_failed:
        return _older(job.ended_at, _AFTER_FAILURE)
    return job.is_started and _older(job.last_heartbeat, _ABANDONED_AFTER)


def _older(instant: datetime | None, age: timedelta) -> bool:
    return instant is None or as_utc(instant) < SystemClock().now() - age
