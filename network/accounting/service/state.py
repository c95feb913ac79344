"""The books as they stand: cohorts, the rates that are recognised, and what follows for liability and reserve."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from network.accounting import repository
from network.accounting.domain import (
    BUYOUT,
    ISSUE,
    Account,
    BoughtTail,
    Cohort,
    Part,
    Rates,
    bought_tail,
    cohorts_of,
    paid,
    recognised,
    reserve,
)
from network.kernel.money import minor_digits
from network.partners import service as partners
from network.settlement import service as settlement
from network.settlement.domain import Clearing, Cycle

_TAIL = UUID(int=0)  # a tail is one cohort by itself
RESERVE_MARGIN = Decimal("0.10")
"""How much more is set aside than is expected to be paid for the funded points that will still burn."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The cohorts of a currency up to a cycle, the breakage rates recognised for them, and tails bought out."""

    currency: str
    cohorts: dict[UUID, Cohort]
    rates: Rates
    tails: tuple[BoughtTail, ...]

    def element_due(self) -> int:
        """What the contract liability has yet to be credited with, in minor units, for all that was ever issued.

        Taken from the total, so that rounding never adds up; what rounding leaves of a price is service revenue.
        """
        booked = -repository.balance_of(self.currency, Account.CONTRACT_LIABILITY, only=ISSUE)
        return _minor(paid(self.cohorts), self.currency) - booked

    def revenue_due(self) -> int:
        """What the contract liability has yet to give to redemption revenue, in minor units; negative: to take back."""
        booked = repository.balance_of(self.currency, Account.CONTRACT_LIABILITY, without=(ISSUE, BUYOUT))
        earned = _minor(recognised(self.cohorts, self.rates), self.currency)
        return earned + round(sum((each.recognised_minor for each in self.tails), Fraction(0))) - booked

    def reserve_due(self, at: datetime) -> int:
        """What has yet to be set aside, in minor units, at the highest reimbursement rate that is in force."""
        dearest = _dearest(self.currency, at)
        target = reserve(self.cohorts, self.rates, dearest, RESERVE_MARGIN)
        for each in self.tails:
            target += reserve({_TAIL: each.tail}, {_TAIL: each.breakage}, dearest, RESERVE_MARGIN)
        return _minor(target, self.currency) - repository.balance_of(self.currency, Account.RESERVE)


def standing(currency: str, until: Cycle | None = None) -> Standing:
    """The books of a currency, up to a cycle or whole. The caller holds the lock if anything is to follow from it."""
    rows = repository.cohort_slices(until, currency)
    cohorts = cohorts_of(parts_of(rows))
    return Standing(currency, cohorts, _rates(currency, cohorts), tuple(_tails(currency, rows, until)))


def _tails(currency: str, rows: Sequence[Any], until: Cycle | None) -> Iterator[BoughtTail]:
    """The tails that were bought out by then and are booked."""
    order = {cycle.cycle_id: cycle.starts_at for cycle in settlement.cycles(currency)}
    booked = {row.cycle_id for row in rows} | ({until.cycle_id} if until else set())
    for buyout in settlement.buyouts(currency):
        bought = order[buyout.cycle_id]
        if all(order[each] < bought for each in booked):
            continue
        own = [(order[row.cycle_id] < bought, row) for row in rows if _issuer(row) == buyout.partner_id]
        before, since = ([_deferred(row) for was, row in own if was is side] for side in (True, False))
        yield bought_tail(buyout.amount_minor, buyout.expected_burn, before, since)


def _issuer(row: Any) -> UUID:
    return partners.contract_by_id(row.issuer_contract_id).partner_id


def _deferred(row: Any) -> Part:
    """Weighted by (1-f)·p, and by 1-f."""
    terms = partners.contract_by_id(row.issuer_contract_id).terms
    unfunded = 1 - terms.funded_at_issue
    return Part(_TAIL, Clearing(row.kind), row.points, unfunded * terms.issuance_price, unfunded)


def parts_of(rows: Iterable[Any]) -> list[Part]:
    """Stored sums with what their points were paid with. The operator pays itself nothing for its own points: they have
    no part in the contract liability, but are reserved for in full.
    """
    operator_id = partners.ensure_operator().partner_id
    told = []
    for row in rows:
        contract = partners.contract_by_id(row.issuer_contract_id)
        own, funded = contract.partner_id == operator_id, contract.terms.funded_at_issue
        element = Decimal(0) if own else funded * contract.terms.redemption_element
        told.append(Part(row.cohort_id, Clearing(row.kind), row.points, element, Decimal(1) if own else funded))
    return told


def _rates(currency: str, cohorts: Iterable[UUID]) -> dict[UUID, Fraction]:
    """For each cohort the rate that was recognised last, for it or for all."""
    rates = dict.fromkeys(cohorts, Fraction(0))
    for cohort_id, rate in repository.recognitions_of(currency):
        for each in rates if cohort_id is None else (cohort_id,):
            rates[each] = Fraction(rate)
    return rates


def _dearest(currency: str, at: datetime) -> Decimal:
    found = (partners.find_contract_in_force(each.partner_id, currency, at) for each in partners.list_partners())
    return max((contract.terms.highest_reimbursement for contract in found if contract), default=Decimal(0))


def _minor(amount_major: Fraction, currency: str) -> int:
    """Half to even, as all money is."""
    return round(amount_major * Fraction(10 ** minor_digits(currency)))
