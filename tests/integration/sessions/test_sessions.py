"""Sessions on the real database, and their cookies in real answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, Response
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id
from network.sessions import cookies
from network.sessions import service as sessions
from network.sessions.errors import SessionEnded, SessionNotFound
from network.sessions.service import Realm

pytestmark = pytest.mark.usefixtures("app")
SARA, REZA = new_id(), new_id()


def rewind(session_id: object, **shifts: timedelta) -> None:
    """Let a session be older than it is."""
    moved = ", ".join(f"{column} = {column} - make_interval(secs => {by.total_seconds()})"
                      for column, by in shifts.items())  # fmt: skip
    with transaction():
        db.session.execute(text(f"UPDATE session SET {moved} WHERE session_id = :id"), {"id": session_id})


def test_a_session_is_found_by_its_token_in_its_own_realm_alone() -> None:
    opened = sessions.open_session(Realm.MEMBER, SARA, ["sms"], "A browser\n of some kind")
    found = sessions.find_session(Realm.MEMBER, opened.token)
    assert found == opened.session
    assert (found.methods, found.device) == (("sms",), "A browser of some kind")
    assert sessions.find_session(Realm.STAFF, opened.token) is None
    assert sessions.find_session(Realm.MEMBER, opened.token + "x") is None
    assert sessions.find_session(Realm.MEMBER, "\udc80") is None


def test_the_token_itself_is_kept_nowhere() -> None:
    opened = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    (row,) = db.session.execute(text("SELECT session::text FROM session")).scalars()
    assert opened.token not in row and opened.token.encode().hex() not in row


def test_stepping_up_rotates_the_token_and_adds_the_proof() -> None:
    opened = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    rewind(opened.session.session_id, opened_at=timedelta(hours=1), authenticated_at=timedelta(hours=1))
    token = sessions.step_up(opened.session.session_id, ["hwk", "sms"])
    assert sessions.find_session(Realm.MEMBER, opened.token) is None
    found = sessions.find_session(Realm.MEMBER, token)
    assert found is not None
    assert found.methods == ("sms", "hwk")
    assert found.is_fresh(datetime.now(UTC), timedelta(minutes=5))


def test_a_session_that_ended_neither_opens_nor_steps_up() -> None:
    opened = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    with pytest.raises(SessionNotFound):
        sessions.end_session(Realm.MEMBER, REZA, opened.session.session_id)
    with pytest.raises(SessionNotFound):
        sessions.end_session(Realm.STAFF, SARA, opened.session.session_id)
    assert sessions.find_session(Realm.MEMBER, opened.token) is not None
    for _ in range(2):
        sessions.end_session(Realm.MEMBER, SARA, opened.session.session_id)
    assert sessions.find_session(Realm.MEMBER, opened.token) is None
    with pytest.raises(SessionEnded):
        sessions.step_up(opened.session.session_id, ["hwk"])


def test_all_sessions_of_a_person_end_but_the_one_that_asks() -> None:
    first, here, _ = (sessions.open_session(Realm.MEMBER, SARA, ["sms"]) for _ in range(3))
    others = sessions.open_session(Realm.MEMBER, REZA, ["sms"])
    assert len(sessions.list_sessions(Realm.MEMBER, SARA)) == 3
    assert sessions.end_sessions(Realm.MEMBER, SARA, but=here.session.session_id) == 2
    assert sessions.list_sessions(Realm.MEMBER, SARA) == [here.session]
    assert sessions.find_session(Realm.MEMBER, first.token) is None
    assert sessions.find_session(Realm.MEMBER, others.token) == others.session
    assert sessions.end_sessions(Realm.MEMBER, SARA) == 1


@pytest.mark.parametrize(("idle", "is_there"), [(timedelta(minutes=29), True), (timedelta(minutes=31), False)])
def test_staff_that_was_away_for_half_an_hour_signs_in_again(idle: timedelta, is_there: bool) -> None:
    opened = sessions.open_session(Realm.STAFF, SARA, ["pwd", "otp"])
    rewind(opened.session.session_id, opened_at=idle, authenticated_at=idle, seen_at=idle)
    assert bool(sessions.list_sessions(Realm.STAFF, SARA)) is is_there
    assert (sessions.find_session(Realm.STAFF, opened.token) is not None) is is_there
    # and having been seen, it lives on
    assert bool(sessions.list_sessions(Realm.STAFF, SARA)) is is_there


def test_being_seen_again_and_again_is_written_once_a_minute() -> None:
    opened = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    rewind(opened.session.session_id, opened_at=timedelta(minutes=2), authenticated_at=timedelta(minutes=2),
           seen_at=timedelta(minutes=2))  # fmt: skip
    assert sessions.find_session(Realm.MEMBER, opened.token) is not None
    (seen,) = sessions.list_sessions(Realm.MEMBER, SARA)
    assert sessions.find_session(Realm.MEMBER, opened.token) == seen


def test_sessions_of_last_year_are_forgotten() -> None:
    long_ago = timedelta(days=200)
    old = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    rewind(old.session.session_id, opened_at=long_ago, authenticated_at=long_ago, seen_at=long_ago)
    new = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    sessions.forget_sessions()
    assert db.session.execute(text("SELECT session_id FROM session")).scalars().all() == [new.session.session_id]


@pytest.mark.parametrize(
    ("public_url", "name", "marks"),
    [
        ("https://points.example", "__Host-peyvand-member", {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}),
        ("http://127.0.0.1:8000", "peyvand-member", {"HttpOnly", "SameSite=Lax", "Path=/"}),
    ],
)
def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_hosts(
    app: Flask, monkeypatch: pytest.MonkeyPatch, public_url: str, name: str, marks: set[str]
) -> None:
    settings = app.extensions["peyvand.settings"]
    monkeypatch.setitem(app.extensions, "peyvand.settings", replace(settings, public_url=public_url))
    opened = sessions.open_session(Realm.MEMBER, SARA, ["sms"])
    with app.test_request_context("/"):
        answer = Response()
        cookies.set_cookie(answer, Realm.MEMBER, opened.token)
        assert cookies.current_session(Realm.MEMBER) is None
    pair, *told = answer.headers["Set-Cookie"].split("; ")
    assert pair == f"{name}={opened.token}"
    assert {each for each in told if not each.startswith(("Expires", "Max-Age"))} == marks
    with app.test_request_context("/", headers={"Cookie": pair}):
        assert cookies.current_session(Realm.MEMBER) == opened.session
        assert cookies.current_session(Realm.STAFF) is None
        sessions.end_session(Realm.MEMBER, SARA, opened.session.session_id)
        assert cookies.current_session(Realm.MEMBER) == opened.session  # it was read when the request began
        cookies.forget_current(Realm.MEMBER)
        assert cookies.current_session(Realm.MEMBER) is None
