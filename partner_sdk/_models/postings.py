"""Quotes, earns and redemptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from .._reading import Reader
from ._base import Model, origin
from .members import BalanceAfter

__all__ = ["CardProof", "Earn", "Lot", "Quote", "Redemption", "Reversal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Model):
    """What a purchase would earn and what the member could redeem, at `as_of`. It promises nothing.

    `earn_points`: for the amount asked about, if any. `redeemable_points`, worth `redeemable_minor`: the most that can
    be redeemed, None for a partner that may not see the balance. For the `points` asked about, if any: their worth
    `value_minor`, and whether they are `sufficient`.
    """

    member: str
    currency: str
    earn_points: int | None
    redeemable_points: int | None
    redeemable_minor: int | None
    points: int | None
    value_minor: int | None
    sufficient: bool | None
    as_of: datetime

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            member=reader.text("member"),
            currency=reader.text("currency"),
            earn_points=reader.whole_or_none("earn_points"),
            redeemable_points=reader.whole_or_none("redeemable_points"),
            redeemable_minor=reader.whole_or_none("redeemable_minor"),
            points=reader.whole_or_none("points"),
            value_minor=reader.whole_or_none("value_minor"),
            sufficient=reader.flag_or_none("sufficient"),
            as_of=reader.instant("as_of"),
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(Model):
    """Points earned together: redeemable from `activates_at` until `expires_at`, None for ever."""

    id: str
    points: int
    activates_at: datetime
    expires_at: datetime | None

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            id=reader.text("id"),
            points=reader.whole("points"),
            activates_at=reader.instant("activates_at"),
            expires_at=reader.instant_or_none("expires_at"),
            **origin(reader),
        )


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

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        balance = reader.inner_or_none("balance")
        return cls(
            id=reader.text("id"),
            member=reader.text("member"),
            points=reader.whole("points"),
            amount_minor=reader.whole("amount_minor"),
            currency=reader.text("currency"),
            receipt=reader.text_or_none("receipt"),
            store=reader.text_or_none("store"),
            occurred_at=reader.instant("occurred_at"),
            posted_at=reader.instant("posted_at"),
            lots=tuple(Lot._read(each) for each in reader.each("lots")),
            balance=BalanceAfter._read(balance) if balance else None,
            **origin(reader),
        )


@dataclass(frozen=True, slots=True)
class CardProof:
    """The member was there and showed this card. The number stays out of repr and so out of logs."""

    card_number: str = field(repr=False)

    def _fields(self) -> dict[str, str]:
        return {"type": "card", "card_number": self.card_number}


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

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        balance = reader.inner_or_none("balance")
        return cls(
            id=reader.text("id"),
            member=reader.text("member"),
            points=reader.whole("points"),
            captured_points=reader.whole_or_none("captured_points"),
            reversed_points=reader.whole_or_none("reversed_points"),
            value_minor=reader.whole("value_minor"),
            currency=reader.text("currency"),
            status=reader.text("status"),
            source=reader.text_or_none("source"),
            hold_expires_at=reader.instant_or_none("hold_expires_at"),
            receipt=reader.text_or_none("receipt"),
            store=reader.text_or_none("store"),
            occurred_at=reader.instant("occurred_at"),
            posted_at=reader.instant("posted_at"),
            balance=BalanceAfter._read(balance) if balance else None,
            **origin(reader),
        )


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

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        balance = reader.inner_or_none("balance")
        return cls(
            id=reader.text("id"),
            original=reader.text("original"),
            member=reader.text("member"),
            points=reader.whole("points"),
            owed_points=reader.whole("owed_points"),
            amount_minor=reader.whole("amount_minor"),
            currency=reader.text("currency"),
            receipt=reader.text_or_none("receipt"),
            posted_at=reader.instant("posted_at"),
            balance=BalanceAfter._read(balance) if balance else None,
            **origin(reader),
        )
