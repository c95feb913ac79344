"""When a session is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from network.kernel.identifiers import new_id
from network.sessions.domain import LIFETIMES, OpenedSession, Realm, Session

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def session(realm: Realm, *, seen: timedelta) -> Session:
    return Session(new_id(), realm, new_id(), ("pwd", "otp"), T0, T0, T0 + seen, "a browser")


@pytest.mark.parametrize("realm", list(Realm))
def test_a_session_ends_when_nobody_comes_back(realm: Realm) -> None:
    idle = LIFETIMES[realm].idle
    seen = session(realm, seen=timedelta(minutes=5))
    assert seen.is_live(T0 + timedelta(minutes=5) + idle - timedelta(seconds=1))
    assert not seen.is_live(T0 + timedelta(minutes=5) + idle)


@pytest.mark.parametrize("realm", list(Realm))
def test_a_session_ends_however_often_somebody_comes_back(realm: Realm) -> None:
    whole = LIFETIMES[realm].whole
    seen = session(realm, seen=whole - timedelta(seconds=1))
    assert seen.expires_at == T0 + whole
    assert not seen.is_live(T0 + whole)


def test_staff_is_signed_in_for_a_shift_at_most() -> None:
    assert LIFETIMES[Realm.STAFF].whole <= timedelta(hours=12)
    assert LIFETIMES[Realm.STAFF].idle <= timedelta(minutes=30)


def test_a_proof_grows_old() -> None:
    seen = session(Realm.STAFF, seen=timedelta(minutes=9))
    assert seen.is_fresh(T0 + timedelta(minutes=5), timedelta(minutes=5))
    assert not seen.is_fresh(T0 + timedelta(minutes=5, seconds=1), timedelta(minutes=5))


def test_a_token_is_not_shown_where_a_session_is() -> None:
    assert "secret" not in repr(OpenedSession(session(Realm.MEMBER, seen=timedelta()), "secret"))
