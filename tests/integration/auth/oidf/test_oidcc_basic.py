"""oidcc-basic-certification-test-plan and oidcc-config-certification-test-plan."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from tests.relying.party import CALLBACK, ISSUER, Browser, Party, asked, payload_of, register, verified


@pytest.fixture
def basic(http: FlaskClient, partner_id: UUID) -> Party:
    """A client with a secret, as the basic plan has it."""
    return register(http, partner_id, token_endpoint_auth_method="client_secret_basic")


def _who(party: Party, scope: str, sara: UUID) -> dict[str, Any]:
    token = party.sign_in(sara, scope=scope)
    told: dict[str, Any] = party.call("/oauth/userinfo", token["access_token"]).json
    return told


def _signed_in_long_ago() -> None:
    with transaction():
        db.session.execute(
            text(
                "UPDATE session SET opened_at = opened_at - interval '1 minute',"
                " authenticated_at = authenticated_at - interval '1 minute'"
            )
        )


def test_oidcc_discovery_endpoint_verification(http: FlaskClient) -> None:
    told = http.get("/.well-known/openid-configuration").json
    assert told["issuer"] == ISSUER
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "registration_endpoint"):
        assert told[name].startswith(f"{ISSUER}/oauth/")
    assert told["response_types_supported"] == ["code"]
    assert told["subject_types_supported"] == ["public"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert {"sub", "iss", "auth_time", "acr", "member_id"} <= set(told["claims_supported"])


def test_oidcc_server(basic: Party, sara: UUID, http: FlaskClient) -> None:
    token = basic.sign_in(sara)
    assert verified(http, token["id_token"])["sub"] == show("mbr", sara)


def test_oidcc_response_type_missing(basic: Party) -> None:
    told = asked(basic.start(response_type=None).headers["Location"])
    assert told["error"] in ("invalid_request", "unsupported_response_type")
    assert told["state"]


def test_oidcc_idtoken_signature(basic: Party, sara: UUID, http: FlaskClient) -> None:
    told = verified(http, basic.sign_in(sara)["id_token"], "RS256")
    assert told["aud"] == basic.client_id
    assert told["exp"] > told["iat"]


def test_oidcc_idtoken_unsigned(basic: Party, sara: UUID) -> None:
    """No client can be registered for it; that the header names an algorithm is all there is to see."""
    assert json.dumps(payload_of(basic.sign_in(sara)["id_token"]))
    assert basic.sign_in(sara)["id_token"].count(".") == 2
    assert not basic.sign_in(sara)["id_token"].endswith(".")


def test_oidcc_userinfo_get(basic: Party, sara: UUID) -> None:
    assert _who(basic, "openid", sara)["sub"] == show("mbr", sara)


def test_oidcc_userinfo_post_header(basic: Party, sara: UUID) -> None:
    token = basic.sign_in(sara)["access_token"]
    assert basic.call("/oauth/userinfo", token, method="POST").json["sub"] == show("mbr", sara)


def test_oidcc_userinfo_post_body(basic: Party, sara: UUID, http: FlaskClient) -> None:
    token = basic.sign_in(sara)["access_token"]
    assert http.post("/oauth/userinfo", data={"access_token": token}).json["sub"] == show("mbr", sara)
    assert http.get("/oauth/userinfo", query_string={"access_token": token}).status_code == 401


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(basic: Party, sara: UUID) -> None:
    assert "nonce" not in payload_of(basic.sign_in(sara, nonce=None)["id_token"])


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid profile", {"name", "locale"}),
        ("openid email", {"email", "email_verified"}),
        ("openid phone", {"phone_number", "phone_number_verified"}),
        (
            "openid profile email phone",
            {"name", "locale", "email", "email_verified", "phone_number", "phone_number_verified"},
        ),
    ],
    ids=["oidcc-scope-profile", "oidcc-scope-email", "oidcc-scope-phone", "oidcc-scope-all"],
)
def test_oidcc_scope(basic: Party, sara: UUID, scope: str, claims: set[str]) -> None:
    assert _who(basic, scope, sara).keys() == claims | {"sub", "member_id"}


def test_oidcc_scope_address(basic: Party, http: FlaskClient) -> None:
    """Members have no address here: the scope is not advertised, and a request for it is told so."""
    assert "address" not in http.get("/.well-known/openid-configuration").json["scopes_supported"]
    assert asked(basic.start(scope="openid address").headers["Location"])["error"] == "invalid_scope"


def test_oidcc_alternate_happy_flow(app_of_shop: Party, sara: UUID) -> None:
    assert app_of_shop.sign_in(sara, scope="openid email", state="with spaces & = signs?")


@pytest.mark.parametrize("display", ["page", "popup"], ids=["oidcc-display-page", "oidcc-display-popup"])
def test_oidcc_display(basic: Party, sara: UUID, display: str) -> None:
    assert basic.sign_in(sara, display=display)


def test_oidcc_prompt_login(basic: Party, sara: UUID) -> None:
    first = payload_of(basic.sign_in(sara)["id_token"])
    _signed_in_long_ago()
    answer = basic.start(prompt="login")
    assert answer.headers["Location"].startswith("/sign-in")
    callback = Browser(basic.http).follow(answer, sara)
    second = payload_of(basic.redeem(callback["code"]).json["id_token"])
    assert second["auth_time"] >= first["auth_time"]
    assert second["sub"] == first["sub"]


def test_oidcc_prompt_none_not_logged_in(basic: Party) -> None:
    told = asked(basic.start(prompt="none", state="s").headers["Location"])
    assert told == {"error": "login_required", "state": "s", "iss": ISSUER}


def test_oidcc_prompt_none_logged_in(basic: Party, sara: UUID) -> None:
    first = payload_of(basic.sign_in(sara)["id_token"])
    code = asked(basic.start(prompt="none").headers["Location"])["code"]
    second = payload_of(basic.redeem(code).json["id_token"])
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def test_prompt_none_without_consent(basic: Party, browser: Browser, sara: UUID) -> None:
    browser.sign_in(sara)
    assert asked(basic.start(prompt="none").headers["Location"])["error"] == "consent_required"
    assert asked(basic.start(prompt="none login").headers["Location"])["error"] == "invalid_request"


def test_oidcc_max_age_1(basic: Party, sara: UUID) -> None:
    basic.sign_in(sara)
    _signed_in_long_ago()
    answer = basic.start(max_age="1")
    assert answer.headers["Location"].startswith("/sign-in")
    told = payload_of(basic.redeem(Browser(basic.http).follow(answer, sara)["code"]).json["id_token"])
    assert told["iat"] - told["auth_time"] < 30


def test_oidcc_max_age_10000(basic: Party, sara: UUID) -> None:
    first = payload_of(basic.sign_in(sara)["id_token"])
    answer = basic.start(max_age="10000")
    second = payload_of(basic.redeem(asked(answer.headers["Location"])["code"]).json["id_token"])
    assert second["auth_time"] == first["auth_time"]
    for nonsense in ("-1", "x", "1.5", "9" * 20):
        assert asked(basic.start(max_age=nonsense).headers["Location"])["error"] == "invalid_request"


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(basic: Party, sara: UUID) -> None:
    assert basic.sign_in(sara, extra="foobar")


def test_oidcc_id_token_hint(basic: Party, sara: UUID, omid: UUID, browser: Browser) -> None:
    hint = basic.sign_in(sara)["id_token"]
    assert "code" in asked(basic.start(prompt="none", id_token_hint=hint).headers["Location"])
    browser.sign_in(omid)
    other = basic.start(prompt="none", id_token_hint=hint)
    assert asked(other.headers["Location"])["error"] == "login_required"
    assert asked(basic.start(id_token_hint="x.y.z").headers["Location"])["error"] == "invalid_request"


def test_oidcc_login_hint(basic: Party, sara: UUID) -> None:
    assert basic.sign_in(sara, login_hint="sara@example.test")


@pytest.mark.parametrize("name", ["ui_locales", "claims_locales"], ids=["oidcc-ui-locales", "oidcc-claims-locales"])
def test_oidcc_locales(basic: Party, sara: UUID, name: str) -> None:
    assert basic.sign_in(sara, **{name: "fa en se"})


def test_oidcc_ensure_request_with_acr_values_succeeds(basic: Party, sara: UUID) -> None:
    token = basic.sign_in(sara, acr_values="urn:peyvand:acr:2 urn:peyvand:acr:1")
    assert payload_of(token["id_token"])["acr"] == "urn:peyvand:acr:1"


def test_oidcc_codereuse(basic: Party, browser: Browser, sara: UUID) -> None:
    code = browser.follow(basic.start(), sara)["code"]
    assert basic.redeem(code).status_code == 200
    answer = basic.redeem(code)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


def test_oidcc_codereuse_30seconds(basic: Party, browser: Browser, sara: UUID) -> None:
    code = browser.follow(basic.start(), sara)["code"]
    token = basic.redeem(code).json["access_token"]
    with transaction():
        db.session.execute(text("UPDATE oauth_code SET used_at = used_at - interval '30 seconds'"))
    assert basic.redeem(code).json["error"] == "invalid_grant"
    assert basic.call("/oauth/userinfo", token).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(basic: Party) -> None:
    answer = basic.start(redirect_uri=f"{CALLBACK}/foobar")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_oidcc_ensure_post_request_succeeds(basic: Party, browser: Browser, sara: UUID) -> None:
    answer = basic.start(method="POST")
    assert answer.status_code == 303
    assert basic.redeem(browser.follow(answer, sara)["code"]).status_code == 200


def test_oidcc_server_client_secret_post(http: FlaskClient, partner_id: UUID, sara: UUID) -> None:
    assert register(http, partner_id, token_endpoint_auth_method="client_secret_post").sign_in(sara)


def test_oidcc_request_uri_unsupported(basic: Party) -> None:
    answer = basic.start(request_uri="https://shop.example/request.jwt")
    assert asked(answer.headers["Location"])["error"] == "request_uri_not_supported"


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(basic: Party) -> None:
    answer = basic.start(request="eyJhbGciOiJub25lIn0.e30.")
    assert asked(answer.headers["Location"])["error"] == "request_not_supported"


def test_oidcc_claims_essential(basic: Party, sara: UUID) -> None:
    token = basic.sign_in(sara, scope="openid", claims='{"userinfo": {"name": {"essential": true}}}')
    assert basic.call("/oauth/userinfo", token["access_token"]).json["name"] == "Sara Ahmadi"


def test_oidcc_ensure_request_object_with_redirect_uri(basic: Party) -> None:
    answer = basic.start(request="eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9.")
    assert answer.headers["Location"].startswith(CALLBACK)
    assert asked(answer.headers["Location"])["error"] == "request_not_supported"


def test_oidcc_refresh_token(basic: Party, sara: UUID, http: FlaskClient, partner_id: UUID) -> None:
    token = basic.sign_in(sara)
    fresh = basic.refresh(token["refresh_token"]).json
    assert fresh["access_token"] != token["access_token"]
    assert basic.call("/oauth/userinfo", fresh["access_token"]).status_code == 200
    thief = register(http, partner_id)
    assert thief.refresh(token["refresh_token"]).json["error"] == "invalid_grant"


def test_oidcc_ensure_request_with_valid_pkce_succeeds(basic: Party, sara: UUID) -> None:
    assert basic.sign_in(sara)
