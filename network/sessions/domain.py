"""Sessions: for whom, how it was proved, and when it ends. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Realm(StrEnum):
    """Whose door it is. A session of one realm opens nothing in the other."""

    MEMBER = "member"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives: idle since it was last seen, and altogether since it was opened."""

    idle: timedelta
    whole: timedelta


LIFETIMES: Mapping[Realm, Lifetime] = {
    Realm.MEMBER: Lifetime(idle=timedelta(days=14), whole=timedelta(days=90)),
    Realm.STAFF: Lifetime(idle=timedelta(minutes=30), whole=timedelta(hours=12)),
}
"""ASVS 5.0, 7.3.1 and 7.3.2 ask for both limits, documented; staff moves money, so its sessions end with the shift."""

SEEN_EVERY = timedelta(minutes=1)
"""A session notes that it was seen at most this often: reading a page is no reason to write."""


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in. `methods` are values of RFC 8176 (`sms`, `otp`, `pwd`, `hwk`, ...), oldest proof first;
    `authenticated_at` is the last time the person proved who they are; `device` is what the browser calls itself.
    """

    session_id: UUID
    realm: Realm
    subject_id: UUID
    methods: tuple[str, ...]
    opened_at: datetime
    authenticated_at: datetime
    seen_at: datetime
    device: str

    @property
    def expires_at(self) -> datetime:
        """When it ends if nobody comes back."""
        lifetime = LIFETIMES[self.realm]
        return min(self.seen_at + lifetime.idle, self.opened_at + lifetime.whole)

    def is_live(self, now: datetime) -> bool:
        return now < self.expires_at

    def is_fresh(self, now: datetime, within: timedelta) -> bool:
        """Whether the person proved who they are no longer ago than that."""
        return now - self.authenticated_at <= within


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session with its token: for the cookie alone, only its hash is kept."""

    session: Session
    token: str

    def __repr__(self) -> str:
        return f"OpenedSession({self.session.session_id})"
