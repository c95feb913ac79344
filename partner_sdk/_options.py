"""How one call, or all calls of one Partner, are made."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from ._checks import whole_from
from ._exchange import Call

__all__ = ["IdempotencyKey", "Options"]

# Without the double quote: to the network, "a" in quotes and a bare are the same key.
KEY = re.compile(r"[!#-~]{1,255}")


class IdempotencyKey:
    """The caller's own key, for exactly one logical call.

    The first call that writes takes it. The very same call may be sent again under it, which is what the key is for;
    another one is refused here, before the network would have to.
    """

    __slots__ = ("_taken_by", "value")

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"idempotency_key is a str, not a {type(value).__name__}.")
        if not KEY.fullmatch(value):
            raise ValueError("idempotency_key is 1 to 255 visible ASCII characters, no spaces, no quotes.")
        self.value = value
        self._taken_by: dict[str, Call] = {}

    def take(self, call: Call) -> str:
        """The key's value for `call`. Raises ValueError when another call has taken it."""
        # setdefault is one atomic step: of two threads, one takes the key. A lock could be held over a fork.
        if self._taken_by.setdefault("call", call) != call:
            raise ValueError(
                "This idempotency_key already belongs to another call. Call with_options(idempotency_key=...) once for "
                "each call; to repeat a call under its key, repeat it with the same arguments, occurred_at included."
            )
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`timeout` and `deadline` in seconds, `deadline` None for none; `max_retries` after the first try."""

    timeout: float = 10.0
    deadline: float | None = 30.0
    max_retries: int = 2
    idempotency_key: IdempotencyKey | None = None

    def __post_init__(self) -> None:
        _check_seconds("timeout", self.timeout)
        if self.deadline is not None:
            _check_seconds("deadline", self.deadline)
        whole_from(0, "max_retries", self.max_retries)


def _check_seconds(name: str, value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} is a number of seconds; got {value!r}.")
    if not 0 < value < math.inf:
        raise ValueError(f"{name} is a number of seconds above 0; got {value!r}.")
