"""Who got in, who didn't, and what was refused is in the log of security, and nobody's name or secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from network.auth.service import create_client
from network.partners.service import create_partner
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff.errors import SignInRefused, TooManyAttempts
from network.web.logs import JsonFormatter
from tests.staffing import Person, first_administrator

Events = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Events:
    """What was written since the last call, as it stands in the log."""
    caplog.set_level(logging.INFO)

    def written() -> list[dict[str, Any]]:
        lines = [JsonFormatter().format(each) for each in caplog.records if each.name == "peyvand.security"]
        caplog.clear()
        return [json.loads(line) for line in lines]

    return written


@pytest.fixture
def mina(app: Flask) -> Person:
    return first_administrator()


def test_a_sign_in_is_written_down_with_how_it_was_proved_and_so_is_its_end(mina: Person, events: Events) -> None:
    opened = mina.sign_in()
    sessions.end_session(Realm.STAFF, mina.staff.staff_id, opened.session.session_id)
    came, went = events()
    assert (came["event"], came["level"], came["realm"]) == ("session.opened", "info", "staff")
    assert came["methods"] == ["pwd", "otp", "mfa"]
    assert came["at"].endswith("+00:00")
    assert (went["event"], went["session"]) == ("session.ended", came["session"])


def test_what_was_tried_in_vain_is_written_down_without_what_was_typed(mina: Person, events: Events) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            mina.sign_in(password="my secret guess", code="123456")
    with pytest.raises(TooManyAttempts):
        mina.sign_in(password="my secret guess", code="123456")
    written = events()
    assert [(each["event"], each["level"]) for each in written] == [("staff.sign_in", "warning")] * 6
    assert [each["reason"] for each in written] == [SignInRefused.code] * 5 + [TooManyAttempts.code]
    assert "guess" not in json.dumps(written)
    assert "mina" not in json.dumps(written)


def test_clients_that_are_refused_are_written_down_with_the_route_and_their_id(app: Flask, events: Events) -> None:
    partner = create_partner(code="grocer", name="Grocer", name_fa="بقال")
    till = create_client(partner.partner_id, "till", ["points:read"])
    http = app.test_client()
    asked = {"grant_type": "client_credentials"}
    http.post("/oauth/token", data=asked, auth=(till.shown_id, "a-wrong-secret"))
    (refused,) = events()
    assert (refused["event"], refused["reason"], refused["path"]) == ("oauth", "invalid_client", "/oauth/token")
    assert "a-wrong-secret" not in json.dumps(refused)
    token = http.post("/oauth/token", data=asked, auth=(till.shown_id, till.client_secret)).json["access_token"]
    answer = http.post("/v1/earns", json={}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    (refused,) = events()
    assert (refused["event"], refused["reason"]) == ("request", "insufficient_scope")
    assert (refused["route"], refused["client_id"]) == ("/v1/earns", till.shown_id)
    http.get("/v1/me")
    assert [each["reason"] for each in events()] == ["unauthenticated"]


def test_a_form_of_another_site_is_written_down(app: Flask, events: Events) -> None:
    answer = app.test_client().post("/sign-in", data={"contact": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert [(each["event"], each["reason"], each["route"]) for each in events()] == [
        ("request", "form_refused", "/sign-in")
    ]


def test_what_is_written_stays_one_line_whatever_stands_in_it() -> None:
    told = {"event": "x", "reason": "two\nlines\r\x1b[31m"}
    record = logging.makeLogRecord({"msg": "%s", "request_line": told, "levelname": "WARNING"})
    line = JsonFormatter().format(record)
    assert line.isprintable()
    assert json.loads(line)["reason"] == told["reason"]
