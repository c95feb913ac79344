"""What was granted: consents, grants, refresh tokens, terminals that wait, burns agreed to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

CONSENT_GRANT_LASTS = timedelta(days=365)
TERMINAL_GRANT_LASTS = timedelta(days=3 * 365)
REFRESH_LASTS = timedelta(days=60)
"""From the last time a token was refreshed: a till that is switched off for two months has to be let in again."""
AUTHORIZATION_LASTS = timedelta(minutes=10)

IN_FLIGHT = timedelta(seconds=5)
GRACE = timedelta(seconds=60)
"""How long an exchanged refresh token may be sent again, because the answer was lost: it gets the same successor."""

DEVICE_LASTS = timedelta(minutes=15)
DEVICE_INTERVAL_SECONDS = 5
_SLOWER_SECONDS = 5  # RFC 8628, 3.5
_SLOWEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Consent:
    """What a member lets a client of a partner do."""

    consent_id: UUID
    client_id: UUID
    partner_id: UUID
    client_name: str
    subject_id: UUID
    scopes: tuple[str, ...]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """One sign-in of a member at a client, or one terminal (`store_ids`, no subject). `jkt`: the key it is bound to."""

    grant_id: UUID
    client_id: UUID
    partner_id: UUID
    subject_id: UUID | None
    store_ids: tuple[UUID, ...]
    scopes: tuple[str, ...]
    jkt: str | None
    name: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether tokens of it are still good, as far as it is concerned."""
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class RedeemedCode:
    """What the code of a sign-in stood for; `request`: what it was asked with, and how the member signed in."""

    grant: Grant
    request: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token that is known. `used_at`: when it was exchanged, if it was."""

    grant: Grant
    scopes: tuple[str, ...]
    expires_at: datetime
    used_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether it and its grant have not ended."""
        return now < self.expires_at and self.grant.is_live(now)


class Reuse(StrEnum):
    """What it means that an exchanged refresh token comes again."""

    TWIN = "twin"
    RETRY = "retry"
    THEFT = "theft"


def judge_reuse(used_at: datetime, successor_is_used: bool, now: datetime) -> Reuse:
    """A twin of a request that is being answered; a retry, because the answer was lost; or somebody else (RFC 9700)."""
    if successor_is_used or now - used_at > GRACE:
        return Reuse.THEFT
    return Reuse.TWIN if now - used_at < IN_FLIGHT else Reuse.RETRY


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal that waits to be let in. `state`: pending, granted or denied."""

    client_id: UUID
    client_name: str
    partner_id: UUID
    scopes: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime
    state: str


def is_too_fast(polled_at: datetime | None, interval_seconds: int, now: datetime) -> bool:
    """Whether a terminal asks again before its interval is over; a second is forgiven."""
    return polled_at is not None and now - polled_at < timedelta(seconds=interval_seconds - 1)


def slower(interval_seconds: int) -> int:
    """The interval of a terminal that asked too fast."""
    return min(interval_seconds + _SLOWER_SECONDS, _SLOWEST_SECONDS)


@dataclass(frozen=True, slots=True)
class Authorization:
    """A burn that a member has agreed to: at whom, `points` and `amount_minor` at most, until when."""

    authorization_id: UUID
    partner_id: UUID
    subject_id: UUID
    points: int
    amount_minor: int | None
    currency: str | None
    expires_at: datetime
