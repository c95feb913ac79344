"""Bookings against instructions: whatever the bank tells, in whatever order, nothing is matched twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.payments.domain import Booking
from network.settlement.domain import Expected, Progress, Why, assignable, check_words, judge, progress_of
from network.settlement.errors import NotAssignable, ReasonMissing

_IBAN = "DE89370400440532013000"
_AMOUNTS = (-310_00, -65_00, 1_105_00)  # two go out, one comes in


def expected(amount_minor: int, number: int = 0, **more: object) -> Expected:
    fields = {"watched_iban": _IBAN, "matched_minor": 0, "progress": Progress.SENT, "returns": 0, "is_final": False}
    return Expected(
        instruction_id=UUID(int=number),
        currency="USD",
        expected_minor=amount_minor,
        **{**fields, **more},
    )


def booking(amount_minor: int, currency: str = "USD") -> Booking:
    return Booking(number=1, amount_minor=amount_minor, currency=currency, booked_on=date(2017, 2, 16))


@pytest.mark.parametrize(
    ("amount_minor", "found", "repeated", "why"),
    [
        (-310_00, expected(-310_00), False, None),
        (-300_00, expected(-310_00), False, Why.PARTIAL),
        (-320_00, expected(-310_00), False, Why.OVER),
        (310_00, expected(-310_00), False, Why.RETURNED),
        (-310_00, expected(-310_00, matched_minor=-310_00), False, Why.DUPLICATE),
        (-310_00, expected(-310_00), True, Why.DUPLICATE),
        (-10_00, expected(-310_00, matched_minor=-300_00), False, None),
        (-310_00, expected(-310_00, is_final=True), False, Why.DUPLICATE),
        (-310_00, expected(-310_00, watched_iban="x"), False, Why.UNKNOWN),
        (-310_00, None, False, Why.UNKNOWN),
    ],
)
def test_why_a_booking_goes_to_suspense(amount_minor: int, found: Expected, repeated: bool, why: Why | None) -> None:
    assert judge(booking(amount_minor), _IBAN, found, is_repeated=repeated) is why
    assert judge(booking(amount_minor, "EUR"), _IBAN, found, is_repeated=repeated) is Why.UNKNOWN


_BOOKINGS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, None]),  # which instruction it names
        st.sampled_from([*_AMOUNTS, *(-amount for amount in _AMOUNTS), -300_00, 5, -400_00]),
        st.booleans(),  # whether the bank has told of it before
    ),
    max_size=30,
)


def told(bookings: list[tuple[int | None, int, bool]]) -> tuple[dict[int, Expected], list[int], int]:
    """Instructions after these bookings, what matched, and the sum in suspense."""
    standing = {number: expected(amount, number) for number, amount in enumerate(_AMOUNTS)}
    matched, suspense = [], 0
    for named, amount, repeated in bookings:
        found = None if named is None else standing[named]
        why = judge(booking(amount), _IBAN, found, is_repeated=repeated)
        if why is None:
            assert named is not None and found is not None
            matched.append(amount)
            standing[named] = replace(found, matched_minor=found.matched_minor + amount)
        else:
            suspense += amount
            if why is Why.RETURNED and named is not None:
                standing[named] = replace(standing[named], returns=standing[named].returns + 1)
    return standing, matched, suspense


@given(_BOOKINGS, st.randoms(use_true_random=False))
def test_nothing_is_matched_twice_all_adds_up_and_the_order_of_bookings_does_not_matter(bookings, random) -> None:
    standing, matched, suspense = told(bookings)
    assert sum(matched) + suspense == sum(amount for _, amount, _ in bookings)
    for each in standing.values():
        assert each.matched_minor in (0, each.expected_minor)
    assert sum(each.matched_minor for each in standing.values()) == sum(matched)
    shuffled = list(bookings)
    random.shuffle(shuffled)
    again, *sums = told(shuffled)
    assert sums[1] == suspense
    assert {number: progress_of(each) for number, each in again.items()} == {
        number: progress_of(each) for number, each in standing.items()
    }


def test_a_payment_that_came_back_is_returned_until_it_is_paid_anew() -> None:
    paid = expected(-310_00, matched_minor=-310_00)
    assert progress_of(paid) is Progress.SETTLED
    back = replace(paid, progress=Progress.SETTLED, returns=1)
    assert progress_of(back) is Progress.RETURNED
    assert assignable(310_00, "USD", back) == 310_00
    taken_back = replace(back, matched_minor=0, returns=0, progress=Progress.RETURNED)
    assert progress_of(taken_back) is Progress.RETURNED
    assert judge(booking(-310_00), _IBAN, taken_back, is_repeated=False) is None


def test_a_person_assigns_at_most_what_is_outstanding_and_says_why_in_four_words() -> None:
    assert assignable(-100_00, "USD", expected(-310_00)) == -100_00
    assert assignable(-400_00, "USD", expected(-310_00, matched_minor=-100_00)) == -210_00
    for open_minor, currency, found in (
        (-5, "EUR", expected(-310_00)),
        (-5, "USD", expected(-310_00, is_final=True)),
        (-5, "USD", expected(-310_00, matched_minor=-310_00)),
        (5, "USD", expected(-310_00)),
        (0, "USD", expected(-310_00)),
    ):
        with pytest.raises(NotAssignable):
            assignable(open_minor, currency, found)
    with pytest.raises(ReasonMissing):
        check_words("because I say")
    assert check_words(" the bank took fees ") == "the bank took fees"
