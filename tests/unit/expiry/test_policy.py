"""What a policy makes of an instant: leap days, Nowruz, quarters, and midnights that daylight saving moves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.expiry.domain import ExpiryPolicy, Life, Rule, check_policy, longer
from network.expiry.errors import BadPolicy
from network.infrastructure.calendars import CALENDARS, JALALI
from network.kernel.calendar import GREGORIAN, CivilCalendar, local_day, local_midnight
from network.wallet.domain import Inactivity

UTC_ZONE, TEHRAN, BERLIN = ZoneInfo("UTC"), ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Berlin")
HAVANA, BEIRUT = ZoneInfo("America/Havana"), ZoneInfo("Asia/Beirut")
INSTANTS = st.datetimes(datetime(2000, 1, 3), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from([UTC_ZONE, TEHRAN, BERLIN, HAVANA, BEIRUT, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kolkata")])
DATED = [each for each in Rule if each not in (Rule.NEVER, Rule.INACTIVITY)]
PERIODS = {Rule.END_OF_MONTH: 1, Rule.END_OF_QUARTER: 3, Rule.END_OF_YEAR: 12}


def policy(rule: str, months: int = 0, zone: ZoneInfo = UTC_ZONE, calendar: CivilCalendar = GREGORIAN) -> ExpiryPolicy:
    return ExpiryPolicy(rule=Rule(rule), months=months, zone=zone, calendar=calendar)


def last_day(made: ExpiryPolicy, earned_at: datetime) -> date:
    """The last day on which points can be spent."""
    expires_at = made.life(earned_at).expires_at
    assert expires_at is not None
    return local_day(expires_at - timedelta(microseconds=1), made.zone)


@pytest.mark.parametrize(
    ("rule", "months", "last"),
    [
        ("months_from_earning", 12, date(2018, 2, 11)),
        ("end_of_month", 0, date(2017, 2, 28)),
        ("end_of_month", 12, date(2018, 2, 28)),
        ("end_of_quarter", 0, date(2017, 3, 31)),
        ("end_of_quarter", 2, date(2017, 6, 30)),
        ("end_of_year", 0, date(2017, 12, 31)),
        ("end_of_year", 11, date(2018, 12, 31)),
    ],
)
def test_points_are_good_to_the_end_of_a_day_of_the_calendar(rule: str, months: int, last: date) -> None:
    assert last_day(policy(rule, months), datetime(2017, 2, 11, 12, tzinfo=UTC)) == last


@pytest.mark.parametrize(
    ("earned", "months", "last"),
    [
        (datetime(2016, 2, 29, 12, tzinfo=UTC), 12, date(2017, 2, 28)),
        (datetime(2016, 2, 29, 12, tzinfo=UTC), 48, date(2020, 2, 29)),
        (datetime(2015, 2, 28, 12, tzinfo=UTC), 12, date(2016, 2, 28)),
        (datetime(2016, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC), 12, date(2017, 2, 28)),
        (datetime(2016, 3, 1, tzinfo=UTC), 12, date(2017, 3, 1)),
    ],
)
def test_a_leap_days_points_end_on_the_last_of_february(earned: datetime, months: int, last: date) -> None:
    assert last_day(policy("months_from_earning", months), earned) == last


@pytest.mark.parametrize(
    ("rule", "months", "earned", "last"),
    [
        # the last hour of 30 Esfand 1403, a leap year, and the first of 1 Farvardin 1404, Nowruz
        ("end_of_year", 0, datetime(2025, 3, 20, 20, 29, tzinfo=UTC), JALALI.day(1403, 12, 30)),
        ("end_of_year", 0, datetime(2025, 3, 20, 20, 30, tzinfo=UTC), JALALI.day(1404, 12, 29)),
        ("end_of_month", 0, datetime(2025, 3, 20, 20, 29, tzinfo=UTC), JALALI.day(1403, 12, 30)),
        ("end_of_month", 0, datetime(2025, 3, 20, 20, 30, tzinfo=UTC), JALALI.day(1404, 1, 31)),
        ("end_of_quarter", 0, datetime(2025, 3, 20, 20, 30, tzinfo=UTC), JALALI.day(1404, 3, 31)),
        ("months_from_earning", 12, datetime(2025, 3, 20, 8, tzinfo=UTC), JALALI.day(1404, 12, 29)),
        ("months_from_earning", 6, datetime(2025, 4, 20, 8, tzinfo=UTC), JALALI.day(1404, 7, 30)),
    ],
)
def test_irans_months_and_years_end_by_its_own_calendar(rule: str, months: int, earned: datetime, last: date) -> None:
    assert last_day(policy(rule, months, TEHRAN, JALALI), earned) == last


@pytest.mark.parametrize(
    ("zone", "last", "expires_at"),
    [
        # Berlin's clocks move at two and three at night: its midnights are what they were, an hour of UTC apart
        (BERLIN, date(2017, 3, 25), datetime(2017, 3, 25, 23, tzinfo=UTC)),
        (BERLIN, date(2017, 3, 26), datetime(2017, 3, 26, 22, tzinfo=UTC)),
        (BERLIN, date(2017, 10, 28), datetime(2017, 10, 28, 22, tzinfo=UTC)),
        (BERLIN, date(2017, 10, 29), datetime(2017, 10, 29, 23, tzinfo=UTC)),
        # Tehran's jumped over the midnight after Nowruz, and fell back from it in autumn, until 2022
        (TEHRAN, date(2017, 3, 21), datetime(2017, 3, 21, 20, 30, tzinfo=UTC)),
        (TEHRAN, date(2017, 3, 22), datetime(2017, 3, 22, 19, 30, tzinfo=UTC)),
        (TEHRAN, date(2017, 9, 21), datetime(2017, 9, 21, 20, 30, tzinfo=UTC)),
        (TEHRAN, date(2023, 3, 21), datetime(2023, 3, 21, 20, 30, tzinfo=UTC)),
        (TEHRAN, date(2023, 6, 21), datetime(2023, 6, 21, 20, 30, tzinfo=UTC)),
        # a midnight that is not there ends the day at the jump; one that is there twice, at the first
        (BEIRUT, date(2017, 3, 25), datetime(2017, 3, 25, 22, tzinfo=UTC)),
        (HAVANA, date(2017, 11, 4), datetime(2017, 11, 5, 4, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_its_own_midnight_whatever_clocks_do(zone: ZoneInfo, last: date, expires_at: datetime) -> None:
    earned_at = local_midnight(last, zone) + timedelta(hours=9)
    assert policy("months_from_earning", 0, zone).life(earned_at).expires_at == expires_at
    assert local_day(expires_at, zone) == last + timedelta(days=1)
    assert local_day(expires_at - timedelta(microseconds=1), zone) == last


@given(st.sampled_from(DATED), INSTANTS, st.integers(0, 120), ZONES, st.sampled_from(list(CALENDARS.values())))
def test_points_expire_at_a_local_midnight_not_before_their_months(
    rule: Rule, earned_at: datetime, months: int, zone: ZoneInfo, calendar: CivilCalendar
) -> None:
    made = policy(rule, months, zone, calendar)
    last = last_day(made, earned_at)
    day = local_day(earned_at, zone)
    assert made.life(earned_at).expires_at == local_midnight(last + timedelta(days=1), zone)
    assert last >= calendar.add_months(day, months) >= day
    assert calendar.last_day(last, PERIODS[rule]) == last if rule in PERIODS else True


@given(st.sampled_from(DATED), INSTANTS, INSTANTS, st.integers(0, 60), ZONES, st.sampled_from(list(CALENDARS.values())))
def test_who_earns_later_never_loses_earlier(
    rule: Rule, one: datetime, other: datetime, months: int, zone: ZoneInfo, calendar: CivilCalendar
) -> None:
    made = policy(rule, months, zone, calendar)
    first, second = sorted((one, other))
    assert last_day(made, first) <= last_day(made, second)


@given(INSTANTS, INSTANTS, st.integers(1, 60), ZONES, st.sampled_from(list(CALENDARS.values())))
def test_inactivity_is_counted_from_when_the_owner_was_seen_and_only_ever_prolongs(
    one: datetime, other: datetime, months: int, zone: ZoneInfo, calendar: CivilCalendar
) -> None:
    rule = policy("inactivity", months, zone, calendar).life(one).inactivity
    assert rule is not None
    first, second = sorted((one, other))
    assert first < rule.ends(first) <= rule.ends(second)


def test_never_is_neither_a_date_nor_a_rule() -> None:
    assert policy("never").life(datetime(2017, 1, 1, tzinfo=UTC)) == Life()
    assert Life().is_endless


DATE, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
IDLE, IDLER = (Inactivity(months, GREGORIAN, UTC_ZONE) for months in (12, 36))


@pytest.mark.parametrize(
    ("own", "minimum", "lives"),
    [
        (Life(DATE), Life(LATER), Life(LATER)),
        (Life(LATER), Life(DATE), Life(LATER)),
        (Life(DATE), Life(), Life()),
        (Life(), Life(DATE), Life()),
        (Life(inactivity=IDLE), Life(DATE), Life(DATE, IDLE)),
        (Life(DATE), Life(inactivity=IDLE), Life(DATE, IDLE)),
        (Life(inactivity=IDLE), Life(inactivity=IDLER), Life(inactivity=IDLER)),
    ],
)
def test_a_minimum_lets_points_live_as_long_as_the_longer_of_two(own: Life, minimum: Life, lives: Life) -> None:
    assert longer(own, minimum) == lives


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("months", {"rule": "months_from_earning", "months": 0}),
        ("months", {"rule": "inactivity", "months": 0}),
        ("months", {"rule": "never", "months": 1}),
        ("months", {"rule": "end_of_year", "months": 1201}),
        ("months", {"rule": "end_of_year", "months": -1}),
    ],
)
def test_months_that_make_no_sense_are_refused(field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPolicy) as refusal:
        check_policy(policy(**wrong))
    assert refusal.value.field == field


@pytest.mark.parametrize("days", [(7, 30), (7, 7), (0,), (367,), tuple(range(12, 1, -1))])
def test_notices_that_make_no_sense_are_refused(days: tuple[int, ...]) -> None:
    made = ExpiryPolicy(rule=Rule.NEVER, months=0, zone=UTC_ZONE, notice_days=days)
    with pytest.raises(BadPolicy):
        check_policy(made)
