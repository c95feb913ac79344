"""fapi2-security-profile-final-test-plan, with sender_constrain=dpop and client_auth_type=private_key_jwt."""

import time
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from tests.relying.party import ISSUER, Browser, Party, asked, payload_of, register


@pytest.fixture
def bank(http: FlaskClient, partner_id: UUID) -> Party:
    """A client as FAPI 2.0 wants it: keys, pushed requests, bound tokens."""
    profile = {"dpop_bound_access_tokens": True, "require_pushed_authorization_requests": True}
    return register(http, partner_id, bound=True, **profile)


@pytest.fixture
def code(bank: Party, browser: Browser, sara: UUID) -> str:
    """One that a member has just brought back."""
    return browser.follow(bank.start(pushed=True), sara)["code"]


def _push_with(bank: Party, **assertion: Any) -> Any:
    form = bank.request() | {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": bank.assertion(**assertion),
    }
    return bank.http.post("/oauth/par", data=form)


def test_discovery_end_point_verification(http: FlaskClient) -> None:
    told = http.get("/.well-known/openid-configuration").json
    assert told["pushed_authorization_request_endpoint"] == f"{ISSUER}/oauth/par"
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    assert {"ES256", "PS256"} <= set(told["dpop_signing_alg_values_supported"])
    assert not {"RS256", "none", "HS256"} & set(told["token_endpoint_auth_signing_alg_values_supported"])


def test_happy_flow(bank: Party, sara: UUID) -> None:
    token = bank.sign_in(sara, pushed=True, scope="openid points:read")
    assert token["token_type"] == "DPoP"
    assert payload_of(token["access_token"])["cnf"] == {"jkt": bank.proof.thumbprint()}  # type: ignore[union-attr]
    assert bank.call("/oauth/userinfo", token["access_token"]).status_code == 200


def test_user_rejects_authentication(bank: Party, browser: Browser, sara: UUID) -> None:
    callback = browser.follow(bank.start(pushed=True, state="s"), sara, granted=False)
    assert callback == {"error": "access_denied", "state": "s", "iss": ISSUER}


def test_ensure_unsigned_authorization_request_without_using_par_fails(bank: Party) -> None:
    assert asked(bank.start().headers["Location"])["error"] == "invalid_request"


def test_par_attempt_reuse_request_uri(bank: Party, browser: Browser, sara: UUID) -> None:
    request_uri = bank.push().json["request_uri"]
    query = {"client_id": bank.client_id, "request_uri": request_uri}
    callback = browser.follow(bank.http.get("/oauth/authorize", query_string=query), sara)
    assert callback["code"]
    again = bank.http.get("/oauth/authorize", query_string=query)
    assert again.status_code == 400
    assert "Location" not in again.headers


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(
    bank: Party, browser: Browser, sara: UUID
) -> None:
    query = {"client_id": bank.client_id, "request_uri": bank.push().json["request_uri"]}
    assert bank.http.get("/oauth/authorize", query_string=query).headers["Location"].startswith("/sign-in")
    assert browser.follow(bank.http.get("/oauth/authorize", query_string=query), sara)["code"]


def test_par_attempt_to_use_expired_request_uri(bank: Party) -> None:
    pushed = bank.push().json
    assert pushed["expires_in"] == 90
    with transaction():
        db.session.execute(text("UPDATE oauth_pushed_request SET expires_at = now() - interval '1 second'"))
    query = {"client_id": bank.client_id, "request_uri": pushed["request_uri"]}
    assert bank.http.get("/oauth/authorize", query_string=query).status_code == 400


def test_par_attempt_to_use_request_uri_for_different_client(bank: Party, http: FlaskClient, partner_id: UUID) -> None:
    other = register(http, partner_id)
    query = {"client_id": other.client_id, "request_uri": bank.push().json["request_uri"]}
    assert http.get("/oauth/authorize", query_string=query).status_code == 400


