"""All queries of the books."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from network.accounting.domain import Account, BookedEntry, Entry, Posting
from network.accounting.models import (
    BookedCycleRow,
    BookedSourceRow,
    BookEntryRow,
    BookPostingRow,
    BreakageRecognitionRow,
    CohortSliceRow,
)
from network.infrastructure.database import db
from network.kernel.identifiers import new_id
from network.settlement.domain import Cycle

_ENTRIES = """
SELECT c.cycle_id, c.name, c.currency, e.step, e.booked_on, p.account, p.partner_id, p.amount_minor
FROM book_entry e JOIN book_posting p USING (cycle_id, step) JOIN cycle c USING (cycle_id)
WHERE (CAST(:currency AS text) IS NULL OR c.currency = :currency)
  AND (CAST(:cycle_id AS uuid) IS NULL OR c.cycle_id = :cycle_id)
ORDER BY e.booked_on, c.currency, c.starts_at, e.written_at, p.cycle_id, array_position(CAST(:steps AS text[]), e.step),
         e.step, p.line
"""
_STEPS = ["issue", "burn", "revenue", "deferred", "other", "buyout", "set-off", "receipt", "payout", "reserve"]


def lock_books(currency: str) -> None:
    """Until the unit of work ends, nobody else writes the books of a currency."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"books of {currency}"}
    )


def phases_of(currency: str) -> set[tuple[UUID, str]]:
    """Which cycles of a currency have been booked as what."""
    rows = db.session.execute(
        text(
            "SELECT b.cycle_id, b.phase FROM booked_cycle b JOIN cycle c USING (cycle_id) WHERE c.currency = :currency"
        ),
        {"currency": currency},
    )
    return {(row.cycle_id, row.phase) for row in rows}


def mark_booked(cycle_id: UUID, phase: str, at: datetime) -> None:
    """The caller holds the lock, and it was not there."""
    db.session.execute(insert(BookedCycleRow).values(cycle_id=cycle_id, phase=phase, booked_at=at))


def sources_of(currency: str) -> set[UUID]:
    """Which blocks, and which versions of contracts, have been booked in a currency."""
    query = text("SELECT source_id FROM booked_source JOIN cycle USING (cycle_id) WHERE currency = :currency")
    return set(db.session.execute(query, {"currency": currency}).scalars())


def mark_source(source_id: UUID, cycle_id: UUID, at: datetime) -> None:
    """The caller holds the lock, and it was not there."""
    db.session.execute(insert(BookedSourceRow).values(source_id=source_id, cycle_id=cycle_id, booked_at=at))


def insert_entries(cycle_id: UUID, entries: Sequence[Entry], booked_on: date, at: datetime) -> None:
    """New entries of a cycle. The database refuses a step that is there, and an entry that does not balance."""
    for entry in entries:
        key = {"cycle_id": cycle_id, "step": entry.step}
        db.session.execute(insert(BookEntryRow).values(**key, booked_on=booked_on, written_at=at))
        lines = [
            key
            | {
                "line": number,
                "account": each.account.value,
                "partner_id": each.partner_id,
                "amount_minor": each.amount_minor,
            }
            for number, each in enumerate(entry.postings, start=1)
        ]
        db.session.execute(insert(BookPostingRow), lines)


def entries_of(currency: str | None = None, cycle_id: UUID | None = None) -> list[BookedEntry]:
    """The books, or those of a currency or a cycle, by date and step."""
    values = {"currency": currency, "cycle_id": cycle_id, "steps": _STEPS}
    rows: dict[tuple[UUID, str], list[Any]] = {}
    for row in db.session.execute(text(_ENTRIES), values):
        rows.setdefault((row.cycle_id, row.step), []).append(row)
    return [
        BookedEntry(
            cycle_id=first.cycle_id,
            cycle_name=first.name,
            currency=first.currency,
            booked_on=first.booked_on,
            entry=Entry(
                first.step,
                tuple(Posting(Account(row.account), int(row.amount_minor), row.partner_id) for row in (first, *others)),
            ),
        )
        for first, *others in rows.values()
    ]


def balance_of(currency: str, account: Account, *, only: str | None = None, without: Sequence[str] = ()) -> int:
    """What stands on an account of a currency in minor units, debits positive; by one step alone, or without some."""
    rows = db.session.execute(
        text(
            "SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM book_posting p JOIN cycle c USING (cycle_id)"
            " WHERE c.currency = :currency AND p.account = :account"
            " AND (CAST(:only AS text) IS NULL OR p.step = :only) AND NOT p.step = ANY(CAST(:without AS text[]))"
        ),
        {"currency": currency, "account": account.value, "only": only, "without": list(without)},
    )
    return int(rows.scalar_one())


def held_of(currency: str, account: Account, partner_id: UUID) -> int:
    """What the operator holds of a partner's on one of its accounts, a liability, in minor units."""
    rows = db.session.execute(
        text(
            "SELECT coalesce(-sum(p.amount_minor), 0)::bigint FROM book_posting p JOIN cycle c USING (cycle_id)"
            " WHERE c.currency = :currency AND p.account = :account AND p.partner_id = :partner_id"
        ),
        {"currency": currency, "account": account.value, "partner_id": partner_id},
    )
    return int(rows.scalar_one())


def insert_cohorts(cycle_id: UUID, sums: Iterable[Any]) -> None:
    """A cycle's sums by cohort: see `settlement.service.cleared`."""
    rows = [
        {
            "cycle_id": cycle_id,
            "cohort_id": each.cohort_id,
            "issuer_contract_id": each.issuer_contract_id,
            "kind": each.kind.value,
            "points": each.points,
        }
        for each in sums
    ]
    if rows:
        db.session.execute(insert(CohortSliceRow), rows)


def cohort_slices(cycle: Cycle | None, currency: str) -> list[Any]:
    """The sums of all booked cycles of a currency, up to one of them."""
    rows = db.session.execute(
        text(
            "SELECT s.cycle_id, s.cohort_id, s.issuer_contract_id, s.kind, s.points"
            " FROM cohort_slice s JOIN cycle c USING (cycle_id)"
            " WHERE c.currency = :currency"
            " AND (CAST(:starts_at AS timestamptz) IS NULL OR c.starts_at <= :starts_at)"
        ),
        {"currency": currency, "starts_at": None if cycle is None else cycle.starts_at},
    )
    return list(rows)


def insert_recognition(
    currency: str,
    cohort_id: UUID | None,
    rate: Decimal,
    standard_error: Decimal | None,
    *,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """A rate that holds from now on."""
    db.session.execute(
        insert(BreakageRecognitionRow).values(
            recognition_id=new_id(),
            currency=currency,
            cohort_id=cohort_id,
            rate=rate,
            standard_error=standard_error,
            reason=reason,
            recognised_by=by,
            recognised_at=at,
        )
    )


def recognitions_of(currency: str) -> list[tuple[UUID | None, Decimal]]:
    """Each recognised rate with its cohort, in the order in which they were recognised."""
    row = BreakageRecognitionRow
    query = select(row.cohort_id, row.rate).where(row.currency == currency).order_by(row.recognition_id)
    return [(each.cohort_id, each.rate) for each in db.session.execute(query)]
