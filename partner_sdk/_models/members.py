"""Members, their balances and their entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from .._reading import Reader
from ._base import Model, origin

__all__ = ["Balance", "BalanceAfter", "Entry", "ExpiringPoints", "Member", "PoolBalance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Model):
    """A member, as far as this partner may see. `card_number` is only in the answer of an enrolment.

    `status`: "active", ... `identified_by`: how this partner knows the member, "enrolment", "card" or "phone".
    """

    id: str
    status: str
    name_masked: str | None
    card_masked: str | None
    card_number: str | None = field(default=None, repr=False)
    locale: str | None
    enrolled_at: datetime
    identified_by: str | None

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            id=reader.text("id"),
            status=reader.text("status"),
            name_masked=reader.text_or_none("name_masked"),
            card_masked=reader.text_or_none("card_masked"),
            card_number=reader.text_or_none("card_number"),
            locale=reader.text_or_none("locale"),
            enrolled_at=reader.instant("enrolled_at"),
            identified_by=reader.text_or_none("identified_by"),
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringPoints(Model):
    """Points that are lost at `expires_at` unless they are redeemed before."""

    points: int
    expires_at: datetime

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(points=reader.whole("points"), expires_at=reader.instant("expires_at"), **origin(reader))


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolBalance(Model):
    """The household's points, and how many of them this member may still spend this month."""

    available: int
    spendable: int

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(available=reader.whole("available"), spendable=reader.whole("spendable"), **origin(reader))


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(Model):
    """A member's points at `as_of`.

    `available` can be redeemed now; `pending` is earned and not yet active; `held` is set aside; `debt` is owed and
    repaid by the next points earned. `expiring`: the next instants at which points expire, soonest first. `pool`: None
    for a member in no household.
    """

    member: str
    available: int
    pending: int
    held: int
    debt: int
    as_of: datetime
    expiring: tuple[ExpiringPoints, ...]
    pool: PoolBalance | None

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        pool = reader.inner_or_none("pool")
        return cls(
            member=reader.text("member"),
            available=reader.whole("available"),
            pending=reader.whole("pending"),
            held=reader.whole("held"),
            debt=reader.whole("debt"),
            as_of=reader.instant("as_of"),
            expiring=tuple(ExpiringPoints._read(each) for each in reader.each("expiring")),
            pool=PoolBalance._read(pool) if pool else None,
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAfter(Model):
    """The points of a wallet right after an entry was posted to it; the terms are those of `Balance`."""

    available: int
    pending: int
    held: int
    debt: int

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            available=reader.whole("available"),
            pending=reader.whole("pending"),
            held=reader.whole("held"),
            debt=reader.whole("debt"),
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Model):
    """One line of this partner's own entries in a member's journal. `operation`: "earn", "redemption", ..."""

    id: str
    operation: str
    member: str
    points: int
    amount_minor: int | None
    currency: str | None
    receipt: str | None
    store: str | None
    occurred_at: datetime
    posted_at: datetime

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            id=reader.text("id"),
            operation=reader.text("operation"),
            member=reader.text("member"),
            points=reader.whole("points"),
            amount_minor=reader.whole_or_none("amount_minor"),
            currency=reader.text_or_none("currency"),
            receipt=reader.text_or_none("receipt"),
            store=reader.text_or_none("store"),
            occurred_at=reader.instant("occurred_at"),
            posted_at=reader.instant("posted_at"),
            **origin(reader),
        )
