"""When the payment service was asked, and what it said."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.banking import PaymentAttemptRow, PaymentInstructionRow
from network.settlement.domain import Attempt, Outcome

_Row = PaymentAttemptRow
_ALL = select(*_Row.__table__.c)


def insert_attempt(attempt: Attempt) -> None:
    """The next one of an instruction that the unit of work has locked."""
    db.session.execute(insert(_Row).values(asdict(attempt) | {"outcome": attempt.outcome.value}))


def attempts_of(instruction_id: UUID) -> list[Attempt]:
    """All of an instruction, oldest first."""
    rows = db.session.execute(_ALL.where(_Row.instruction_id == instruction_id).order_by(_Row.number))
    return [_attempt(row) for row in rows]


def last_attempts(cycle_id: UUID | None = None) -> dict[UUID, Attempt]:
    """The last one of each instruction that has any, of a cycle or of all."""
    query = _ALL.order_by(_Row.instruction_id, _Row.number.desc()).ext(distinct_on(_Row.instruction_id))
    if cycle_id is not None:
        query = query.join(PaymentInstructionRow, PaymentInstructionRow.instruction_id == _Row.instruction_id).where(
            PaymentInstructionRow.cycle_id == cycle_id
        )
    return {row.instruction_id: _attempt(row) for row in db.session.execute(query)}


def _attempt(row: Any) -> Attempt:
    told = {"outcome": Outcome(row.outcome), "noted_at": as_utc(row.noted_at)}
    return Attempt(**{**row._mapping, **told, "retry_at": None if row.retry_at is None else as_utc(row.retry_at)})
