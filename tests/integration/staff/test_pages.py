"""The pages of people of staff, in a browser: taken in, signed in, managing others."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from network.audit import service as audit
from network.infrastructure.database import db
from network.kernel.identifiers import show
from network.partners import service as partners
from network.portals.kit.languages import Language
from network.portals.kit.texts import say
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff import service as staff
from network.staff.domain import STANDARD_ROLES, Permission
from tests.staffing import PASSWORD, Person, everyman, first_administrator, hired
from tests.unit.portals.pages import send, token_in

NEW = "nine quiet lighthouses"


@pytest.fixture
def mina(app: Flask) -> Person:
    return first_administrator()


@pytest.fixture
def grocer(app: Flask) -> UUID:
    return partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def enter(browser: FlaskClient, person: Person, **typed: str) -> Any:
    told = {"login": person.staff.login, "password": PASSWORD} | typed
    told.setdefault("code", person.code())
    return send(browser, "/staff/sign-in", **told)


def test_an_invitation_is_taken_up_in_a_browser(mina: Person, grocer: UUID, browser: FlaskClient) -> None:
    invited = staff.invite(mina.clerk(), grocer, login="sara", name="Sara", roles=["finance"])
    assert "not valid" in send(browser, "/staff/invitation", token="nonsense").text
    page = send(browser, "/staff/invitation", token=str(invited.token))
    assert "Welcome, \u2068Sara\u2069" in page.text and "data:image/svg+xml" in page.text
    secret = re.search(r"<dd>([A-Z2-7]{32})</dd>", page.text)
    assert secret
    code = pyotp.TOTP(secret[1]).now()
    told = {"csrf_token": token_in(page), "token": str(invited.token), "password": NEW, "repeated": NEW, "code": code}
    for wrong, said in (
        ({"repeated": "another"}, "differ"),
        ({"password": "SaraSara2026", "repeated": "SaraSara2026"}, "easy to guess"),
        ({"code": "12"}, "code is not right"),
    ):
        page = browser.post("/staff/invitation/accept", data=told | wrong)
        assert page.status_code == 422 and said in page.text
        assert NEW not in page.text
    page = browser.post("/staff/invitation/accept", data=told)
    assert len(re.findall(r"<code>(?:[0-9a-z]{4}-){5}[0-9a-z]{4}</code>", page.text)) == 10
    again = browser.post("/staff/invitation/accept", data=told)
    assert (again.status_code, again.location) == (303, "/staff/invitation")
    (accepted,) = audit.list_entries(action="staff.accept", subject=invited.staff.who)
    assert accepted.who == invited.staff.who  # whoever opens the page


def test_who_signs_in_comes_to_where_it_was_going_and_out_again(mina: Person, browser: FlaskClient) -> None:
    assert browser.get("/staff/people").location == "/staff/sign-in?next=%2Fstaff%2Fpeople"
    page = enter(browser, mina, password="wrong")
    assert page.status_code == 422 and "are not right" in page.text and "wrong" not in page.text
    asked = browser.get("/staff/sign-in?next=/staff/people")
    told = {"csrf_token": token_in(asked), "login": "mina", "password": PASSWORD, "code": mina.recovery_codes[0]}
    assert browser.post("/staff/sign-in?next=/staff/people", data=told).location == "/staff/people"
    assert "Mina" in browser.get("/staff/people").text
    assert browser.get("/staff/sign-in?next=https://evil.example").location == "/staff"
    browser.post("/staff/sign-out", data={"csrf_token": token_in(browser.get("/staff"))})
    assert browser.get("/staff").status_code == 303
    assert sessions.list_sessions(Realm.STAFF, mina.staff.staff_id) == []


def test_one_changes_ones_own_password_and_ends_sessions_elsewhere(mina: Person, browser: FlaskClient) -> None:
    enter(browser, mina)
    elsewhere = [mina.clerk().session.session_id for _ in range(2)]
    ended = browser.post(
        f"/staff/sessions/{show('ses', elsewhere[0])}/end", data={"csrf_token": token_in(browser.get("/staff"))}
    )
    assert ended.status_code == 303
    assert len(sessions.list_sessions(Realm.STAFF, mina.staff.staff_id)) == 2
    told = {"old": PASSWORD, "new": NEW, "repeated": NEW}
    assert send(browser, "/staff/password", "/staff", **told | {"old": "wrong"}).status_code == 422
    assert send(browser, "/staff/password", "/staff", **told | {"new": "short", "repeated": "short"}).status_code == 422
    assert send(browser, "/staff/password", "/staff", **told).status_code == 303
    assert "was changed" in browser.get("/staff").text
    (left,) = sessions.list_sessions(Realm.STAFF, mina.staff.staff_id)
    assert left.session_id not in elsewhere
    assert "Recovery codes" in send(browser, "/staff/recovery-codes", "/staff").text


def test_what_one_signs_in_with_and_where_one_is_are_changed_after_a_fresh_proof_alone(
    mina: Person, browser: FlaskClient
) -> None:
    enter(browser, mina)
    elsewhere = mina.clerk().session.session_id
    db.session.execute(
        text(
            "UPDATE session SET (opened_at, authenticated_at) = (opened_at - o, authenticated_at - o)"
            " FROM (SELECT interval '6 minutes' AS o) AS ago"
        )
    )
    db.session.commit()
    told = {"old": PASSWORD, "new": NEW, "repeated": NEW}
    for path in ("/staff/password", f"/staff/sessions/{show('ses', elsewhere)}/end", "/staff/recovery-codes"):
        answer = send(browser, path, "/staff", **told)
        assert answer.location.startswith("/staff/sign-in?"), path
        assert "again=1" in answer.location, path
    assert len(sessions.list_sessions(Realm.STAFF, mina.staff.staff_id)) == 2
    mina.sign_in()  # by the password as it was


def test_every_page_of_somebody_who_is_signed_in_has_the_way_out(mina: Person, browser: FlaskClient) -> None:
    enter(browser, mina)
    for path in ("/staff", "/staff/people", "/activate"):
        assert 'action="/staff/sign-out"' in browser.get(path).text, path


def test_passwords_are_masked_and_left_to_password_managers(mina: Person, browser: FlaskClient) -> None:
    asked = browser.get("/staff/sign-in").text
    enter(browser, mina)
    for page, autocomplete, fields in (
        (asked, "current-password", 1),
        (browser.get("/staff").text, "new-password", 2),
    ):
        inputs = [each for each in re.findall("<input[^>]*>", page) if autocomplete in each]
        assert len(inputs) == fields
        assert all('type="password"' in each and "onpaste" not in each for each in inputs)


def test_people_are_invited_moved_and_given_roles_by_whoever_may(
    mina: Person, grocer: UUID, browser: FlaskClient
) -> None:
    enter(browser, mina)
    here = "/staff/people?partner=grocer"
    page = send(browser, here, login="sara", name="Sara", role="finance")
    assert re.search(r'<code class="text-break">[\w-]{43}</code>', page.text)
    assert send(browser, here, login="sara", name="Sara").status_code == 422
    sara = staff.find_staff_by_login("sara")
    assert sara is not None
    where = f"/staff/people/{sara.who}"
    send(browser, f"{where}/roles", here, role="store", store="")
    assert [grant.role.code for grant in staff.list_staff(grocer)[0][1]] == ["finance", "store"]
    send(browser, f"{where}/roles", here, role="finance", store="", take="1")
    assert "this person does not have it" in browser.get(
        send(browser, f"{where}/roles", here, role="finance", take="1").location
    ).text.replace("\n", " ")
    assert re.search(r'<code class="text-break">[\w-]{43}</code>', send(browser, f"{where}/reset", here).text)
    send(browser, f"{where}/leave", here)
    assert staff.get_staff(sara.staff_id).state == "left"
    told = {(each.who, each.change.action) for each in audit.list_entries(subject=sara.who, most=20)}
    assert (mina.staff.who, "staff.leave") in told
    assert {who for who, _ in told} == {mina.staff.who}
    own = f"/staff/people/{mina.staff.who}/suspend"
    answer = send(browser, own, here)
    assert "ask somebody else" in browser.get(answer.location).text


def test_a_partners_administrator_sees_and_manages_its_own_people_alone(
    app: Flask, mina: Person, grocer: UUID, browser: FlaskClient
) -> None:
    fuel = partners.create_partner(code="fuel", name="Fuel", name_fa="سوخت").partner_id
    stranger = hired(mina, fuel, "stranger")
    boss = hired(mina, grocer, "boss", "administrator")
    enter(browser, boss)
    for address in ("/staff/people", "/staff/people?partner=fuel", "/staff/people?partner=operator"):
        page = browser.get(address).text
        assert "boss" in page and "stranger" not in page and "Mina" not in page
    answer = send(browser, f"/staff/people/{stranger.staff.who}/suspend", "/staff/people")
    assert answer.status_code == 404
    assert staff.get_staff(stranger.staff.staff_id).state == "active"


def test_a_page_shows_the_doors_that_open_alone(app: Flask, grocer: UUID) -> None:
    for permissions, is_shown in (((), False), ((Permission.STAFF_READ,), True)):
        clerk = everyman(f"clerk{len(permissions)}", grocer, permissions)
        browser = app.test_client()
        token = sessions.open_session(Realm.STAFF, clerk.staff.staff_id, ["pwd", "otp"]).token
        browser.set_cookie("peyvand-staff", token)
        assert ('href="/staff/people"' in browser.get("/staff").text) is is_shown
        page = browser.get("/staff/people", headers={"Accept-Language": "fa"})
        assert page.status_code == (200 if is_shown else 403)
        assert 'dir="rtl"' in page.text


def test_every_standard_role_has_its_name_in_both_languages() -> None:
    for roles in STANDARD_ROLES.values():
        for role in roles:
            assert say(f"statuses.roles.{role.code}", Language.EN) == role.name
            assert say(f"statuses.roles.{role.code}", Language.FA)
