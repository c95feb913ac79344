"""Weeks, tens of days and months, Gregorian and Jalali, that end at a local cut-off: no gap, and no overlap."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from network.infrastructure.calendars import CALENDARS, JALALI
from network.kernel.calendar import GREGORIAN, CivilCalendar, Period
from network.settlement.domain import CycleCalendar, PeriodKind
from network.settlement.domain.periods import period_at
from network.settlement.errors import BadCalendar

NEW_YORK, TEHRAN, UTC_ZONE = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tehran"), ZoneInfo("UTC")
# Clocks that change at midnight, a minute after it, by half an hour, and one that left out a whole day.
ZONES = [
    *(NEW_YORK, TEHRAN, UTC_ZONE),
    *map(ZoneInfo, ("America/Sao_Paulo", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")),
]
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
INSTANT = timedelta(microseconds=1)


@given(
    st.sampled_from(PeriodKind),
    st.sampled_from(list(CALENDARS.values())),
    st.sampled_from(ZONES),
    st.integers(0, 23),
    INSTANTS,
)
@example(PeriodKind.WEEK, JALALI, ZoneInfo("Pacific/Apia"), 0, datetime(2011, 12, 30, 10, tzinfo=UTC))
@example(PeriodKind.MONTH, GREGORIAN, ZoneInfo("America/St_Johns"), 0, datetime(2010, 10, 31, 3, tzinfo=UTC))
@example(PeriodKind.TEN_DAYS, JALALI, TEHRAN, 1, datetime(2021, 3, 21, 20, 30, tzinfo=UTC))
@example(PeriodKind.TEN_DAYS, GREGORIAN, NEW_YORK, 2, datetime(2024, 3, 10, 7, tzinfo=UTC))
def test_periods_leave_no_gap_and_no_overlap(
    kind: PeriodKind, calendar: CivilCalendar, zone: ZoneInfo, hour: int, instant: datetime
) -> None:
    def at(moment: datetime) -> Period:
        return period_at(kind, moment, calendar=calendar, zone=zone, cut_off_hour=hour)

    period = at(instant)
    assert instant in period
    assert at(period.starts_at) == at(period.ends_at - INSTANT) == period
    assert at(period.ends_at).starts_at == period.ends_at
    assert at(period.starts_at - INSTANT).ends_at == period.starts_at
    assert at(period.ends_at).name != period.name


@pytest.mark.parametrize("kind", PeriodKind)
@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_no_two_periods_of_forty_years_have_one_name(kind: PeriodKind, calendar: CivilCalendar) -> None:
    cycles = CycleCalendar.checked("USD", kind, "Asia/Tehran", calendar=calendar).cycles(
        datetime(1999, 1, 1, tzinfo=UTC), datetime(2039, 1, 1, tzinfo=UTC)
    )
    assert len({cycle.name for cycle in cycles}) == len(cycles)
    assert all(before.ends_at == after.starts_at for before, after in pairwise(cycles))


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_gregorian_week_is_that_of_iso_8601(day: date) -> None:
    year, week, _ = day.isocalendar()
    period = weekly(day, GREGORIAN)
    assert (period.name, period.starts_at.weekday()) == (f"{year}-W{week:02}", 0)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_jalali_week_runs_from_saturday_and_is_in_the_year_of_most_of_its_days(day: date) -> None:
    period = weekly(day, JALALI)
    days = [(period.starts_at + timedelta(days=n)).date() for n in range(7)]
    assert day in days
    assert days[0].weekday() == 5
    years = [JALALI.parts(each)[0] for each in days]
    assert period.name[:4] == str(max(years, key=years.count))
    assert 1 <= int(period.name[6:]) <= 53


@pytest.mark.parametrize(
    ("day", "name", "first", "following"),
    [
        (date(2017, 1, 10), "2017-01-01", date(2017, 1, 1), date(2017, 1, 11)),
        (date(2017, 1, 20), "2017-01-11", date(2017, 1, 11), date(2017, 1, 21)),
        (date(2017, 1, 31), "2017-01-21", date(2017, 1, 21), date(2017, 2, 1)),
        (date(2017, 2, 28), "2017-02-21", date(2017, 2, 21), date(2017, 3, 1)),
        (date(2016, 2, 29), "2016-02-21", date(2016, 2, 21), date(2016, 3, 1)),
    ],
)
def test_tens_of_days_end_on_the_10th_on_the_20th_and_with_the_month(
    day: date, name: str, first: date, following: date
) -> None:
    period = period_at(PeriodKind.TEN_DAYS, noon(day), calendar=GREGORIAN, zone=UTC_ZONE)
    assert (period.name, period.starts_at.date(), period.ends_at.date()) == (name, first, following)


@pytest.mark.parametrize(
    ("kind", "name", "first", "following"),
    [
        (PeriodKind.MONTH, "1395-12", date(2017, 2, 19), date(2017, 3, 21)),
        (PeriodKind.TEN_DAYS, "1395-12-21", date(2017, 3, 11), date(2017, 3, 21)),
        (PeriodKind.WEEK, "1396-W01", date(2017, 3, 18), date(2017, 3, 25)),
    ],
)
def test_a_leap_esfand_ends_at_nowruz(kind: PeriodKind, name: str, first: date, following: date) -> None:
    """The 30th of Esfand 1395, in whose night Iran's clocks did not change yet: they did a day later."""
    period = period_at(kind, noon(date(2017, 3, 20)), calendar=JALALI, zone=TEHRAN)
    local = [instant.astimezone(TEHRAN) for instant in (period.starts_at, period.ends_at)]
    assert (period.name, [each.date() for each in local]) == (name, [first, following])
    assert [each.hour for each in local] == [0, 0]


def test_what_is_posted_after_the_cut_off_belongs_to_the_next_day() -> None:
    at_six = CycleCalendar.checked("USD", "month", "America/New_York", cut_off_hour=18)
    last = datetime(2017, 3, 31, 18, tzinfo=NEW_YORK)
    assert at_six.cycle_at(last - INSTANT).name == "USD 2017-03"
    assert at_six.cycle_at(last).name == "USD 2017-04"
    assert at_six.cycle_at(last).starts_at == datetime(2017, 3, 31, 22, tzinfo=UTC), "daylight saving: four hours"
    assert at_six.cycle_at(datetime(2017, 3, 1, tzinfo=NEW_YORK)).starts_at == datetime(2017, 2, 28, 23, tzinfo=UTC)


def test_a_cut_off_in_an_hour_that_the_clock_skips_is_when_it_is_skipped() -> None:
    at_two = CycleCalendar.checked("USD", "ten_days", "America/New_York", cut_off_hour=2)
    ends = at_two.cycle_at(datetime(2024, 3, 9, tzinfo=UTC)).ends_at  # clocks went from 2:00 to 3:00 on the 10th
    assert ends == datetime(2024, 3, 10, 7, tzinfo=UTC)
    assert ends.astimezone(NEW_YORK).hour == 3


def test_a_calendar_or_a_cut_off_that_there_is_not_is_refused() -> None:
    for calendar, hour, field in ((None, 0, "calendar"), (JALALI, 24, "cut_off_hour"), (JALALI, -1, "cut_off_hour")):
        with pytest.raises(BadCalendar) as refusal:
            CycleCalendar.checked("IRR", "month", "Asia/Tehran", calendar=calendar, cut_off_hour=hour)
        assert refusal.value.field == field


def weekly(day: date, calendar: CivilCalendar) -> Period:
    return period_at(PeriodKind.WEEK, noon(day), calendar=calendar, zone=UTC_ZONE)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
