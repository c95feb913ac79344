"""Grants that wait for a second person, and how much each person may grant alone."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import DEFAULT_LIMIT_MINOR, Grant, Verdict
from network.settlement.records import DisputeGrantRow, GrantLimitRow

_Row = DisputeGrantRow
_COLUMNS = select(*(_Row.__table__.c[field.name] for field in fields(Grant)))
_WAITING = _COLUMNS.where(_Row.verdict == Verdict.SUBMITTED.value)


def insert_grant(grant: Grant) -> None:
    """A new one. Who has locked the cycle of its dispute knows that no other waits."""
    db.session.execute(insert(_Row).values(asdict(grant) | {"verdict": grant.verdict.value}))


def find_waiting(dispute_id: UUID) -> Grant | None:
    """The grant of a dispute that waits for a second person."""
    row = db.session.execute(_WAITING.where(_Row.dispute_id == dispute_id)).first()
    return None if row is None else _grant(row)


def waiting() -> dict[UUID, Grant]:
    """All that wait for a second person, by dispute."""
    return {row.dispute_id: _grant(row) for row in db.session.execute(_WAITING)}


def decide_grant(grant_id: UUID, verdict: Verdict, decided_by: str, decided_at: datetime) -> None:
    """Write what was decided."""
    change = update(_Row).where(_Row.grant_id == grant_id)
    db.session.execute(change.values(verdict=verdict.value, decided_by=decided_by, decided_at=decided_at))


def limit_of(person: str, currency: str) -> int:
    """What a person may grant alone in a currency, in minor units; names that differ only in case are the same."""
    row = GrantLimitRow
    query = select(row.limit_minor).where(row.person == func.lower(person), row.currency == currency)
    told = db.session.execute(query).scalar_one_or_none()
    return DEFAULT_LIMIT_MINOR if told is None else int(told)


def set_limit(person: str, currency: str, limit_minor: int) -> None:
    """Another limit, from now on."""
    statement = upsert(GrantLimitRow).values(person=func.lower(person), currency=currency, limit_minor=limit_minor)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["person", "currency"], set_={"limit_minor": statement.excluded.limit_minor}
        )
    )


def _grant(row: Any) -> Grant:
    return Grant(**{**row._mapping, "verdict": Verdict(row.verdict), "prepared_at": as_utc(row.prepared_at)})
