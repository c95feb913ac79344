"""How long points live: what was decided for programmes and for places, and the calendars that it is counted in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from tests.oracle.days import day_of, first_instant
from tests.oracle.terms import Contract

GREGORIAN, JALALI = "gregorian", "jalali"
MONTHS, INACTIVITY, NEVER = "months_from_earning", "inactivity", "never"
ENDS = {"end_of_month": 1, "end_of_quarter": 3, "end_of_year": 12}
NOTICE_DAYS = (60, 30, 7)
_NOWRUZ, _ITS_YEAR = date(2016, 3, 20), 1395
_LEAP_YEARS = {1, 5, 9, 13, 17, 22, 26, 30}  # of 33
_TOMORROW = timedelta(days=1)


@dataclass(frozen=True)
class Idle:
    """Points that expire so many months after their owner was last seen."""

    months: int
    calendar: str
    zone: ZoneInfo

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def ends(self, seen_at: datetime) -> datetime:
        """When, if the owner was seen then and not again."""
        return _end_of(months_later(day_of(seen_at, self.zone), self.months, self.calendar), self.zone)


@dataclass(frozen=True)
class Life:
    """To an instant, or by inactivity but not less than to an instant; neither: for ever."""

    until: datetime | None = None
    idle: Idle | None = None

    def timer(self, now: datetime) -> datetime | None:
        """When points that are made now are gone, if their owner is not seen again."""
        if self.idle is None:
            return self.until
        return max(self.idle.ends(now), self.until or now)


@dataclass(frozen=True)
class Policy:
    """A rule, its months, and where and how its days are counted."""

    rule: str
    months: int
    zone: ZoneInfo
    calendar: str = GREGORIAN
    notice_days: tuple[int, ...] = NOTICE_DAYS

    def life(self, at: datetime) -> Life:
        """Of points that are earned then."""
        if self.rule == NEVER:
            return Life()
        if self.rule == INACTIVITY:
            return Life(idle=Idle(self.months, self.calendar, self.zone))
        day = months_later(day_of(at, self.zone), self.months, self.calendar)
        if self.rule in ENDS:
            day = _last_of(day, ENDS[self.rule], self.calendar)
        return Life(_end_of(day, self.zone))


@dataclass(frozen=True)
class Decision:
    """What holds for a programme in a place, or for all of them (empty), from an instant on; None: nothing any more."""

    programme: str
    place: str
    valid_from: datetime
    policy: Policy | None
    is_minimum: bool = False


def policies_for(
    decisions: Iterable[Decision], contract: Contract, place: str | None, at: datetime, zone: ZoneInfo
) -> tuple[Policy, Policy | None]:
    """Which policy holds, and which one the law has for a minimum. `zone`: where the network is at home."""
    latest: dict[tuple[str, str], Decision] = {}
    for each in sorted(decisions, key=lambda each: each.valid_from):
        if each.valid_from <= at:
            latest[each.place, each.programme] = each
    own = contract.programme or ""
    found = {key: each for key, each in latest.items() if each.policy is not None}
    general = found.get(("", own)) if own else None
    policy = general.policy if general else Policy(MONTHS, contract.months, zone)
    assert policy is not None
    for where in (place, place.partition("-")[0]) if place else ():
        for programme in (own, ""):
            law = found.get((where, programme))
            if law and law.policy:
                return (policy, law.policy) if law.is_minimum else (law.policy, None)
    return policy, None


def life_of(policy: Policy, minimum: Policy | None, at: datetime) -> Life:
    """How long points live that are earned then: the longer of two lives, where there are two."""
    life = policy.life(at)
    if minimum is None:
        return life
    other = minimum.life(at)
    if Life() in (life, other):
        return Life()
    instants = [each.until for each in (life, other) if each.until]
    rules = [each.idle for each in (life, other) if each.idle]
    return Life(max(instants, default=None), max(rules, key=lambda rule: rule.months, default=None))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return first_instant(day + _TOMORROW, zone)


@lru_cache(maxsize=10_000)
def months_later(day: date, months: int, calendar: str) -> date:
    """The same day of a later month, or the last one of it."""
    _, _, number = _parts(day, calendar)
    for _ in range(months):
        day = _last_of(day, 1, calendar) + _TOMORROW
        _, _, first = _parts(day, calendar)
        assert first == 1
    return _in_its_month(day, number, calendar) if months else day


def _in_its_month(first: date, number: int, calendar: str) -> date:
    last = _last_of(first, 1, calendar)
    return min(last, first + timedelta(days=number - 1))


@lru_cache(maxsize=10_000)
def _last_of(day: date, months: int, calendar: str) -> date:
    """The last day of the month, of the quarter (3) or of the year (12) that a day lies in."""

    def part(of: date) -> tuple[int, int]:
        year, month, _ = _parts(of, calendar)
        return year, (month - 1) // months

    last = day
    while part(last + _TOMORROW) == part(day):
        last += _TOMORROW
    return last


def _parts(day: date, calendar: str) -> tuple[int, int, int]:
    if calendar == GREGORIAN:
        return day.year, day.month, day.day
    return _jalali()[day]


@lru_cache(maxsize=1)
def _jalali() -> dict[date, tuple[int, int, int]]:
    """The days of fifty years of Iran: six months of 31 days, five of 30, and one of 29 or, in a leap year, of 30."""
    days, day = {}, _NOWRUZ
    for year in range(_ITS_YEAR, _ITS_YEAR + 50):
        for month in range(1, 13):
            length = 31 if month <= 6 else 30 if month <= 11 or year % 33 in _LEAP_YEARS else 29
            for number in range(1, length + 1):
                days[day] = year, month, number
                day += _TOMORROW
    return days
