"""Jobs that are queued once, until they are over: with the real Redis."""

from datetime import timedelta

import pytest
from flask import Flask
from rq.job import JobStatus

from network.infrastructure.queue import HEARTBEAT_SECONDS, enqueue_once, job_queue
from network.kernel.clock import SystemClock

JOB = "network.settlement.jobs.cut"


def test_a_job_that_waits_is_not_queued_again(app: Flask) -> None:
    assert enqueue_once(JOB, name="cut-1")
    assert not enqueue_once(JOB, name="cut-1")
    assert enqueue_once(JOB, name="cut-2")
    assert job_queue().job_ids == ["cut-1", "cut-2"]


@pytest.mark.parametrize(("seconds", "again"), [(0, False), (10, True)])
def test_a_job_that_failed_is_queued_again_after_a_moment(app: Flask, seconds: int, again: bool) -> None:
    _make(JobStatus.FAILED, seconds)
    assert enqueue_once(JOB, name="cut-1") is again


@pytest.mark.parametrize(("seconds", "again"), [(HEARTBEAT_SECONDS, False), (10 * HEARTBEAT_SECONDS, True)])
def test_a_job_whose_worker_is_silent_is_queued_again(app: Flask, seconds: int, again: bool) -> None:
    _make(JobStatus.STARTED, seconds)
    assert enqueue_once(JOB, name="cut-1") is again


def test_a_flushed_redis_forgets_the_job_and_the_next_call_queues_it(app: Flask) -> None:
    assert enqueue_once(JOB, name="cut-1")
    job_queue().connection.flushdb()
    assert enqueue_once(JOB, name="cut-1")


def _make(status: JobStatus, seconds_ago: int) -> None:
    """A job that was taken from the queue, and last heard of so long ago."""
    enqueue_once(JOB, name="cut-1")
    job = job_queue().fetch_job("cut-1")
    assert job is not None
    job_queue().remove(job)
    job.ended_at = job.last_heartbeat = SystemClock().now() - timedelta(seconds=seconds_ago)
    job.set_status(status)
    job.save()
