"""Money: whole minor units, exact rates, one rounding, half to even."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.money import is_currency, minor_digits, round_half_even, show_minor, times, to_major, to_minor

AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.5", 0), ("1.5", 2), ("2.5", 2), ("3.5", 4), ("-0.5", 0), ("-1.5", -2), ("-2.5", -2),
        ("2.5000001", 3), ("2.4999", 2),
    ],
)  # fmt: skip
def test_halves_go_to_the_even_neighbour(exact: str, rounded: int) -> None:
    assert round_half_even(Decimal(exact)) == rounded


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("EUR", 2), ("IRR", 0), ("JPY", 0), ("KWD", 3), ("BHD", 3), ("XXX", 2)]
)
def test_every_currency_has_its_minor_unit(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
    assert to_minor(Decimal("1.5"), currency) == {0: 2, 2: 150, 3: 1500}[digits]


@given(AMOUNTS, st.sampled_from(["USD", "IRR", "KWD"]))
def test_minor_units_survive_the_way_there_and_back(amount_minor: int, currency: str) -> None:
    assert to_minor(to_major(amount_minor, currency), currency) == amount_minor


@given(st.integers(0, 10**18), st.integers(0, 10**12))
def test_points_times_a_rate_of_twelve_decimals_are_exact(points: int, rate: int) -> None:
    assert times(points, Decimal(rate).scaleb(-12)).scaleb(12) == points * rate


@given(st.integers(-(10**25), 10**25))
def test_half_a_minor_unit_never_makes_more_than_half_a_difference(halves: int) -> None:
    with localcontext(prec=60):
        exact = Decimal(halves) / 2
    rounded = round_half_even(exact)
    assert abs(2 * rounded - halves) <= 1
    assert halves % 2 == 0 or rounded % 2 == 0


def test_a_rounding_at_the_edge_is_not_done_twice() -> None:
    # to three decimals first it would be 0.125, and then 0.12 by half to even
    assert to_minor(Decimal("0.1250001"), "USD") == 13


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("USD", True), ("usd", False), ("US", False), ("USDX", False), ("USD\n", False), ("٠٠٠", False)],
)
def test_a_currency_is_three_capital_letters(text: str, is_one: bool) -> None:
    assert is_currency(text) is is_one


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (-110_500, "USD", "-1,105.00 USD"),
        (5, "USD", "0.05 USD"),
        (1_234_567, "IRR", "1,234,567 IRR"),
        (1_500, "KWD", "1.500 KWD"),
    ],
)
def test_amounts_are_shown_for_readers(amount: int, currency: str, shown: str) -> None:
    assert show_minor(amount, currency) == shown
