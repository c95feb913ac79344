"""Types of points, and what a contract says of each (docs/adr/0017).

A point of any type is a point to the member: it buys the same, and is drawn in the same order. Types differ in what
partners pay and are paid for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class PointType(StrEnum):
    """What points were given for: a purchase, a promotion, or nothing but good will."""

    BASE = "base"
    BONUS = "bonus"
    GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRates:
    """What a contract version says of one type, in place of its general rates. Major units per point, exact.

    Issued points cost the redemption element plus the service fee, of which `funded_at_issue` is due at issue. Burned
    ones are reimbursed to the redeemer at its own version's `reimbursement_rate` for their type.
    """

    point_type: PointType
    redemption_element: Decimal
    service_fee: Decimal
    reimbursement_rate: Decimal
    funded_at_issue: Decimal

    @property
    def issuance_price(self) -> Decimal:
        return self.redemption_element + self.service_fee


def rates_of(rates: Iterable[TypeRates], point_type: PointType) -> TypeRates | None:
    """What is said of a type; None if nothing is, so that the general rates hold."""
    return next((each for each in rates if each.point_type is point_type), None)
