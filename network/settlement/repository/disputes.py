"""Disputes."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import Dispute, DisputeVerdict, Leg
from network.settlement.models import SettlementLineRow
from network.settlement.records import DisputeRow

_COLUMNS = select(*(DisputeRow.__table__.c[field.name] for field in fields(Dispute)))


def find_line(
    cycle_id: UUID, version: int, leg: Leg, issuer_id: UUID, redeemer_id: UUID | None, base_leg: Leg | None = None
) -> int | None:
    """The number of a line of one version of a cycle; of taxes, the first, unless it is told what it is on."""
    row = SettlementLineRow
    query = select(row.line).where(
        row.cycle_id == cycle_id,
        row.version == version,
        row.leg == leg.value,
        row.issuer_id == issuer_id,
        row.redeemer_id.is_not_distinct_from(redeemer_id),
    )
    if base_leg is not None:
        query = query.where(row.base_leg == base_leg.value)
    number: int | None = db.session.execute(query.order_by(row.line).limit(1)).scalar_one_or_none()
    return number


def insert_dispute(dispute: Dispute) -> None:
    """A new one. Who has locked its cycle knows that there is no open one like it."""
    leg = None if dispute.leg is None else dispute.leg.value
    base_leg = None if dispute.base_leg is None else dispute.base_leg.value
    values = asdict(dispute) | {"leg": leg, "base_leg": base_leg, "verdict": dispute.verdict.value}
    db.session.execute(insert(DisputeRow).values(values))


def has_open(statement_id: UUID, line: int | None) -> bool:
    """Whether this line of a statement, or the statement as a whole, is disputed and not decided."""
    query = select(DisputeRow.dispute_id).where(
        DisputeRow.statement_id == statement_id,
        DisputeRow.line.is_not_distinct_from(line),
        DisputeRow.verdict == DisputeVerdict.OPEN.value,
    )
    return db.session.execute(query).first() is not None


def find_dispute(dispute_id: UUID) -> Dispute | None:
    row = db.session.execute(_COLUMNS.where(DisputeRow.dispute_id == dispute_id)).first()
    return None if row is None else _dispute(row)


def disputes_of(partner_id: UUID, *, before: UUID | None, most: int) -> list[Dispute]:
    """A partner's disputes, newest first, older than one of them."""
    query = _COLUMNS.where(DisputeRow.partner_id == partner_id)
    if before is not None:
        query = query.where(DisputeRow.dispute_id < before)
    rows = db.session.execute(query.order_by(DisputeRow.dispute_id.desc()).limit(most))
    return [_dispute(row) for row in rows]


def open_disputes() -> list[Dispute]:
    """Those that wait for a decision, oldest first."""
    query = _COLUMNS.where(DisputeRow.verdict == DisputeVerdict.OPEN.value).order_by(DisputeRow.dispute_id)
    return [_dispute(row) for row in db.session.execute(query)]


def decide_dispute(
    dispute_id: UUID,
    verdict: DisputeVerdict,
    *,
    granted_minor: int | None,
    answer: str,
    decided_by: str,
    decided_at: datetime,
) -> None:
    """Write what was decided."""
    db.session.execute(
        update(DisputeRow)
        .where(DisputeRow.dispute_id == dispute_id)
        .values(
            verdict=verdict.value,
            granted_minor=granted_minor,
            answer=answer,
            decided_by=decided_by,
            decided_at=decided_at,
        )
    )


def _dispute(row: Any) -> Dispute:
    values: dict[str, Any] = {
        name: as_utc(value) if isinstance(value, datetime) else value for name, value in row._mapping.items()
    }
    leg = None if row.leg is None else Leg(row.leg)
    base_leg = None if row.base_leg is None else Leg(row.base_leg)
    return Dispute(**values | {"verdict": DisputeVerdict(row.verdict), "leg": leg, "base_leg": base_leg})
