"""The end of a caller's patience, over all tries, waits and logins of one call."""

from __future__ import annotations

import math
from collections.abc import Callable

from ._errors import APITimeoutError

__all__ = ["Deadline"]


class Deadline:
    """`seconds` from now on by `clock`, a monotonic one; None never ends."""

    __slots__ = ("_clock", "_end", "_seconds")

    def __init__(self, seconds: float | None, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds = math.inf if seconds is None else seconds
        self._end = clock() + self._seconds

    def left(self) -> float:
        """Seconds until the end, possibly negative or infinite."""
        return self._end - self._clock()

    def check(self, what: str) -> None:
        """Raise APITimeoutError when the end has come."""
        if self.left() <= 0:
            raise APITimeoutError(f"{what}: no answer within the deadline of {self._seconds:g} s")
