"""Messages as values."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Channel(StrEnum):
    """By which way a message goes."""

    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says; an SMS has no subject."""

    subject: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person: `to` is a phone number (E.164) or an e-mail address."""

    channel: Channel
    to: str = field(repr=False)
    text: Text = field(repr=False)


RETRIES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5))
"""After which time a message is tried again that could not be sent; then every ten minutes, until it is stale."""

LAST_RETRY = timedelta(minutes=10)


def wait_after(attempts: int) -> timedelta:
    """How long a message waits that was tried so often."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else LAST_RETRY
