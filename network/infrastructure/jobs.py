"""Jobs of the ground floor."""

import time

from network.infrastructure.outbox import drain

_LONGEST_SECONDS = 20


def drain_outbox() -> int:
    """Hand waiting facts to their handlers until none is left or the time is up; the next tick goes on."""
    until = time.monotonic() + _LONGEST_SECONDS
    handled = 0
    while time.monotonic() < until:
        taken = drain()
        handled += taken
        if not taken:
            break
    return handled
