"""What the bank told, what it was matched with, and what is in suspense."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.kernel.identifiers import new_id
from network.payments.domain import BankStatement, Booking
from network.settlement.banking import (
    BankBookingRow,
    BankStatementRow,
    PaymentInstructionRow,
    PaymentMatchRow,
    SuspenseItemRow,
)
from network.settlement.domain import Expected, Progress, State, Why
from network.settlement.models import CycleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`amount_minor` of a booking, signed as it, belongs to an instruction."""

    booking_id: UUID
    instruction_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """A booking in suspense: `open_minor` of `amount_minor` is left; `end_to_end_id` is of the instruction it names."""

    booking_id: UUID
    why: Why
    instruction_id: UUID | None
    end_to_end_id: str | None
    iban: str
    amount_minor: int
    open_minor: int
    currency: str
    booked_on: date
    counterparty: str | None
    text: str | None
    noted_at: datetime


def insert_statement(statement: BankStatement, digest: bytes, read_at: datetime) -> UUID | None:
    """A statement that was not there yet; its id here. None if the bank gave this one before."""
    number = new_id()
    made = db.session.execute(
        upsert(BankStatementRow)
        .values(
            bank_statement_id=number,
            iban=statement.iban,
            statement_id=statement.statement_id,
            digest=digest,
            bookings=len(statement.bookings),
            booked_minor=sum(booking.amount_minor for booking in statement.bookings),
            read_at=read_at,
        )
        .on_conflict_do_nothing(index_elements=["iban", "statement_id"])
        .returning(BankStatementRow.bank_statement_id)
    )
    return number if made.first() else None


def digest_of(statement: BankStatement) -> bytes:
    """What was kept of a statement that is there."""
    row = BankStatementRow
    query = select(row.digest).where(row.iban == statement.iban, row.statement_id == statement.statement_id)
    return bytes(db.session.execute(query).scalar_one())


def insert_bookings(bank_statement_id: UUID, iban: str, bookings: Sequence[Booking]) -> list[UUID]:
    """The payments of a statement; their ids, in order."""
    ids = [new_id() for _ in bookings]
    rows = [
        asdict(booking) | {"booking_id": number, "bank_statement_id": bank_statement_id, "iban": iban}
        for number, booking in zip(ids, bookings, strict=True)
    ]
    if rows:
        db.session.execute(insert(BankBookingRow), rows)
    return ids


def told_before(iban: str, references: Iterable[str]) -> set[tuple[str, int]]:
    """(bank reference, amount) of bookings of this account that are there already."""
    row = BankBookingRow
    query = select(row.bank_reference, row.amount_minor).where(
        row.iban == iban, row.bank_reference.in_(set(references))
    )
    return {(str(reference), amount) for reference, amount in db.session.execute(query)}


def named_by(bookings: Sequence[Booking], *, watched_iban: str | None = None) -> dict[str, UUID]:
    """Instructions by the end-to-end ids and payment references in these bookings, of one account if it is named."""
    row = PaymentInstructionRow
    ids = {booking.end_to_end_id for booking in bookings if booking.end_to_end_id}
    references = {booking.reference for booking in bookings if booking.reference}
    query = select(row.instruction_id, row.end_to_end_id, row.reference).where(
        or_(row.end_to_end_id.in_(ids), row.reference.in_(references))
    )
    if watched_iban is not None:
        query = query.where(row.watched_iban == watched_iban)
    found: dict[str, UUID] = {}
    for number, end_to_end_id, reference in db.session.execute(query):
        found |= {end_to_end_id: number, reference: number}
    return found


def lock_expected(instruction_ids: Iterable[UUID]) -> dict[UUID, Expected]:
    """Instructions as they are and stay until the unit of work ends; locked in the order of their ids."""
    row = PaymentInstructionRow
    wanted = sorted(set(instruction_ids))
    db.session.execute(
        select(row.instruction_id).where(row.instruction_id.in_(wanted)).order_by(row.instruction_id).with_for_update()
    )
    query = (
        select(
            row.instruction_id,
            row.currency,
            row.watched_iban,
            row.expected_minor,
            row.progress,
            _matched_with(PaymentMatchRow.instruction_id == row.instruction_id).label("matched_minor"),
            _open_returns().label("returns"),
            CycleRow.state,
        )
        .join(CycleRow, CycleRow.cycle_id == row.cycle_id)
        .where(row.instruction_id.in_(wanted))
    )
    return {each.instruction_id: _expected(each) for each in db.session.execute(query)}


def insert_matches(matches: Sequence[Match], matched_by: str, matched_at: datetime, reason: str | None = None) -> None:
    told = {"matched_by": matched_by, "matched_at": matched_at, "reason": reason}
    rows = [asdict(each) | told | {"match_id": new_id()} for each in matches]
    if rows:
        db.session.execute(insert(PaymentMatchRow), rows)


