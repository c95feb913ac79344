"""What a cycle is booked as. The steps are those of docs/accounting.md; the figures come from its final lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from network.accounting.domain.books import Account, Entry, Posting, entry_of, trial_balance
from network.kernel.identifiers import show
from network.settlement.domain import Covered, Layer, Leg, Line

ISSUE, BURN, REVENUE, DEFERRED, OTHER = "issue", "burn", "revenue", "deferred", "other"
DEFAULT = "default"
SET_OFF, RECEIPT, PAYOUT, RESERVE, TRUE_UP, BUYOUT = "set-off", "receipt", "payout", "reserve", "true-up", "buyout"

# What a leg that is neither issue, redemption nor deferred is income or expense of.
_OTHER_LEGS = {
    "adjustment": Account.ADJUSTMENTS,
    "breakage": Account.BREAKAGE_SHARED,
    "fee": Account.FEES,
    "penalty": Account.PENALTIES,
    "tax": Account.TAX,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What the operator is owed by a partner (`owed` true), or owes it, for a leg; in minor units."""

    leg: str
    partner_id: UUID
    is_owed: bool
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A cycle's figures in minor units, rounded so that no account ever keeps a remainder.

    element_minor            what issue adds to the contract liability; the rest of its price is service revenue
    from_blocks              of the price of issue, by issuer, what is billed by no line: it was paid ahead
    deferred_service_minor   the service fee in what is deferred; the rest is redemption revenue
    revenue_minor            what the contract liability gives to redemption revenue
    buyout_minor             what leaving partners paid, as an adjustment, for redemptions that are yet to come
    """

    claims: Sequence[Claim]
    element_minor: int
    from_blocks: Mapping[UUID, int]
    deferred_service_minor: int
    revenue_minor: int
    buyout_minor: int = 0


def claims_of(lines: Iterable[Line], operator_id: UUID) -> list[Claim]:
    """The lines as claims of the operator; what it owes itself is no claim."""
    return [
        Claim(
            line.leg.value,
            line.creditor_id if line.debtor_id == operator_id else line.debtor_id,
            line.creditor_id == operator_id,
            line.amount_minor,
        )
        for line in lines
        if line.moves_money
    ]


def accrual(figures: Figures) -> list[Entry]:
    """The entries of a cycle whose amounts are final: what was issued, burned and earned, and the set-off."""
    by_leg: dict[str, list[Posting]] = {}
    for claim in figures.claims:
        by_leg.setdefault(claim.leg, []).append(_personal(claim))
    issue, burn, deferred = (by_leg.pop(leg.value, []) for leg in (Leg.ISSUE, Leg.REDEMPTION, Leg.DEFERRED))
    issue += [Posting(Account.PREPAID, minor, partner_id) for partner_id, minor in figures.from_blocks.items()]
    revenue = figures.revenue_minor
    return [
        *_issue(issue, figures.element_minor),
        *entry_of(BURN, [*burn, Posting(Account.COST, -_total(burn))]),
        *entry_of(REVENUE, release(revenue)),
        *_deferred(deferred, figures.deferred_service_minor),
        *_other(by_leg),
        *entry_of(
            BUYOUT,
            [
                Posting(Account.ADJUSTMENTS, figures.buyout_minor),
                Posting(Account.CONTRACT_LIABILITY, -figures.buyout_minor),
            ],
        ),
        *_set_off(figures.claims),
    ]


def release(amount_minor: int) -> list[Posting]:
    """Contract liability that is earned; given back, if negative."""
    return [
        Posting(Account.CONTRACT_LIABILITY, amount_minor),
        Posting(Account.REDEMPTION_REVENUE, -amount_minor),
    ]


def payment(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of a cycle in which all has been paid: what came in, and what went out, by what is booked of it."""
    balances = trial_balance(entries)
    come_in, gone_out = (
        [Posting(side, -minor, partner) for (account, partner), minor in balances.items() if account is side]
        for side in (Account.RECEIVABLE, Account.PAYABLE)
    )
    return [
        *entry_of(RECEIPT, [*come_in, Posting(Account.CASH, -_total(come_in))]),
        *entry_of(PAYOUT, [*gone_out, Posting(Account.CASH, -_total(gone_out))]),
    ]


def default_covered(partner_id: UUID, covered: Covered, own: Mapping[Account, int]) -> list[Entry]:
    """What a partner does not pay of a cycle: off what it paid ahead or put up (`own`, by account), cash out of what
    others had put up; the rest is lost.
    """
    lost = covered.drawn_minor[Layer.OPERATOR_CAPITAL] + covered.uncovered_minor
    postings = [
        *(Posting(account, minor, partner_id) for account, minor in own.items()),
        Posting(Account.CASH, covered.loss_minor - lost - sum(own.values())),
        Posting(Account.CREDIT_LOSSES, lost),
        Posting(Account.RECEIVABLE, -covered.loss_minor, partner_id),
    ]
    return entry_of(f"{DEFAULT} {show('par', partner_id)}", postings)


def set_aside(amount_minor: int) -> list[Entry]:
    """Cash that becomes part of the redemption reserve; comes out of it, if negative."""
    return entry_of(RESERVE, [Posting(Account.RESERVE, amount_minor), Posting(Account.CASH, -amount_minor)])


def _issue(receivable: Sequence[Posting], element_minor: int) -> list[Entry]:
    service = _total(receivable) - element_minor
    income = [Posting(Account.CONTRACT_LIABILITY, -element_minor), Posting(Account.SERVICE_REVENUE, -service)]
    return entry_of(ISSUE, [*receivable, *income])


def _deferred(receivable: Sequence[Posting], service_minor: int) -> list[Entry]:
    earned = _total(receivable) - service_minor
    income = [Posting(Account.REDEMPTION_REVENUE, -earned), Posting(Account.SERVICE_REVENUE, -service_minor)]
    return entry_of(DEFERRED, [*receivable, *income])


def _other(by_leg: Mapping[str, Sequence[Posting]]) -> list[Entry]:
    """A leg that the table does not know raises KeyError: nothing is booked by guess."""
    postings = []
    for leg, personal in by_leg.items():
        postings += [*personal, Posting(_OTHER_LEGS[leg], -_total(personal))]
    return entry_of(OTHER, postings)


def _set_off(claims: Iterable[Claim]) -> list[Entry]:
    """What a partner owes and is owed is set off, until one of the two is nothing."""
    owed: dict[UUID, int] = {}
    owes: dict[UUID, int] = {}
    for claim in claims:
        side = owed if claim.is_owed else owes
        side[claim.partner_id] = side.get(claim.partner_id, 0) + claim.amount_minor
    postings = []
    for partner_id in sorted({*owed, *owes}):
        common = min(owed.get(partner_id, 0), owes.get(partner_id, 0))
        postings += [
            Posting(Account.PAYABLE, common, partner_id),
            Posting(Account.RECEIVABLE, -common, partner_id),
        ]
    return entry_of(SET_OFF, postings)


def _personal(claim: Claim) -> Posting:
    if claim.is_owed:
        return Posting(Account.RECEIVABLE, claim.amount_minor, claim.partner_id)
    return Posting(Account.PAYABLE, -claim.amount_minor, claim.partner_id)


def _total(postings: Iterable[Posting]) -> int:
    return sum(posting.amount_minor for posting in postings)
