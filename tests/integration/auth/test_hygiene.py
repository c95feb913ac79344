"""Introspection, revocation, registration for the sandbox, and burns that are agreed to one by one."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import text

from network.auth import service
from network.auth.errors import AuthorizationRefused
from network.auth.jobs import forget
from network.auth.service import NewClient
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, read, show
from tests.relying.party import Browser, Party, asked, payload_of, public_set, register

from .conftest import add_partner

DETAIL = {"type": "points_redemption", "points": 500, "amount_minor": 500, "currency": "USD"}


def _introspect(party: Party, token: str) -> Any:
    return party.post("/oauth/introspect", {"token": token}).json


def test_a_client_learns_whether_its_tokens_are_good(shop: Party, sara: UUID) -> None:
    token = shop.sign_in(sara, scope="openid points:read")
    told = _introspect(shop, token["access_token"])
    assert (told["active"], told["client_id"], told["sub"]) == (True, shop.client_id, show("mbr", sara))
    assert set(told["scope"].split()) == {"openid", "points:read"}
    assert told["exp"] > payload_of(token["access_token"])["iat"]
    assert _introspect(shop, token["refresh_token"])["token_type"] == "refresh_token"
    service.withdraw_all_consents(sara, by="mbr")
    assert _introspect(shop, token["access_token"]) == {"active": False}
    assert _introspect(shop, token["refresh_token"]) == {"active": False}


def test_a_client_learns_nothing_of_anothers_tokens(
    shop: Party, http: FlaskClient, partner_id: UUID, sara: UUID
) -> None:
    token = shop.sign_in(sara)
    other = register(http, partner_id)
    assert _introspect(other, token["access_token"]) == _introspect(other, token["refresh_token"]) == {"active": False}


def test_a_public_client_introspects_nothing(app_of_shop: Party, sara: UUID) -> None:
    token = app_of_shop.sign_in(sara)["access_token"]
    assert app_of_shop.post("/oauth/introspect", {"token": token}).status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_giving_a_token_back_ends_all_of_its_grant(shop: Party, sara: UUID, kind: str) -> None:
    token = shop.sign_in(sara)
    other = shop.sign_in(sara)
    assert shop.post("/oauth/revoke", {"token": token[kind], "token_type_hint": kind}).status_code == 200
    assert shop.call("/oauth/userinfo", token["access_token"]).json["code"] == "invalid_token"
    assert shop.refresh(token["refresh_token"]).json["error"] == "invalid_grant"
    assert shop.call("/oauth/userinfo", other["access_token"]).status_code == 200  # another sign-in
    assert service.list_consents(sara)  # and the member still consents


def test_nobody_gives_back_what_is_anothers(shop: Party, http: FlaskClient, partner_id: UUID, sara: UUID) -> None:
    token = shop.sign_in(sara)
    answer = register(http, partner_id).post("/oauth/revoke", {"token": token["refresh_token"]})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert shop.refresh(token["refresh_token"]).status_code == 200


def test_giving_back_what_is_none_is_no_failure(shop: Party) -> None:
    assert shop.post("/oauth/revoke", {"token": "garbage"}).status_code == 200
    assert shop.post("/oauth/revoke", {}).json["error"] == "invalid_request"


def test_a_clients_own_token_is_not_given_back_but_expires(http: FlaskClient, till: NewClient, token_of: Any) -> None:
    form = {"token": token_of(till)}
    answer = http.post("/oauth/revoke", data=form, auth=(till.shown_id, till.client_secret))
    assert (answer.status_code, answer.json["error"]) == (400, "unsupported_token_type")


def _register(http: FlaskClient, token: str | None, **metadata: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return http.post("/oauth/register", json=metadata, headers=headers)


def test_a_developer_registers_a_client_for_the_sandbox(http: FlaskClient, partner_id: UUID, sara: UUID) -> None:
    token = service.create_initial_token(partner_id)
    answer = _register(http, token, client_name="Trial", redirect_uris=["http://127.0.0.1:5000/cb"])
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert made["client_secret_expires_at"] == 0
    assert service.get_client(read("cli", made["client_id"])).kind == "sandbox"
    trial = Party(http, made["client_id"], made["client_secret"], redirect_uri="http://127.0.0.1:5000/cb")
    assert trial.sign_in(sara)["id_token"]


def test_a_client_with_a_key_is_registered_without_a_secret(http: FlaskClient, partner_id: UUID) -> None:
    metadata = {"token_endpoint_auth_method": "private_key_jwt", "jwks": public_set(ECKey.generate_key("P-256"))}
    metadata |= {"grant_types": ["client_credentials"], "scope": "points:read"}
    made = _register(http, service.create_initial_token(partner_id), **metadata).json
    assert "client_secret" not in made
    assert made["jwks"]["keys"][0]["kty"] == "EC"
    assert made["scope"] == "points:read"


def test_an_initial_token_is_needed_and_ends(http: FlaskClient, partner_id: UUID) -> None:
    uris = {"redirect_uris": ["https://shop.example/cb"]}
    for token in (None, "made-up"):
        assert _register(http, token, **uris).status_code == 401
    once = service.create_initial_token(partner_id, uses=1)
    assert [_register(http, once, **uris).status_code for _ in range(2)] == [201, 401]
    old = service.create_initial_token(partner_id)
    with transaction():
        db.session.execute(text("UPDATE oauth_initial_token SET expires_at = now() - interval '1 second'"))
    assert _register(http, old, **uris).status_code == 401


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"redirect_uris": ["http://shop.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://shop.example/*"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://shop.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://user:pw@shop.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({}, "invalid_redirect_uri"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]}, "invalid_client_metadata"),
        ({"scope": "root"}, "invalid_client_metadata"),
        ({"jwks_uri": "https://shop.example/keys", "redirect_uris": ["https://a.example/"]}, "invalid_client_metadata"),
        ({"client_name": 7}, "invalid_client_metadata"),
        ({"client_name": "\x00"}, "invalid_client_metadata"),
        ({"client_name": "\ud800"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}, "invalid_client_metadata"),
    ],
    ids=str,
)
def test_metadata_that_does_not_fit_uses_nothing_up(
    http: FlaskClient, partner_id: UUID, metadata: dict[str, Any], error: str
) -> None:
    token = service.create_initial_token(partner_id, uses=1)
    answer = _register(http, token, **metadata)
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert _register(http, token, redirect_uris=["https://shop.example/cb"]).status_code == 201


def test_a_registration_is_an_object(http: FlaskClient) -> None:
    for body in ("[]", "x", "", "[" * 60_000):
        answer = http.post("/oauth/register", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")
    endless = http.post("/oauth/register", data="[" * 100_000, content_type="application/json")
    assert (endless.status_code, endless.json["code"]) == (413, "payload_too_large")


def test_a_member_agrees_to_one_burn(shop: Party, browser: Browser, partner_id: UUID, sara: UUID) -> None:
    scope = "openid points:redeem"
    shop.sign_in(sara, scope=scope)
    answer = shop.start(scope=scope, authorization_details=json.dumps([DETAIL]))
    interaction = answer.headers["Location"].removeprefix("/consent/")  # asked each time, whatever was agreed before
    (detail,) = service.get_interaction(interaction, browser.mark).request.details
    assert (detail.points, detail.amount_minor, detail.partner) == (500, 500, show("par", partner_id))
    token = shop.redeem(browser.follow(answer, sara)["code"]).json
    (told,) = token["authorization_details"]
    assert told == {**DETAIL, "partner": show("par", partner_id), "identifier": told["identifier"]}
    assert payload_of(token["access_token"])["authorization_details"] == [told]
    burn = {"partner_id": partner_id, "member_id": sara, "points": 500, "amount_minor": 500, "currency": "USD"}
    identifier = read("aut", told["identifier"])
    for wrong in (
        {"points": 501},
        {"amount_minor": 501},
        {"currency": "EUR"},
        {"member_id": new_id()},
        {"partner_id": add_partner("beta")},
    ):
        with pytest.raises(AuthorizationRefused):
            service.claim_authorization(identifier, **{**burn, **wrong}, claimed_for="key")  # type: ignore[arg-type]
    for _ in range(2):  # what was interrupted goes on
        service.claim_authorization(identifier, **burn, claimed_for="key")  # type: ignore[arg-type]
    with pytest.raises(AuthorizationRefused):
        service.claim_authorization(identifier, **burn, claimed_for="another")  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ["withdrawn", "expired"])
def test_a_burn_that_was_agreed_to_ends(shop: Party, partner_id: UUID, sara: UUID, ending: str) -> None:
    details = json.dumps([{"type": "points_redemption", "points": 500}])
    token = shop.sign_in(sara, scope="points:redeem", authorization_details=details)
    if ending == "withdrawn":
        service.withdraw_all_consents(sara, by="mbr")
    else:
        with transaction():
            db.session.execute(text("UPDATE oauth_authorization SET expires_at = now() - interval '1 second'"))
    with pytest.raises(AuthorizationRefused):
        service.claim_authorization(
            read("aut", token["authorization_details"][0]["identifier"]),
            partner_id=partner_id,
            member_id=sara,
            points=1,
            amount_minor=1,
            currency="USD",
            claimed_for="key",
        )


@pytest.mark.parametrize(
    "details",
    [
        "x",
        "{}",
        "[]",
        "[1]",
        '[{"type": "payment"}]',
        '[{"type": "points_redemption"}]',
        '[{"type": "points_redemption", "points": 0}]',
        '[{"type": "points_redemption", "points": true}]',
        '[{"type": "points_redemption", "points": 1, "amount_minor": 1}]',
        '[{"type": "points_redemption", "points": 1, "extra": 1}]',
        '[{"type": "points_redemption", "points": 1, "partner": "par_01h455vb4pex5vsknk084sn02q"}]',
    ],
)
def test_details_that_are_none_are_refused(shop: Party, details: str) -> None:
    answer = shop.start(scope="points:redeem", authorization_details=details)
    assert asked(answer.headers["Location"])["error"] in ("invalid_request", "invalid_authorization_details")
    assert shop.push(scope="points:redeem", authorization_details=details).status_code == 400


def test_what_has_expired_is_forgotten_and_a_replay_still_known(shop: Party, browser: Browser, sara: UUID) -> None:
    code = browser.follow(shop.start(pushed=True), sara)["code"]
    token = shop.redeem(code).json
    tables = ("oauth_seen", "oauth_pushed_request", "oauth_interaction")
    with transaction():
        for table in (*tables, "oauth_code"):
            db.session.execute(text(f"UPDATE {table} SET expires_at = now() - interval '1 day'"))
    forget()
    for table in tables:
        assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    assert shop.redeem(code).json["error"] == "invalid_grant"
    assert shop.call("/oauth/userinfo", token["access_token"]).status_code == 401
