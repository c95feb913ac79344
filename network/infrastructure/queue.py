"""The job queue: RQ on Redis. Redis only carries work; the list of what is due stands in PostgreSQL.

Jobs are JSON, never pickles, name functions of `network.*.jobs` alone, may run twice, and may be killed anywhere.
"""

import re
from typing import Any

from flask import Flask, current_app
from redis import Redis
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.serializers import JSONSerializer

_ALLOWED = re.compile(r"network\.(\w+\.)*jobs\.\w+")
_KEEP_FAILURES_SECONDS = 86_400


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

    A finished job leaves no trace, so the same name may be queued again; a failed one is retried thrice, then kept
    for a day. Arguments are JSON values. Losing the job is harmless: whoever finds the work still due queues it anew.
    """
    queue = job_queue()
    failed = queue.fetch_job(name)
    if failed is not None and failed.is_failed:
        failed.delete()
    try:
        queue.enqueue(
            function,
            *arguments,
            job_id=name,
            unique=True,
            result_ttl=0,
            failure_ttl=_KEEP_FAILURES_SECONDS,
            job_timeout=timeout_seconds,
            retry=Retry(max=3, interval=[1, 5, 30]),
        )
    except DuplicateJobError:
        return False
    return True
