"""In, out, and joining, as a browser without scripts does it."""

import json
from uuid import UUID

from flask import Flask

from network.members.service import find_by_way, way_of
from network.sessions.domain import Realm
from network.sessions.service import list_sessions
from tests.integration.portals.conftest import Browser, Club, answer_in, sign_in
from tests.integration.signin.conftest import Inbox


def test_a_member_signs_in_by_a_code_typed_in_persian_digits(browser: Browser, sara: UUID, inbox: Inbox) -> None:
    browser.open("/sign-in")
    browser.send("/sign-in", contact="۰۹۱۲ ۱۲۳ ۴۵۶۷")
    assert browser.path == "/sign-in/code"
    assert 'autocomplete="one-time-code"' in browser.page.text
    browser.send("/sign-in/code", code=inbox.code().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    assert browser.path == "/account/card"
    assert "Sara Karimi" in browser.page.text


def test_nobody_can_tell_from_the_pages_who_is_a_member(browser: Browser, app: Flask, sara: UUID, inbox: Inbox) -> None:
    shown = []
    for contact in ("+989121234567", "+989357654321"):
        own = Browser(app.test_client())
        own.open("/sign-in")
        answer = own.send("/sign-in", follow=False, contact=contact)
        shown.append((answer.status_code, answer.location, len(answer.headers.getlist("Set-Cookie"))))
    assert shown[0] == shown[1]


def test_a_wrong_code_is_complained_about_next_to_its_field_and_not_repeated(
    browser: Browser, sara: UUID, inbox: Inbox
) -> None:
    browser.open("/sign-in")
    browser.send("/sign-in", contact="+989121234567")
    page = browser.send("/sign-in/code", code="12345")
    assert page.status_code == 422
    assert 'id="code-complaint"' in page.text
    assert "12345" not in page.text
    assert browser.send("/sign-in/code", code=inbox.code()).status_code == 200


def test_what_is_no_phone_is_said_next_to_the_field_in_the_readers_language(browser: Browser, app: Flask) -> None:
    browser.open("/language/fa?next=/sign-in")
    page = browser.send("/sign-in", contact="12")
    assert page.status_code == 422
    assert "این شمارهٔ همراه نیست" in page.text


def test_signing_in_ends_the_session_that_was_there_and_makes_old_forms_worthless(
    signed_in: Browser, sara: UUID, inbox: Inbox
) -> None:
    before = list_sessions(Realm.MEMBER, sara)[0].session_id
    card = signed_in.page
    signed_in.open("/sign-in?again=1&next=/account/sessions")
    signed_in.send("/sign-in/again?next=/account/sessions")
    signed_in.send(signed_in.action("/sign-in/code"), code=inbox.code())
    assert signed_in.path == "/account/sessions"
    assert [each.session_id for each in list_sessions(Realm.MEMBER, sara)] == [before]  # the same one, proved again
    signed_in.page = card
    signed_in.send("/sign-out")
    assert list_sessions(Realm.MEMBER, sara) == []
    signed_in.page = card
    assert signed_in.send("/sign-out", follow=False).status_code == 403


def test_somebody_joins_and_gets_a_card(browser: Browser, inbox: Inbox) -> None:
    browser.open("/sign-up")
    browser.send("/sign-up", contact="09351112233")
    browser.send("/sign-in/code", code=inbox.code(), name="Reza Amini")
    assert browser.path == "/account/card"
    assert "Reza Amini" in browser.page.text
    assert "Welcome" in browser.page.text


def test_an_application_that_asks_for_a_new_member_gets_one_with_what_it_told(
    browser: Browser, club: Club, inbox: Inbox
) -> None:
    claims = json.dumps({"phone_number": "+989351112233", "given_name": "Reza", "family_name": "Amini"})
    browser.open(club.pushes(browser, prompt="create", enrolment_claims=claims))
    assert browser.path == "/sign-up"
    assert 'value="+989351112233"' in browser.page.text
    browser.send(browser.action("/sign-up"), contact="+989351112233")
    assert 'value="Reza Amini"' in browser.page.text
    browser.send(browser.action("/sign-in/code"), code=inbox.code(), name="Reza Amini")
    assert browser.path.startswith("/consent/")
    assert find_by_way(way_of("09351112233")) is not None


def test_the_forms_on_the_way_to_an_application_may_lead_on_to_it_and_to_no_other(
    browser: Browser, club: Club, sara: UUID
) -> None:
    policy = browser.open(club.asks()).headers["Content-Security-Policy"]
    assert "form-action 'self' https://club.grocer.example;" in policy
    assert "grocer" not in browser.open("/sign-in").headers["Content-Security-Policy"]


def test_an_application_may_ask_for_its_language_and_the_readers_choice_wins(browser: Browser, club: Club) -> None:
    assert 'lang="fa"' in browser.open(club.asks(ui_locales="de fa-IR en")).text
    browser.open("/language/en?next=/")
    assert '<html lang="en"' in browser.open(club.asks(ui_locales="fa")).text


def test_who_does_not_want_to_sign_in_goes_back_with_nothing_granted(browser: Browser, club: Club) -> None:
    browser.open(club.asks())
    answer = answer_in(browser.send(browser.action("/sign-in/cancel")))
    assert (answer["error"], answer["state"]) == ("access_denied", "s")


def test_an_interaction_of_another_browser_leads_nowhere(app: Flask, browser: Browser, club: Club) -> None:
    browser.open(club.asks())
    address = f"{browser.path}?{browser.page.request.query_string.decode()}"
    assert Browser(app.test_client()).open(address).status_code == 404


def test_who_is_signed_in_proves_it_again_where_an_application_wants_it(
    signed_in: Browser, club: Club, inbox: Inbox
) -> None:
    signed_in.open(club.asks(prompt="login"))
    assert signed_in.path == "/sign-in"
    assert "S*** K***" in signed_in.page.text
    signed_in.send(signed_in.action("/sign-in/again"))
    signed_in.send(signed_in.action("/sign-in/code"), code=inbox.code())
    assert signed_in.path.startswith("/consent/")


def test_a_passkey_is_begun_with_the_token_of_the_page_alone(browser: Browser) -> None:
    assert browser.client.post("/sign-in/passkey/begin", json={}).status_code == 403
    token = browser.open("/sign-in").text.partition('name="csrf_token" value="')[2][:64]
    begun = browser.client.post("/sign-in/passkey/begin", json={}, headers={"X-CSRF-Token": token})
    assert begun.status_code == 200
    assert begun.json
    assert begun.json["options"]["challenge"]
    refused = browser.client.post(
        "/sign-in/passkey",
        json={"challenge": begun.json["challenge"], "credential": {"id": "x"}},
        headers={"X-CSRF-Token": token},
    )
    assert (refused.status_code, refused.json) == (401, {"error": "The passkey could not be checked. Try again."})


def test_remembered_consent_needs_no_page(browser: Browser, club: Club, sara: UUID, inbox: Inbox) -> None:
    sign_in(browser, inbox, club.asks())
    browser.send(browser.path, decision="allow", scope=["profile", "points:read"])
    assert "code" in answer_in(browser.open(club.asks()))


def test_the_providers_own_pages_stand_in_the_frame(signed_in: Browser, club: Club) -> None:
    refused = signed_in.open("/oauth/authorize?client_id=nobody")
    assert refused.status_code == 400
    assert "kit.css" in refused.text
    assert "Content-Security-Policy" in refused.headers
    asked = signed_in.open(f"/oauth/logout?client_id={club.client_id}")
    assert "/oauth/logout" in asked.text
    assert "style-src 'self'" in asked.headers["Content-Security-Policy"]
