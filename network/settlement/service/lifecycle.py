"""What happens to an approved cycle: instructed, paid, closed. Called by whoever sees it happen.

Each is one transaction that locks the cycle, and does nothing where the cycle has been there already, so that it may
be run twice, by two at once, or be killed anywhere.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.events import Fact
from network.settlement.domain import THE_NETWORK, Cycle, State
from network.settlement.events import CycleClosed, CycleInstructed, CyclePaid
from network.settlement.service.states import locked_cycle, take_step


def mark_instructed(cycle_id: UUID, *, by: str = THE_NETWORK) -> Cycle:
    """All payments of an approved cycle have been told to the bank. Raises CycleNotFound, CycleNotReady."""

    def fact(cycle: Cycle, at: datetime) -> Fact:
        return CycleInstructed(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, instructed_at=at)

    return _mark(cycle_id, State.INSTRUCTED, by, fact)


def mark_paid(cycle_id: UUID, *, by: str = THE_NETWORK) -> Cycle:
    """All payments of an instructed cycle have happened. Raises CycleNotFound, CycleNotReady."""

    def fact(cycle: Cycle, at: datetime) -> Fact:
        return CyclePaid(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, paid_at=at)

    return _mark(cycle_id, State.PAID, by, fact)


def close_settled(cycle_id: UUID, *, by: str = THE_NETWORK) -> Cycle:
    """All of a paid cycle is matched: nothing of it changes any more. Raises CycleNotFound, CycleNotReady."""

    def fact(cycle: Cycle, at: datetime) -> Fact:
        return CycleClosed(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, closed_at=at)

    return _mark(cycle_id, State.CLOSED, by, fact)


def _mark(cycle_id: UUID, after: State, by: str, fact: Callable[[Cycle, datetime], Fact]) -> Cycle:
    with transaction():
        cycle, now = locked_cycle(cycle_id), network_now()
        if cycle.state.has_reached(after):
            return cycle
        stepped = take_step(cycle, after, now, who=by)
        announce(fact(stepped, now))
        failpoint(f"settlement.in_{after.value}")
    return stepped
