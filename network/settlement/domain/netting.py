"""Multilateral netting: flows of points become lines of money, and lines one net for each partner.

The formulas are those of `docs/economics.md`, "One dial, four models". The operator stands between all: every line is
between one partner and the operator. Where the operator itself is the issuer or the redeemer, it is both sides of its
own line: the line is kept, so that points stay countable, and moves no money.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from enum import StrEnum
from uuid import UUID

from network.kernel.money import to_minor

# Points and rates have at most 24 digits each, so that 200 are never needed; should they be, this raises, not rounds.
EXACT = Context(prec=200, traps=[Inexact])


class Leg(StrEnum):
    """What a line is for. `deferred` is the part of the issuance price that is due when the point burns elsewhere.

    The others are charged on these (`charges`): the issuer's share of breakage, fees, and the tax on any of them;
    `penalty` is for paying late (`penalties`), `adjustment` money that no points stand for, such as what a partner was
    granted in a dispute.
    """

    ISSUE = "issue"
    REDEMPTION = "redemption"
    DEFERRED = "deferred"
    BREAKAGE = "breakage"
    FEE = "fee"
    TAX = "tax"
    PENALTY = "penalty"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Points that were issued (no redeemer) or drawn, under one pair of contract versions. Reversals are negative.

    Rates in major units per point: p and f of the lot's contract, r of the redeemer's at the time of the burn.
    """

    issuer_id: UUID
    redeemer_id: UUID | None = None
    points: int
    issuance_price: Decimal
    funded_at_issue: Decimal
    reimbursement_rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a cycle: `debtor_id` owes `creditor_id` `amount_minor` for `points`; negative after reversals.

    `base_leg`: of a tax, what it is on. An adjustment has no points; its issuer is its partner.
    """

    leg: Leg
    issuer_id: UUID
    redeemer_id: UUID | None
    points: int
    amount_minor: int
    debtor_id: UUID
    creditor_id: UUID
    base_leg: Leg | None = None

    @property
    def moves_money(self) -> bool:
        return self.debtor_id != self.creditor_id

    @property
    def parties(self) -> frozenset[UUID]:
        return frozenset((self.debtor_id, self.creditor_id))


@dataclass(frozen=True, slots=True)
class Position:
    """One party's side of all its lines, in minor units: what it owes for issue, is due for redemption, owes deferred;
    what it is due of breakage, owes as fees, owes as tax less the tax that it is due, owes for paying late, and is due
    by adjustments.

    The operator's own is mirrored: negative where it is due issue and deferred, or owes redemption and adjustments.
    """

    issue_minor: int = 0
    redemption_minor: int = 0
    deferred_minor: int = 0
    breakage_minor: int = 0
    fee_minor: int = 0
    tax_minor: int = 0
    penalty_minor: int = 0
    adjustment_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Redemption + breakage - issue - deferred - fee - tax - penalty + adjustments; positive: it receives."""
        due = self.redemption_minor + self.breakage_minor + self.adjustment_minor
        return due - self.issue_minor - self.deferred_minor - self.fee_minor - self.tax_minor - self.penalty_minor


@dataclass(frozen=True, slots=True)
class Netting:
    """A cycle's lines, and what follows from them."""

    operator_id: UUID
    lines: tuple[Line, ...]

    @property
    def positions(self) -> dict[UUID, Position]:
        """Every partner's position, without the operator's."""
        everybodys = self._everybodys
        return {partner_id: everybodys[partner_id] for partner_id in sorted(everybodys.keys() - {self.operator_id})}

    def position(self, party_id: UUID) -> Position:
        """One party's position; for all of them, `positions` is one pass."""
        return self._everybodys.get(party_id, Position())

    @property
    def operator(self) -> Position:
        return self.position(self.operator_id)

    @property
    def gross_minor(self) -> int:
        """What would be paid without netting: every line by itself."""
        return sum(abs(line.amount_minor) for line in self.lines if line.moves_money)

    @property
    def settled_minor(self) -> int:
        """What is paid with it: each partner's net, one way or the other."""
        return sum(abs(position.net_minor) for position in self.positions.values())

    @property
    def ratio(self) -> Decimal:
        """1 - net payments / gross claims; 0 where there was nothing to net."""
        return 1 - Decimal(self.settled_minor) / self.gross_minor if self.gross_minor else Decimal(0)

    @property
    def _everybodys(self) -> dict[UUID, Position]:
        """Each party's position from its own lines alone; the operator's too is never taken as what remains.

        One pass for all: of n partners there are n² lines, and a pass for each would be n³.
        """
        owes: dict[UUID, dict[Leg, int]] = defaultdict(lambda: dict.fromkeys(Leg, 0))
        for line in self.lines:
            owes[line.debtor_id][line.leg] += line.amount_minor
            owes[line.creditor_id][line.leg] -= line.amount_minor
        return {party_id: _position(each) for party_id, each in owes.items()}


