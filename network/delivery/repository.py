"""All queries on messages."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import insert as insert_into
from sqlalchemy import select, update

from network.delivery.models import MessageRow
from network.infrastructure.database import db


def insert(message_id: UUID, sealed: bytes, now: datetime, until: datetime) -> None:
    """A message that waits from now on."""
    values = {"message_id": message_id, "sealed": sealed, "not_before": now, "expires_at": until, "attempts": 0}
    db.session.execute(insert_into(MessageRow).values(**values))


def claim(now: datetime, most: int, wait: timedelta) -> list[tuple[UUID, bytes, int]]:
    """Messages that are due, each for this caller alone until `wait` is over: id, sealed, which attempt this is."""
    row = MessageRow
    due = select(row.message_id).where(row.not_before <= now).order_by(row.not_before).limit(most)
    claimed = update(row).where(row.message_id.in_(due.with_for_update(skip_locked=True)))
    taken = claimed.values(not_before=now + wait, attempts=row.attempts + 1)
    return [(each.message_id, each.sealed, each.attempts) for each in db.session.execute(
        taken.returning(row.message_id, row.sealed, row.attempts)
    )]  # fmt: skip


def postpone(message_id: UUID, until: datetime) -> None:
    """Let a message wait."""
    db.session.execute(update(MessageRow).where(MessageRow.message_id == message_id).values(not_before=until))


def delete(message_id: UUID) -> None:
    """A message was sent."""
    db.session.execute(delete_from(MessageRow).where(MessageRow.message_id == message_id))


def forget_stale(now: datetime) -> None:
    """Delete messages that nobody wants any more."""
    db.session.execute(delete_from(MessageRow).where(MessageRow.expires_at <= now))
