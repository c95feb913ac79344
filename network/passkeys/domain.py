"""Passkeys as values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from network.kernel.letters import printable

CHALLENGE_LIVES = timedelta(minutes=5)
MOST_PASSKEYS = 20
"""A person's; enough for every device, too few to fill a table with."""


class CeremonyKind(StrEnum):
    """What the browser is asked for: a new key, or a proof by one that is there."""

    REGISTRATION = "registration"
    ASSERTION = "assertion"


@dataclass(frozen=True, slots=True)
class Site:
    """For whom passkeys are made: the domain that they are bound to, and the origin at which they are asked for."""

    domain: str
    origin: str

    @property
    def is_offered(self) -> bool:
        """Whether browsers make passkeys here: a number is no domain, and `localhost` alone needs no TLS."""
        try:
            ip_address(self.domain)
        except ValueError:
            return self.origin.startswith("https://") or self.domain == "localhost"
        return False


def site_of(public_url: str) -> Site:
    """The site at an address."""
    parts = urlsplit(public_url)
    return Site((parts.hostname or "").strip("[]"), f"{parts.scheme}://{parts.netloc}")


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The first half: `challenge_id` goes with the answer, `options` (JSON) to `navigator.credentials`."""

    challenge_id: UUID
    options: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that a person has. `is_synced`: it is backed up, and may be on several devices."""

    passkey_id: UUID
    subject_id: UUID
    name: str
    is_synced: bool
    registered_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who proved to have a passkey, and whether it was unlocked for that by a finger, a face or a PIN."""

    passkey_id: UUID
    subject_id: UUID
    is_user_verified: bool

    @property
    def methods(self) -> tuple[str, ...]:
        """In the words of RFC 8176: a key, and if something else unlocked it, two factors."""
        return ("hwk", "user", "mfa") if self.is_user_verified else ("hwk",)


def shown_name(text: str) -> str:
    """What a person calls a passkey: printable, at most 60 characters."""
    return " ".join(printable(text).split())[:60] or "passkey"
