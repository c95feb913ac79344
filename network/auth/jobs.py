"""Recurring work on what expires."""

from datetime import timedelta

from network.auth.repository import requests
from network.kernel.clock import SystemClock

_CODES_KEPT = timedelta(days=30)  # so that a replay is known for one as long as anything of it may live in a log


def forget() -> None:
    """Delete what has expired: what was seen, requests that nobody answered, and old codes and refresh tokens."""
    now = SystemClock().now()
    requests.forget(now)
    requests.forget_codes(now - _CODES_KEPT)
