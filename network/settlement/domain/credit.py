"""How much a partner may still issue on credit.

    headroom = credit limit + collateral - owed in the open cycles

where owed is minus the partner's net of points that were issued and drawn and not cut yet: what it owes for issue and
deferred funding, less what it is due for redemptions. Each earn takes n·f·p of the headroom, in thousandths of a minor
unit and rounded up, so that many small earns never come to more than the limit.
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal, localcontext
from uuid import UUID

from network.kernel.money import minor_digits
from network.partners.domain import ContractTerms
from network.settlement.domain.netting import EXACT, Flow, Leg, claims

UNITS = 1_000
"""How many units of headroom a minor unit has."""

UNLIMITED = 10**17
"""Units of headroom where a newer version has no limit: more than can be owed in a cycle."""


def owed(partner_id: UUID, flows: Iterable[Flow]) -> Decimal:
    """What a partner owes for points, less what it is due, exact and not rounded, in major units."""
    total = Decimal(0)
    with localcontext(EXACT):
        for flow in flows:
            for leg, amount in claims(flow):
                if leg is Leg.REDEMPTION and flow.redeemer_id == partner_id:
                    total -= amount
                elif leg is not Leg.REDEMPTION and flow.issuer_id == partner_id:
                    total += amount
    return total


def headroom_of(terms: ContractTerms, owed_major: Decimal) -> int:
    """Units that may still be issued on credit, given what is owed in major units."""
    limit = terms.conditions.credit_limit_minor
    if limit is None:
        return UNLIMITED
    allowed = (limit + terms.conditions.collateral_minor) * UNITS
    return min(max(0, allowed - _units(owed_major, terms.currency)), UNLIMITED)


def credit_for(points: int, terms: ContractTerms) -> int:
    """Units that points take of the headroom: at least one, so that nothing is issued where there is none."""
    with localcontext(EXACT):
        return max(1, _units(points * terms.funded_at_issue * terms.issuance_price, terms.currency))


def _units(amount_major: Decimal, currency: str) -> int:
    with localcontext(EXACT):
        exact = amount_major.scaleb(minor_digits(currency)) * UNITS
    return int(exact.to_integral_value(rounding=ROUND_CEILING))
