"""What a till can ask for."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.kernel.values import value
from network.partners.domain import PointType


class Source(StrEnum):
    """Which points a member pays with: its own, or those of its household's pool."""

    OWN = "own"
    POOL = "pool"


@value(frozen=True, slots=True, kw_only=True)
class RecordPurchase:
    """A purchase of `amount_minor` of `currency` by a member; `basket`: its lines' amounts, which add up to it.

    `point_type`: of the points that it gives.
    """

    member_id: UUID
    amount_minor: int
    currency: str
    occurred_at: datetime | None = None
    receipt: str | None = None
    store: str | None = None
    basket: tuple[int, ...] | None = None
    point_type: PointType = PointType.BASE


class ProofType(StrEnum):
    """What lets points be burned. A card alone does where that was agreed with the partner."""

    TILL_CODE = "till_code"
    CONSENT = "consent"
    CARD = "card"


@value(frozen=True, slots=True, kw_only=True)
class Proof:
    """That the member wants this: the code that its phone shows, with the card, phone or alias that it belongs to; an
    approval that it gave in its account; or its card.
    """

    type: ProofType
    code: str | None = field(default=None, repr=False)
    card_number: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    alias: str | None = field(default=None, repr=False)
    approval_id: UUID | None = None


@value(frozen=True, slots=True, kw_only=True)
class RedeemPoints:
    """Points that a member wants to pay with, as `proof` tells.

    Without `capture` they are only held, for `hold_seconds`. `source`: the member's own, or the household's pool.
    `authorization_id`: a burn that the member has agreed to by itself, which this one has to fit, and uses up; it needs
    no other `proof`.
    """

    member_id: UUID
    points: int
    currency: str
    proof: Proof | None
    capture: bool = True
    hold_seconds: int = 1800
    source: Source = Source.OWN
    occurred_at: datetime | None = None
    receipt: str | None = None
    store: str | None = None
    authorization_id: UUID | None = None


@value(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What a partner asks of an entry it made: the entry, and what the till says of the new one.

    `points`: how many to capture or return, all that is left if None. `amount_minor`, `lines` (1 is the first): what
    of a purchase is returned; all that is left, if neither is told.
    """

    wallet_id: UUID
    sequence: int
    points: int | None = None
    amount_minor: int | None = None
    lines: tuple[int, ...] | None = None
    receipt: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class AskForQuote:
    """What would a basket of `amount_minor` earn, in points of a type; are `points` there, and what are they worth?"""

    member_id: UUID
    currency: str
    amount_minor: int | None = None
    points: int | None = None
    point_type: PointType = PointType.BASE
