"""The public face: sessions of people, opened where somebody proved who they are."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from network.infrastructure.security_log import note
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id, show
from network.sessions import repository
from network.sessions.domain import SEEN_EVERY, OpenedSession, Realm, Session
from network.sessions.errors import SessionEnded, SessionNotFound

__all__ = [
    "OpenedSession",
    "Realm",
    "Session",
    "end_all_sessions",
    "end_session",
    "end_sessions",
    "find_session",
    "forget_sessions",
    "forget_subject",
    "list_sessions",
    "open_session",
    "step_up",
]

_DEVICE_CHARACTERS = 200
_TOKEN_BYTES = 32
_KEPT = timedelta(days=180)


def open_session(realm: Realm, subject_id: UUID, methods: Iterable[str], device: str = "") -> OpenedSession:
    """Sign a person in who has just proved who they are, by these methods (RFC 8176)."""
    now, token = _now(), _new_token()
    shown = "".join(each for each in device if each.isprintable())[:_DEVICE_CHARACTERS]
    session = Session(new_id(), realm, subject_id, tuple(methods), now, now, now, shown)
    with transaction():
        repository.insert(session, _hashed(token))
    note("session.opened", realm=realm.value, session=show("ses", session.session_id), methods=session.methods)
    return OpenedSession(session, token)


def find_session(realm: Realm, token: str) -> Session | None:
    """The live session of a token, and note that it was seen."""
    now = _now()
    with transaction():
        session = repository.find(realm, _hashed(token), now)
        if session is not None and now - session.seen_at >= SEEN_EVERY:
            repository.note_seen(session.session_id, now)
    return session


def step_up(session_id: UUID, methods: Iterable[str]) -> str:
    """The person has proved again who they are; the session's next token, the one before is worth nothing now.

    Raises SessionEnded.
    """
    token, methods = _new_token(), tuple(methods)
    with transaction():
        now = _now()
        session = repository.get(session_id, now)
        if session is None:
            raise SessionEnded
        proved = tuple(dict.fromkeys((*session.methods, *methods)))
        repository.renew(session_id, _hashed(token), proved, now)
    note("session.proved_again", realm=session.realm.value, session=show("ses", session_id), methods=methods)
    return token


def list_sessions(realm: Realm, subject_id: UUID) -> list[Session]:
    """The live sessions of a person, the last seen first."""
    return repository.of_subject(realm, subject_id, _now())


def end_session(realm: Realm, subject_id: UUID, session_id: UUID) -> None:
    """End one session of a person; ending it twice does nothing more. Raises SessionNotFound."""
    with transaction():
        if not repository.is_of(realm, subject_id, session_id):
            raise SessionNotFound
        repository.end(_now(), repository.one(session_id))
    note("session.ended", realm=realm.value, session=show("ses", session_id))


def end_sessions(realm: Realm, subject_id: UUID, but: UUID | None = None) -> int:
    """End all sessions of a person, but one if it is told; how many were live or idle."""
    with transaction():
        ended = repository.end(_now(), *repository.all_of(realm, subject_id, but))
    note("sessions.ended", realm=realm.value, ended=ended)
    return ended


def end_all_sessions(realm: Realm) -> int:
    """End the sessions of everybody in a realm; how many were live or idle."""
    with transaction():
        ended = repository.end(_now(), repository.of_realm(realm))
    note("sessions.ended", realm=realm.value, ended=ended, everybody=True)
    return ended


def forget_subject(realm: Realm, subject_id: UUID) -> None:
    """Delete all sessions of a person, who is to be forgotten."""
    with transaction():
        repository.forget_subject(realm, subject_id)


def forget_sessions() -> None:
    """Delete sessions that were over half a year ago."""
    with transaction():
        repository.forget(_now() - _KEPT)


def _now() -> datetime:
    return SystemClock().now()


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
