"""Calendars, and the cycles that follow them."""

from datetime import datetime

from network.audit.service import record
from network.infrastructure.calendars import CALENDARS
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.settlement.domain import Cycle, CycleCalendar
from network.settlement.errors import CalendarFixed, CalendarMissing
from network.settlement.repository import cycles as repository


def ensure_calendar(
    currency: str,
    period: str = "month",
    time_zone: str = "UTC",
    *,
    grace_seconds: int = 0,
    calendar: str = "gregorian",
    cut_off_hour: int = 0,
) -> CycleCalendar:
    """Give a currency its calendar; the same call again changes nothing.

    `period`: "week", "ten_days" or "month", of the `calendar` "gregorian" or "jalali". Cycles end at the local hour
    `cut_off_hour` of their last day in `time_zone`, 0 being the midnight that ends it, and are closed `grace_seconds`
    later. A calendar can be changed until its first cycle is opened, by the first points of its currency.
    Raises BadCalendar, CalendarFixed.
    """
    wanted = CycleCalendar.checked(
        currency, period, time_zone, grace_seconds, calendar=CALENDARS.get(calendar), cut_off_hour=cut_off_hour
    )
    with transaction():
        repository.insert_calendar(wanted)
        if repository.lock_calendar(currency) != wanted:
            if repository.cycles_of(currency):
                raise CalendarFixed(field="currency")
            repository.change_calendar(wanted)
        told = {"period": period, "time_zone": time_zone, "calendar": calendar, "cut_off_hour": cut_off_hour}
        record("settlement.calendar", "currency", currency, after=told | {"grace_seconds": grace_seconds})
    return wanted


def calendars() -> list[CycleCalendar]:
    """All calendars, by currency."""
    return repository.all_calendars()


def open_cycles() -> None:
    """Let every currency's cycles follow the network's clock up to the one it is in.

    Cycles begin with a currency's first points (`open_cycles_for`); from then on there is one for every period.
    """
    with transaction():
        now = network_now()
        for calendar in repository.all_calendars():
            existing = repository.cycles_of(calendar.currency)
            if existing and existing[-1].ends_at <= now:
                open_cycles_for(calendar.currency, now, now)


def open_cycles_for(currency: str, first: datetime, last: datetime) -> list[Cycle]:
    """Have cycles from one instant to another, and one that is open; in order, all of the currency.

    Earlier cycles than the first there is are opened only as long as none has been cut: afterwards, what was posted
    before the first belongs to the first. Joins the unit of work. Raises CalendarMissing.
    """
    calendar = repository.lock_calendar(currency)
    if calendar is None:
        raise CalendarMissing(f"There are points in {currency}, which has no cycle calendar.", currency=currency)
    existing = repository.cycles_of(currency)
    if existing:
        has_history = any(cycle.state.is_complete for cycle in existing)
        first = existing[0].starts_at if has_history else min(first, existing[0].starts_at)
        last = max(last, existing[-1].starts_at)
    known = {cycle.starts_at for cycle in existing}
    for period in calendar.cycles(first, last):
        if period.starts_at not in known:
            repository.insert_cycle(currency, period)
    opened = repository.cycles_of(currency)
    if opened[-1].state.is_complete:
        repository.insert_cycle(currency, calendar.following(opened[-1].ends_at))
        opened = repository.cycles_of(currency)
    return opened
