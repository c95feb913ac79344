"""The calendar of Iran, by which points earned there may be counted: Nowruz, leap Esfand, quarters of seasons."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.infrastructure.calendars import CALENDARS, JALALI
from network.kernel.calendar import GREGORIAN, CivilCalendar, add_months

DAYS = st.dates(date(1921, 3, 22), date(2099, 12, 31))
CALENDAR = st.sampled_from(list(CALENDARS.values()))

# The first of Farvardin, as the calendar of Iran has had it.
NOWRUZ = {
    1358: date(1979, 3, 21),
    1375: date(1996, 3, 20),
    1395: date(2016, 3, 20),
    1396: date(2017, 3, 21),
    1399: date(2020, 3, 20),
    1400: date(2021, 3, 21),
    1403: date(2024, 3, 20),
    1404: date(2025, 3, 21),
    1405: date(2026, 3, 21),
    1408: date(2029, 3, 20),
}
LEAP = (1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408)


@pytest.mark.parametrize(("year", "day"), NOWRUZ.items())
def test_a_year_begins_at_nowruz(year: int, day: date) -> None:
    assert JALALI.parts(day) == (year, 1, 1)
    assert JALALI.day(year, 1, 1) == day


def test_esfand_has_thirty_days_in_leap_years_alone() -> None:
    assert [year for year in range(1375, 1409) if JALALI.days_in_month(year, 12) == 30] == list(LEAP)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (JALALI.day(1399, 12, 30), 12, JALALI.day(1400, 12, 29)),
        (JALALI.day(1399, 12, 30), 48, JALALI.day(1403, 12, 30)),
        (JALALI.day(1405, 6, 31), 1, JALALI.day(1405, 7, 30)),
        (JALALI.day(1405, 1, 31), 12, JALALI.day(1406, 1, 31)),
        (JALALI.day(1404, 12, 29), 1, JALALI.day(1405, 1, 29)),
        (JALALI.day(1405, 1, 1), -1, JALALI.day(1404, 12, 1)),
    ],
)
def test_months_are_counted_as_in_iran(day: date, months: int, later: date) -> None:
    assert JALALI.add_months(day, months) == later


@pytest.mark.parametrize(
    ("months", "last"),
    [(1, JALALI.day(1403, 11, 30)), (3, JALALI.day(1403, 12, 30)), (12, JALALI.day(1403, 12, 30))],
)
def test_winter_ends_with_the_year(months: int, last: date) -> None:
    assert JALALI.last_day(JALALI.day(1403, 11, 5), months) == last


@given(DAYS, CALENDAR)
def test_every_day_has_parts_that_lead_back_to_it(day: date, calendar: CivilCalendar) -> None:
    assert calendar.day(*calendar.parts(day)) == day


@given(DAYS, CALENDAR)
def test_days_follow_each_other_in_every_calendar(day: date, calendar: CivilCalendar) -> None:
    year, month, number = calendar.parts(day)
    following = calendar.parts(day + timedelta(days=1))
    if number < calendar.days_in_month(year, month):
        assert following == (year, month, number + 1)
    else:
        assert following == ((year, month + 1, 1) if month < 12 else (year + 1, 1, 1))


@given(DAYS, st.integers(0, 600), CALENDAR)
def test_months_are_added_to_the_month_and_leave_the_day_where_there_is_one(
    day: date, months: int, calendar: CivilCalendar
) -> None:
    year, month, number = calendar.parts(day)
    later_year, later_month, later_number = calendar.parts(calendar.add_months(day, months))
    assert later_year * 12 + later_month == year * 12 + month + months
    assert later_number == min(number, calendar.days_in_month(later_year, later_month))


@given(DAYS, st.sampled_from([1, 3, 12]), CALENDAR)
def test_the_last_day_of_a_period_is_followed_by_the_first_of_the_next(
    day: date, months: int, calendar: CivilCalendar
) -> None:
    last = calendar.last_day(day, months)
    assert last >= day
    assert calendar.last_day(last, months) == last
    _, month, number = calendar.parts(last + timedelta(days=1))
    assert (number, (month - 1) % months) == (1, 0)


@given(DAYS, st.integers(-600, 600))
def test_gregorian_months_are_those_of_the_kernel(day: date, months: int) -> None:
    assert GREGORIAN.add_months(day, months) == add_months(day, months)
