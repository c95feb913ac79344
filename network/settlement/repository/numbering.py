"""Numbers of approved statements."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import DocumentKind, StatementNumber
from network.settlement.models import StatementRow
from network.settlement.numbering_models import DocumentSeriesRow, StatementNumberRow


def nets_of(cycle_id: UUID, version: int) -> Sequence[tuple[UUID, UUID, int]]:
    """Statement, partner and net of one version of a cycle's statements, in the order of partners, in which everybody
    locks their series: so nobody waits for one who waits.
    """
    row = StatementRow
    query = select(row.statement_id, row.partner_id, row.net_minor).where(
        row.cycle_id == cycle_id, row.version == version
    )
    return [(each[0], each[1], each[2]) for each in db.session.execute(query.order_by(row.partner_id))]


def next_number(partner_id: UUID, year: int) -> int:
    """The next number of a partner's series; the series is locked until the unit of work ends."""
    row = DocumentSeriesRow
    begun = upsert(row).values(partner_id=partner_id, year=year, last_number=1)
    statement = begun.on_conflict_do_update(
        index_elements=[row.partner_id, row.year], set_={"last_number": row.last_number + 1}
    )
    number: int = db.session.execute(statement.returning(row.last_number)).scalar_one()
    return number


def insert_number(number: StatementNumber) -> None:
    """A statement's number, for ever."""
    db.session.execute(insert(StatementNumberRow).values(asdict(number) | {"kind": number.kind.value}))


def find_number(statement_id: UUID) -> StatementNumber | None:
    """A statement's number, once it has one."""
    query = select(*StatementNumberRow.__table__.c).where(StatementNumberRow.statement_id == statement_id)
    row = db.session.execute(query).first()
    if row is None:
        return None
    values: dict[str, Any] = dict(row._mapping)
    return StatementNumber(**values | {"kind": DocumentKind(row.kind), "given_at": as_utc(row.given_at)})
