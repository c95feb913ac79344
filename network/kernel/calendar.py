"""Dates that money depends on: months are counted on the calendar, instants are cut at local midnight."""

import calendar as _calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as day_time
from functools import lru_cache
from zoneinfo import ZoneInfo

from network.kernel.clock import as_utc


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` up to, and without, `ends_at`; both aware, in UTC."""

    name: str
    starts_at: datetime
    ends_at: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the month's last day where it has no such day (31 January + 1 = 28 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC; right across daylight saving."""
    return as_utc(datetime.combine(day, day_time.min, zone))


def month_of(instant: datetime, zone: ZoneInfo) -> Period:
    """The Gregorian calendar month, by local midnights, that an instant lies in."""
    first = as_utc(instant).astimezone(zone).date().replace(day=1)
    return Period(f"{first:%Y-%m}", local_midnight(first, zone), local_midnight(add_months(first, 1), zone))


def end_of_day_after_months(instant: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The local midnight that ends the day `months` after an instant's local day: the usual expiry of points."""
    return _end_of_day_after_months(as_utc(instant).astimezone(zone).date(), months, zone)


@lru_cache(maxsize=1024)  # all purchases of a day under one contract expire together
def _end_of_day_after_months(day: date, months: int, zone: ZoneInfo) -> datetime:
    return local_midnight(add_months(day, months) + timedelta(days=1), zone)
