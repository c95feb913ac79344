"""oidcc-rp-initiated-logout-certification-test-plan."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.relying.party import Browser, Party, asked, register

BYE = "https://shop.example/bye"


@pytest.fixture
def shop(http: FlaskClient, partner_id: UUID) -> Party:
    """A client that wants its members back after a logout."""
    return register(http, partner_id, post_logout_redirect_uris=[BYE, f"{BYE}?kept=1"])


@pytest.fixture
def hint(shop: Party, sara: UUID) -> str:
    """The id token of a member who is signed in."""
    return str(shop.sign_in(sara)["id_token"])


def _logout(shop: Party, method: str = "GET", **parameters: Any) -> Any:
    if method == "POST":
        return shop.http.post("/oauth/logout", data=parameters)
    return shop.http.get("/oauth/logout", query_string=parameters)


def _is_signed_out(shop: Party) -> bool:
    return Browser(shop.http).session is None and asked(shop.start(prompt="none").headers["Location"])["error"] == (
        "login_required"
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_oidcc_rp_initiated_logout(shop: Party, hint: str, method: str) -> None:
    answer = _logout(shop, method, id_token_hint=hint, post_logout_redirect_uri=BYE, state="s 1")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(BYE)
    assert asked(answer.headers["Location"]) == {"state": "s 1"}
    assert _is_signed_out(shop)


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(shop: Party, hint: str) -> None:
    answer = _logout(shop, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}?kept=1", state="s")
    assert asked(answer.headers["Location"]) == {"kept": "1", "state": "s"}
    wrong = _logout(shop, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}?other=1")
    assert "Location" not in wrong.headers


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(shop: Party, hint: str) -> None:
    answer = _logout(shop, id_token_hint=hint, post_logout_redirect_uri="https://evil.example/")
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


@pytest.mark.parametrize("bad", ["garbage", "a.b.c", "modified"])
def test_oidcc_rp_initiated_logout_bad_or_modified_id_token_hint(shop: Party, hint: str, bad: str) -> None:
    told = hint[:-6] + "AAAAAA" if bad == "modified" else bad
    answer = _logout(shop, id_token_hint=told, post_logout_redirect_uri=BYE)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert not _is_signed_out(shop)


def test_an_access_token_is_no_hint(shop: Party, sara: UUID) -> None:
    token = shop.sign_in(sara)["access_token"]
    assert _logout(shop, id_token_hint=token, post_logout_redirect_uri=BYE).status_code == 400
    assert asked(shop.start(id_token_hint=token).headers["Location"])["error"] == "invalid_request"


def test_oidcc_rp_initiated_logout_no_id_token_hint(shop: Party, hint: str) -> None:
    answer = _logout(shop, post_logout_redirect_uri=BYE)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "<form" in answer.text  # it asks; a link alone signs nobody out
    assert not _is_signed_out(shop)


@pytest.mark.parametrize("parameters", [{}, {"state": "s"}], ids=["no-params", "only-state"])
def test_oidcc_rp_initiated_logout_no_params(shop: Party, hint: str, parameters: dict[str, str]) -> None:
    answer = _logout(shop, **parameters)
    assert answer.status_code == 200
    assert not _is_signed_out(shop)


def test_the_member_who_is_asked_signs_out(shop: Party, hint: str) -> None:
    page = _logout(shop, client_id=shop.client_id).text
    confirmation = page.partition('name="confirmation" value="')[2].partition('"')[0]
    for wrong in ("", "x"):
        _logout(shop, "POST", client_id=shop.client_id, confirmation=wrong)
        assert not _is_signed_out(shop)
    assert _logout(shop, "POST", client_id=shop.client_id, confirmation=confirmation).status_code == 200
    assert _is_signed_out(shop)


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(shop: Party, hint: str) -> None:
    answer = _logout(shop, id_token_hint=hint)
    assert answer.status_code == 200
    assert _is_signed_out(shop)


def test_oidcc_rp_initiated_logout_no_state(shop: Party, hint: str) -> None:
    assert _logout(shop, id_token_hint=hint, post_logout_redirect_uri=BYE).headers["Location"] == BYE


def test_the_hint_of_another_member_signs_nobody_out_unasked(
    shop: Party, hint: str, browser: Browser, omid: UUID
) -> None:
    browser.sign_in(omid)
    assert "<form" in _logout(shop, id_token_hint=hint, post_logout_redirect_uri=BYE).text
    assert browser.session is not None


def test_a_client_that_the_hint_is_not_for_is_refused(
    shop: Party, hint: str, http: FlaskClient, partner_id: UUID
) -> None:
    other = register(http, partner_id)
    assert _logout(shop, id_token_hint=hint, client_id=other.client_id).status_code == 400
