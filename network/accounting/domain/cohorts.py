"""Cohorts: points by the cycle in which they were issued, and how much of what was paid for them is earned.

Issuers pay part of a point's price at issue: its redemption element is a contract liability until the point burns.
Some never will. IFRS 15 (B44 to B47) has expected breakage recognised in proportion to the rights that are exercised:

    recognised = paid x burned / expected to burn in all

Sums are weighted by what each point was paid with, so that points of contracts that fund differently can be together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from network.settlement.domain import Clearing


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one cohort, contract and kind, signed as lots change, in one cycle or in several.

    `element`: the redemption element that was paid at issue for each, f·e, in major units; `funded`: f.
    """

    cohort_id: UUID
    kind: Clearing
    points: int
    element: Decimal
    funded: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """A cohort in some measure: points, or money. Reversals are taken off."""

    issued: Fraction
    burned: Fraction
    expired: Fraction

    @property
    def outstanding(self) -> Fraction:
        return self.issued - self.burned - self.expired

    def expected(self, breakage: Fraction) -> Fraction:
        """What will have burned in the end, if this part of what was issued never does.

        Never less than has burned already, nor more than can: an estimate yields to what has happened.
        """
        return min(max(self.issued * (1 - breakage), self.burned), self.issued - self.expired)

    def recognised(self, breakage: Fraction) -> Fraction:
        """Which part of what was issued is earned: all of it once nothing is outstanding."""
        expected = self.expected(breakage)
        if not expected:
            return Fraction(0) if self.outstanding else self.issued
        return self.issued * self.burned / expected


@dataclass(frozen=True, slots=True)
class Cohort:
    """One cohort, as points, as money (`element`, major units) and as points by the part that was funded at issue."""

    points: Sums
    element: Sums
    funded: Sums


Rates = Mapping[UUID, Fraction]
"""The breakage rate that is recognised for each cohort; 0 for those that it does not name."""


def cohorts_of(parts: Iterable[Part]) -> dict[UUID, Cohort]:
    """All cohorts, from their parts in any number of cycles."""
    by_cohort: dict[UUID, list[Part]] = {}
    for part in parts:
        by_cohort.setdefault(part.cohort_id, []).append(part)
    return {
        cohort_id: Cohort(
            points=_sums(own, lambda part: Fraction(1)),
            element=_sums(own, lambda part: Fraction(part.element)),
            funded=_sums(own, lambda part: Fraction(part.funded)),
        )
        for cohort_id, own in by_cohort.items()
    }


def paid(cohorts: Mapping[UUID, Cohort]) -> Fraction:
    """What was paid at issue for redemptions, in major units."""
    return sum((cohort.element.issued for cohort in cohorts.values()), Fraction(0))


def recognised(cohorts: Mapping[UUID, Cohort], rates: Rates) -> Fraction:
    """How much of it is earned, in major units."""
    return sum(
        (cohort.element.recognised(rates.get(number, Fraction(0))) for number, cohort in cohorts.items()), Fraction(0)
    )


def reserve(cohorts: Mapping[UUID, Cohort], rates: Rates, reimbursement_rate: Decimal, margin: Decimal) -> Fraction:
    """What is to be set aside for the funded points that are still expected to burn, in major units:

    points x reimbursement rate x (1 + margin).
    """
    points = sum(
        (
            cohort.funded.expected(rates.get(number, Fraction(0))) - cohort.funded.burned
            for number, cohort in cohorts.items()
        ),
        Fraction(0),
    )
    return points * Fraction(reimbursement_rate) * (1 + Fraction(margin))


def _sums(parts: Iterable[Part], weight: Callable[[Part], Fraction]) -> Sums:
    issued = burned = expired = Fraction(0)
    for part in parts:
        amount = part.points * weight(part)
        if part.kind in (Clearing.ISSUE, Clearing.UNISSUE):
            issued += amount
        elif part.kind is Clearing.EXPIRE:
            expired -= amount
        else:
            burned -= amount
    return Sums(issued, burned, expired)