def insert_suspense(items: Sequence[tuple[UUID, Why, UUID | None]], noted_at: datetime) -> None:
    """(booking, why, the instruction that it names)"""
    rows = [
        {"booking_id": booking, "why": why.value, "instruction_id": named, "noted_at": noted_at}
        for booking, why, named in items
    ]
    if rows:
        db.session.execute(insert(SuspenseItemRow), rows)


def open_suspense() -> list[Suspended]:
    """What nobody has assigned in whole, oldest first."""
    open_minor = BankBookingRow.amount_minor - _matched_with(PaymentMatchRow.booking_id == BankBookingRow.booking_id)
    order = (SuspenseItemRow.noted_at, BankBookingRow.bank_statement_id, BankBookingRow.number)
    return [_suspense(row) for row in db.session.execute(_suspended().where(open_minor != 0).order_by(*order))]


def lock_suspended(booking_id: UUID) -> Suspended | None:
    """A booking in suspense, as it is and stays until the unit of work ends."""
    lock = select(BankBookingRow.booking_id).where(BankBookingRow.booking_id == booking_id).with_for_update()
    db.session.execute(lock)
    row = db.session.execute(_suspended().where(SuspenseItemRow.booking_id == booking_id)).first()
    return None if row is None else _suspense(row)


def lock_returns(instruction_id: UUID) -> list[Suspended]:
    """What came back of an instruction and nobody has assigned, as it is and stays until the unit of work ends."""
    item, booking = SuspenseItemRow, BankBookingRow
    of_it = item.instruction_id == instruction_id, item.why == Why.RETURNED.value
    numbers = select(booking.booking_id).join(item, item.booking_id == booking.booking_id).where(*of_it)
    db.session.execute(numbers.order_by(booking.booking_id).with_for_update(of=booking))
    rows = db.session.execute(_suspended().where(*of_it).order_by(booking.booking_id))
    return [each for each in map(_suspense, rows) if each.open_minor]


def cycles_of_instructions(instruction_ids: Iterable[UUID]) -> list[UUID]:
    """The cycles of some instructions, in the order of their ids."""
    row = PaymentInstructionRow
    query = select(row.cycle_id).where(row.instruction_id.in_(set(instruction_ids))).distinct().order_by(row.cycle_id)
    return list(db.session.execute(query).scalars())


def _matched_with(where: Any) -> Any:
    total = func.coalesce(func.sum(PaymentMatchRow.amount_minor), 0)
    return select(total).where(where).correlate_except(PaymentMatchRow).scalar_subquery()


def _open_returns() -> Any:
    """How many bookings took an instruction's money back, and are not assigned."""
    item, booking = SuspenseItemRow, BankBookingRow
    left = booking.amount_minor - _matched_with(PaymentMatchRow.booking_id == booking.booking_id)
    return (
        select(func.count())
        .select_from(item)
        .join(booking, booking.booking_id == item.booking_id)
        .where(
            and_(item.instruction_id == PaymentInstructionRow.instruction_id, item.why == Why.RETURNED.value, left != 0)
        )
        .correlate(PaymentInstructionRow)
        .scalar_subquery()
    )


def _suspended() -> Select[Any]:
    item, booking, named = SuspenseItemRow, BankBookingRow, PaymentInstructionRow
    left = booking.amount_minor - _matched_with(PaymentMatchRow.booking_id == booking.booking_id)
    return (
        select(
            item.booking_id,
            item.why,
            item.instruction_id,
            named.end_to_end_id,
            booking.iban,
            booking.amount_minor,
            left.label("open_minor"),
            booking.currency,
            booking.booked_on,
            booking.counterparty,
            booking.text,
            item.noted_at,
        )
        .join(booking, booking.booking_id == item.booking_id)
        .outerjoin(named, named.instruction_id == item.instruction_id)
    )


def _expected(row: Any) -> Expected:
    return Expected(
        instruction_id=row.instruction_id,
        currency=row.currency,
        watched_iban=row.watched_iban,
        expected_minor=row.expected_minor,
        matched_minor=int(row.matched_minor),
        progress=Progress(row.progress),
        returns=row.returns,
        is_final=State(row.state) in (State.PAID, State.CLOSED)
        or Progress(row.progress) in (Progress.REPLACED, Progress.COVERED),
    )


def _suspense(row: Any) -> Suspended:
    whole = {**row._mapping, "why": Why(row.why), "noted_at": as_utc(row.noted_at)}
    return Suspended(**whole | {"open_minor": int(row.open_minor)})
