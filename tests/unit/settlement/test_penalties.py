"""A year's simple interest on what is paid late, computed by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import (
    LatePenalty,
    Leg,
    Netting,
    Owed,
    late_penalty,
    penalties_due,
    with_penalties,
)
from network.settlement.domain.penalties import minor_days
from tests.unit.settlement.test_netting import GROCER, OPERATOR

DUE = date(2017, 2, 8)
NEXT, PAYMENT = UUID(int=2), UUID(int=3)


def owed(*booked: tuple[date, int], charged: int = 0, ended_on: date | None = None) -> Owed:
    return Owed(
        instruction_id=PAYMENT,
        cycle_id=UUID(int=1),
        partner_id=GROCER,
        amount_minor=1_105_00,
        due_on=DUE,
        booked=booked,
        ended_on=ended_on,
        charged_minor_days=charged,
    )


def on(month: int, day: int) -> date:
    return date(2017, month, day)


def due(minor_days: int, rate: str) -> int:
    penalty = LatePenalty(
        cycle_id=NEXT, instruction_id=PAYMENT, partner_id=GROCER, minor_days=minor_days, rate=Decimal(rate)
    )
    return penalties_due([penalty]).get(GROCER, 0)


def test_what_is_open_at_the_next_close_is_charged_to_that_day_and_the_rest_by_the_cycle_after() -> None:
    """1,105.00 at 8 % a year: 21 days of February are 5.0860..., 5.09; paid on 10 March, 9 days more are 2.18."""
    assert minor_days(owed(), on(3, 1)) == 1_105_00 * 21
    february = late_penalty(NEXT, owed(), Decimal("0.08"), on(3, 1))
    assert february is not None
    assert penalties_due([february]) == {GROCER: 5_09}
    paid = owed((on(3, 10), 1_105_00), charged=february.minor_days)
    march = late_penalty(NEXT, paid, Decimal("0.08"), on(4, 1))
    assert march is not None
    assert (march.minor_days, penalties_due([march])) == (1_105_00 * 9, {GROCER: 2_18})
    settled = owed((on(3, 10), 1_105_00), charged=1_105_00 * 30)
    assert late_penalty(NEXT, settled, Decimal("0.08"), on(5, 1)) is None


def test_what_is_paid_by_its_due_date_costs_nothing_and_a_day_later_one_day() -> None:
    assert minor_days(owed((on(2, 1), 1_105_00)), on(3, 1)) == 0
    assert minor_days(owed((DUE, 1_105_00)), on(3, 1)) == 0
    assert minor_days(owed((on(2, 9), 1_105_00)), on(3, 1)) == 1_105_00
    assert minor_days(owed(), DUE) == 0


def test_parts_count_from_their_own_day_and_what_came_back_is_owed_again() -> None:
    parts = owed((on(2, 10), 1_000_00), (on(2, 18), 105_00))
    assert minor_days(parts, on(3, 1)) == 1_105_00 * 2 + 105_00 * 8
    back = owed((on(2, 7), 1_105_00), (on(2, 20), -1_105_00))
    assert minor_days(back, on(3, 1)) == 1_105_00 * 9


def test_days_that_were_charged_before_the_bank_told_of_the_payment_are_given_back() -> None:
    told_late = late_penalty(NEXT, owed((on(2, 26), 1_105_00), charged=1_105_00 * 21), Decimal("0.08"), on(4, 1))
    assert told_late is not None
    assert told_late.minor_days == -1_105_00 * 3


def test_what_another_payment_took_over_is_late_no_more_and_no_rate_is_no_penalty() -> None:
    assert minor_days(owed(ended_on=on(2, 20)), on(3, 1)) == 1_105_00 * 12
    assert late_penalty(NEXT, owed(), Decimal(0), on(3, 1)) is None


def test_a_penalty_is_rounded_once_half_to_even() -> None:
    """365 minor-days a year at 50 % are half a minor unit each: 0.5 is 0, 1.5 is 2, -0.5 is 0."""
    assert [due(365 * number, "0.5") for number in (1, 3, -1, 5)] == [0, 2, 0, 2]


def test_the_line_is_owed_to_the_operator_and_nets_still_add_up_to_nothing() -> None:
    netting = with_penalties(Netting(OPERATOR, ()), {GROCER: 5_09, UUID(int=9): 0})
    (line,) = netting.lines
    assert (line.leg, line.debtor_id, line.creditor_id, line.points) == (Leg.PENALTY, GROCER, OPERATOR, 0)
    assert netting.position(GROCER).penalty_minor == 5_09
    assert netting.position(GROCER).net_minor + netting.operator.net_minor == 0


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 40_000)), max_size=4),
    st.lists(st.integers(1, 120), min_size=1, max_size=5, unique=True),
)
def test_however_often_cycles_are_cut_all_together_charge_each_day_once(
    parts: list[tuple[int, int]], cuts: list[int]
) -> None:
    booked, left = [], 1_105_00
    for days, amount in parts:
        booked.append((DUE + timedelta(days=days), min(left, amount)))
        left -= min(left, amount)
    charged = 0
    for each in sorted(cuts):
        told = owed(*booked, charged=charged)
        penalty = late_penalty(NEXT, told, Decimal("0.08"), DUE + timedelta(days=each))
        charged += penalty.minor_days if penalty else 0
    by_day = sum(
        1_105_00 - sum(amount for day, amount in booked if day <= DUE + timedelta(days=days))
        for days in range(max(cuts))
    )
    assert charged == by_day
