"""The rules of the till. Amounts are whole minor units; rates exact decimals in major units of the currency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from uuid import UUID

from network.earning.errors import PurchaseInFuture, PurchaseTooOld
from network.kernel.money import times, to_major, to_minor

LATEST = timedelta(minutes=5)
"""How far ahead of the network's clock a till's clock may run."""

OLDEST = timedelta(days=400)
"""How late a purchase may be reported."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a partner's contract version the till needs."""

    contract_id: UUID
    currency: str
    member_value: Decimal
    expires_after_months: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A partner's earning rule: points for each major unit spent; active so many days after the purchase."""

    points_per_unit: Decimal = Decimal(1)
    pending_days: int = 0


def points_for(amount_minor: int, currency: str, rule: Rule) -> int:
    """Whole points for a purchase, rounded down."""
    exact = to_major(amount_minor, currency) * rule.points_per_unit
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def value_of(points: int, terms: Terms) -> int:
    """What points buy at the till, in whole minor units, rounded half to even."""
    return to_minor(times(points, terms.member_value), terms.currency)


def purchase_instant(occurred_at: datetime | None, now: datetime) -> datetime:
    """When a purchase happened: what the till says, or now. Raises PurchaseInFuture, PurchaseTooOld."""
    if occurred_at is None:
        return now
    if occurred_at > now + LATEST:
        raise PurchaseInFuture(field="occurred_at")
    if occurred_at < now - OLDEST:
        raise PurchaseTooOld(field="occurred_at")
    return occurred_at
