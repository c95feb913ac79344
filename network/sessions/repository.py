"""Queries of sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.sessions.domain import LIFETIMES, Realm, Session
from network.sessions.models import SessionRow


def insert(session: Session, token_hash: bytes) -> None:
    db.session.add(
        SessionRow(
            session_id=session.session_id,
            realm=session.realm,
            subject_id=session.subject_id,
            token_hash=token_hash,
            methods=list(session.methods),
            device=session.device,
            opened_at=session.opened_at,
            authenticated_at=session.authenticated_at,
            seen_at=session.seen_at,
        )
    )


def find(realm: Realm, token_hash: bytes, now: datetime) -> Session | None:
    """The live session of a token."""
    row = db.session.scalar(_live(now).where(SessionRow.realm == realm, SessionRow.token_hash == token_hash))
    return None if row is None else _session(row)


def get(session_id: UUID, now: datetime) -> Session | None:
    """A live session, locked."""
    row = db.session.scalar(_live(now).where(SessionRow.session_id == session_id).with_for_update())
    return None if row is None else _session(row)


def of_subject(realm: Realm, subject_id: UUID, now: datetime) -> list[Session]:
    """The live sessions of a person, the last seen first."""
    rows = db.session.scalars(
        _live(now)
        .where(SessionRow.realm == realm, SessionRow.subject_id == subject_id)
        .order_by(SessionRow.seen_at.desc(), SessionRow.session_id)
    )
    return [_session(row) for row in rows]


def note_seen(session_id: UUID, now: datetime) -> None:
    db.session.execute(
        update(SessionRow)
        .where(SessionRow.session_id == session_id)
        .values(seen_at=func.greatest(SessionRow.seen_at, now))
    )


def renew(session_id: UUID, token_hash: bytes, methods: tuple[str, ...], now: datetime) -> None:
    """Another token, and another proof."""
    db.session.execute(
        update(SessionRow)
        .where(SessionRow.session_id == session_id)
        .values(token_hash=token_hash, methods=list(methods), authenticated_at=now, seen_at=now)
    )


def end(now: datetime, *which: ColumnElement[bool]) -> int:
    """End sessions that nobody has ended; how many there were."""
    ended = update(SessionRow).where(*which, SessionRow.ended_at.is_(None)).values(ended_at=now)
    return len(db.session.scalars(ended.returning(SessionRow.session_id)).all())


def is_of(realm: Realm, subject_id: UUID, session_id: UUID) -> bool:
    """Whether a session is, or was, that person's."""
    own = select(SessionRow.session_id).where(one(session_id), *all_of(realm, subject_id, None))
    return db.session.scalar(own) is not None


def one(session_id: UUID) -> ColumnElement[bool]:
    return SessionRow.session_id == session_id


def of_realm(realm: Realm) -> ColumnElement[bool]:
    return SessionRow.realm == realm


def all_of(realm: Realm, subject_id: UUID, but: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return (SessionRow.realm == realm, SessionRow.subject_id == subject_id, SessionRow.session_id.is_distinct_from(but))


def forget_subject(realm: Realm, subject_id: UUID) -> None:
    """All sessions of a person, live or not."""
    db.session.execute(delete(SessionRow).where(*all_of(realm, subject_id, None)))


def forget(before: datetime) -> None:
    """Sessions that were last seen, and ended if they were ended, before an instant."""
    db.session.execute(delete(SessionRow).where(func.coalesce(SessionRow.ended_at, SessionRow.seen_at) < before))


def _live(now: datetime) -> Select[SessionRow]:
    idle = or_(
        *(
            (SessionRow.realm == realm)
            & (SessionRow.seen_at > now - lifetime.idle)
            & (SessionRow.opened_at > now - lifetime.whole)
            for realm, lifetime in LIFETIMES.items()
        )
    )
    return select(SessionRow).where(SessionRow.ended_at.is_(None), idle)


def _session(row: SessionRow) -> Session:
    return Session(
        session_id=row.session_id,
        realm=Realm(row.realm),
        subject_id=row.subject_id,
        methods=tuple(row.methods),
        opened_at=as_utc(row.opened_at),
        authenticated_at=as_utc(row.authenticated_at),
        seen_at=as_utc(row.seen_at),
        device=row.device,
    )
