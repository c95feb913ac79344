"""The rules of the till. Amounts are whole minor units; rates exact decimals in major units of the currency."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Generic, TypeVar
from uuid import UUID

from network.earning.errors import BurnTooOld, NoSuchLine, PurchaseInFuture, PurchaseTooOld
from network.kernel.money import times, to_major, to_minor
from network.kernel.values import value
from network.partners.domain import LATE_BURN_DAYS, LATE_PURCHASE_DAYS, PartnerKey, PointType
from network.wallet.domain import ReturnPolicy

LATEST = timedelta(minutes=5)
"""How far ahead of the network's clock a till's clock may run."""

OLDEST_PURCHASE = timedelta(days=LATE_PURCHASE_DAYS)
OLDEST_BURN = timedelta(days=LATE_BURN_DAYS)
"""How late a purchase or a burn may be reported: as long as the arbitrage guard reckons with replaced contracts."""


@value(frozen=True, slots=True)
class Terms:
    """What of a partner's contract version the till needs. `is_limited`: points are issued on a credit with a limit.

    `other_types`: the ids by which the version is kept for points that are not base points.
    """

    contract_id: UUID
    currency: str
    member_value: Decimal
    expires_after_months: int | None
    expiry_programme: str | None = None
    is_prepaid: bool = False
    is_limited: bool = False
    other_types: tuple[tuple[PointType, UUID], ...] = ()

    def issued_under(self, point_type: PointType) -> UUID:
        """The contract id that points of a type are issued under: it freezes their rates, and keeps their type."""
        return next((each for other, each in self.other_types if other is point_type), self.contract_id)


@value(frozen=True, slots=True)
class Rule:
    """A partner's rule: points for each major unit spent, active so many days after the purchase; and returns.

    `extension_days`: points that come back to a lot which has expired meanwhile live so many days more; 0: they expire.
    """

    points_per_unit: Decimal = Decimal(1)
    pending_days: int = 0
    return_policy: ReturnPolicy = ReturnPolicy.DEBT_ALLOWED
    extension_days: int = 30


@value(frozen=True, slots=True)
class Claim:
    """What the signature of a request has to say: a redemption, hold, capture or return of so many points."""

    kind: str
    points: int | None


Value = TypeVar("Value")


class Since(Generic[Value]):
    """Values, each in force from an instant until the next one's."""

    def __init__(self) -> None:
        self._instants: list[datetime] = []
        self._values: list[Value] = []

    def add(self, since: datetime, value: Value) -> None:
        """The next value, in the order of their instants."""
        self._instants.append(since)
        self._values.append(value)

    def at(self, instant: datetime) -> Value | None:
        """The value in force at an instant; None before the first."""
        place = bisect_right(self._instants, instant)
        return self._values[place - 1] if place else None


class Book:
    """All terms that a partner ever had, by currency and since when; and the keys by which it signs."""

    def __init__(self) -> None:
        self._terms: defaultdict[str, Since[Terms]] = defaultdict(Since)
        self._rules: defaultdict[str, Since[Rule]] = defaultdict(Since)
        self._must_sign: Since[bool] = Since()
        self.keys: dict[str, PartnerKey] = {}

    def add_terms(self, since: datetime, terms: Terms) -> None:
        """The next contract version of its currency."""
        self._terms[terms.currency].add(since, terms)

    def add_rule(self, currency: str, since: datetime, rule: Rule) -> None:
        """The next earning rule of a currency."""
        self._rules[currency].add(since, rule)

    def add_key(self, key: PartnerKey) -> None:
        """A key by which the partner signs, or signed, what it asks."""
        self.keys[key.kid] = key

    def add_signing_rule(self, since: datetime, is_required: bool) -> None:
        """The next rule on whether it has to."""
        self._must_sign.add(since, is_required)

    def must_sign_at(self, instant: datetime) -> bool:
        """Whether the partner's redemptions, captures and returns of them have to be signed."""
        return self._must_sign.at(instant) or False

    def has(self, currency: str) -> bool:
        """Whether there ever was a contract in a currency."""
        return currency in self._terms

    def terms_at(self, currency: str, instant: datetime) -> Terms | None:
        """The contract version in force."""
        return self._terms[currency].at(instant) if currency in self._terms else None

    def rule_at(self, currency: str, instant: datetime) -> Rule:
        """The earning rule in force, or the one that holds where none was made."""
        return (self._rules[currency].at(instant) if currency in self._rules else None) or _USUAL


_USUAL = Rule()


def points_for(amount_minor: int, currency: str, rule: Rule) -> int:
    """Whole points for a purchase, rounded down."""
    exact = to_major(amount_minor, currency) * rule.points_per_unit
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def points_back(earned_minor: int, returned_before_minor: int, returned_minor: int, currency: str, rule: Rule) -> int:
    """Points that a return takes back: what is left of the purchase earns what it would have earned alone.

    So the points of several returns add up to those of the whole, however they are cut.
    """
    left_minor = earned_minor - returned_before_minor
    return points_for(left_minor, currency, rule) - points_for(left_minor - returned_minor, currency, rule)


def value_of(points: int, terms: Terms) -> int:
    """What points buy at the till, in whole minor units, rounded half to even."""
    return to_minor(times(points, terms.member_value), terms.currency)


def purchase_instant(occurred_at: datetime | None, now: datetime) -> datetime:
    """When a purchase happened: what the till says, or now. Raises PurchaseInFuture, PurchaseTooOld."""
    if occurred_at is None:
        return now
    if occurred_at > now + LATEST:
        raise PurchaseInFuture(field="occurred_at")
    if occurred_at < now - OLDEST_PURCHASE:
        raise PurchaseTooOld(field="occurred_at")
    return occurred_at


def burn_instant(occurred_at: datetime | None, now: datetime) -> datetime:
    """When points were burned: what the till says, or now. Raises PurchaseInFuture, BurnTooOld."""
    instant = purchase_instant(occurred_at, now)
    if instant < now - OLDEST_BURN:
        raise BurnTooOld(field="occurred_at")
    return instant


def lines_returned(basket: Sequence[int], before: Sequence[Sequence[int]], lines: Sequence[int]) -> tuple[int, ...]:
    """What a return of these lines (1 is the first) takes back of each. Raises NoSuchLine for one that is not there."""
    left = [amount - sum(taken[index] for taken in before) for index, amount in enumerate(basket)]
    if not set(lines) <= {index + 1 for index, amount in enumerate(left) if amount}:
        raise NoSuchLine(field="lines")
    return tuple(amount if index + 1 in lines else 0 for index, amount in enumerate(left))
