"""A cycle for people: whose points burned where, who owes what, what netting saved, how many points are left."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from network.partners import service as partners
from network.settlement.domain import Clearing, Cycle, Leg, Netting, Position, Slice
from network.settlement.repository import folding, statements
from network.settlement.service.netting import contracts_of, netting_of_cycle, netting_of_lines


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Points of `issuer` drawn at `redeemer`, what the redeemer is paid for them, and what the issuer owes deferred.

    The two are the same partner for an on-us draw. Partners are named by their codes.
    """

    issuer: str
    redeemer: str
    points: int
    amount_minor: int
    deferred_minor: int


@dataclass(frozen=True, slots=True)
class PartnerPosition:
    """What one partner owes for points issued, is due for burns, and owes for deferred funding, in minor units; what it
    is due of breakage, owes as fees, tax and for paying late, and is due by adjustments.
    """

    partner: str
    issue_minor: int
    redemption_minor: int
    deferred_minor: int
    breakage_minor: int
    fee_minor: int
    tax_minor: int
    penalty_minor: int
    adjustment_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class CycleReport:
    """A cycle as it was netted, or as it would be if it were closed on what has been folded so far (`is_final` false).

    `operator` is from the operator's own entries. `flows` and `positions` are in the order of partners' codes.
    """

    cycle_id: UUID
    name: str
    status: str
    is_final: bool
    currency: str
    flows: tuple[MatrixCell, ...]
    positions: tuple[PartnerPosition, ...]
    operator: PartnerPosition
    gross_minor: int
    net_minor: int
    ratio: Decimal

    @property
    def saved_percent(self) -> Decimal:
        """The netting ratio in percent, to one digit."""
        return round(self.ratio * 100, 1)


@dataclass(frozen=True, slots=True)
class RollForward:
    """One issuer's points in one cycle: opening + issued - reversed - burned - expired = outstanding."""

    issuer: str
    opening: int
    issued: int
    reversed: int
    burned: int
    expired: int
    outstanding: int


def cycle_report(cycle: Cycle) -> CycleReport:
    """Who owes whom in a cycle."""
    if cycle.state.has_lines:
        netting = netting_of_lines(statements.lines_of(cycle.cycle_id, cycle.version))
    else:
        netting = netting_of_cycle(cycle)
    return report_of(cycle, netting)


def report_of(cycle: Cycle, netting: Netting) -> CycleReport:
    """A netting of a cycle for people; final once the cycle has lines."""
    codes = _codes()
    positions = [_told(codes[partner_id], position) for partner_id, position in netting.positions.items()]
    return CycleReport(
        cycle_id=cycle.cycle_id,
        name=cycle.name,
        status=cycle.state.value,
        is_final=cycle.state.has_lines,
        currency=cycle.currency,
        flows=_matrix(netting, codes),
        positions=tuple(sorted(positions, key=lambda position: position.partner)),
        operator=_told(codes[netting.operator_id], netting.operator),
        gross_minor=netting.gross_minor,
        net_minor=netting.settled_minor,
        ratio=netting.ratio,
    )


def roll_forward(cycle: Cycle) -> list[RollForward]:
    """Every issuer's points from the cycle's opening to its end, or to the last cut; by code."""
    opening = folding.outstanding_before(cycle.currency, cycle.starts_at)
    slices = folding.slices_of(cycle.cycle_id)
    codes, contracts = _codes(), contracts_of(slices)
    own: dict[UUID, list[Slice]] = {issuer_id: [] for issuer_id, points in opening.items() if points}
    for each in slices:
        own.setdefault(contracts[each.key.issuer_contract_id].partner_id, []).append(each)
    rows = [_rolled(codes[issuer_id], opening.get(issuer_id, 0), moved) for issuer_id, moved in own.items()]
    return sorted(rows, key=lambda row: row.issuer)


def _rolled(issuer: str, opening: int, slices: list[Slice]) -> RollForward:
    moved = dict.fromkeys(Clearing, 0)
    for each in slices:
        moved[each.key.kind] += each.points
    return RollForward(
        issuer=issuer,
        opening=opening,
        issued=moved[Clearing.ISSUE],
        reversed=-moved[Clearing.UNISSUE],
        burned=-moved[Clearing.DRAW] - moved[Clearing.UNDRAW],
        expired=-moved[Clearing.EXPIRE],
        outstanding=opening + sum(moved.values()),
    )


def _matrix(netting: Netting, codes: dict[UUID, str]) -> tuple[MatrixCell, ...]:
    deferred = {
        (line.issuer_id, line.redeemer_id): line.amount_minor for line in netting.lines if line.leg is Leg.DEFERRED
    }
    cells = [
        MatrixCell(
            issuer=codes[line.issuer_id],
            redeemer=codes[line.redeemer_id],
            points=line.points,
            amount_minor=line.amount_minor,
            deferred_minor=deferred.get((line.issuer_id, line.redeemer_id), 0),
        )
        for line in netting.lines
        if line.leg is Leg.REDEMPTION and line.redeemer_id is not None
    ]
    return tuple(sorted(cells, key=lambda cell: (cell.issuer, cell.redeemer)))


def _told(code: str, position: Position) -> PartnerPosition:
    return PartnerPosition(
        partner=code,
        issue_minor=position.issue_minor,
        redemption_minor=position.redemption_minor,
        deferred_minor=position.deferred_minor,
        breakage_minor=position.breakage_minor,
        fee_minor=position.fee_minor,
        tax_minor=position.tax_minor,
        penalty_minor=position.penalty_minor,
        adjustment_minor=position.adjustment_minor,
        net_minor=position.net_minor,
    )


def _codes() -> dict[UUID, str]:
    return {partner.partner_id: partner.code for partner in partners.list_partners()}
