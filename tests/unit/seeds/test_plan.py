from collections import Counter
from datetime import UTC, date, datetime

import pytest

from network.seeds.coalition import ZONE
from network.seeds.plan import Burn, BurnRule, Earn, Enrol, closing_of, local_day, plan, points_earned, points_worth
from tests.unit.seeds.visits import visit

ALWAYS = BurnRule(thresholds=(200,), one_visit_in=1)


def test_a_household_enrols_at_the_till_of_its_first_visit_and_never_again() -> None:
    first, second = visit("fuel"), visit("market", day=1)
    steps = list(plan([first, second]))
    assert [step for step in steps if isinstance(step, Enrol)] == [Enrol(first)]
    assert steps[0] == Enrol(first)


def test_every_visit_earns_its_whole_amount_also_when_points_paid_for_it() -> None:
    visits = [visit("market", 30_099), visit("fuel", 2_550, day=1)]
    steps = list(plan(visits, ALWAYS))
    assert [step for step in steps if isinstance(step, Earn)] == [Earn(visits[0], 300), Earn(visits[1], 25)]
    assert any(isinstance(step, Burn) for step in steps)


@pytest.mark.parametrize(("amount_minor", "points"), [(3, 0), (99, 0), (100, 1), (1_999, 19), (84_000, 840)])
def test_points_are_whole_and_rounded_down(amount_minor: int, points: int) -> None:
    assert points_earned(amount_minor) == points


def test_a_point_pays_one_cent_of_the_bill() -> None:
    assert points_worth(638) == 638


def test_nobody_burns_where_most_of_its_points_were_earned() -> None:
    visits = [visit("market", 50_000), visit("market", 50_000, day=1), visit("fuel", 5_000, day=2)]
    burns = [step for step in plan(visits, ALWAYS) if isinstance(step, Burn)]
    assert [burn.visit.partner_code for burn in burns] == ["fuel"]


def test_points_of_a_visit_do_not_pay_for_the_same_visit() -> None:
    assert not [
        step for step in plan([visit("market", 100), visit("fuel", 90_000, day=1)], ALWAYS) if isinstance(step, Burn)
    ]


def test_at_one_till_the_member_burns_before_it_earns() -> None:
    steps = list(plan([visit("market", 50_000), visit("fuel", 1_234, day=1)], ALWAYS))
    assert [type(step) for step in steps] == [Enrol, Earn, Burn, Earn]


def test_a_burn_is_capped_by_the_bill_and_by_the_balance_and_comes_in_whole_tens() -> None:
    small_bill = [visit("market", 50_000), visit("fuel", 1_239, day=1)]
    small_balance = [visit("market", 25_700), visit("fuel", 99_999, day=1)]
    assert [step.points for step in plan(small_bill, ALWAYS) if isinstance(step, Burn)] == [500]
    assert [step.points for step in plan(small_balance, ALWAYS) if isinstance(step, Burn)] == [250]


def test_nobody_burns_before_it_has_saved_its_threshold() -> None:
    visits = [visit("market", 19_999), visit("fuel", 5_000, day=1), visit("fuel", 5_000, day=2)]
    burns = [step for step in plan(visits, ALWAYS) if isinstance(step, Burn)]
    assert [burn.visit for burn in burns] == [visits[2]]


def test_burned_points_are_not_burned_again() -> None:
    visits = [visit("market", 30_000), *(visit("fuel", 20_000, day=day) for day in range(1, 6))]
    steps = list(plan(visits, ALWAYS))
    balance = 0
    for step in steps:
        if isinstance(step, Earn):
            balance += step.points
        elif isinstance(step, Burn):
            balance -= step.points
            assert balance >= 0


def test_households_differ_in_patience_and_take_some_chances_only() -> None:
    rule = BurnRule()
    assert {rule.threshold(household) for household in range(100)} == set(rule.thresholds)
    visits = [
        v for h in range(1, 41) for v in (visit("market", 60_000, household=h), visit("fuel", household=h, day=1))
    ]
    burners = {step.visit.household_id for step in plan(visits) if isinstance(step, Burn)}
    assert 5 < len(burners) < 35


def test_the_plan_is_the_same_every_time() -> None:
    visits = [visit("market" if day % 3 else "fuel", 9_000 + day, household=1 + day % 4, day=day) for day in range(60)]
    assert list(plan(visits)) == list(plan(visits))
    assert Counter(type(step) for step in plan(visits))[Earn] == 60


def test_a_day_ends_at_the_stores_midnight_and_a_month_with_it_also_across_daylight_saving() -> None:
    assert closing_of(date(2017, 1, 31), ZONE) == datetime(2017, 2, 1, 4, 59, 59, tzinfo=UTC)
    assert closing_of(date(2017, 3, 31), ZONE) == datetime(2017, 4, 1, 3, 59, 59, tzinfo=UTC)
    assert local_day(datetime(2017, 2, 1, 4, 59, 59, tzinfo=UTC), ZONE) == date(2017, 1, 31)
