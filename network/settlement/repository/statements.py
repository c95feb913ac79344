"""Lines and statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, insert, or_, select
from sqlalchemy.orm import aliased

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.kernel.identifiers import new_id
from network.settlement.domain import Cycle, Leg, Line, Position, State, Statement
from network.settlement.models import CycleRow, SettlementLineRow, StatementRow

_Newer = aliased(StatementRow)
_STATEMENTS: Select[Any] = (
    select(*StatementRow.__table__.c, CycleRow.name, CycleRow.starts_at, CycleRow.ends_at, CycleRow.state)
    .join(CycleRow, CycleRow.cycle_id == StatementRow.cycle_id)
    .where(
        ~exists().where(
            _Newer.cycle_id == StatementRow.cycle_id,
            _Newer.partner_id == StatementRow.partner_id,
            _Newer.version > StatementRow.version,
        )
    )
)


def insert_lines(cycle_id: UUID, version: int, lines: Sequence[Line]) -> None:
    """The lines of one netting of a cycle, numbered in their order."""
    if lines:
        key = {"cycle_id": cycle_id, "version": version}
        rows = [_line_values(line) | key | {"line": number} for number, line in enumerate(lines, start=1)]
        db.session.execute(insert(SettlementLineRow), rows)


def lines_of(cycle_id: UUID, version: int, partner_id: UUID | None = None) -> list[Line]:
    """The lines of one netting of a cycle in order; if a partner is named, only those it pays or is paid."""
    row = SettlementLineRow
    query = select(*row.__table__.c).where(row.cycle_id == cycle_id, row.version == version).order_by(row.line)
    if partner_id is not None:
        query = query.where(or_(row.debtor_id == partner_id, row.creditor_id == partner_id))
    return [_line(each) for each in db.session.execute(query)]


def insert_statement(cycle: Cycle, partner_id: UUID, position: Position, stated_at: datetime) -> UUID:
    """One partner's statement of a cycle's present netting; its id."""
    statement_id = new_id()
    db.session.execute(
        insert(StatementRow).values(
            statement_id=statement_id,
            cycle_id=cycle.cycle_id,
            partner_id=partner_id,
            version=cycle.version,
            currency=cycle.currency,
            issue_minor=position.issue_minor,
            redemption_minor=position.redemption_minor,
            deferred_minor=position.deferred_minor,
            breakage_minor=position.breakage_minor,
            fee_minor=position.fee_minor,
            tax_minor=position.tax_minor,
            penalty_minor=position.penalty_minor,
            adjustment_minor=position.adjustment_minor,
            net_minor=position.net_minor,
            stated_at=stated_at,
        )
    )
    return statement_id


def positions_of(cycle_id: UUID, version: int) -> dict[UUID, Position]:
    """What one version of a cycle's statements says, by partner."""
    query = select(*StatementRow.__table__.c).where(StatementRow.cycle_id == cycle_id, StatementRow.version == version)
    return {row.partner_id: _position(row) for row in db.session.execute(query)}


def statements_of(partner_id: UUID, *, before: UUID | None, most: int) -> list[Statement]:
    """A partner's statements in their latest versions, newest first, older than one of them."""
    query = _STATEMENTS.where(StatementRow.partner_id == partner_id)
    if before is not None:
        query = query.where(StatementRow.statement_id < before)
    rows = db.session.execute(query.order_by(StatementRow.statement_id.desc()).limit(most))
    return [_statement(row) for row in rows]


def find_statement(partner_id: UUID, statement_id: UUID) -> Statement | None:
    """A partner's statement, if it has one of this id in its latest version."""
    query = _STATEMENTS.where(StatementRow.statement_id == statement_id, StatementRow.partner_id == partner_id)
    row = db.session.execute(query).first()
    return None if row is None else _statement(row)


def _line_values(line: Line) -> dict[str, Any]:
    return {
        "leg": line.leg.value,
        "issuer_id": line.issuer_id,
        "redeemer_id": line.redeemer_id,
        "points": line.points,
        "amount_minor": line.amount_minor,
        "debtor_id": line.debtor_id,
        "creditor_id": line.creditor_id,
        "base_leg": line.base_leg and line.base_leg.value,
    }


def _line(row: Any) -> Line:
    return Line(
        leg=Leg(row.leg),
        issuer_id=row.issuer_id,
        redeemer_id=row.redeemer_id,
        points=row.points,
        amount_minor=row.amount_minor,
        debtor_id=row.debtor_id,
        creditor_id=row.creditor_id,
        base_leg=row.base_leg and Leg(row.base_leg),
    )


def _position(row: Any) -> Position:
    return Position(
        issue_minor=row.issue_minor,
        redemption_minor=row.redemption_minor,
        deferred_minor=row.deferred_minor,
        breakage_minor=row.breakage_minor,
        fee_minor=row.fee_minor,
        tax_minor=row.tax_minor,
        penalty_minor=row.penalty_minor,
        adjustment_minor=row.adjustment_minor,
    )


def _statement(row: Any) -> Statement:
    return Statement(
        statement_id=row.statement_id,
        cycle_id=row.cycle_id,
        cycle_name=row.name,
        partner_id=row.partner_id,
        version=row.version,
        currency=row.currency,
        starts_at=as_utc(row.starts_at),
        ends_at=as_utc(row.ends_at),
        status=State(row.state),
        position=_position(row),
        stated_at=as_utc(row.stated_at),
    )
