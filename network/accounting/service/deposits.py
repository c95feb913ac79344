"""Blocks that partners bought, and collateral that they put up: booked as they are received and given back.

Each is booked once, in the cycle in which it happened, whatever that cycle has come to since; before the currency's
first cycle, in that one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from network.accounting import repository
from network.accounting.domain import Account, Entry, block_sold, collateral_change, collateral_moved
from network.accounting.errors import NotHeld
from network.accounting.service.days import local_date
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners import service as partners
from network.partners.domain import Contract
from network.settlement import service as settlement
from network.settlement.domain import Cycle, CycleCalendar, check_person, check_reason
from network.settlement.errors import CalendarMissing


def keep_deposits(calendar: CycleCalendar) -> int:
    """Book the blocks and the changes of collateral of a currency that are not booked yet; how many entries."""
    cycles = settlement.cycles(calendar.currency)
    if not cycles or not _waiting(calendar.currency, cycles, network_now()):
        return 0
    with transaction():
        repository.lock_books(calendar.currency)
        written, now = 0, network_now()
        for source_id, happened_at, entries in _waiting(calendar.currency, cycles, now):
            cycle = _cycle_at(cycles, happened_at)
            repository.insert_entries(cycle.cycle_id, entries, local_date(happened_at, calendar), now)
            repository.mark_source(source_id, cycle.cycle_id, now)
            written += len(entries)
        failpoint("accounting.in_deposits")
    return written


def return_collateral(partner_id: UUID, currency: str, amount_minor: int, *, person: str, reason: str) -> int:
    """Give collateral back to a partner, such as one that has left; what is still held, in minor units.

    Raises PartnerNotFound, PersonMissing, ReasonMissing, CalendarMissing before the currency's first cycle, and NotHeld
    for more than the books hold, or nothing.
    """
    by, why = check_person(person), check_reason(reason)
    partners.get_partner(partner_id)
    calendar = next((each for each in settlement.calendars() if each.currency == currency), None)
    cycles = settlement.cycles(currency)
    if calendar is None or not cycles:
        raise CalendarMissing(field="currency")
    with transaction():
        repository.lock_books(currency)
        now, held = network_now(), repository.held_of(currency, Account.COLLATERAL, partner_id)
        if not 0 < amount_minor <= held:
            raise NotHeld(field="amount_minor", held_minor=held)
        number, cycle = new_id(), _cycle_at(cycles, now)
        entries = collateral_moved(show("ret", number), partner_id, -amount_minor)
        repository.insert_entries(cycle.cycle_id, entries, local_date(now, calendar), now)
        told = {"partner": show("par", partner_id), "amount_minor": amount_minor, "reason": why}
        settlement.note_booked(cycle.cycle_id, person=by, what="returned collateral", told=told, at=now)
    return held - amount_minor


def _waiting(currency: str, cycles: Sequence[Cycle], now: datetime) -> list[tuple[UUID, datetime, list[Entry]]]:
    """What has happened by now, in a cycle that is there, and is not booked: (its id, when, its entries), in order."""
    booked, until = repository.sources_of(currency), min(now, cycles[-1].ends_at)
    found = [each for each in _blocks(currency) if each[0] not in booked]
    for partner in partners.list_partners():
        found += _collateral(partner.partner_id, currency, booked, until)
    return sorted((each for each in found if each[1] <= until), key=lambda each: (each[1], each[0]))


def _blocks(currency: str) -> Iterator[tuple[UUID, datetime, list[Entry]]]:
    for partner in partners.list_partners():
        for block, _ in partners.list_blocks(partner.partner_id):
            if block.currency == currency:
                sold = block_sold(block.block_id, partner.partner_id, block.amount_minor)
                yield block.block_id, block.bought_at, sold


def _collateral(
    partner_id: UUID, currency: str, booked: set[UUID], until: datetime
) -> list[tuple[UUID, datetime, list[Entry]]]:
    """What each version of a contract brings that differs from the one before: from its first instant on."""
    versions = [each for each in partners.list_contracts(partner_id) if each.terms.currency == currency]
    versions.sort(key=lambda each: (each.terms.valid_from, each.version))
    found, held = [], repository.held_of(currency, Account.COLLATERAL, partner_id)
    for before, version in zip([None, *versions], versions, strict=False):
        if version.contract_id in booked or version.terms.valid_from > until:
            continue
        change = collateral_change(_declared(before), _declared(version), held)
        held += change
        entries = collateral_moved(show("con", version.contract_id), partner_id, change)
        found.append((version.contract_id, version.terms.valid_from, entries))
    return found


def _declared(version: Contract | None) -> int:
    return 0 if version is None else version.terms.conditions.collateral_minor


def _cycle_at(cycles: Sequence[Cycle], at: datetime) -> Cycle:
    """The cycle of an instant that is not after the last one; the first, for what was before it."""
    return next(each for each in cycles if at < each.ends_at or each is cycles[-1])
