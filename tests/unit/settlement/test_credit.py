"""What a limit leaves of credit, and what points take of it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from network.partners.domain import Conditions
from network.settlement.domain import credit_for, headroom_of, owed
from network.settlement.domain.credit import UNITS, UNLIMITED
from tests.unit.partners.terms import EXAMPLE_A, terms
from tests.unit.settlement.test_netting import FUEL, GROCER, OPERATOR, month_one


def limited(limit: int | None, collateral: int = 0) -> Conditions:
    return Conditions(credit_limit_minor=limit, collateral_minor=collateral)


def test_headroom_is_limit_and_collateral_less_what_is_owed() -> None:
    own = replace(EXAMPLE_A, conditions=limited(100_00, 50_00))
    assert headroom_of(own, Decimal(30)) == 120_00 * UNITS
    assert headroom_of(own, Decimal(-30)) == 180_00 * UNITS, "it is to receive more than it owes"
    assert headroom_of(own, Decimal("0.0000001")) == 150_00 * UNITS - 1, "what is owed is rounded up"
    assert headroom_of(own, Decimal(150)) == headroom_of(own, Decimal(200)) == 0
    assert headroom_of(replace(EXAMPLE_A, conditions=limited(None)), Decimal(10**9)) == UNLIMITED


def test_points_take_what_is_due_at_issue() -> None:
    assert credit_for(1_000, EXAMPLE_A) == 11_50 * UNITS
    assert credit_for(1_000, terms(funded_at_issue="0.25")) == 2_87_500
    assert credit_for(1_000, terms(funded_at_issue="0")) == 1, "nothing is due at issue, and no credit is no credit"
    assert credit_for(1, replace(EXAMPLE_A, currency="IRR", issuance_price=Decimal("450.0001"))) == 450_001


def test_what_is_owed_is_issue_and_deferred_less_what_is_due_and_not_rounded() -> None:
    flows = month_one(price="0.0105", funded="0.5")
    assert owed(GROCER, flows) == Decimal("525") + 68_000 * Decimal("0.00525") - 45
    assert owed(FUEL, flows) == Decimal("105") + 5_000 * Decimal("0.00525") - 450 - 45
    assert owed(OPERATOR, flows) == 0


@given(
    st.integers(1, 10**6),
    st.decimals("0.0001", 1000, places=6),
    st.decimals(0, 1, places=4),
    st.sampled_from(["USD", "IRR", "KWD"]),
)
def test_many_small_earns_never_come_to_more_than_they_took(
    points: int, price: Decimal, funded: Decimal, currency: str
) -> None:
    own = replace(EXAMPLE_A, issuance_price=price, funded_at_issue=funded, currency=currency)
    digits = {"USD": 2, "IRR": 0, "KWD": 3}[currency]
    exact = points * Fraction(price) * Fraction(funded) * 10**digits * UNITS
    assert max(exact, 1) <= credit_for(points, own) < max(exact, 1) + 1
