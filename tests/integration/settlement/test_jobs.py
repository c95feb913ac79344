"""Settlement as RQ jobs on real Redis: the database knows what is due, Redis only carries it."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from rq.job import Job

from network.infrastructure.network_clock import set_clock
from network.infrastructure.queue import job_queue
from network.settlement import service as settlement
from network.settlement.domain import State
from network.settlement.jobs import cut, tick
from network.settlement.service.close import rest_seconds, resting
from network.worker import NetworkWorker
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, connect, count, cut_all, month_one


def queued() -> list[tuple[str, str]]:
    """Jobs that wait: their names and functions."""
    jobs: list[Job] = job_queue().jobs
    return [(job.id, str(job.func_name)) for job in jobs]


def work(app: Flask) -> None:
    """A worker does what is queued, and what it had to put off: other test processes share the server's horizon."""
    until = time.monotonic() + 20
    NetworkWorker(app).work(burst=True)
    while settlement.due_cycles() and time.monotonic() < until:
        tick()
        NetworkWorker(app).work(burst=True)


def test_a_tick_queues_the_close_of_what_is_due_once(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    assert tick() == 0
    set_clock(day(2, 1))
    assert tick() == 1
    assert tick() == 0
    january = settlement.get_cycle("2017-01")
    assert queued() == [(f"close-{january.cycle_id}", "network.settlement.jobs.close_cycle")]


def test_a_worker_closes_what_the_tick_queued_and_nothing_is_left_to_do(ledger: Ledger, app: Flask) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(4, 1))
    assert tick() == 3
    work(app)
    assert [cycle.state for cycle in settlement.cycles()] == [State.STATED] * 3 + [State.OPEN]
    assert tick() == 0
    assert broken() == {}


def test_flushing_redis_loses_nothing(ledger: Ledger, app: Flask) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    assert tick() == 1
    job_queue().connection.flushdb()
    assert queued() == []
    assert tick() == 1
    work(app)
    assert settlement.get_cycle("2017-01").state is State.STATED
    assert count("SELECT count(*) FROM statement") == 3


def test_a_close_that_has_to_wait_is_queued_anew_by_the_next_tick(ledger: Ledger, app: Flask) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    with connect() as slow:
        ledger.insert(slow, "grocer", 10, day(1, 31))
        assert tick() == 1
        NetworkWorker(app).work(burst=True)
        assert settlement.get_cycle("2017-01").state is State.OPEN
    assert tick() == 1
    work(app)
    assert settlement.get_cycle("2017-01").state is State.STATED


def test_the_recurring_cut_tells_how_much_it_folded(ledger: Ledger) -> None:
    set_clock(day(1, 5))
    ledger.earn("p", "grocer", 10)
    folded = 0
    while not folded:  # another test process may hold the server's horizon back for a moment
        folded = cut()
    assert folded == 1


def test_a_worker_rests_between_the_steps_of_a_close_and_holds_nothing_meanwhile() -> None:
    began = time.monotonic()
    with resting(0.25):
        time.sleep(0.05)
    assert time.monotonic() - began >= 0.2
    with resting(1.0):
        pass


@pytest.mark.parametrize(("worked", "share", "rest"), [(3.0, 0.3, 7.0), (3.0, 1.0, 0.0), (300.0, 0.3, 60.0)])
def test_a_long_step_is_not_followed_by_a_rest_in_which_its_job_is_given_up(
    worked: float, share: float, rest: float
) -> None:
    assert rest_seconds(worked, share) == pytest.approx(rest)
