"""Calendars and cycles."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from network.infrastructure.calendars import CALENDARS
from network.infrastructure.database import db
from network.kernel.calendar import Period
from network.kernel.clock import as_utc
from network.kernel.identifiers import new_id
from network.kernel.money import minor_digits
from network.settlement.domain import Cycle, CycleCalendar, PeriodKind, State
from network.settlement.models import CycleCalendarRow, CycleRow

_COLUMNS = select(*(CycleRow.__table__.c[field.name] for field in fields(Cycle)))


def insert_calendar(calendar: CycleCalendar) -> None:
    """A currency's calendar, unless it has one."""
    statement = insert(CycleCalendarRow).values(
        currency=calendar.currency, minor_digits=minor_digits(calendar.currency), **_terms(calendar)
    )
    db.session.execute(statement.on_conflict_do_nothing())


def change_calendar(calendar: CycleCalendar) -> None:
    """Other terms for a calendar that no cycle follows yet."""
    db.session.execute(
        update(CycleCalendarRow).where(CycleCalendarRow.currency == calendar.currency).values(**_terms(calendar))
    )


def lock_calendar(currency: str) -> CycleCalendar | None:
    """A currency's calendar; until the unit of work ends, nobody else opens cycles of it."""
    query = select(*CycleCalendarRow.__table__.c).where(CycleCalendarRow.currency == currency)
    row = db.session.execute(query.with_for_update(key_share=True)).first()
    return None if row is None else _calendar(row)


def all_calendars() -> list[CycleCalendar]:
    rows = db.session.execute(select(*CycleCalendarRow.__table__.c).order_by(CycleCalendarRow.currency))
    return [_calendar(row) for row in rows]


def insert_cycle(currency: str, period: Period) -> None:
    """A new, open cycle, unless it is there."""
    statement = insert(CycleRow).values(
        cycle_id=new_id(),
        currency=currency,
        name=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        state=State.OPEN.value,
        version=0,
    )
    db.session.execute(statement.on_conflict_do_nothing())


def cycles_of(currency: str | None = None) -> list[Cycle]:
    """A currency's cycles, or those of all, in the order of time."""
    query = _COLUMNS if currency is None else _COLUMNS.where(CycleRow.currency == currency)
    return [_cycle(row) for row in db.session.execute(query.order_by(CycleRow.currency, CycleRow.starts_at))]


def unfinished_cycles(currency: str, ended_by: datetime) -> list[Cycle]:
    """Cycles that have ended and are not stated, oldest first."""
    done = [state.value for state in State if state not in (State.OPEN, State.CUT, State.NETTED)]
    query = _COLUMNS.where(CycleRow.currency == currency, CycleRow.ends_at <= ended_by, CycleRow.state.not_in(done))
    return [_cycle(row) for row in db.session.execute(query.order_by(CycleRow.starts_at))]


def find_cycle(cycle_id: UUID) -> Cycle | None:
    row = db.session.execute(_COLUMNS.where(CycleRow.cycle_id == cycle_id)).first()
    return None if row is None else _cycle(row)


def find_cycles_named(name: str) -> list[Cycle]:
    """Cycles of this name, or of this name without the currency."""
    query = _COLUMNS.where((CycleRow.name == name) | (CycleRow.name == CycleRow.currency + " " + name))
    return [_cycle(row) for row in db.session.execute(query.order_by(CycleRow.currency))]


def lock_cycle(cycle_id: UUID) -> Cycle | None:
    """The cycle as it is now and stays until the unit of work ends."""
    row = db.session.execute(_COLUMNS.where(CycleRow.cycle_id == cycle_id).with_for_update()).first()
    return None if row is None else _cycle(row)


def change_cycle(cycle_id: UUID, **values: Any) -> None:
    """Write some columns of a cycle that the caller has locked."""
    db.session.execute(update(CycleRow).where(CycleRow.cycle_id == cycle_id).values(**values))


def cycle_before(cycle: Cycle) -> Cycle | None:
    """The cycle of the same currency that ends where this one begins."""
    query = _COLUMNS.where(CycleRow.currency == cycle.currency, CycleRow.starts_at < cycle.starts_at)
    row = db.session.execute(query.order_by(CycleRow.starts_at.desc()).limit(1)).first()
    return None if row is None else _cycle(row)


def note_first_fold(first_at: Mapping[UUID, datetime], from_xid: int) -> None:
    """Remember, for cycles that something falls into for the first time, that nothing of theirs lies below this; and
    when the earliest of their movements was posted. What was folded before anybody remembered that stays unknown.
    """
    for cycle_id in sorted(first_at):
        db.session.execute(
            text(
                "UPDATE cycle SET folded_from_xid = coalesce(folded_from_xid, :from_xid), first_posted_at = :first_at"
                " WHERE cycle_id = :cycle_id AND (folded_from_xid IS NULL OR first_posted_at > :first_at)"
            ),
            {"from_xid": from_xid, "cycle_id": cycle_id, "first_at": first_at[cycle_id]},
        )


def _terms(calendar: CycleCalendar) -> dict[str, Any]:
    return {
        "period": calendar.period.value,
        "time_zone": calendar.time_zone,
        "grace_seconds": calendar.grace_seconds,
        "calendar": calendar.calendar.name,
        "cut_off_hour": calendar.cut_off_hour,
    }


def _calendar(row: Any) -> CycleCalendar:
    return CycleCalendar(
        currency=row.currency,
        period=PeriodKind(row.period),
        time_zone=row.time_zone,
        grace_seconds=row.grace_seconds,
        calendar=CALENDARS[row.calendar],
        cut_off_hour=row.cut_off_hour,
    )


def _cycle(row: Any) -> Cycle:
    values: dict[str, Any] = {
        name: as_utc(value) if isinstance(value, datetime) else value for name, value in row._mapping.items()
    }
    return Cycle(**values | {"state": State(row.state)})
