"""Days, months and midnights of a place, found by walking there."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_STEP = timedelta(minutes=15)  # every change of every zone's clock since 1972 is at a multiple of it
_FARTHEST = timedelta(hours=26)  # no place is further from Greenwich, a change of its clock included


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The day it is there."""
    return instant.astimezone(zone).date()


@lru_cache(maxsize=10_000)
def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there, in UTC: the first quarter of an hour of which the calendar on the wall says so."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - _FARTHEST
    while day_of(instant, zone) < day:
        instant += _STEP
    return instant


def month_name(instant: datetime, zone: ZoneInfo) -> str:
    """The month it is there: `2017-01`."""
    return f"{day_of(instant, zone):%Y-%m}"
