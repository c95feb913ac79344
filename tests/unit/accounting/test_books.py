"""The books of the worked examples to the cent, and what holds of any."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.accounting.domain import (
    Account,
    Claim,
    Cohort,
    Entry,
    Figures,
    Part,
    Posting,
    accrual,
    claims_of,
    cohorts_of,
    entry_of,
    paid,
    payment,
    recognised,
    release,
    reserve,
    trial_balance,
)
from network.settlement.domain import Clearing, Flow, net

OPERATOR, A, B, C = UUID(int=99), UUID(int=1), UUID(int=2), UUID(int=3)
MONTH = UUID(int=2017)
ELEMENT, PAID_OUT, MARGIN = Decimal("0.0100"), Decimal("0.0090"), Decimal("0.10")
DRAWN = [(B, A, 5_000), (B, B, 10_000), (A, B, 50_000), (C, C, 2_000), (A, C, 18_000)]
ISSUED = {A: 100_000, B: 20_000, C: 10_000}


def claims(price: str, funded: str) -> list[Claim]:
    """The claims of month 1, as settlement nets it."""
    terms = {"issuance_price": Decimal(price), "funded_at_issue": Decimal(funded)}
    flows = [Flow(issuer_id=issuer, points=points, **terms) for issuer, points in ISSUED.items()]
    flows += [
        Flow(issuer_id=issuer, redeemer_id=redeemer, points=points, reimbursement_rate=PAID_OUT, **terms)
        for issuer, redeemer, points in DRAWN
    ]
    return claims_of(net("USD", OPERATOR, flows).lines, OPERATOR)


def cohorts(*moved: tuple[Clearing, int], funded: str = "1") -> dict[UUID, Cohort]:
    weight = Decimal(funded)
    return cohorts_of(Part(MONTH, kind, points, ELEMENT * weight, weight) for kind, points in moved)


def cents(amount: Fraction) -> int:
    return round(100 * amount)


def figures(known: list[Claim], **more: int) -> Figures:
    return Figures(
        claims=known,
        element_minor=more.get("element", 0),
        from_blocks={},
        deferred_service_minor=more.get("service", 0),
        revenue_minor=more.get("revenue", 0),
    )


def told(entries: Iterable[Entry]) -> dict[str, set[tuple[Account, UUID | None, int]]]:
    return {
        entry.step: {(each.account, each.partner_id, each.amount_minor) for each in entry.postings} for entry in entries
    }


def profit(entries: Iterable[Entry]) -> int:
    """Income less expenses: credits are negative."""
    balances = trial_balance(entries)
    return -sum(minor for (account, _), minor in balances.items() if account.startswith(("Income", "Expenses")))


MONTH_ONE = ((Clearing.ISSUE, 130_000), (Clearing.DRAW, -85_000))


def month_one() -> list[Entry]:
    """Worked example A, month 1, with a fifth expected to break."""
    known, held = claims("0.0115", "1"), cohorts(*MONTH_ONE)
    earned = cents(recognised(held, {MONTH: Fraction(1, 5)}))
    accrued = accrual(figures(known, element=cents(paid(held)), revenue=earned))
    return [*accrued, *payment(accrued)]


def test_worked_example_a_is_booked_to_the_cent() -> None:
    entries = month_one()
    assert told(entries) == {
        "issue": {
            (Account.RECEIVABLE, A, 1_150_00),
            (Account.RECEIVABLE, B, 230_00),
            (Account.RECEIVABLE, C, 115_00),
            (Account.CONTRACT_LIABILITY, None, -1_300_00),
            (Account.SERVICE_REVENUE, None, -195_00),
        },
        "burn": {
            (Account.COST, None, 765_00),
            (Account.PAYABLE, A, -45_00),
            (Account.PAYABLE, B, -540_00),
            (Account.PAYABLE, C, -180_00),
        },
        "revenue": {(Account.CONTRACT_LIABILITY, None, 1_062_50), (Account.REDEMPTION_REVENUE, None, -1_062_50)},
        "set-off": {
            *((Account.PAYABLE, partner, minor) for partner, minor in ((A, 45_00), (B, 230_00), (C, 115_00))),
            *((Account.RECEIVABLE, partner, -minor) for partner, minor in ((A, 45_00), (B, 230_00), (C, 115_00))),
        },
        "receipt": {(Account.CASH, None, 1_105_00), (Account.RECEIVABLE, A, -1_105_00)},
        "payout": {(Account.CASH, None, -375_00), (Account.PAYABLE, B, 310_00), (Account.PAYABLE, C, 65_00)},
    }
    left = {key: minor for key, minor in trial_balance(entries).items() if key[1] is not None}
    assert set(left.values()) == {0}
    assert cents(reserve(cohorts(*MONTH_ONE), {MONTH: Fraction(1, 5)}, PAID_OUT, MARGIN)) == 188_10


def test_a_lower_estimate_takes_back_what_was_recognised_too_early() -> None:
    held = cohorts(*MONTH_ONE)
    true_up = cents(recognised(held, {MONTH: Fraction(15, 100)})) - 1_062_50
    assert true_up == -62_50
    assert told(entry_of("true-up 1", release(true_up))) == {
        "true-up 1": {(Account.REDEMPTION_REVENUE, None, 62_50), (Account.CONTRACT_LIABILITY, None, -62_50)}
    }


@pytest.mark.parametrize("estimates", [("0.20", "0.15"), ("0", "1"), ("0.5", "0.2")])
@pytest.mark.parametrize(("later_burn", "expired", "lifetime"), [(19_000, 26_000, 559_00), (25_500, 19_500, 500_50)])
def test_the_lifetime_profit_is_the_same_whatever_was_estimated_on_the_way(
    later_burn: int, expired: int, lifetime: int, estimates: tuple[str, str]
) -> None:
    first, second = (Fraction(each) for each in estimates)
    start, whole = cohorts(*MONTH_ONE), (*MONTH_ONE, (Clearing.DRAW, -later_burn), (Clearing.EXPIRE, -expired))
    earned = cents(recognised(start, {MONTH: first}))
    entries = accrual(figures(claims("0.0115", "1"), element=cents(paid(start)), revenue=earned))
    true_up = cents(recognised(start, {MONTH: second})) - earned
    entries += entry_of("true-up 1", release(true_up))
    burned = [Claim("redemption", A, is_owed=False, amount_minor=later_burn * 9 // 10)]
    rest = cents(recognised(cohorts(*whole), {MONTH: second})) - earned - true_up
    entries += accrual(figures(burned, revenue=rest))
    assert profit(entries) == lifetime
    assert trial_balance(entries)[Account.CONTRACT_LIABILITY, None] == 0


def test_worked_example_b_earns_when_points_burn_and_keeps_no_liability() -> None:
    held = cohorts(*MONTH_ONE, funded="0")
    service = 73_000 * 5 // 100  # the fee of 0.0005 on what burned elsewhere
    entries = accrual(figures(claims("0.0105", "0"), element=cents(paid(held)), service=service))
    assert told(entries)["deferred"] == {
        (Account.RECEIVABLE, A, 714_00),
        (Account.RECEIVABLE, B, 52_50),
        (Account.REDEMPTION_REVENUE, None, -730_00),
        (Account.SERVICE_REVENUE, None, -36_50),
    }
    assert profit(entries) == 109_50
    assert (Account.CONTRACT_LIABILITY, None) not in trial_balance(entries)


def test_what_was_paid_ahead_and_what_no_points_stand_for_have_accounts_of_their_own() -> None:
    known = [Claim("adjustment", A, False, 900), Claim("fee", B, True, 100), Claim("tax", B, True, 9)]
    booked = Figures(
        claims=known, element_minor=1_000, from_blocks={C: 1_150}, deferred_service_minor=0, revenue_minor=0
    )
    balances = trial_balance(accrual(booked))
    assert balances[Account.PREPAID, C] == 1_150
    assert balances[Account.SERVICE_REVENUE, None] == -150
    assert (balances[Account.ADJUSTMENTS, None], balances[Account.PAYABLE, A]) == (900, -900)
    assert (balances[Account.FEES, None], balances[Account.TAX, None], balances[Account.RECEIVABLE, B]) == (
        -100,
        -9,
        109,
    )


def test_an_entry_that_does_not_balance_can_not_be_made() -> None:
    with pytest.raises(ArithmeticError):
        Entry("issue", (Posting(Account.CASH, 1),))


_LEGS = st.sampled_from(["issue", "redemption", "deferred", "adjustment"])
_CLAIM = st.builds(Claim, _LEGS, st.sampled_from([A, B, C]), st.booleans(), st.integers(-(10**9), 10**9))


@given(st.lists(_CLAIM), st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_any_cycle_balances_and_once_it_is_paid_nobody_owes_anything(
    known: list[Claim], element: int, revenue: int
) -> None:
    accrued = accrual(figures(known, element=element, revenue=revenue))
    balances = trial_balance([*accrued, *payment(accrued)])
    assert sum(balances.values()) == 0
    assert all(minor == 0 for (account, _), minor in balances.items() if account.is_personal)


@given(st.integers(1, 10**6), st.data(), st.fractions(0, 1))
def test_what_is_recognised_rises_with_every_burn_and_ends_at_what_was_paid(
    issued: int, data: st.DataObject, rate: Fraction
) -> None:
    burned = data.draw(st.integers(0, issued))
    rates = {MONTH: rate}
    before = recognised(cohorts((Clearing.ISSUE, issued), (Clearing.DRAW, -burned)), rates)
    more = cohorts((Clearing.ISSUE, issued), (Clearing.DRAW, -min(burned + 1, issued)))
    over = cohorts((Clearing.ISSUE, issued), (Clearing.DRAW, -burned), (Clearing.EXPIRE, burned - issued))
    assert 0 <= before <= recognised(more, rates) <= paid(more)
    assert recognised(over, rates) == paid(over)
