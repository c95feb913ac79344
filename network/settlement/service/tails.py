"""A partner that has left: its outstanding points burn on, and it pays the deferred part as they do, or all at once."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners import service as partners
from network.partners.domain import PartnerStatus
from network.settlement.domain import (
    THE_NETWORK,
    Clearing,
    Cycle,
    Leg,
    MoneyAdjustment,
    TailBuyout,
    TailPart,
    check_expected_burn,
    check_person,
    outstanding,
    tail_minor,
)
from network.settlement.errors import CalendarMissing, CycleNotReady, NothingToBuy, PartnerNotLeft, TailBought
from network.settlement.repository import adjustments, cycles, tails
from network.settlement.repository.dry_run import sums_as_of_now
from network.settlement.service.adjusting import adjust_money
from network.settlement.service.netting import netting_of_cycle
from network.settlement.service.states import note

_NOT_BURNED = (Clearing.ISSUE, Clearing.UNISSUE, Clearing.EXPIRE)


def tail_of(partner_id: UUID, currency: str, *, kinds: Iterable[Clearing] = tuple(Clearing)) -> list[TailPart]:
    """A partner's outstanding points now, by contract version; of open cycles only these `kinds` of movements."""
    points = tails.outstanding_when_cut(partner_id, currency)
    counted = set(kinds)
    for cycle in cycles.cycles_of(currency):
        for each in [] if cycle.state.is_complete else sums_as_of_now(cycle):
            number = each.key.issuer_contract_id
            if each.key.kind in counted and partners.contract_by_id(number).partner_id == partner_id:
                points[number] = points.get(number, 0) + each.points
    terms = {number: partners.contract_by_id(number).terms for number, left in points.items() if left}
    return [
        TailPart(points[number], each.issuance_price, each.funded_at_issue, each.member_value)
        for number, each in terms.items()
    ]


def buy_out(partner_id: UUID, currency: str, *, expected_burn: Decimal, person: str) -> TailBuyout:
    """Let a partner that has left pay now, in the open cycle, for what is deferred of its outstanding points.

    `expected_burn`: which part of them will burn, 0 to 1. What burns in that cycle and later is the operator's to bear,
    so that all points count that were outstanding when the cycle began. Raises PartnerNotFound, PartnerNotLeft,
    BadExpectedBurn, PersonMissing, TailBought, NothingToBuy, CalendarMissing, and CycleNotReady while the cycle before
    is not cut.
    """
    by, burn = check_person(person), check_expected_burn(expected_burn)
    if partners.get_partner(partner_id).status is not PartnerStatus.LEFT:
        raise PartnerNotLeft
    with transaction():
        if cycles.lock_calendar(currency) is None:  # one at a time
            raise CalendarMissing(field="currency")
        if any(each.partner_id == partner_id for each in tails.buyouts_of(currency)):
            raise TailBought
        parts = tail_of(partner_id, currency, kinds=_NOT_BURNED)
        amount = tail_minor(currency, parts, burn)
        if not amount:
            raise NothingToBuy
        made = adjust_money(partner_id, currency, -amount, reason=f"tail bought out at {burn}", by=by)
        if any(not each.state.is_complete and each.cycle_id != made.cycle_id for each in cycles.cycles_of(currency)):
            raise CycleNotReady("The cycle before the open one has to be cut first: it still calls the deferred part.")
        buyout = TailBuyout(
            partner_id=partner_id,
            currency=currency,
            cycle_id=made.cycle_id,
            points=outstanding(parts),
            expected_burn=burn,
            amount_minor=amount,
            bought_by=by,
            bought_at=made.made_at,
        )
        tails.insert_buyout(buyout)
    return buyout


def buyouts(currency: str) -> list[TailBuyout]:
    """Every tail that was bought out in a currency, in order."""
    return tails.buyouts_of(currency)


def refund_taken_over(cycle: Cycle) -> None:
    """Give back what a cycle that is being cut calls of tails that were bought out. Its sums are final, its state open.

    As adjustments, so that lines, statements and exports are made of the same rules as ever, and come to nothing.
    """
    partner_ids = tails.taken_over(cycle)
    called = dict.fromkeys(sorted(partner_ids), 0)
    for line in netting_of_cycle(cycle).lines if partner_ids else ():
        if line.leg is Leg.DEFERRED and line.issuer_id in called:
            called[line.issuer_id] += line.amount_minor
    now = network_now()
    for partner_id, amount_minor in called.items():
        if amount_minor:
            adjustments.insert_adjustment(
                MoneyAdjustment(
                    adjustment_id=new_id(),
                    cycle_id=cycle.cycle_id,
                    partner_id=partner_id,
                    amount_minor=amount_minor,
                    reason="deferred part of a tail that was bought out",
                    dispute_id=None,
                    made_by=THE_NETWORK,
                    made_at=now,
                )
            )
            told = {"partner": show("par", partner_id), "amount_minor": amount_minor, "reason": "tail bought out"}
            note(cycle.cycle_id, THE_NETWORK, "adjusted", {}, told, now)
