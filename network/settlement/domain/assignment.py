"""Which cycle a movement belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Window:
    """What of a cycle decides what falls into it. `closed_at_xid` is the horizon of its closing cut, None while open:
    transactions below it were finished then.
    """

    cycle_id: UUID
    starts_at: datetime
    ends_at: datetime
    closed_at_xid: int | None

    @property
    def is_open(self) -> bool:
        return self.closed_at_xid is None


def cycle_of(posted_at: datetime, xid: int, windows: Sequence[Window]) -> Window | None:
    """The cycle of a movement: the one of its posting time, unless that was cut before its transaction had finished;
    then the next for which this is not so. None if that one does not exist yet.

    `windows`: all cycles of the currency in order, without gap. What was posted before the first belongs to the first.
    A pure function of what never changes: an open cycle once assigned stays, because its `closed_at_xid`, when it
    comes, is above the transaction id of all that had been folded into it.
    """
    for window in windows:
        if posted_at < window.ends_at and (window.closed_at_xid is None or xid < window.closed_at_xid):
            return window
    return None


def first_open(windows: Sequence[Window], own: int) -> Window | None:
    """`cycle_of` for a movement at or above the last horizon, given the index of the cycle of its posting time (-1:
    before the first): every `closed_at_xid` is at or below that horizon, so only open cycles can take it.
    """
    return next((window for window in windows[max(own, 0) :] if window.is_open), None)
