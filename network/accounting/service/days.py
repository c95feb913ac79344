"""On which day something is booked."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from network.settlement.domain import CycleCalendar


def local_date(instant: datetime, calendar: CycleCalendar) -> date:
    """The day of an instant where a currency's cycles end."""
    return instant.astimezone(ZoneInfo(calendar.time_zone)).date()
