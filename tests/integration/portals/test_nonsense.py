"""What no browser sends, and somebody else may: it is refused, and breaks nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from network.sessions.domain import Realm
from network.sessions.service import open_session
from tests.integration.portals.conftest import Browser, Club
from tests.staffing import everyman

_NO_ADDRESS = "http://["


def test_an_origin_that_is_no_address_is_that_of_another_site(browser: Browser) -> None:
    browser.open("/sign-in")
    for origin in (_NO_ADDRESS, "null", "//"):
        answer = browser.client.post("/sign-in", data={"contact": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403, origin


def test_a_referrer_that_is_no_address_leads_nowhere(browser: Browser) -> None:
    browser.open("/sign-in")
    answer = browser.client.post("/sign-in", data={"contact": "x"}, headers={"Referer": _NO_ADDRESS})
    assert answer.status_code == 403
    assert _NO_ADDRESS not in answer.text


@pytest.mark.parametrize("address", ["/sign-in?next=%00", "/language/fa?next=/%00", "/sign-in?interaction=%00"])
def test_no_page_takes_a_nul(browser: Browser, address: str) -> None:
    assert browser.client.get(address).status_code == 400


def test_no_page_of_staff_asks_the_database_for_a_nul(app: Flask, browser: Browser) -> None:
    mina = everyman("mina").staff.staff_id
    browser.client.set_cookie("peyvand-staff", open_session(Realm.STAFF, mina, ["pwd", "otp", "mfa"]).token)
    assert browser.client.get("/staff/people?partner=%00").status_code == 400
    browser.open("/staff/people")
    assert browser.send("/staff/people", login="navid", name="Navid", role="\0").status_code == 400


def test_half_a_letter_is_refused_where_an_application_pushes_it(browser: Browser, club: Club) -> None:
    asked = parse_qs(urlsplit(club.asks(prompt="create")).query) | {"enrolment_claims": ['{"phone_number":"\\ud800"}']}
    answer = browser.client.post("/oauth/par", data=asked, auth=(club.client_id, club.secret))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")  # type: ignore[index]


def test_brackets_without_end_are_no_passkey(browser: Browser) -> None:
    browser.open("/sign-in")
    headers = {"X-CSRF-Token": browser.token, "Content-Type": "application/json"}
    for body in ("[" * 50_000, '{"a":' * 9_000):
        assert browser.client.post("/sign-in/passkey", data=body, headers=headers).status_code == 400
