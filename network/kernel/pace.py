"""How fast each of many may ask, in the memory of one process."""

from collections.abc import Hashable

_MOST = 10_000
_SECONDS_AT_ONCE = 1.0


class Pace:
    """`rate` a second for each name; after a rest a second's worth at once, and one at least.

    Kept is one number of each: when it could begin afresh if it asked no more. Two threads that ask for one name at the
    same moment may count as one: this keeps crowds away and guards no money.
    """

    __slots__ = ("_ahead", "_apart", "_fresh_at", "_most")

    def __init__(self, rate: float, most: int = _MOST) -> None:
        self._apart = 1 / rate
        self._ahead = max(_SECONDS_AT_ONCE, self._apart) - self._apart / 2  # half a step for what floats round off
        self._most = most
        self._fresh_at: dict[Hashable, float] = {}

    def wait(self, name: Hashable, now: float) -> float:
        """0 if it may ask at `now`, in seconds of a clock that never goes back; else the seconds until it may."""
        fresh_at = self._fresh_at.get(name, 0.0)
        if fresh_at < now:
            fresh_at = now
            if len(self._fresh_at) >= self._most:
                self._make_room(now)
        too_soon = fresh_at - now - self._ahead
        if too_soon > 0:
            return too_soon
        self._fresh_at[name] = fresh_at + self._apart
        return 0.0

    def __len__(self) -> int:
        return len(self._fresh_at)

    def _make_room(self, now: float) -> None:
        """Forget those who could begin afresh; if that are none, all: a crowd gets through rather than the memory."""
        kept = {name: fresh_at for name, fresh_at in self._fresh_at.items() if fresh_at > now}
        self._fresh_at = kept if len(kept) < self._most else {}
