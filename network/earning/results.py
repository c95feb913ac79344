"""What the use cases of the till tell."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.earning.commands import Source
from network.households.service import PoolBalance
from network.wallet.domain import Balance, Entry, Lot


@dataclass(frozen=True, slots=True)
class Earned:
    """A purchase that became points. `balance` is None for a partner that may not see it."""

    member_id: UUID
    entry: Entry
    store: str | None
    lots: tuple[Lot, ...]
    balance: Balance | None


class RedemptionStatus(StrEnum):
    """Where a redemption stands. Only what was captured has been paid with."""

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    VOIDED = "voided"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption, named by its first entry: points held, or paid with at once.

    `value_minor`: what the captured points paid for; of points held, what they would pay for. `balance`: of the wallet
    that they came from, as `source` says.
    """

    member_id: UUID
    entry: Entry
    store: str | None
    status: RedemptionStatus
    captured_points: int
    reversed_points: int
    value_minor: int
    hold_expires_at: datetime | None
    balance: Balance
    source: Source = Source.OWN


@dataclass(frozen=True, slots=True)
class Reversed:
    """A return. `owed_points`: those of an earn that were spent already, and that the member owes now.

    `amount_minor`: of the purchase that was taken back, or of the points' value that went back to points.
    """

    member_id: UUID
    entry: Entry
    original: Entry
    owed_points: int
    balance: Balance | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket would earn and what could be burned; nothing was written. None: not asked, or not to be seen."""

    member_id: UUID
    currency: str
    earn_points: int | None
    redeemable_points: int | None
    redeemable_minor: int | None
    points: int | None
    value_minor: int | None
    sufficient: bool | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class MemberBalance:
    """A member's points at an instant, and what of them expires when; and what it sees of its household's pool."""

    member_id: UUID
    balance: Balance
    as_of: datetime
    expiring: tuple[tuple[int, datetime], ...]
    pool: PoolBalance | None = None


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry as the partner that made it sees it."""

    member_id: UUID
    entry: Entry
    store: str | None
    source: Source = Source.OWN