def net(currency: str, operator_id: UUID, flows: Iterable[Flow]) -> Netting:
    """The lines of a cycle, one for each (issuer, redeemer, leg), in a fixed order whatever the order of the flows.

    Amounts are summed exactly and rounded once per line, half to even, to the currency's minor unit. Both sides of a
    line have the same rounded amount, so that all nets and the operator's add up to nothing; what rounding gains or
    loses, at most half a minor unit a line, is the operator's.
    """
    points: dict[_Key, int] = {}
    amounts: dict[_Key, Decimal] = {}
    with localcontext(EXACT):
        for flow in flows:
            for leg, amount in _claims(flow):
                key = (flow.issuer_id, flow.redeemer_id, leg)
                points[key] = points.get(key, 0) + flow.points
                amounts[key] = amounts.get(key, Decimal(0)) + amount
    lines = (
        _line(key, points[key], to_minor(amounts[key], currency), operator_id) for key in sorted(points, key=_order)
    )
    return balanced(currency, Netting(operator_id, tuple(line for line in lines if line.points or line.amount_minor)))


def balanced(currency: str, netting: Netting) -> Netting:
    """The same netting, in which all nets and the operator's add up to nothing. Raises ArithmeticError otherwise."""
    total = sum(position.net_minor for position in netting.positions.values()) + netting.operator.net_minor
    if total:  # can't be; but no statement may ever be made of it
        raise ArithmeticError(f"{total} minor units of {currency} have been made or lost in netting")
    return netting


def claims(flow: Flow) -> list[tuple[Leg, Decimal]]:
    """What one flow makes due, by leg, exact and not rounded, in major units; for explaining a single movement."""
    with localcontext(EXACT):
        return list(_claims(flow))


def _position(owes: Mapping[Leg, int]) -> Position:
    return Position(
        issue_minor=owes[Leg.ISSUE],
        redemption_minor=-owes[Leg.REDEMPTION],
        deferred_minor=owes[Leg.DEFERRED],
        breakage_minor=-owes[Leg.BREAKAGE],
        fee_minor=owes[Leg.FEE],
        tax_minor=owes[Leg.TAX],
        penalty_minor=owes[Leg.PENALTY],
        adjustment_minor=-owes[Leg.ADJUSTMENT],
    )


_Key = tuple[UUID, UUID | None, Leg]
_PLACES = {leg: place for place, leg in enumerate(Leg)}


def _claims(flow: Flow) -> Iterator[tuple[Leg, Decimal]]:
    """What one flow makes due, exact, in major units. The caller has set the arithmetic to exact."""
    funded = flow.points * flow.funded_at_issue
    if flow.redeemer_id is None:
        yield Leg.ISSUE, funded * flow.issuance_price
    elif flow.redeemer_id == flow.issuer_id:
        yield Leg.REDEMPTION, funded * flow.reimbursement_rate
    else:
        yield Leg.REDEMPTION, flow.points * flow.reimbursement_rate
        if flow.funded_at_issue != 1:
            yield Leg.DEFERRED, (flow.points - funded) * flow.issuance_price


def _line(key: _Key, points: int, amount_minor: int, operator_id: UUID) -> Line:
    issuer_id, redeemer_id, leg = key
    if leg is Leg.REDEMPTION and redeemer_id is not None:
        debtor_id, creditor_id = operator_id, redeemer_id
    else:
        debtor_id, creditor_id = issuer_id, operator_id
    return Line(
        leg=leg,
        issuer_id=issuer_id,
        redeemer_id=redeemer_id,
        points=points,
        amount_minor=amount_minor,
        debtor_id=debtor_id,
        creditor_id=creditor_id,
    )


def _order(key: _Key) -> tuple[int, UUID, UUID]:
    issuer_id, redeemer_id, leg = key
    return _PLACES[leg], issuer_id, redeemer_id or issuer_id