def test_par_authorization_request_containing_request_uri_form_param(bank: Party) -> None:
    answer = bank.push(request_uri="urn:ietf:params:oauth:request_uri:x")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_par_attempt_invalid_http_method(bank: Party, method: str) -> None:
    assert bank.http.open("/oauth/par", method=method, data=bank.request()).status_code == 405


def test_par_ensure_pkce_required(bank: Party) -> None:
    answer = bank.push(code_challenge=None, code_challenge_method=None)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_par_plain_pkce_rejected(bank: Party) -> None:
    assert bank.push(code_challenge_method="plain").json["error"] == "invalid_request"


def test_incorrect_pkce_code_verifier_rejected(bank: Party, code: str) -> None:
    assert bank.redeem(code, code_verifier="x" * 43).json["error"] == "invalid_grant"


@pytest.mark.parametrize("response_type", ["token", "code id_token", "id_token"])
def test_ensure_response_type_other_than_code_fails(bank: Party, response_type: str) -> None:
    answer = bank.push(response_type=response_type)
    assert answer.json["error"] in ("invalid_request", "unsupported_response_type")


def test_ensure_token_endpoint_fails_with_expired_auth_code(bank: Party, code: str) -> None:
    with transaction():
        lives = db.session.execute(text("SELECT expires_at - issued_at FROM oauth_code")).scalar_one()
        db.session.execute(text("UPDATE oauth_code SET expires_at = now()"))
    assert lives.total_seconds() <= 60
    assert bank.redeem(code).json["error"] == "invalid_grant"


def test_attempt_reuse_authorization_code_after_one_second(bank: Party, code: str) -> None:
    assert bank.redeem(code).status_code == 200
    with transaction():
        db.session.execute(text("UPDATE oauth_code SET used_at = used_at - interval '1 second'"))
    assert bank.redeem(code).json["error"] == "invalid_grant"


def test_par_test_array_as_audience_fails(bank: Party) -> None:
    assert _push_with(bank, aud=[ISSUER]).json["error"] == "invalid_client"


def test_par_test_token_endpoint_url_as_audience_fails(bank: Party) -> None:
    assert _push_with(bank, aud=f"{ISSUER}/oauth/token").json["error"] == "invalid_client"


def test_par_test_par_endpoint_url_as_audience_fails(bank: Party) -> None:
    assert _push_with(bank, aud=f"{ISSUER}/oauth/par").json["error"] == "invalid_client"


def test_par_test_issuer_as_audience_succeeds(bank: Party) -> None:
    assert _push_with(bank, aud=ISSUER).status_code == 201


def test_ensure_client_assertion_with_wrong_sub_fails(bank: Party) -> None:
    assert _push_with(bank, sub="cli_other").status_code == 401


def test_ensure_signed_client_assertion_with_rs256_fails(bank: Party) -> None:
    answer = _push_with(bank, algorithm="RS256", key=RSAKey.generate_key(2048))
    assert answer.json["error"] == "invalid_client"


def test_ensure_holder_of_key_required(bank: Party, code: str) -> None:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": bank.redirect_uri}
    form |= {"code_verifier": bank.verifiers[""], **bank.credentials()}
    answer = bank.http.post("/oauth/token", data=form)
    assert answer.json["error"] in ("invalid_request", "invalid_dpop_proof")


@pytest.mark.parametrize(
    "changed",
    [
        {"htm": "PUT"},
        {"htu": f"{ISSUER}/oauth/other"},
        {"iat": int(time.time()) - 3600},
        {"jti": None},
        {"header": {"typ": "JWT"}},
    ],
)
def test_dpop_negative_tests(bank: Party, code: str, changed: dict[str, Any]) -> None:
    proof = bank.proof_for("POST", "/oauth/token", **changed)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": bank.redirect_uri}
    form |= {"code_verifier": bank.verifiers[""], **bank.credentials()}
    answer = bank.http.post("/oauth/token", data=form, headers={"DPoP": proof})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_dpop_proof")
    assert bank.redeem(code).status_code == 200  # a wrong proof has used nothing up


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"exp": 60, "nbf": -5}, 200),
        ({"exp": -60}, 401),
        ({"nbf": 60}, 401),
    ],
    ids=str,
)
def test_check_dpop_proof_nbf_exp(bank: Party, sara: UUID, changed: dict[str, int], status: int) -> None:
    token = bank.sign_in(sara, pushed=True)["access_token"]
    times = {name: int(time.time()) + seconds for name, seconds in changed.items()}
    proof = bank.proof_for("GET", "/oauth/userinfo", token=token, **times)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert bank.http.get("/oauth/userinfo", headers=headers).status_code == status


