"""Lines and statements."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, insert, or_, select, text
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
_LINE_COLUMNS = {
    "leg": "text",
    "issuer_id": "uuid",
    "redeemer_id": "uuid",
    "points": "bigint",
    "amount_minor": "bigint",
    "debtor_id": "uuid",
    "creditor_id": "uuid",
    "base_leg": "text",
}
_INSERT_LINES = text(
    f"""
    INSERT INTO settlement_line (cycle_id, version, line, {", ".join(_LINE_COLUMNS)})
    SELECT :cycle_id, :version, * FROM unnest(
        CAST(:line AS int[]), {", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _LINE_COLUMNS.items())}
    )
    """
)


def insert_lines(cycle_id: UUID, version: int, lines: Sequence[Line]) -> None:
    """The lines of one netting of a cycle, numbered in their order; all by one statement."""
    values = {"cycle_id": cycle_id, "version": version, "line": list(range(1, len(lines) + 1))}
    rows = [_line_values(line) for line in lines]
    db.session.execute(_INSERT_LINES, values | {name: [row[name] for row in rows] for name in _LINE_COLUMNS})


def lines_of(cycle_id: UUID, version: int, partner_id: UUID | None = None) -> list[Line]:
    """The lines of one netting of a cycle in order; if a partner is named, only those it pays or is paid."""
    row = SettlementLineRow
    query = select(*row.__table__.c).where(row.cycle_id == cycle_id, row.version == version).order_by(row.line)
    if partner_id is not None:
        query = query.where(or_(row.debtor_id == partner_id, row.creditor_id == partner_id))
    return [_line(each) for each in db.session.execute(query)]


def insert_statements(cycle: Cycle, positions: Mapping[UUID, Position], stated_at: datetime) -> dict[UUID, UUID]:
    """Every partner's statement of a cycle's present netting; their ids by partner."""
    key = {
        "cycle_id": cycle.cycle_id,
        "version": cycle.version,
        "currency": cycle.currency,
        "stated_at": stated_at,
    }
    rows = [
        asdict(position) | key | {"statement_id": new_id(), "partner_id": partner_id, "net_minor": position.net_minor}
        for partner_id, position in positions.items()
    ]
    if rows:
        db.session.execute(insert(StatementRow), rows)
    return {row["partner_id"]: row["statement_id"] for row in rows}


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
