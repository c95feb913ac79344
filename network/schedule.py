"""The table of recurring jobs, and the process that queues them: RQ's own cron.

Cron knows real time only, so none of these jobs takes a date: each asks the network's clock and the tables what is due.
A missed run is made up by the next one; a run too many finds nothing to do.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import rq.cron
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from rq.cron import CronScheduler

import network.infrastructure.jobs
import network.settlement.jobs
import network.wallet.jobs
from network.infrastructure.queue import NetworkQueue

_log = logging.getLogger(__name__)
_LEADER_LOCK = 0x7363686564756C65  # "schedule"
_RETRY_SECONDS = 1.0


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
    Recurring(network.settlement.jobs.cut, every_seconds=60),
    Recurring(network.wallet.jobs.sweep, every_seconds=10),
)


def run_scheduler(app: Flask) -> None:
    """Queue recurring jobs until stopped. Of several such processes one works; the others wait to take its place."""
    # RQ's cron makes pickling queues, whatever it is told
    rq.cron.Queue = NetworkQueue  # type: ignore[attr-defined, assignment]
    with psycopg.connect(app.config["PEYVAND_CONNINFO"], autocommit=True) as leader:
        leader.execute("SELECT pg_advisory_lock(%s)", (_LEADER_LOCK,))
        while True:
            try:
                _cron(app).start()  # type: ignore[no-untyped-call]
                return
            except RedisConnectionError:
                _log.warning("Redis is away; trying again")
                time.sleep(_RETRY_SECONDS)
            leader.execute("SELECT 1")  # a lost connection has lost the lead: let the process end


def _cron(app: Flask) -> CronScheduler:
    queue: NetworkQueue = app.extensions["peyvand.queue"]
    cron = CronScheduler(connection=queue.connection, logging_level=logging.WARNING)
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
