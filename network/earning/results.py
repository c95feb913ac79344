"""What the use cases of the till tell."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.wallet.domain import Balance, Entry, Lot


@dataclass(frozen=True, slots=True)
class Earned:
    """A purchase that became points. `balance` is None for a partner that may not see it."""

    member_id: UUID
    entry: Entry
    store: str | None
    lots: tuple[Lot, ...]
    balance: Balance | None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Points that became money. `entry.slip.amount_minor` is what they paid for."""

    member_id: UUID
    entry: Entry
    store: str | None
    balance: Balance


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
    """A member's points at an instant, and what of them expires when."""

    member_id: UUID
    balance: Balance
    as_of: datetime
    expiring: tuple[tuple[int, datetime], ...]


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry as the partner that made it sees it."""

    member_id: UUID
    entry: Entry
    store: str | None
