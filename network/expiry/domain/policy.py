"""A policy, and what it makes of points that are earned: a date, a rule of inactivity, or neither."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from network.expiry.errors import BadPolicy
from network.kernel.calendar import GREGORIAN, CivilCalendar, end_of_day, local_day
from network.wallet.domain import Inactivity

MOST_MONTHS = 1200
DEFAULT_NOTICE_DAYS = (60, 30, 7)
_MOST_NOTICES = 10
_MOST_NOTICE_DAYS = 366


class Rule(StrEnum):
    """When points expire, each at the local midnight that ends a day of the policy's calendar and zone."""

    MONTHS_FROM_EARNING = "months_from_earning"
    END_OF_MONTH = "end_of_month"
    END_OF_QUARTER = "end_of_quarter"
    END_OF_YEAR = "end_of_year"
    INACTIVITY = "inactivity"
    NEVER = "never"


_PERIOD_MONTHS = {Rule.END_OF_MONTH: 1, Rule.END_OF_QUARTER: 3, Rule.END_OF_YEAR: 12}


@dataclass(frozen=True, slots=True)
class Life:
    """How long points live: to an instant, by inactivity but not less than to an instant, or for ever (neither)."""

    expires_at: datetime | None = None
    inactivity: Inactivity | None = None

    @property
    def is_endless(self) -> bool:
        return self.expires_at is None and self.inactivity is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryPolicy:
    """A rule, its months, and the calendar and zone by which it counts.

    months_from_earning   the day so many months after the purchase's own day; the month's last where there is none such
    end_of_...            the last day of the month, quarter or year that this day lies in; `months` may be 0
    inactivity            the day so many months after the member was last seen
    never                 `months` is 0

    `notice_days`: how many days ahead the member is told, longest first.
    """

    rule: Rule
    months: int
    zone: ZoneInfo
    calendar: CivilCalendar = GREGORIAN
    notice_days: tuple[int, ...] = DEFAULT_NOTICE_DAYS

    def life(self, earned_at: datetime) -> Life:
        """How long points live that were earned at an instant."""
        if self.rule is Rule.NEVER:
            return Life()
        if self.rule is Rule.INACTIVITY:
            return Life(inactivity=Inactivity(self.months, self.calendar, self.zone))
        day = self.calendar.add_months(local_day(earned_at, self.zone), self.months)
        if self.rule in _PERIOD_MONTHS:
            day = self.calendar.last_day(day, _PERIOD_MONTHS[self.rule])
        return Life(end_of_day(day, self.zone))


def longer(one: Life, other: Life) -> Life:
    """A life as long as the longer of two: where a law sets a minimum."""
    if one.is_endless or other.is_endless:
        return Life()
    dates = [each.expires_at for each in (one, other) if each.expires_at is not None]
    rules = [each.inactivity for each in (one, other) if each.inactivity is not None]
    return Life(max(dates, default=None), max(rules, key=lambda rule: rule.months, default=None))


def check_policy(policy: ExpiryPolicy) -> None:
    """Whether a policy makes sense by itself. Raises BadPolicy with the field that does not."""
    least = 1 if policy.rule in (Rule.MONTHS_FROM_EARNING, Rule.INACTIVITY) else 0
    most = 0 if policy.rule is Rule.NEVER else MOST_MONTHS
    if not least <= policy.months <= most:
        raise BadPolicy(f"The rule {policy.rule} takes {least} to {most} months.", field="months")
    days = policy.notice_days
    if len(days) > _MOST_NOTICES or list(days) != sorted(set(days), reverse=True):
        raise BadPolicy(f"Up to {_MOST_NOTICES} notices, longest first, none twice.", field="notice_days")
    if not all(1 <= each <= _MOST_NOTICE_DAYS for each in days):
        raise BadPolicy(f"Notice is given 1 to {_MOST_NOTICE_DAYS} days ahead.", field="notice_days")
