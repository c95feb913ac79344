"""Adjustments of money: they land in the cycle that is open, and nothing that is closed is edited."""

from uuid import UUID

from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.settlement.domain import Cycle, MoneyAdjustment
from network.settlement.errors import CycleNotOpen
from network.settlement.repository import adjustments, cycles
from network.settlement.service.calendars import open_cycles_for
from network.settlement.service.states import locked_cycle, note


def adjust_money(
    partner_id: UUID, currency: str, amount_minor: int, *, reason: str, by: str, dispute_id: UUID | None = None
) -> MoneyAdjustment:
    """Give a partner an amount in minor units (take it, if negative), by its next statement.

    Joins the unit of work. Raises CalendarMissing, and CycleNotOpen if the cycle was cut this instant.
    """
    with transaction():
        now, cycle = network_now(), locked_cycle(_open_cycle(currency).cycle_id)
        if cycle.state.is_complete:
            raise CycleNotOpen
        adjustment = MoneyAdjustment(
            adjustment_id=new_id(),
            cycle_id=cycle.cycle_id,
            partner_id=partner_id,
            amount_minor=amount_minor,
            reason=reason,
            dispute_id=dispute_id,
            made_by=by,
            made_at=now,
        )
        adjustments.insert_adjustment(adjustment)
        told = {"partner": show("par", partner_id), "amount_minor": amount_minor, "reason": reason}
        note(cycle.cycle_id, by, "adjusted", {}, told, now)
    return adjustment


def adjustments_of(cycle_id: UUID, partner_id: UUID | None = None) -> list[MoneyAdjustment]:
    """The adjustments of a cycle, or a partner's among them, in the order in which they were made."""
    return adjustments.adjustments_of(cycle_id, partner_id)


def _open_cycle(currency: str) -> Cycle:
    """The cycle that what happens now falls into. Locks nothing unless a new one has to be opened."""
    now = network_now()
    found = [cycle for cycle in cycles.cycles_of(currency) if cycle.ends_at > now and not cycle.state.is_complete]
    opened = found or [cycle for cycle in open_cycles_for(currency, now, now) if not cycle.state.is_complete]
    return opened[0] if found else opened[-1]
