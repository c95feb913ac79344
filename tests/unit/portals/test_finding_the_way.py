"""Where a page leads back to, which door is its own, and where the eye goes when something is wrong."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from network.portals.kit.devices import device_of
from network.portals.kit.rendering import Door, door_now
from tests.unit.portals.pages import Tags, token_in

HERE = "http://network.test/try?x=1"


def _sends(browser: FlaskClient, referrer: str, **values: str) -> TestResponse:
    told = {"csrf_token": token_in(browser.get("/try")), **values}
    return browser.post("/try", data=told, base_url="http://network.test", headers={"Referer": referrer})


@pytest.fixture
def browser(kit: Flask) -> FlaskClient:
    kit.config["SERVER_NAME"] = "network.test"
    return kit.test_client()


@pytest.mark.parametrize(
    ("referrer", "way"),
    [(HERE, "/try?x=1"), ("https://evil.example/try", "/"), ("http://network.test//evil.example", "/")],
)
def test_the_switch_of_languages_leads_back_to_the_page_of_a_form_that_was_answered(
    browser: FlaskClient, referrer: str, way: str
) -> None:
    page = _sends(browser, referrer, name="wrong")
    assert page.status_code == 422
    switch = next(held["href"] or "" for _, held in Tags(page.text).tags if "hreflang" in held)
    assert parse_qs(urlsplit(switch).query) == {"next": [way]}


def test_what_is_wrong_has_the_focus_and_is_named_in_the_title(browser: FlaskClient) -> None:
    page = _sends(browser, HERE, name="wrong")
    field = next(held for _, held in Tags(page.text).tags if held.get("name") == "name")
    assert "autofocus" in field
    assert "<title>Mistake: Trial" in page.text


def test_a_form_that_is_refused_can_be_loaded_again(browser: FlaskClient) -> None:
    answer = browser.post("/try", data={}, base_url="http://network.test", headers={"Referer": HERE})
    assert answer.status_code == 403
    assert 'href="/try?x=1"' in answer.text
    assert "Load the form again" not in browser.get("/nothing").text


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/staff", "staff.account"),
        ("/staff/people/x/roles", "staff_people.people"),
        ("/staff/password", "staff.account"),
    ],
)
def test_the_door_of_a_page_is_the_nearest_above_it(kit: Flask, path: str, own: str) -> None:
    doors = [Door(each, "x", "x") for each in ("staff.account", "staff_people.people")]
    with kit.test_request_context(path):
        assert getattr(door_now(doors), "endpoint", None) == own
    with kit.test_request_context("/stafffff"):
        assert door_now(doors) is None


@pytest.mark.usefixtures("asking")
@pytest.mark.parametrize(
    ("agent", "name", "label"),
    [
        ("Mozilla/5.0 (Android 14) Chrome/140.0", "\u2068Chrome\u2069 روی \u2068Android\u2069", "Chrome Android"),
        ("curl/8", "دستگاه ناشناخته", ""),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(agent: str, name: str, label: str) -> None:
    assert (device_of(agent).name, device_of(agent).label) == (name, label)
