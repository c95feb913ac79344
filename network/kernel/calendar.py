"""Dates that money depends on: months are counted on the calendar, instants are cut at local midnight."""

import calendar as _calendar
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as day_time
from functools import lru_cache
from typing import ClassVar
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


class CivilCalendar(ABC):
    """How days are counted into twelve months and a year: the Gregorian calendar, the Jalali one."""

    name: ClassVar[str]

    @abstractmethod
    def parts(self, day: date) -> tuple[int, int, int]:
        """Year, month (1 to 12) and day of the month."""

    @abstractmethod
    def day(self, year: int, month: int, number: int) -> date:
        """The day of these parts."""

    @abstractmethod
    def days_in_month(self, year: int, month: int) -> int:
        """How long a month of a year is."""

    def add_months(self, day: date, months: int) -> date:
        """The same day so many months on; the month's last day where it has no such day."""
        year, month, number = self.parts(day)
        year, index = divmod(year * 12 + month - 1 + months, 12)
        return self.day(year, index + 1, min(number, self.days_in_month(year, index + 1)))

    def last_day(self, day: date, months: int) -> date:
        """The last day of the month (1), quarter (3) or year (12) of this calendar that a day lies in."""
        year, month, _ = self.parts(day)
        last = -(-month // months) * months
        return self.day(year, last, self.days_in_month(year, last))


class GregorianCalendar(CivilCalendar):
    """The calendar of ISO 8601."""

    name = "gregorian"

    def parts(self, day: date) -> tuple[int, int, int]:
        return day.year, day.month, day.day

    def day(self, year: int, month: int, number: int) -> date:
        return date(year, month, number)

    def days_in_month(self, year: int, month: int) -> int:
        return _calendar.monthrange(year, month)[1]


GREGORIAN = GregorianCalendar()


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day that it is somewhere at an instant."""
    return as_utc(instant).astimezone(zone).date()


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC; right across daylight saving."""
    return as_utc(datetime.combine(day, day_time.min, zone))


def month_of(instant: datetime, zone: ZoneInfo) -> Period:
    """The Gregorian calendar month, by local midnights, that an instant lies in."""
    first = as_utc(instant).astimezone(zone).date().replace(day=1)
    return Period(f"{first:%Y-%m}", local_midnight(first, zone), local_midnight(add_months(first, 1), zone))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The local midnight that ends a day, in UTC: what is good for that day is good until then."""
    return local_midnight(day + timedelta(days=1), zone)


def end_of_day_after_months(
    instant: datetime, months: int, zone: ZoneInfo, calendar: CivilCalendar = GREGORIAN
) -> datetime:
    """The local midnight that ends the day `months` after an instant's local day: the usual expiry of points."""
    return _end_of_day_after_months(local_day(instant, zone), months, zone, calendar)


@lru_cache(maxsize=1024)  # all purchases of a day under one contract expire together
def _end_of_day_after_months(day: date, months: int, zone: ZoneInfo, calendar: CivilCalendar) -> datetime:
    return end_of_day(calendar.add_months(day, months), zone)
