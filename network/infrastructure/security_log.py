"""What concerns security, in the log `peyvand.security`: who proved who it is and how, what ended, what was refused.

Like every line of the log it names no person: sessions and clients by their ids, refusals by their codes. The request's
id leads from a line to the request's own, and to whatever the proxy in front of the network knows of the address.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from network.kernel.errors import PeyvandError

_log = logging.getLogger("peyvand.security")


def note(event: str, **told: object) -> None:
    """Write down what somebody was able to do. `told`: ids, codes and numbers, nothing that somebody typed."""
    _write(logging.INFO, event, told)


def note_refusal(event: str, reason: str, **told: object) -> None:
    """Write down what somebody tried and could not do; `reason` is a stable code."""
    _write(logging.WARNING, event, {"reason": reason, **told})


@contextmanager
def refusals_noted(event: str) -> Iterator[None]:
    """Around a use case in which somebody proves who it is: its named failures are written down, and go on."""
    try:
        yield
    except PeyvandError as failure:
        note_refusal(event, failure.code)
        raise


def _write(level: int, event: str, told: dict[str, object]) -> None:
    _log.log(level, "%s", event, extra={"request_line": {"event": event, **told}})
