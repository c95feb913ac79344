"""Late payments, charged by the cycle that is cut next."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from network.infrastructure.network_clock import network_now
from network.partners import service as partners
from network.settlement.domain import Cycle, LatePenalty, late_penalty, penalties_due
from network.settlement.repository import cycles
from network.settlement.repository import penalties as repository

_INSTANT = timedelta(microseconds=1)


def charge_late_payments(cycle: Cycle) -> None:
    """Keep what a cycle that is being cut charges for what partners paid late, or have not paid by its last day.

    It is written once and never measured anew, so that whoever nets the cycle again comes to the same lines.
    """
    repository.insert_penalties(_late(cycle, cycle.ends_at))


def penalties_of_cycle(cycle: Cycle) -> list[LatePenalty]:
    """What a cycle charges by instruction; an open one, what it would if it closed now."""
    if cycle.state.is_complete:
        return repository.penalties_of(cycle.cycle_id)
    return _late(cycle, min(network_now(), cycle.ends_at))


def penalties_due_in(cycle: Cycle) -> dict[UUID, int]:
    """What each partner owes for paying late by a cycle, in minor units."""
    return penalties_due(penalties_of_cycle(cycle))


def _late(cycle: Cycle, at: datetime) -> list[LatePenalty]:
    calendar = next(each for each in cycles.all_calendars() if each.currency == cycle.currency)
    until = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    owed = repository.owed_late(cycle.currency, partners.ensure_operator().partner_id, until)
    ends = {each.cycle_id: each.ends_at for each in cycles.cycles_of(cycle.currency)} if owed else {}
    found = []
    for each in owed:
        contract = partners.find_contract_in_force(each.partner_id, cycle.currency, ends[each.cycle_id] - _INSTANT)
        if contract and (penalty := late_penalty(
            cycle.cycle_id, each, contract.terms.conditions.late_penalty_rate, until
        )):  # fmt: skip
            found.append(penalty)
    return found
