"""Of which points notice is to be given, and how far ahead."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points of a wallet that expire together, since when they are there, and how many days ahead that is told."""

    wallet_id: UUID
    points: int
    issued_at: datetime
    expires_at: datetime
    notice_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """So many points of a wallet expire at an instant, told so many days ahead."""

    wallet_id: UUID
    expires_at: datetime
    notice_days: int
    points: int


def notices_due(expiring: Iterable[Expiring], now: datetime) -> list[Notice]:
    """The notices whose day has come, of each lot the latest alone: who was not told at 60 days hears of 30, not both.

    One whose day had passed when the points were earned is not given: a month's points need no notice of two.
    """
    points: Counter[tuple[UUID, datetime, int]] = Counter()
    for each in expiring:
        days = _day_due(each, now)
        if days is not None:
            points[each.wallet_id, each.expires_at, days] += each.points
    return [Notice(*key, number) for key, number in sorted(points.items())]


def horizon(notice_days: Iterable[Sequence[int]], now: datetime) -> datetime:
    """The latest expiry of which any of these policies lets notice be given now."""
    return now + timedelta(days=max((max(days, default=0) for days in notice_days), default=0))


def _day_due(each: Expiring, now: datetime) -> int | None:
    if each.expires_at <= now:
        return None
    passed = [days for days in each.notice_days if each.expires_at - timedelta(days=days) <= now]
    nearest = min(passed, default=None)
    if nearest is None or each.expires_at - timedelta(days=nearest) < each.issued_at:
        return None
    return nearest
