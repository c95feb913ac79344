"""The kit: languages, forms that only our pages can send, what browsers may keep, failures in the frame."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.portals.kit.assets import asset
from network.portals.kit.pages import Pages, local_path
from tests.unit.portals.pages import Tags, send, token_in


def test_a_page_is_persian_from_right_to_left_for_those_who_read_persian(browser: FlaskClient) -> None:
    page = browser.get("/", headers={"Accept-Language": "fa-IR,en;q=0.5"})
    assert '<html lang="fa" dir="rtl">' in page.text
    assert "tabler.rtl.min.css" in page.text
    assert page.headers["Content-Language"] == "fa"


def test_a_page_is_english_for_those_who_read_neither_language(browser: FlaskClient) -> None:
    assert '<html lang="en" dir="ltr">' in browser.get("/", headers={"Accept-Language": "de"}).text


def test_the_switch_wins_over_the_browser_and_leads_back(browser: FlaskClient) -> None:
    answer = browser.get("/language/fa?next=/try", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.location) == (303, "/try")
    assert 'lang="fa"' in browser.get("/", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "x", "/a\nb", None])
def test_the_way_back_leads_to_this_host_alone(address: str | None) -> None:
    assert local_path(address, "/") == "/"
    assert local_path("/account/card?x=1", "/") == "/account/card?x=1"


def test_a_form_of_our_page_passes_and_leaves_a_sentence_for_the_next_page_once(browser: FlaskClient) -> None:
    assert send(browser, "/try", name="right").status_code == 303
    assert "That did not work" in browser.get("/try").text
    assert "That did not work" not in browser.get("/try").text


def test_what_is_wrong_stands_next_to_its_field_and_what_was_typed_is_kept(browser: FlaskClient) -> None:
    page = send(browser, "/try", name='<b>"wrong"')
    assert page.status_code == 422
    field = next(found for tag, found in Tags(page.text).tags if found.get("name") == "name")
    assert field["value"] == '<b>"wrong"'
    assert field["aria-describedby"] == "name-complaint"
    assert 'id="name-complaint"' in page.text


def test_a_form_without_the_token_of_this_browser_is_refused(kit: Flask, browser: FlaskClient) -> None:
    another = token_in(kit.test_client().get("/try"))
    browser.get("/try")
    for token in ("", "x", another):
        assert browser.post("/try", data={"csrf_token": token, "name": "right"}).status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_that_another_site_sends_is_refused_whatever_it_holds(
    browser: FlaskClient, header: dict[str, str]
) -> None:
    data = {"csrf_token": token_in(browser.get("/try")), "name": "right"}
    assert browser.post("/try", data=data, headers=header).status_code == 403
    assert browser.post("/try", data=data, headers={"Origin": "http://localhost"}).status_code == 303


def test_a_form_larger_than_any_of_ours_is_refused(browser: FlaskClient) -> None:
    assert send(browser, "/try", name="x" * 70_000).status_code == 413


def test_nobody_is_let_in_without_a_session_and_comes_back_after_signing_in(browser: FlaskClient) -> None:
    answer = browser.get("/own?x=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fown%3Fx%3D1")


def test_a_page_that_does_not_say_whose_it_is_can_not_be_registered() -> None:
    with pytest.raises(TypeError, match="whose page"):
        Pages("x", __name__).add_url_rule("/x", view_func=lambda: "")


def test_pages_are_not_kept_and_hold_no_script_and_no_style_of_their_own(browser: FlaskClient) -> None:
    for path in ("/", "/try", "/nothing"):
        page = browser.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        found = Tags(page.text)
        assert found.inline == []
        assert [tag for tag, held in found.tags if any(name == "style" or name.startswith("on") for name in held)] == []


def test_a_failure_is_a_page_for_people_and_a_problem_for_machines(browser: FlaskClient) -> None:
    page = browser.get("/nothing", headers={"Accept-Language": "fa"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "این صفحه وجود ندارد" in page.text
    assert browser.get("/v1/nothing").mimetype == "application/problem+json"
    assert browser.get("/oauth/nothing").mimetype == "application/problem+json"


def test_the_switch_keeps_the_query_of_a_page_and_repeats_none_of_what_failed(browser: FlaskClient) -> None:
    assert "next=/try?told%3Dthis" in browser.get("/try?told=this").text
    failed = browser.get("/nothing?told=this")
    assert failed.status_code == 404
    assert '/language/fa?next=/nothing"' in failed.text
    assert "told" not in failed.text


def test_a_failure_of_ours_shows_the_request_and_nothing_else(kit: Flask) -> None:
    def fail() -> str:
        raise ZeroDivisionError("a secret is xyzzy")

    kit.add_url_rule("/fail", view_func=fail)
    kit.testing = False
    page = kit.test_client().get("/fail")
    assert page.status_code == 500
    assert page.headers["Request-Id"] in page.text
    assert "xyzzy" not in page.text


def test_a_page_that_a_method_can_not_open_tells_which_can(browser: FlaskClient) -> None:
    page = browser.delete("/try")
    assert (page.status_code, page.mimetype) == (405, "text/html")
    assert "POST" in page.headers["Allow"]


def test_static_files_are_kept_for_good_by_their_address_and_compressed(kit: Flask, browser: FlaskClient) -> None:
    with kit.test_request_context():
        address = asset("own/kit.css")
    answer = browser.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert gzip.decompress(answer.data) == browser.get(address).data
    assert browser.get("/assets/old/own/kit.css").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["own/../../__init__.py", "vendor/tabler/VERSION", "own/", "%2e%2e/setup.py"])
def test_no_other_file_is_served(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/assets/x/{name}").status_code == 404


@pytest.mark.usefixtures("asking")
def test_a_template_that_names_a_file_that_is_not_there_fails() -> None:
    with pytest.raises(KeyError):
        asset("own/nothing.css")
