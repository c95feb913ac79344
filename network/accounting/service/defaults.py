"""A partner that has not paid what it owes for a cycle: who bears it, booked once."""

from uuid import UUID

from network.accounting import repository
from network.accounting.domain import Account, default_covered, own_cover, trial_balance
from network.accounting.errors import NothingOwed
from network.accounting.service.days import local_date
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners import service as partners
from network.partners.domain import PartnerStatus
from network.settlement import service as settlement
from network.settlement.domain import Cover, Covered, Cycle, Layer, check_person, check_reason, waterfall


def cover_default(partner_id: UUID, told: UUID | str, cover: Cover, *, person: str, reason: str) -> Covered:
    """Write off what a partner owes for a booked cycle, `told` as in `get_cycle`, against what covers it, in order.

    Its issuing stops with that, if it has not yet; members' burning does not. What the operator's own capital bears,
    and what nothing covers, is a credit loss. Nobody waits for its payment any more, and whom it had to pay is paid by
    the operator: see `settlement.cover_payments`. Raises PartnerNotFound, CycleNotFound, PersonMissing, ReasonMissing,
    BankDetailsMissing, PayerIsRecorder, and NothingOwed where the cycle is not booked, or is paid, or was covered
    before.
    """
    by, why, cycle = check_person(person), check_reason(reason), settlement.get_cycle(told)
    partner = partners.get_partner(partner_id)
    calendar = next(each for each in settlement.calendars() if each.currency == cycle.currency)
    with transaction():
        repository.lock_books(cycle.currency)
        booked = trial_balance(each.entry for each in repository.entries_of(cycle_id=cycle.cycle_id))
        owed = _outstanding(cycle, partner_id, booked.get((Account.RECEIVABLE, partner_id), 0))
        if owed <= 0:
            raise NothingOwed
        covered, now = waterfall(owed, cover), network_now()
        entries = default_covered(partner_id, covered, _held(partner_id, cycle.currency, covered))
        repository.insert_entries(cycle.cycle_id, entries, local_date(now, calendar), now)
        settlement.cover_payments(cycle.cycle_id, partner_id, amount_minor=owed, person=by, reason=why)
        amounts = {layer.value: minor for layer, minor in covered.drawn_minor.items()}
        note = {"partner": show("par", partner_id), "owed_minor": owed, "reason": why, **amounts}
        settlement.note_booked(cycle.cycle_id, person=by, what="covered a default", told=note, at=now)
        if partner.status is PartnerStatus.ACTIVE and not partner.is_operator:
            partners.suspend_partner(partner_id)
    return covered


def _outstanding(cycle: Cycle, partner_id: UUID, booked_minor: int) -> int:
    """What of a booked receivable has not come in yet."""
    left = settlement.outstanding_of(cycle, partner_id)
    return booked_minor if left is None else min(booked_minor, left)


def _held(partner_id: UUID, currency: str, covered: Covered) -> dict[Account, int]:
    """What of the partner's own layers was booked when it was received; it is no cash any more that comes in now."""
    layers = {Account.PREPAID: Layer.PREPAID_BLOCK, Account.COLLATERAL: Layer.COLLATERAL}
    held = {account: repository.held_of(currency, account, partner_id) for account in layers}
    return own_cover({account: covered.drawn_minor[layer] for account, layer in layers.items()}, held)
