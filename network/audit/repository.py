"""Queries of the audit trail."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, text

from network.audit.domain import Head, Link
from network.audit.models import AuditEntryRow, AuditHeadRow
from network.infrastructure.database import db

_COLUMNS = tuple(AuditEntryRow.__table__.c)
_AT_ONCE = 1_000


def lock() -> None:
    """Let nobody else add to the chain until the unit of work ends."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('audit', 0))"))


def last_link() -> Link | None:
    """The end of the chain."""
    row = db.session.execute(select(*_COLUMNS).order_by(AuditEntryRow.sequence.desc()).limit(1)).first()
    return None if row is None else _link(row)


def add_link(link: Link) -> None:
    db.session.execute(
        insert(AuditEntryRow).values(sequence=link.sequence, entry=link.entry, hash=link.hash, seal=link.seal)
    )


def links() -> Iterator[Link]:
    """The whole chain, in order, read as it is walked."""
    query = select(*_COLUMNS).order_by(AuditEntryRow.sequence)
    for row in db.session.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield _link(row)


def texts(*, most: int, before: int | None = None, **told: str | None) -> list[str]:
    """The entries that say so of `who`, `subject`, `kind` or `action`, newest first."""
    query = select(AuditEntryRow.entry).order_by(AuditEntryRow.sequence.desc()).limit(most)
    if before is not None:
        query = query.where(AuditEntryRow.sequence < before)
    for name, value in told.items():
        if value is not None:
            query = query.where(text(f"(entry::jsonb ->> '{name}') = :{name}").bindparams(**{name: value}))
    return list(db.session.scalars(query))


def find_head(day: date) -> Head | None:
    """The head of a day, if it was exported."""
    row = db.session.execute(_HEADS.where(AuditHeadRow.day == day)).first()
    return None if row is None else _head(row)


def insert_head(head: Head, exported_at: datetime) -> None:
    values = {"day": head.day, "sequence": head.sequence, "hash": head.hash, "document": head.document}
    db.session.execute(insert(AuditHeadRow).values(**values, exported_at=exported_at))


def heads(since: date | None = None) -> list[Head]:
    """The exported heads, oldest first."""
    query = _HEADS if since is None else _HEADS.where(AuditHeadRow.day >= since)
    return [_head(row) for row in db.session.execute(query.order_by(AuditHeadRow.day))]


def count() -> int:
    """How many entries there are."""
    return db.session.scalar(select(func.count()).select_from(AuditEntryRow)) or 0


_HEADS = select(AuditHeadRow.day, AuditHeadRow.sequence, AuditHeadRow.hash, AuditHeadRow.document)


def _link(row: Any) -> Link:
    return Link(row.sequence, row.entry, bytes(row.hash), bytes(row.seal))


def _head(row: Any) -> Head:
    return Head(row.day, row.sequence, bytes(row.hash), row.document)
