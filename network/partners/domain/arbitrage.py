"""The arbitrage guard: nowhere in the coalition may a point be worth more than it costs somewhere else.

    highest reimbursement rate <= member value <= lowest issuance price

per currency, over all partners and all types of points, the prices of outstanding lots included. Every reimbursement
rate is held against every member value, and every member value against every issuance price, not only a contract's own:
a point earned at the cheapest partner may be burned at the dearest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from network.partners.domain.point_types import PointType
from network.partners.domain.terms import ContractTerms
from network.partners.errors import Arbitrage


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A contract version that a new one of the same currency is held against.

    `is_usable`: points can be burned under it, now or later. One that is not stands by its issuance price alone:
    lots bought at that price are outstanding, or may still be reported.
    """

    partner_code: str
    version: int
    terms: ContractTerms
    is_usable: bool
    point_type: PointType = PointType.BASE

    @property
    def name(self) -> str:
        """For people: whose it is, which version, and of which points if not base points."""
        of_type = "" if self.point_type is PointType.BASE else f", {self.point_type} points"
        return f"{self.partner_code} (version {self.version}{of_type})"

    def for_each_type(self) -> list["Standing"]:
        """This version as it holds for base points, and for each type that has rates of its own."""
        named = (each.point_type for each in self.terms.rates_by_type)
        return [self, *(replace(self, terms=self.terms.of(each), point_type=each) for each in named)]


def guard_against_arbitrage(new: Standing, others: Iterable[Standing]) -> None:
    """Whether a new version, of base points, keeps the coalition free of arbitrage, given that it is so now.

    All types buy the same, so that each type's rates are held against all others'. Raises Arbitrage.

    Only pairs with the new version in them are looked at. By induction that proves it for all pairs, and a version
    that would mend a fault from elsewhere is not refused for it.
    """
    of_types = new.for_each_type()
    standing = [*others, *of_types]
    for each in of_types:
        _guard(each, standing)


def _guard(new: Standing, standing: Sequence[Standing]) -> None:
    usable = [each for each in standing if each.is_usable]
    dearest_till = max(usable, key=lambda each: each.terms.reimbursement_rate)
    _hold("reimbursement_rate", dearest_till, "member_value", new)
    _hold("reimbursement_rate", new, "member_value", min(usable, key=lambda each: each.terms.member_value))
    _hold("member_value", max(usable, key=lambda each: each.terms.member_value), "issuance_price", new)
    _hold("member_value", new, "issuance_price", min(standing, key=lambda each: each.terms.issuance_price))


def _hold(lower_name: str, lower: Standing, upper_name: str, upper: Standing) -> None:
    low: Decimal = getattr(lower.terms, lower_name)
    high: Decimal = getattr(upper.terms, upper_name)
    if low <= high:
        return
    raise Arbitrage(
        f"The {lower_name.replace('_', ' ')} {low:f} of {lower.name} is above the"
        f" {upper_name.replace('_', ' ')} {high:f} of {upper.name}, in {lower.terms.currency}.",
        field=lower_name,
        currency=lower.terms.currency,
        lower=f"{low:f}",
        upper=f"{high:f}",
        partners=[lower.partner_code, upper.partner_code],
    )
