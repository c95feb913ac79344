"""Quotes, earns and redemptions."""

from dataclasses import dataclass
from datetime import datetime

from ._base import Model
from .members import BalanceAfter

__all__ = ["Earn", "Lot", "Quote", "Redemption", "Reversal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Model):
    """What a purchase would earn and what the member could redeem, at `as_of`. It promises nothing.

    `earn_points`: for the amount asked about, if any, of `point_type`. `redeemable_points`, worth `redeemable_minor`:
    the most that can be redeemed, None for a partner that may not see the balance. For the `points` asked about, if
    any: their worth `value_minor`, and whether they are `sufficient`.
    """

    member: str
    currency: str
    earn_points: int | None
    point_type: str | None
    redeemable_points: int | None
    redeemable_minor: int | None
    points: int | None
    value_minor: int | None
    sufficient: bool | None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(Model):
    """Points earned together: redeemable from `activates_at` until `expires_at`, None for ever.

    `point_type`: "base", "bonus" or "goodwill"; None where the network is older than types.
    """

    id: str
    points: int
    point_type: str | None
    activates_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Model):
    """Points given for a purchase of `amount_minor`, in `lots`.

    `occurred_at`: the purchase; `posted_at`: its entry in the journal. `balance`: None unless the member has shown a
    card to this partner or was enrolled by it.
    """

    id: str
    member: str
    points: int
    amount_minor: int
    currency: str
    receipt: str | None
    store: str | None
    occurred_at: datetime
    posted_at: datetime
    lots: tuple[Lot, ...]
    balance: BalanceAfter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption(Model):
    """Points that pay `value_minor` at the till. `status`: "captured", or of a hold "authorized", "voided", "lapsed".

    `points`: what was asked for. Of these, `captured_points` were taken and `reversed_points` returned since.
    `source`: whose they are, "own" or "pool"; `balance` is that of their wallet.
    """

    id: str
    member: str
    points: int
    captured_points: int | None
    reversed_points: int | None
    value_minor: int
    currency: str
    status: str
    source: str | None
    hold_expires_at: datetime | None
    receipt: str | None
    store: str | None
    occurred_at: datetime
    posted_at: datetime
    balance: BalanceAfter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(Model):
    """A return of `points`. Of an earn, `owed_points` of them were spent already: the member owes them.

    `original`: the earn or redemption. `amount_minor`: of the purchase, or of the points' value, that was undone.
    """

    id: str
    original: str
    member: str
    points: int
    owed_points: int
    amount_minor: int
    currency: str
    receipt: str | None
    posted_at: datetime
    balance: BalanceAfter | None
