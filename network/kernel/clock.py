"""Rules are given an instant; they never ask for one."""

from datetime import UTC, datetime
from functools import lru_cache


class SystemClock:
    """The machine's own clock. Tokens and certificates keep to it whatever the network's clock says."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive datetime, whose instant nobody knows."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(UTC)


@lru_cache(maxsize=1024)
def show_instant(instant: datetime) -> str:
    """RFC 3339 in UTC: `2017-01-03T10:00:00Z`, with a fraction only if there is one. Raises ValueError as `as_utc`.

    Kept, because the instants of one answer are mostly the same, and ends of days those of other answers too.
    """
    return as_utc(instant).isoformat().replace("+00:00", "Z")
