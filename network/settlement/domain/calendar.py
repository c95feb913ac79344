"""Calendars: how time is divided into cycles. One calendar per currency; all partners of a currency net together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from network.kernel.calendar import GREGORIAN, CivilCalendar, Period
from network.kernel.money import is_currency
from network.settlement.domain.periods import PeriodKind, period_at
from network.settlement.errors import BadCalendar

_INSTANT = timedelta(microseconds=1)
_MOST_GRACE_SECONDS = 7 * 86_400
_LAST_HOUR = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCalendar:
    """A currency's calendar. Cycles end at the local `cut_off_hour` of their last day, 0 being the midnight that ends
    it, and are due `grace_seconds` later. `calendar`: whose weeks and months they follow.
    """

    currency: str
    period: PeriodKind
    time_zone: str
    grace_seconds: int = 0
    calendar: CivilCalendar = GREGORIAN
    cut_off_hour: int = 0

    @classmethod
    def checked(
        cls,
        currency: str,
        period: str,
        time_zone: str,
        grace_seconds: int = 0,
        *,
        calendar: CivilCalendar | None = GREGORIAN,
        cut_off_hour: int = 0,
    ) -> Self:
        """A calendar from what somebody typed; None for a `calendar` that there is not.

        Raises BadCalendar with the field that makes no sense.
        """
        if not is_currency(currency):
            raise BadCalendar("A currency is three capital letters (ISO 4217).", field="currency")
        if period not in list(PeriodKind):
            raise BadCalendar(f"A period is one of: {', '.join(PeriodKind)}.", field="period")
        if not 0 <= grace_seconds <= _MOST_GRACE_SECONDS:
            raise BadCalendar(f"The grace is 0 to {_MOST_GRACE_SECONDS} seconds.", field="grace_seconds")
        if calendar is None:
            raise BadCalendar("There is no calendar of this name.", field="calendar")
        if not 0 <= cut_off_hour <= _LAST_HOUR:
            raise BadCalendar(f"The cut-off is an hour from 0 to {_LAST_HOUR}.", field="cut_off_hour")
        try:
            ZoneInfo(time_zone)
        except (ValueError, OSError, KeyError) as failure:
            raise BadCalendar("There is no time zone of this name.", field="time_zone") from failure
        return cls(
            currency=currency,
            period=PeriodKind(period),
            time_zone=time_zone,
            grace_seconds=grace_seconds,
            calendar=calendar,
            cut_off_hour=cut_off_hour,
        )

    def cycle_at(self, instant: datetime) -> Period:
        """The cycle an instant lies in, named like `USD 2017-01`."""
        zone = ZoneInfo(self.time_zone)
        period = period_at(self.period, instant, calendar=self.calendar, zone=zone, cut_off_hour=self.cut_off_hour)
        return replace(period, name=f"{self.currency} {period.name}")

    def cycles(self, first: datetime, last: datetime) -> list[Period]:
        """Every cycle from the one `first` lies in to the one `last` lies in."""
        found = [self.cycle_at(first)]
        while found[-1].ends_at <= last:
            found.append(self.cycle_at(found[-1].ends_at))
        return found

    def following(self, ends_at: datetime) -> Period:
        """The cycle after the one that ends then."""
        return self.cycle_at(ends_at)

    def before(self, starts_at: datetime) -> Period:
        """The cycle before the one that starts then."""
        return self.cycle_at(starts_at - _INSTANT)

    def due_at(self, ends_at: datetime) -> datetime:
        """When a cycle that ends then is to be closed."""
        return ends_at + timedelta(seconds=self.grace_seconds)
