"""The public keys by which a partner signs what it asks, and since when it has to. Private keys never come here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerKey:
    """One public key. `kid`: its thumbprint (RFC 7638); `jwk`: the key as JSON (RFC 7517).

    `valid_until`: when it was revoked, None while it is good; what it signed before stays signed.
    """

    kid: str
    partner_id: UUID
    jwk: str
    valid_from: datetime
    valid_until: datetime | None = None

    def is_good_at(self, instant: datetime) -> bool:
        """Whether it may sign a request at an instant."""
        return self.valid_from <= instant and (self.valid_until is None or instant < self.valid_until)


@dataclass(frozen=True, slots=True)
class SigningRule:
    """Whether a partner's redemptions, captures and returns of them have to be signed, from an instant on."""

    since: datetime
    is_required: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """All keys that a partner ever had, and all rules, oldest first: what the network publishes of it."""

    partner_id: UUID
    code: str
    keys: tuple[PartnerKey, ...]
    rules: tuple[SigningRule, ...]
