"""When to try again, and how long to wait: decisions only, no sleeping."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime

from ._exchange import Answer, Headers

__all__ = ["LONGEST_WAIT", "asked_wait", "own_wait", "worth_retrying"]

FIRST_WAIT = 0.5
LONGEST_OWN_WAIT = 8.0
LONGEST_WAIT = 60.0
JITTER = 0.25


def worth_retrying(answer: Answer, code: str | None) -> bool:
    """Whether another try may end better. The network's own advice in `Should-Retry` comes first."""
    advice = answer.headers.get("should-retry", "").strip().lower()
    if advice in ("true", "false"):
        return advice == "true"
    if answer.status_code == 409:
        # Only "the first try is still being worked on" passes by itself; other conflicts stay.
        return code == "idempotency_in_flight"
    return answer.status_code in (408, 429) or answer.status_code >= 500


def own_wait(retries_so_far: int, random: float) -> float:
    """Seconds before the next try: 0.5 * 2^n up to 8, less up to a quarter by `random` in [0, 1) to part the crowd."""
    full = min(FIRST_WAIT * 2.0 ** min(retries_so_far, 10), LONGEST_OWN_WAIT)
    return full * (1 - JITTER * random)


def asked_wait(headers: Headers, now: float) -> float | None:
    """The seconds of `Retry-After`, given as seconds or as a date, or None when absent or nonsense.

    A date is measured from the answer's own `Date` where it has one, since a till's clock (`now`, Unix) may be wrong.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        then = _unix(text)
        if then is None:
            return None
        sent = _unix(headers.get("date", ""))
        return max(0.0, then - (now if sent is None else sent))
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _unix(http_date: str) -> float | None:
    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, OverflowError):
        return None