@pytest.mark.parametrize("seconds", [-10, 8])
def test_ensure_dpop_proof_with_iat_ten_seconds_off_succeeds(bank: Party, sara: UUID, seconds: int) -> None:
    token = bank.sign_in(sara, pushed=True)["access_token"]
    proof = bank.proof_for("GET", "/oauth/userinfo", token=token, iat=int(time.time()) + seconds)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert bank.http.get("/oauth/userinfo", headers=headers).status_code == 200


def test_ensure_mismatched_dpop_jkt_fails(bank: Party) -> None:
    answer = bank.push(dpop_jkt=ECKey.generate_key("P-256").thumbprint())
    assert answer.json["error"] in ("invalid_request", "invalid_dpop_proof")


def test_ensure_dpop_auth_code_binding_success(bank: Party, sara: UUID) -> None:
    assert bank.proof is not None
    assert bank.sign_in(sara, pushed=True, dpop_jkt=bank.proof.thumbprint())


def test_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(bank: Party, code: str) -> None:
    bank.proof = ECKey.generate_key("P-256")
    assert bank.redeem(code).json["error"] == "invalid_grant"


def test_refresh_token(bank: Party, sara: UUID) -> None:
    """Confidential clients: the same refresh token goes on, so that a lost answer locks nobody out."""
    first = bank.sign_in(sara, pushed=True)
    for _ in range(2):
        fresh = bank.refresh(first["refresh_token"]).json
        assert fresh["refresh_token"] == first["refresh_token"]
        assert bank.call("/oauth/userinfo", fresh["access_token"]).status_code == 200


def test_refresh_token_down_scoped(bank: Party, sara: UUID) -> None:
    first = bank.sign_in(sara, pushed=True, scope="openid email")
    assert bank.refresh(first["refresh_token"], scope="openid").json["scope"] == "openid"
    assert bank.refresh(first["refresh_token"], scope="openid phone").json["error"] == "invalid_scope"


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_access_token_type_header_case_sensitivity(bank: Party, sara: UUID, scheme: str) -> None:
    token = bank.sign_in(sara, pushed=True)["access_token"]
    proof = bank.proof_for("GET", "/oauth/userinfo", token=token)
    headers = {"Authorization": f"{scheme} {token}", "DPoP": proof}
    assert bank.http.get("/oauth/userinfo", headers=headers).status_code == 200


@pytest.mark.parametrize("state", ["x" * 384, None, "&=?#% +"], ids=["long", "absent", "odd"])
def test_ensure_authorization_request_with_any_state(
    bank: Party, browser: Browser, sara: UUID, state: str | None
) -> None:
    callback = browser.follow(bank.start(pushed=True, state=state), sara)
    assert callback.get("state") == state
    assert bank.redeem(callback["code"]).status_code == 200


def test_ensure_authorization_request_with_long_nonce(bank: Party, sara: UUID) -> None:
    token = bank.sign_in(sara, pushed=True, nonce="n" * 384)
    assert payload_of(token["id_token"])["nonce"] == "n" * 384


def test_ensure_other_scope_order_succeeds(bank: Party, sara: UUID) -> None:
    assert bank.sign_in(sara, pushed=True, scope="points:read email openid")["id_token"]


def test_access_token_in_the_address_is_not_read(bank: Party, sara: UUID) -> None:
    token = bank.sign_in(sara, pushed=True)["access_token"]
    assert bank.http.get("/oauth/userinfo", query_string={"access_token": token}).status_code == 401
