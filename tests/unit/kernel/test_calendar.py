"""Dates that money depends on: month ends, leap days, and midnights that daylight saving moves."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.calendar import add_months, end_of_day_after_months, local_midnight, month_of
from network.kernel.clock import as_utc

NEW_YORK, TEHRAN, UTC_ZONE = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tehran"), ZoneInfo("UTC")
SANTIAGO, BEIRUT = ZoneInfo("America/Santiago"), ZoneInfo("Asia/Beirut")
ZONES = st.sampled_from(
    [NEW_YORK, TEHRAN, UTC_ZONE, SANTIAGO, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Asia/Kolkata")]
)
INSTANTS = st.datetimes(datetime(2000, 1, 3), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2017, 1, 31), 1, date(2017, 2, 28)),
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2016, 2, 29), 48, date(2020, 2, 29)),
        (date(2017, 12, 15), 1, date(2018, 1, 15)),
        (date(2017, 3, 31), -1, date(2017, 2, 28)),
        (date(2017, 1, 10), 0, date(2017, 1, 10)),
        (date(2100, 1, 29), 1, date(2100, 2, 28)),
    ],
)
def test_months_are_counted_on_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_a_local_day_begins_at_its_own_midnight() -> None:
    assert local_midnight(date(2017, 1, 1), NEW_YORK) == datetime(2017, 1, 1, 5, tzinfo=UTC)
    assert local_midnight(date(2017, 7, 1), NEW_YORK) == datetime(2017, 7, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(("first", "hours"), [(date(2017, 3, 12), 23), (date(2017, 11, 5), 25), (date(2017, 6, 1), 24)])
def test_days_of_daylight_saving_are_shorter_or_longer(first: date, hours: int) -> None:
    length = local_midnight(first + timedelta(days=1), NEW_YORK) - local_midnight(first, NEW_YORK)
    assert length == timedelta(hours=hours)


def test_a_day_without_a_midnight_begins_at_its_first_instant() -> None:
    # Lebanon's clocks jump from 00:00 to 01:00: what was 23:59:59 is followed by 01:00:00
    assert local_midnight(date(2017, 3, 26), BEIRUT) == datetime(2017, 3, 25, 22, tzinfo=UTC)


def test_a_month_reaches_from_local_midnight_to_local_midnight() -> None:
    period = month_of(datetime(2017, 4, 1, 3, 59, tzinfo=UTC), NEW_YORK)
    assert (period.name, period.starts_at, period.ends_at) == (
        "2017-03",
        datetime(2017, 3, 1, 5, tzinfo=UTC),
        datetime(2017, 4, 1, 4, tzinfo=UTC),
    )
    assert period.starts_at in period
    assert period.ends_at not in period


@given(INSTANTS, ZONES)
def test_every_instant_lies_in_its_month_and_months_leave_no_gap(instant: datetime, zone: ZoneInfo) -> None:
    period = month_of(instant, zone)
    assert instant in period
    assert month_of(period.ends_at, zone).starts_at == period.ends_at


@pytest.mark.parametrize(
    ("bought", "months", "expires"),
    [
        (datetime(2017, 1, 10, 12, tzinfo=UTC), 24, datetime(2019, 1, 11, 5, tzinfo=UTC)),
        (datetime(2017, 1, 11, 4, 59, tzinfo=UTC), 24, datetime(2019, 1, 11, 5, tzinfo=UTC)),
        (datetime(2016, 2, 29, 12, tzinfo=UTC), 12, datetime(2017, 3, 1, 5, tzinfo=UTC)),
        (datetime(2017, 1, 31, 12, tzinfo=UTC), 1, datetime(2017, 3, 1, 5, tzinfo=UTC)),
        (datetime(2017, 2, 11, 12, tzinfo=UTC), 1, datetime(2017, 3, 12, 4, tzinfo=UTC) + timedelta(hours=1)),
        (datetime(2017, 2, 12, 12, tzinfo=UTC), 1, datetime(2017, 3, 13, 4, tzinfo=UTC)),
    ],
)
def test_points_expire_at_the_end_of_a_local_day(bought: datetime, months: int, expires: datetime) -> None:
    assert end_of_day_after_months(bought, months, NEW_YORK) == expires


@given(INSTANTS, st.integers(1, 120), ZONES)
def test_points_live_at_least_their_months(bought: datetime, months: int, zone: ZoneInfo) -> None:
    lived = end_of_day_after_months(bought, months, zone) - bought
    assert lived > timedelta(days=28 * months)
    assert lived <= timedelta(days=31 * months + 2)


def test_a_naive_instant_is_refused_everywhere() -> None:
    naive = datetime(2017, 1, 1)  # noqa: DTZ001
    for refuse in (lambda: as_utc(naive), lambda: month_of(naive, UTC_ZONE)):
        with pytest.raises(ValueError, match="time zone"):
            refuse()
