"""What a till can ask for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurchase:
    """A purchase of `amount_minor` of `currency` by a member."""

    member_id: UUID
    amount_minor: int
    currency: str
    occurred_at: datetime | None = None
    receipt: str | None = None
    store: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemPoints:
    """Points that a member who is present, as `card_number` proves, wants to pay with."""

    member_id: UUID
    points: int
    currency: str
    card_number: str
    occurred_at: datetime | None = None
    receipt: str | None = None
    store: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForQuote:
    """What would a basket of `amount_minor` earn; are `points` there, and what are they worth?"""

    member_id: UUID
    currency: str
    amount_minor: int | None = None
    points: int | None = None
