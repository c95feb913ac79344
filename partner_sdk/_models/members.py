"""Members, their balances and their entries."""

from dataclasses import dataclass, field
from datetime import datetime

from ._base import Model

__all__ = ["Balance", "BalanceAfter", "Entry", "ExpiringPoints", "Member", "PoolBalance", "Statement"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringPoints(Model):
    """Points that are lost at `expires_at` unless they are redeemed before."""

    points: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolBalance(Model):
    """The household's points, and how many of them this member may still spend this month."""

    available: int
    spendable: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAfter(Model):
    """The points of a wallet right after an entry was posted to it; the terms are those of `Balance`."""

    available: int
    pending: int
    held: int
    debt: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Model):
    """A member's period: own `entries`, newest first; what all others did, summed."""

    opening: BalanceAfter
    closing: BalanceAfter
    elsewhere_points: int
    expired_points: int
    entries: tuple[Entry, ...]
