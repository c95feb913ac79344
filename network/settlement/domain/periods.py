"""How time is divided into cycles: by weeks, by tens of days or by months of a civil calendar, at a local cut-off.

A business day ends at its cut-off: what is posted later belongs to the next. With the cut-off at hour 0 that is the
midnight that ends the day, with 18 it is 18:00 on the day itself. A period ends with its last business day, so that
periods leave no gap and no overlap, whatever daylight saving does to the hours between.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from network.kernel.calendar import CivilCalendar, Period
from network.kernel.clock import as_utc

_DAY = timedelta(days=1)
_WEEK_DAYS = 7
_TENS = (1, 11, 21)
_MONDAY, _SATURDAY = 0, 5  # as `date.weekday` counts


class PeriodKind(StrEnum):
    """How long a cycle is. `ten_days` ends on the 10th, on the 20th, and with the month."""

    WEEK = "week"
    TEN_DAYS = "ten_days"
    MONTH = "month"


def period_at(
    kind: PeriodKind, instant: datetime, *, calendar: CivilCalendar, zone: ZoneInfo, cut_off_hour: int = 0
) -> Period:
    """The period that an instant lies in.

    Months are named like `2017-01` or `1395-10`, tens of days by their first day (`2017-01-11`), weeks by their year
    and number (`2017-W02`), counted as ISO 8601 does: a week belongs to the year in which most of its days lie.
    """
    day = _business_day(instant, zone, cut_off_hour)
    name, first, following = _SPANS[kind](day, calendar)
    ends = [_ends_at(each - _DAY, zone, cut_off_hour) for each in (first, following)]
    return Period(name, ends[0], ends[1])


def _business_day(instant: datetime, zone: ZoneInfo, cut_off_hour: int) -> date:
    """The first day that has not ended at an instant: no local clock is trusted to show every hour once."""
    day = as_utc(instant).astimezone(zone).date() - _DAY
    while _ends_at(day, zone, cut_off_hour) <= instant:
        day += _DAY
    return day


def _ends_at(day: date, zone: ZoneInfo, cut_off_hour: int) -> datetime:
    """When a business day ends, in UTC. An hour that the clock skips is over when it is skipped; of two, the first."""
    shown = day if cut_off_hour else day + _DAY
    return as_utc(datetime.combine(shown, time(cut_off_hour), zone))


def _week(day: date, calendar: CivilCalendar) -> tuple[str, date, date]:
    first_weekday = _SATURDAY if calendar.name == "jalali" else _MONDAY
    first = day - timedelta(days=(day.weekday() - first_weekday) % _WEEK_DAYS)
    middle = first + timedelta(days=_WEEK_DAYS // 2)
    year = calendar.parts(middle)[0]
    number = (middle - calendar.day(year, 1, 1)).days // _WEEK_DAYS + 1
    return f"{year:04}-W{number:02}", first, first + timedelta(days=_WEEK_DAYS)


def _ten_days(day: date, calendar: CivilCalendar) -> tuple[str, date, date]:
    year, month, number = calendar.parts(day)
    begins = max(each for each in _TENS if each <= number)
    first = calendar.day(year, month, begins)
    following = calendar.last_day(day, 1) + _DAY if begins == _TENS[-1] else calendar.day(year, month, begins + 10)
    return f"{year:04}-{month:02}-{begins:02}", first, following


def _month(day: date, calendar: CivilCalendar) -> tuple[str, date, date]:
    year, month, _ = calendar.parts(day)
    return f"{year:04}-{month:02}", calendar.day(year, month, 1), calendar.last_day(day, 1) + _DAY


# A kind is one function from a business day to its period's name, its first day, and the next period's first day.
_SPANS: dict[PeriodKind, Callable[[date, CivilCalendar], tuple[str, date, date]]] = {
    PeriodKind.WEEK: _week,
    PeriodKind.TEN_DAYS: _ten_days,
    PeriodKind.MONTH: _month,
}
