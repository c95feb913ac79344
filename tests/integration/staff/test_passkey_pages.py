"""Passkeys on the pages of staff, as the script of the pages asks for them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners import service as partners
from network.passkeys import service as passkeys
from network.sessions import service as sessions
from network.sessions.models import SessionRow
from network.sessions.service import Realm
from network.staff import service as staff
from network.staff.domain import FRESH, Clerk
from tests.authenticator import Authenticator
from tests.staffing import everyman
from tests.unit.portals.pages import send, token_in


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return everyman("mina")


@pytest.fixture
def browser(app: Flask, clerk: Clerk) -> FlaskClient:
    """The clerk's, in which it has just signed in."""
    browser = app.test_client()
    browser.set_cookie("peyvand-staff", sessions.open_session(Realm.STAFF, clerk.staff.staff_id, ["pwd", "otp"]).token)
    return browser


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Authenticator:
    """A passkey's device, at an address where browsers make passkeys."""
    here = replace(app.extensions["peyvand.settings"], public_url="http://localhost:8000")
    monkeypatch.setitem(app.extensions, "peyvand.settings", here)
    return Authenticator(origin=here.public_url, domain="localhost")


def asks(browser: FlaskClient, page: str, address: str, **told: Any) -> Any:
    """What the script on a page sends."""
    token = token_in(browser.get(page))
    return browser.post(address, json=told, headers={"X-CSRF-Token": token})


def adds(browser: FlaskClient, device: Authenticator) -> Any:
    begun = asks(browser, "/staff", "/staff/passkeys/begin").json
    made = device.register(json.dumps(begun["options"]))
    return asks(browser, "/staff", "/staff/passkeys", challenge=begun["challenge"], credential=made, name="my phone")


def proves(browser: FlaskClient, device: Authenticator, query: str = "") -> Any:
    page = f"/staff/sign-in?again=1{query}"
    begun = asks(browser, page, "/staff/sign-in/passkey/begin").json
    signed = device.sign(json.dumps(begun["options"]))
    address = f"/staff/sign-in/passkey?{query.lstrip('&')}"
    return asks(browser, page, address, challenge=begun["challenge"], credential=signed)


def test_a_passkey_is_added_lets_in_and_proves_again_and_is_removed(
    app: Flask, browser: FlaskClient, clerk: Clerk, device: Authenticator
) -> None:
    assert "data-new" in browser.get("/staff").text
    assert adds(browser, device).json == {"next": "/staff"}
    assert "my phone" in browser.get("/staff").text
    other = app.test_client()
    assert "data-passkey" in other.get("/staff/sign-in").text
    assert proves(other, device, "&next=/staff/people").json == {"next": "/staff/people"}
    assert clerk.staff.name in other.get("/staff").text
    newest = max(sessions.list_sessions(Realm.STAFF, clerk.staff.staff_id), key=lambda each: each.opened_at)
    assert newest.methods == ("hwk", "user", "mfa")
    (key,) = passkeys.list_passkeys(Realm.STAFF, clerk.staff.staff_id)
    _grow_old(clerk)
    removed = send(other, "/staff/passkeys/remove", "/staff", passkey=show("pky", key.passkey_id))
    assert removed.location.endswith("again=1")
    assert proves(other, device).json == {"next": "/staff"}
    send(other, "/staff/passkeys/remove", "/staff", passkey=show("pky", key.passkey_id))
    assert "my phone" not in other.get("/staff").text


def test_who_adds_a_passkey_has_just_proved_who_it_is(
    browser: FlaskClient, clerk: Clerk, device: Authenticator
) -> None:
    _grow_old(clerk)
    answer = asks(browser, "/staff", "/staff/passkeys/begin")
    assert (answer.status_code, answer.json["again"]) == (401, True)


def test_a_passkey_of_a_member_or_of_somebody_suspended_opens_nothing(
    app: Flask, browser: FlaskClient, clerk: Clerk, device: Authenticator
) -> None:
    member = Authenticator(origin=device.origin, domain=device.domain)
    begun = passkeys.begin_registration(Realm.MEMBER, clerk.staff.staff_id, user_name="mina")
    made = member.register(begun.options)
    passkeys.finish_registration(Realm.MEMBER, clerk.staff.staff_id, begun.challenge_id, made)
    stranger = app.test_client()
    assert proves(stranger, member).status_code == 401
    adds(browser, device)
    staff.suspend_staff(everyman("boss"), clerk.staff.staff_id)
    assert proves(stranger, device).status_code == 401
    assert stranger.get("/staff").status_code == 303


def test_nobody_proves_who_somebody_else_is(
    browser: FlaskClient, clerk: Clerk, app: Flask, device: Authenticator
) -> None:
    adds(browser, device)
    other = everyman("sara", partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id)
    hers = app.test_client()
    hers.set_cookie("peyvand-staff", sessions.open_session(Realm.STAFF, other.staff.staff_id, ["pwd", "otp"]).token)
    assert proves(hers, device).status_code == 401


def _grow_old(clerk: Clerk) -> None:
    """Everything that the clerk has proved was a while ago."""
    row, ago = SessionRow, 2 * FRESH
    old = {"opened_at": row.opened_at - ago, "authenticated_at": row.authenticated_at - ago}
    with transaction():
        db.session.execute(update(row).where(row.subject_id == clerk.staff.staff_id).values(old))
