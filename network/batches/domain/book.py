"""What a partner's purchases earn, at any instant: its contract versions, its rules, and when points expire."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from network.earning.domain import LATEST, OLDEST_PURCHASE, Rule, points_for
from network.earning.errors import PurchaseInFuture, PurchaseTooOld, UnknownStore, WrongCurrency
from network.kernel.calendar import end_of_day_after_months
from network.kernel.money import minor_digits
from network.partners.domain import PointType
from network.partners.errors import NoContract
from network.wallet.domain.plain import PlainTerms

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_QUARTER_HOUR_US = 15 * 60 * 1_000_000  # every zone's midnight is one of UTC's quarters of an hour
_DAY_US = 86_400 * 1_000_000
_SHORT = 15  # digits of a rate whose product with any amount Decimal does not round

Value = TypeVar("Value")


class Version(NamedTuple):
    """What of a contract version an earn needs. `contracts`: by type of points, the 16 bytes of its id; `has_policies`:
    the months are not all that tells how long points live; `is_metered`: points are taken from blocks or a credit."""

    contracts: Mapping[str, bytes]
    expires_after_months: int | None
    has_policies: bool
    is_metered: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What purchases of the same quarter of an hour, in the same store and currency, have in common."""

    terms: PlainTerms
    rule: Rule
    over: int
    """Points are amount times `over` by `under`, rounded down; 0: not exactly, so `points_for` counts them."""
    under: int
    pending_us: int
    expires_at: str | None
    has_policies: bool
    is_metered: bool

    def points(self, amount_minor: int) -> int:
        """Whole points for a purchase: `points_for`, by whole numbers where both are exact."""
        if self.over:
            return amount_minor * self.over // self.under
        return points_for(amount_minor, self.terms.currency, self.rule)


class _Since(Generic[Value]):
    """Values, each in force from an instant until the next one's."""

    def __init__(self, found: Iterable[tuple[datetime, Value]]) -> None:
        ordered = sorted(found, key=lambda each: each[0])
        self.from_us = [to_us(instant) for instant, _ in ordered]
        self._values = [value for _, value in ordered]

    def at(self, at_us: int) -> Value | None:
        place = bisect_right(self.from_us, at_us)
        return self._values[place - 1] if place else None


@dataclass(slots=True)
class Book:
    """The terms of one partner, as a transaction found them."""

    partner: bytes
    now: datetime
    zone: ZoneInfo
    stores: Mapping[str, bytes]
    contracts: dict[str, _Since[Version]]
    rules: dict[str, _Since[Rule]]
    now_us: int = 0
    _changes: frozenset[int] = frozenset()
    """Quarters of an hour in which a contract version or a rule comes into force."""
    _plans: dict[tuple[str, str | None, int, str | None], Plan] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        partner: bytes,
        now: datetime,
        zone: ZoneInfo,
        stores: Mapping[str, bytes],
        contracts: Iterable[tuple[str, datetime, Version]],
        rules: Iterable[tuple[str, datetime, Rule]],
    ) -> "Book":
        """Contracts and rules with their currency, and the instant from which on they are in force."""
        versions, each_rule = _by_currency(contracts), _by_currency(rules)
        since = [us for found in versions.values() for us in found.from_us]
        since += [us for rule in each_rule.values() for us in rule.from_us]
        changes = frozenset(us // _QUARTER_HOUR_US for us in since if us % _QUARTER_HOUR_US)
        return cls(partner, now, zone, stores, versions, each_rule, to_us(now), changes)

    def plan(self, currency: str, store: str | None, at_us: int, point_type: str | None = None) -> Plan:
        """What a purchase earns by: base points, if no type is told.

        Raises UnknownStore, PurchaseInFuture, PurchaseTooOld, WrongCurrency, NoContract, in this order.
        """
        quarter = at_us // _QUARTER_HOUR_US
        plan = self._plans.get((currency, store, quarter, point_type))
        if plan is None or not self.now_us - _OLDEST_US <= at_us <= self.now_us + _LATEST_US:
            plan = self._plan_at(currency, store, at_us, point_type or PointType.BASE.value)
            if quarter not in self._changes:
                self._plans[currency, store, quarter, point_type] = plan
        return plan

    def _plan_at(self, currency: str, store: str | None, at_us: int, point_type: str) -> Plan:
        if store is not None and store not in self.stores:
            raise UnknownStore(field="store")
        version = self._version_at(currency, at_us)
        rules = self.rules.get(currency)
        rule = (rules.at(at_us) if rules else None) or _USUAL
        over, under = rule.points_per_unit.as_integer_ratio()
        is_short = len(rule.points_per_unit.as_tuple().digits) <= _SHORT
        expires = None
        if version.expires_after_months is not None:
            expires = end_of_day_after_months(_EPOCH + at_us * _MICROSECOND, version.expires_after_months, self.zone)
        return Plan(
            PlainTerms(
                self.partner,
                None if store is None else self.stores[store],
                currency,
                version.contracts[point_type],
                None if expires is None else to_us(expires),
            ),
            rule,
            over if is_short else 0,
            under * 10 ** minor_digits(currency),
            rule.pending_days * _DAY_US,
            None if expires is None else _show(expires),
            version.has_policies,
            version.is_metered,
        )

    def _version_at(self, currency: str, at_us: int) -> Version:
        if at_us > self.now_us + _LATEST_US:
            raise PurchaseInFuture(field="occurred_at")
        if at_us < self.now_us - _OLDEST_US:
            raise PurchaseTooOld(field="occurred_at")
        contracts = self.contracts.get(currency)
        if contracts is None:
            raise WrongCurrency(field="currency")
        version = contracts.at(at_us)
        if version is None:
            raise NoContract(field="occurred_at")
        return version


_USUAL = Rule()


def to_us(instant: datetime) -> int:
    """Whole microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def show_us(instant_us: int) -> str:
    """RFC 3339 in UTC, as the API writes instants."""
    return _show(_EPOCH + instant_us * _MICROSECOND)


def _show(instant: datetime) -> str:
    return instant.isoformat()[:-6] + "Z"


def _by_currency(found: Iterable[tuple[str, datetime, Value]]) -> dict[str, _Since[Value]]:
    grouped: dict[str, list[tuple[datetime, Value]]] = {}
    for currency, since, value in found:
        grouped.setdefault(currency, []).append((since, value))
    return {currency: _Since(values) for currency, values in grouped.items()}


_LATEST_US = LATEST // _MICROSECOND
_OLDEST_US = OLDEST_PURCHASE // _MICROSECOND
