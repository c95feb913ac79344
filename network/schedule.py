"""The table of recurring jobs, and the process that queues them: RQ's own cron.

Cron knows real time only, so none of these jobs takes a date: each asks the network's clock and the tables what is due.
A missed run is made up by the next one; a run too many finds nothing to do.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import rq.cron
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested
from rq.utils import now

import network.accounting.jobs
import network.adjustments.jobs
import network.audit.jobs
import network.auth.jobs
import network.batches.jobs
import network.delivery.jobs
import network.expiry.jobs
import network.households.jobs
import network.infrastructure.jobs
import network.partners.jobs
import network.passkeys.jobs
import network.sessions.jobs
import network.settlement.jobs
import network.signin.jobs
import network.staff.jobs
import network.wallet.jobs
from network.infrastructure.queue import NetworkQueue

_log = logging.getLogger(__name__)
_LEADER_LOCK = 0x7363686564756C65  # "schedule"
_RETRY_SECONDS = 1.0
_LONGEST_QUEUE = 100


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job and how often it is queued; one that waits longer than `stale_after_seconds` is dropped."""

    job: Callable[..., Any]
    every_seconds: int
    timeout_seconds: int = 600

    @property
    def stale_after_seconds(self) -> int:
        return 2 * self.every_seconds + 5


RECURRING = (
    Recurring(network.infrastructure.jobs.drain_outbox, every_seconds=1),
    Recurring(network.settlement.jobs.tick, every_seconds=1),
    Recurring(network.settlement.jobs.cut, every_seconds=10),
    Recurring(network.settlement.jobs.credit, every_seconds=10),
    Recurring(network.settlement.jobs.pay, every_seconds=60),
    Recurring(network.settlement.jobs.remind, every_seconds=60),
    Recurring(network.settlement.jobs.prove, every_seconds=10),
    Recurring(network.accounting.jobs.keep_books, every_seconds=60),
    Recurring(network.audit.jobs.export, every_seconds=3600),  # once a day, and soon after it began
    Recurring(network.staff.jobs.forget, every_seconds=3600),
    Recurring(network.sessions.jobs.forget, every_seconds=3600),
    Recurring(network.auth.jobs.forget, every_seconds=3600),
    Recurring(network.passkeys.jobs.forget, every_seconds=600),
    Recurring(network.signin.jobs.forget, every_seconds=3600),
    Recurring(network.delivery.jobs.send, every_seconds=1),
    Recurring(network.wallet.jobs.sweep, every_seconds=10),
    Recurring(network.partners.jobs.watch, every_seconds=10),
    Recurring(network.adjustments.jobs.extend, every_seconds=10),
    Recurring(network.expiry.jobs.tell, every_seconds=3600),
    Recurring(network.batches.jobs.tick, every_seconds=5),
    Recurring(network.households.jobs.share, every_seconds=5),
)


class LeadersCron(CronScheduler):
    """Queues jobs as long as it leads: its database connection holds the lock that says so."""

    def __init__(self, leader: psycopg.Connection, queue: NetworkQueue) -> None:
        super().__init__(connection=queue.connection, logging_level=logging.WARNING)
        self._leader = leader
        self._queue = queue

    def enqueue_jobs(self) -> list[CronJob]:
        self._leader.execute("SELECT 1")  # a lost connection has lost the lead
        if self._queue.count < _LONGEST_QUEUE:
            queued: list[CronJob] = super().enqueue_jobs()
            return queued
        for job in self.get_jobs():  # nobody works: what is due now will be due when somebody does
            if job.should_run():
                job.set_enqueue_time(now())
        return []


def run_scheduler(app: Flask) -> None:
    """Queue recurring jobs until stopped. Of several such processes one works; the others wait to take its place.

    Outlasts restarts of Redis and of PostgreSQL, leading or not.
    """
    # RQ's cron makes pickling queues, whatever it is told
    rq.cron.Queue = NetworkQueue  # type: ignore[attr-defined, assignment]
    with contextlib.suppress(StopRequested, KeyboardInterrupt):
        while True:
            try:
                with psycopg.connect(app.config["PEYVAND_CONNINFO"], autocommit=True) as leader:
                    _wait_for_lead(leader)
                    _cron(app, leader).start()  # type: ignore[no-untyped-call]
                    return
            except (RedisConnectionError, psycopg.OperationalError) as failure:
                _log.warning("a server is away (%s); trying again", type(failure).__name__)
                time.sleep(_RETRY_SECONDS)


def _wait_for_lead(connection: psycopg.Connection) -> None:
    """Ask now and then: a statement that waits for days would keep PostgreSQL from cleaning up what died meanwhile."""
    while connection.execute("SELECT pg_try_advisory_lock(%s)", (_LEADER_LOCK,)).fetchone() != (True,):
        time.sleep(_RETRY_SECONDS)


def _cron(app: Flask, leader: psycopg.Connection) -> CronScheduler:
    queue: NetworkQueue = app.extensions["peyvand.queue"]
    cron = LeadersCron(leader, queue)
    for each in RECURRING:
        cron.register(
            each.job,
            queue.name,
            interval=each.every_seconds,
            job_timeout=each.timeout_seconds,
            ttl=each.stale_after_seconds,
            result_ttl=0,
            failure_ttl=86_400,
        )
    return cron
