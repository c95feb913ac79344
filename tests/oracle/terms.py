"""What was agreed: contracts, earning rules, and what a partner is."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any, Self

MINOR_UNITS = {"USD": 100, "JPY": 1}  # in a major one

POINT_TYPES = ("base", "bonus", "goodwill")
PENDING_ONLY, WITHIN_LOT, DEBT_ALLOWED = "pending_only", "within_lot", "debt_allowed"


@dataclass(frozen=True)
class Contract:
    """One version of a partner's terms. Rates in major units per point; `types`: what differs for a type of points."""

    partner: str
    version: int
    currency: str
    valid_from: datetime
    price: Fraction
    fee: Fraction
    paid: Fraction
    value: Fraction
    funded: Fraction
    months: int
    programme: str | None = None
    types: tuple[tuple[str, tuple[tuple[str, Fraction], ...]], ...] = ()

    def of(self, point_type: str) -> Self:
        """The same terms as they are for a type of points."""
        return replace(self, **dict(dict(self.types).get(point_type, ())))

    def __deepcopy__(self, _memo: Any) -> Self:
        return self


@dataclass(frozen=True)
class Rule:
    """How many points a purchase of one major unit gives, when they become active, and what returns may do."""

    partner: str
    currency: str
    valid_from: datetime
    points_per_unit: Fraction = Fraction(1)
    pending_days: int = 0
    return_policy: str = DEBT_ALLOWED
    extension_days: int = 30


@dataclass
class Partner:
    """A business, its stores, and every version of what was agreed with it."""

    code: str
    stores: set[str] = field(default_factory=set)
    contracts: list[Contract] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    status: str = "active"

    def contract_at(self, currency: str, at: datetime) -> Contract | None:
        """The version in force then."""
        fitting = [each for each in self.contracts if each.currency == currency and each.valid_from <= at]
        return max(fitting, key=lambda each: each.valid_from, default=None)

    def rule_at(self, currency: str, at: datetime) -> Rule:
        """The rule in force then; without any, a point for each major unit."""
        fitting = [each for each in self.rules if each.currency == currency and each.valid_from <= at]
        return max(fitting, key=lambda each: each.valid_from, default=Rule(self.code, currency, at))


def points_for(amount_minor: int, currency: str, rule: Rule) -> int:
    """Whole points, rounded down."""
    return floor(Fraction(amount_minor, MINOR_UNITS[currency]) * rule.points_per_unit)


def minor(amount_major: Fraction, currency: str) -> int:
    """Whole minor units, halves to the even one."""
    return round(amount_major * MINOR_UNITS[currency])


def activation_of(bought_at: datetime, rule: Rule) -> datetime:
    """When points of a purchase can be spent."""
    return bought_at + timedelta(days=rule.pending_days)
