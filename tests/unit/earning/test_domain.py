"""The rules of the till, without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.earning.domain import (
    LATEST,
    OLDEST_BURN,
    OLDEST_PURCHASE,
    Rule,
    Terms,
    burn_instant,
    lines_returned,
    points_back,
    points_for,
    purchase_instant,
    value_of,
)
from network.earning.errors import BurnTooOld, NoSuchLine, PurchaseInFuture, PurchaseTooOld
from network.kernel.identifiers import new_id

NOW = datetime(2017, 1, 10, 12, tzinfo=UTC)


def terms(member_value: str, currency: str = "USD") -> Terms:
    return Terms(new_id(), currency, Decimal(member_value), 24)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "per_unit", "points"),
    [
        (1_00, "USD", "1", 1),
        (1_99, "USD", "1", 1),
        (99, "USD", "1", 0),
        (10_00, "USD", "1.25", 12),
        (3_33, "USD", "3", 9),
        (5_00, "USD", "0", 0),
        (1_000_000, "IRR", "0.0001", 100),
        (1_999, "KWD", "1", 1),
        (10**12, "USD", "10", 10**11),
    ],
)
def test_a_purchase_earns_whole_points_rounded_down(
    amount_minor: int, currency: str, per_unit: str, points: int
) -> None:
    assert points_for(amount_minor, currency, Rule(Decimal(per_unit))) == points


@given(st.lists(st.integers(0, 10**9), max_size=5))
def test_purchases_apart_never_earn_more_than_together(amounts: list[int]) -> None:
    apart = sum(points_for(amount, "USD", Rule()) for amount in amounts)
    assert apart <= points_for(sum(amounts), "USD", Rule())


@pytest.mark.parametrize(
    ("points", "member_value", "currency", "value_minor"),
    [
        (100, "0.01", "USD", 1_00),
        (1, "0.005", "USD", 0),
        (3, "0.005", "USD", 2),
        (5, "0.005", "USD", 2),
        (7, "0.005", "USD", 4),
        (3, "250", "IRR", 750),
        (1, "0.0005", "KWD", 0),
        (10**12, "0.01", "USD", 10**12),
    ],
)
def test_burned_points_are_worth_their_member_value_rounded_half_to_even(
    points: int, member_value: str, currency: str, value_minor: int
) -> None:
    assert value_of(points, terms(member_value, currency)) == value_minor


def test_a_purchase_without_an_instant_happens_now() -> None:
    assert purchase_instant(None, NOW) == NOW


@pytest.mark.parametrize("away", [timedelta(0), LATEST, -OLDEST_PURCHASE, timedelta(days=-30)])
def test_a_tills_clock_may_be_a_little_ahead_and_its_report_late(away: timedelta) -> None:
    assert purchase_instant(NOW + away, NOW) == NOW + away


def test_a_purchase_in_the_future_is_refused() -> None:
    with pytest.raises(PurchaseInFuture) as failure:
        purchase_instant(NOW + LATEST + timedelta(microseconds=1), NOW)
    assert failure.value.field == "occurred_at"


def test_a_purchase_of_long_ago_is_refused() -> None:
    with pytest.raises(PurchaseTooOld) as failure:
        purchase_instant(NOW - OLDEST_PURCHASE - timedelta(microseconds=1), NOW)
    assert failure.value.field == "occurred_at"


def test_a_burn_is_reported_sooner_than_a_purchase() -> None:
    assert burn_instant(None, NOW) == NOW
    assert burn_instant(NOW - OLDEST_BURN, NOW) == NOW - OLDEST_BURN
    with pytest.raises(BurnTooOld) as failure:
        burn_instant(NOW - OLDEST_BURN - timedelta(microseconds=1), NOW)
    assert failure.value.field == "occurred_at"


@given(st.integers(1, 10**7), st.lists(st.integers(1, 10**6), max_size=6), st.sampled_from(["0.3", "1", "1.25"]))
def test_the_points_of_several_returns_add_up_to_those_of_the_whole(
    earned_minor: int, returns: list[int], per_unit: str
) -> None:
    rule, before, taken = Rule(Decimal(per_unit)), 0, 0
    for returned in (*returns, earned_minor):
        returned = min(returned, earned_minor - before)
        taken += points_back(earned_minor, before, returned, "USD", rule)
        before += returned
    assert taken == points_for(earned_minor, "USD", rule)


@pytest.mark.parametrize(
    ("before", "lines", "taken"),
    [
        ([], [1, 3], (5, 0, 9)),
        ([(5, 0, 0)], [2], (0, 7, 0)),
        ([(0, 3, 0)], [2], (0, 4, 0)),
    ],
)
def test_a_return_names_lines_of_the_basket(
    before: list[tuple[int, ...]], lines: list[int], taken: tuple[int, ...]
) -> None:
    assert lines_returned((5, 7, 9), before, lines) == taken


@pytest.mark.parametrize(("before", "lines"), [([], [4]), ([], [0]), ([(5, 0, 0)], [1])])
def test_a_line_that_is_not_there_cannot_be_returned(before: list[tuple[int, ...]], lines: list[int]) -> None:
    with pytest.raises(NoSuchLine):
        lines_returned((5, 7, 9), before, lines)
