"""A tail that was bought out: paid for in advance, and earned as its points burn, as all that is paid at issue."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from network.accounting.domain.cohorts import Cohort, Part, cohorts_of
from network.settlement.domain import Clearing


@dataclass(frozen=True, slots=True)
class BoughtTail:
    """What was paid, minor units; the tail by its deferred part; and which part of it is not expected to burn."""

    paid_minor: int
    tail: Cohort
    breakage: Fraction

    @property
    def recognised_minor(self) -> Fraction:
        """How much of it is earned, not rounded."""
        whole = self.tail.element.issued
        return self.paid_minor * self.tail.element.recognised(self.breakage) / whole if whole else Fraction(0)


def bought_tail(paid_minor: int, expected_burn: Decimal, before: Iterable[Part], since: Iterable[Part]) -> BoughtTail:
    """From an issuer's parts, weighted by what is deferred of each: those of cycles before that of the buyout, which
    make up what was outstanding, and those since. All of one cohort id.
    """
    opening = (replace(part, kind=Clearing.ISSUE) for part in before)
    (tail,) = cohorts_of([*opening, *since]).values()
    return BoughtTail(paid_minor, tail, 1 - Fraction(expected_burn))
