"""What is charged on a cycle's lines: the issuers' share of breakage, fees, and tax. All from whole minor units.

    breakage   n·f·e·s: of n points that expired, the prefunded part f of the redemption element e, times the share s of
               it that goes back to the issuer; rates of the lot's own contract version. Operator to issuer.
    fee        a fixed fee, and a share of gross: of all that the partner owes and is due for points, each line by
               itself and without its sign. Partner to operator, unless no points moved at its tills in this cycle.
    tax        rate times the sum of the partner's lines of one leg; to whom the leg is owed.

Tariffs are those of the contract version in force at the cycle's last instant, which is when a statement's supplies
are taken to be made. Each line is rounded once, half to even. Since fee and tax follow from the rounded lines,
everybody can compute them from the statement.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from uuid import UUID

from network.kernel.money import round_half_even, to_minor
from network.settlement.domain.netting import EXACT, Leg, Line, Netting, balanced

_POINTS = (Leg.ISSUE, Leg.REDEMPTION, Leg.DEFERRED)
_TAXED = (*_POINTS, Leg.BREAKAGE, Leg.FEE)
_TO_PARTNER = (Leg.REDEMPTION, Leg.BREAKAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What a partner's contract charges in a cycle. `is_active`: points moved at its tills; else no fee is due."""

    fee_per_cycle_minor: int = 0
    fee_share_of_gross: Decimal = Decimal(0)
    tax_rates: Mapping[Leg, Decimal]
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Points of an issuer that expired, under one contract version; rates in major units per point."""

    issuer_id: UUID
    points: int
    funded_at_issue: Decimal
    redemption_element: Decimal
    breakage_share: Decimal


def charge(currency: str, netting: Netting, tariffs: Mapping[UUID, Tariff], expired: Iterable[Expired]) -> Netting:
    """The same netting with the lines of breakage, then fees, then tax, each in the order of the partners' ids.

    The operator is charged nothing: it would pay itself.
    """
    operator_id = netting.operator_id
    lines = [*netting.lines, *_breakage(currency, operator_id, expired)]
    charged = sorted(set(tariffs) - {operator_id})
    own = _by_party(netting.lines)
    lines += [line for each in charged if (line := _fee(each, operator_id, own[each], tariffs[each]))]
    own = _by_party(lines)
    lines += [line for each in charged for line in _taxes(each, operator_id, own[each], tariffs[each])]
    return balanced(currency, Netting(operator_id, tuple(lines)))


def _breakage(currency: str, operator_id: UUID, expired: Iterable[Expired]) -> list[Line]:
    points: dict[UUID, int] = {}
    amounts: dict[UUID, Decimal] = {}
    with localcontext(EXACT):
        for each in expired:
            share = each.points * each.funded_at_issue * each.redemption_element * each.breakage_share
            if share and each.issuer_id != operator_id:
                points[each.issuer_id] = points.get(each.issuer_id, 0) + each.points
                amounts[each.issuer_id] = amounts.get(each.issuer_id, Decimal(0)) + share
    return [
        _line(Leg.BREAKAGE, issuer_id, operator_id, to_minor(amounts[issuer_id], currency), points=points[issuer_id])
        for issuer_id in sorted(points)
    ]


def _by_party(lines: Iterable[Line]) -> dict[UUID, list[Line]]:
    """Each party's lines that move money, found in one pass for all."""
    own: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        if line.moves_money:
            own[line.debtor_id].append(line)
            own[line.creditor_id].append(line)
    return own


def _fee(partner_id: UUID, operator_id: UUID, own: Iterable[Line], tariff: Tariff) -> Line | None:
    gross = sum(abs(line.amount_minor) for line in own if line.leg in _POINTS)
    with localcontext(EXACT):
        fee = round_half_even(tariff.fee_per_cycle_minor + tariff.fee_share_of_gross * gross)
    return _line(Leg.FEE, partner_id, operator_id, fee) if tariff.is_active and fee else None


def _taxes(partner_id: UUID, operator_id: UUID, own: Iterable[Line], tariff: Tariff) -> list[Line]:
    bases = dict.fromkeys(_TAXED, 0)
    for line in own:
        if line.leg in bases:
            bases[line.leg] += line.amount_minor
    with localcontext(EXACT):
        taxes = {leg: round_half_even(tariff.tax_rates.get(leg, Decimal(0)) * base) for leg, base in bases.items()}
    return [_line(Leg.TAX, partner_id, operator_id, tax, base_leg=leg) for leg, tax in taxes.items() if tax]


def _line(
    leg: Leg, partner_id: UUID, operator_id: UUID, amount_minor: int, *, points: int = 0, base_leg: Leg | None = None
) -> Line:
    debtor_id, creditor_id = (
        (operator_id, partner_id) if (base_leg or leg) in _TO_PARTNER else (partner_id, operator_id)
    )
    return Line(
        leg=leg,
        issuer_id=partner_id,
        redeemer_id=None,
        points=points,
        amount_minor=amount_minor,
        debtor_id=debtor_id,
        creditor_id=creditor_id,
        base_leg=base_leg,
    )
