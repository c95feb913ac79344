"""The network's terms of settlement, and what partners have been told of their payments."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.dialects.postgresql import insert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.banking import PaymentInstructionRow
from network.settlement.domain import NoticeKind, Progress, SettlementPolicy, State
from network.settlement.models import CycleRow, StatementRow
from network.settlement.records import SettlementNoticeRow, SettlementPolicyRow, StatementPaidRow


@dataclass(frozen=True, slots=True)
class Payable:
    """A statement of an approved cycle that comes to something and has not been paid."""

    statement_id: UUID
    cycle_id: UUID
    partner_id: UUID
    currency: str
    net_minor: int
    approved_at: datetime


def find_policy() -> SettlementPolicy:
    """The terms that hold now: the default ones, until somebody sets others."""
    names = [field.name for field in fields(SettlementPolicy)]
    row = db.session.execute(select(*(getattr(SettlementPolicyRow, name) for name in names))).first()
    return SettlementPolicy() if row is None else SettlementPolicy(**row._mapping)


def set_policy(policy: SettlementPolicy) -> None:
    values = asdict(policy)
    statement = insert(SettlementPolicyRow).values(only_row=True, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["only_row"], set_=values))


def waits_for_payment() -> ColumnElement[bool]:
    """SQL: whether a statement waits for a payment, one way or the other.

    One whose payments have all been seen at the bank, or were covered, waits no more, until one of them comes back.
    """
    row = StatementRow
    paid = exists().where(StatementPaidRow.statement_id == row.statement_id)
    own = exists().where(
        PaymentInstructionRow.cycle_id == row.cycle_id,
        PaymentInstructionRow.version == row.version,
        (PaymentInstructionRow.payer_id == row.partner_id) | (PaymentInstructionRow.payee_id == row.partner_id),
    )
    done = [each.value for each in Progress if each.is_done]
    settled = own & ~own.where(PaymentInstructionRow.progress.not_in(done))
    return ~paid & ~settled


def payables() -> list[Payable]:
    """All statements of approved cycles that wait for a payment, those approved first first."""
    row, cycle = StatementRow, CycleRow
    query = (
        select(row.statement_id, row.cycle_id, row.partner_id, row.currency, row.net_minor, cycle.approved_at)
        .join(cycle, (cycle.cycle_id == row.cycle_id) & (cycle.version == row.version))
        .where(cycle.state.in_([State.APPROVED.value, State.INSTRUCTED.value]), row.net_minor != 0, waits_for_payment())
        .order_by(cycle.approved_at, row.statement_id)
    )
    return [Payable(*each[:5], as_utc(each.approved_at)) for each in db.session.execute(query)]


def note_notice(statement_id: UUID, kind: NoticeKind, level: int, told_at: datetime) -> bool:
    """Remember that a partner is told this; False if it was told before."""
    statement = insert(SettlementNoticeRow).values(
        statement_id=statement_id, kind=kind.value, level=level, told_at=told_at
    )
    made = db.session.execute(statement.on_conflict_do_nothing().returning(SettlementNoticeRow.statement_id))
    return made.first() is not None


def cycle_of_statement(statement_id: UUID) -> UUID | None:
    """The cycle of a statement in its present version."""
    query = (
        select(CycleRow.cycle_id)
        .join(StatementRow, (StatementRow.cycle_id == CycleRow.cycle_id) & (StatementRow.version == CycleRow.version))
        .where(StatementRow.statement_id == statement_id)
    )
    cycle_id: UUID | None = db.session.execute(query).scalar_one_or_none()
    return cycle_id


def note_paid(statement_id: UUID, paid_at: datetime) -> None:
    """Remember that a statement is paid; the same again changes nothing."""
    statement = insert(StatementPaidRow).values(statement_id=statement_id, paid_at=paid_at)
    db.session.execute(statement.on_conflict_do_nothing())
