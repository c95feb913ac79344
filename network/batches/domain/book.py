"""What a partner's purchases earn, at any instant: its contract versions, its rules, and when points expire."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from network.earning.domain import LATEST, OLDEST_PURCHASE, Rule, points_for
from network.earning.errors import PurchaseInFuture, PurchaseTooOld, WrongCurrency
from network.kernel.calendar import end_of_day_after_months
from network.kernel.money import minor_digits
from network.partners.errors import NoContract

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_QUARTER_HOUR_US = 15 * 60 * 1_000_000  # every zone's midnight is one of UTC's quarters of an hour
_DAY_US = 86_400 * 1_000_000
_SHORT = 15  # digits of a rate whose product with any amount Decimal does not round

Value = TypeVar("Value")


class Version(NamedTuple):
    """What of a contract version an earn needs."""

    contract: str
    """Its id as 32 hexadecimal digits."""
    expires_after_months: int | None


class Dates(NamedTuple):
    """When the points of a purchase become active and expire: microseconds since 1970, and RFC 3339 in UTC."""

    activates_us: int
    activates_at: str
    expires_us: int | None
    expires_at: str | None


class _Since(Generic[Value]):
    """Values, each in force from an instant until the next one's."""

    def __init__(self, found: Iterable[tuple[datetime, Value]]) -> None:
        ordered = sorted(found, key=lambda each: each[0])
        self._from_us = [to_us(instant) for instant, _ in ordered]
        self._values = [value for _, value in ordered]

    def at(self, at_us: int) -> Value | None:
        place = bisect_right(self._from_us, at_us)
        return self._values[place - 1] if place else None


@dataclass(slots=True)
class Book:
    """The terms of one partner, as a transaction found them."""

    now: datetime
    zone: ZoneInfo
    contracts: dict[str, _Since[Version]]
    rules: dict[str, _Since[Rule]]
    now_us: int = 0
    _expiry: dict[tuple[int, int], tuple[int, str]] = field(default_factory=dict)
    _ratios: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        now: datetime,
        zone: ZoneInfo,
        contracts: Iterable[tuple[str, datetime, Version]],
        rules: Iterable[tuple[str, datetime, Rule]],
    ) -> "Book":
        """Contracts and rules with their currency, and the instant from which on they are in force."""
        return cls(now, zone, _by_currency(contracts), _by_currency(rules), to_us(now))

    def version_at(self, currency: str, at_us: int) -> Version:
        """The contract version of a purchase. Raises PurchaseInFuture, PurchaseTooOld, WrongCurrency, NoContract."""
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

    def rule_at(self, currency: str, at_us: int) -> Rule:
        """The earning rule of a purchase."""
        rules = self.rules.get(currency)
        return (rules.at(at_us) if rules else None) or _USUAL

    def points(self, rule: Rule, amount_minor: int, currency: str) -> int:
        """Whole points for a purchase: `points_for`, by whole numbers where both are exact."""
        ratio = self._ratios.get((currency, id(rule)))
        if ratio is None:
            over, under = rule.points_per_unit.as_integer_ratio()
            is_short = len(rule.points_per_unit.as_tuple().digits) <= _SHORT
            ratio = (over if is_short else 0, under * 10 ** minor_digits(currency))
            self._ratios[currency, id(rule)] = ratio  # the book keeps its rules, so no other gets this id
        over, under = ratio
        return amount_minor * over // under if over else points_for(amount_minor, currency, rule)

    def dates(self, version: Version, rule: Rule, at_us: int, at: str) -> Dates:
        """The dates of a purchase's lot. `at`: the instant of the purchase as text."""
        activates_us, activates_at = at_us, at
        if rule.pending_days:
            activates_us += rule.pending_days * _DAY_US
            activates_at = show_us(activates_us)
        months = version.expires_after_months
        if months is None:
            return Dates(activates_us, activates_at, None, None)
        place = (at_us // _QUARTER_HOUR_US, months)
        known = self._expiry.get(place)
        if known is None:
            instant = end_of_day_after_months(_EPOCH + at_us * _MICROSECOND, months, self.zone)
            known = self._expiry[place] = (to_us(instant), _show(instant))
        return Dates(activates_us, activates_at, *known)


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
