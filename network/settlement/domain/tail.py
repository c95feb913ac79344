"""The tail of a partner that leaves: points that go on burning, of which it has yet to pay the deferred part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from network.kernel.money import minor_digits
from network.settlement.errors import BadExpectedBurn


@dataclass(frozen=True, slots=True)
class TailPart:
    """Outstanding points of one contract version, with its p and f; rates in major units per point."""

    points: int
    issuance_price: Decimal
    funded_at_issue: Decimal
    member_value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TailBuyout:
    """A leaving partner has paid `amount_minor` for the deferred part of all its outstanding points.

    From the beginning of the cycle on in which it did, the operator bears that part.
    """

    partner_id: UUID
    currency: str
    cycle_id: UUID
    points: int
    expected_burn: Decimal
    amount_minor: int
    bought_by: str
    bought_at: datetime


def outstanding(parts: Iterable[TailPart]) -> int:
    """All points of a tail."""
    return sum(part.points for part in parts)


def tail_minor(currency: str, parts: Iterable[TailPart], expected_burn: Decimal = Decimal(1)) -> int:
    """What is called when this part of the outstanding points burns elsewhere: sum of points x (1 - f) x p x part.

    In minor units, rounded once, half to even. Raises BadExpectedBurn unless the part lies between 0 and 1.
    """
    exact = sum(
        (part.points * (1 - Fraction(part.funded_at_issue)) * Fraction(part.issuance_price) for part in parts),
        Fraction(0),
    )
    return _minor(exact * Fraction(check_expected_burn(expected_burn)), currency)


def redemption_minor(currency: str, points: int, rate: Decimal, expected_burn: Decimal = Decimal(1)) -> int:
    """What redeemers are paid, or members get, for this part of the points, in minor units. Raises BadExpectedBurn."""
    return _minor(points * Fraction(rate) * Fraction(check_expected_burn(expected_burn)), currency)


def value_minor(currency: str, parts: Iterable[TailPart]) -> int:
    """What the points buy for members, in minor units."""
    return _minor(sum((part.points * Fraction(part.member_value) for part in parts), Fraction(0)), currency)


def check_expected_burn(expected_burn: Decimal) -> Decimal:
    """Raises BadExpectedBurn."""
    if not expected_burn.is_finite() or not 0 <= expected_burn <= 1:
        raise BadExpectedBurn(field="expected_burn")
    return expected_burn


def _minor(amount_major: Fraction, currency: str) -> int:
    return round(amount_major * Fraction(10 ** minor_digits(currency)))
