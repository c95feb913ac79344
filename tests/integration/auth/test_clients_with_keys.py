"""Clients that prove who they are with a key (RFC 7523), are registered with it, and change it."""

import secrets
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, OKPKey, RSAKey

from network.auth import service
from network.auth.errors import BadKey, BadMetadata
from network.kernel.identifiers import new_id, read
from tests.relying.party import ASSERTION_TYPE, ISSUER, Party, payload_of, public_set, register

GRANT = {"grant_type": "client_credentials"}
OWN = {"redirect_uris": None, "grant_types": ["client_credentials"]}


@pytest.fixture
def server(http: FlaskClient, partner_id: UUID) -> Party:
    """A partner's server, by its key."""
    return register(http, partner_id, **OWN)


def _ask(party: Party, assertion: str, **form: Any) -> Any:
    credentials = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return party.http.post("/oauth/token", data=GRANT | credentials | form)


def _refused(answer: Any) -> None:
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), answer.text


def test_a_key_opens_without_any_secret(server: Party) -> None:
    answer = _ask(server, server.assertion())
    assert answer.status_code == 200, answer.text
    assert "openid" not in answer.json["scope"]
    assert server.http.get("/v1/me", headers={"Authorization": f"Bearer {answer.json['access_token']}"}).json[
        "client_id"
    ]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048), "PS256"),
        (OKPKey.generate_key("Ed25519"), "EdDSA"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
    ],
    ids=["PS256", "EdDSA", "Ed25519"],
)
def test_the_algorithms_of_fapi_are_accepted(http: FlaskClient, partner_id: UUID, key: Any, algorithm: str) -> None:
    party = register(http, partner_id, **OWN, jwks=public_set(key))
    assert _ask(party, party.assertion(algorithm, key)).status_code == 200


def test_rsa_with_the_old_padding_is_not(http: FlaskClient, partner_id: UUID) -> None:
    key = RSAKey.generate_key(2048)
    party = register(http, partner_id, **OWN, jwks=public_set(key))
    _refused(_ask(party, party.assertion("RS256", key)))


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/oauth/token"},
        {"aud": f"{ISSUER}/oauth/par"},
        {"aud": None},
        {"iss": "cli_other"},
        {"sub": None},
        {"sub": 7},
        {"exp": None},
        {"exp": 1},
        {"exp": int(time.time()) + 86_400},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 3600},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
    ],
)
def test_trap_15_an_assertion_is_for_the_issuer_as_one_string_short_lived_and_once(
    server: Party, changed: dict[str, Any]
) -> None:
    """Trap 15: Authlib takes lists and the token endpoint's address for the audience."""
    _refused(_ask(server, server.assertion(**changed)))


def test_an_assertion_is_accepted_once(server: Party) -> None:
    assertion = server.assertion()
    assert _ask(server, assertion).status_code == 200
    _refused(_ask(server, assertion))


def test_another_key_does_not_open(server: Party) -> None:
    _refused(_ask(server, server.assertion(key=ECKey.generate_key("P-256"))))


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "e30.e30.", "." * 5000, "é.é.é"])
def test_garbage_is_refused_and_nothing_breaks(server: Party, assertion: str) -> None:
    _refused(_ask(server, assertion))


def test_a_client_with_a_key_has_no_other_way_in(server: Party, http: FlaskClient) -> None:
    _refused(http.post("/oauth/token", data=GRANT | {"client_id": server.client_id}))
    _refused(http.post("/oauth/token", data=GRANT, auth=(server.client_id, "")))
    _refused(http.post("/oauth/token", data=GRANT, auth=(server.client_id, "secret")))


def test_credentials_of_two_kinds_are_a_mistake(server: Party) -> None:
    answer = _ask(server, server.assertion(), client_secret="x")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_an_assertion_speaks_for_no_other_client(server: Party, http: FlaskClient, partner_id: UUID) -> None:
    other = register(http, partner_id, **OWN)
    _refused(_ask(server, server.assertion(), client_id=other.client_id))


def test_a_new_key_is_accepted_and_the_old_one_for_the_overlap(server: Party) -> None:
    old, new = server.signer, ECKey.generate_key("P-256")
    client_id = read("cli", server.client_id)
    service.replace_keys(client_id, public_set(new))
    assert _ask(server, server.assertion(key=new)).status_code == 200
    assert _ask(server, server.assertion(key=old)).status_code == 200
    service.replace_keys(client_id, public_set(new), overlap=timedelta(0))
    assert _ask(server, server.assertion(key=new)).status_code == 200
    _refused(_ask(server, server.assertion(key=old)))


def test_a_key_that_is_none_is_not_taken(server: Party) -> None:
    client_id = read("cli", server.client_id)
    private = {"keys": [dict(ECKey.generate_key("P-256").as_dict(private=True))]}
    off_the_curve = {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}
    for jwks in (private, off_the_curve, {"keys": []}, {}, None, {"keys": [{"kty": "oct", "k": "AA"}]}):
        with pytest.raises(BadKey):
            service.replace_keys(client_id, jwks)


def test_a_client_with_a_secret_has_no_keys_and_the_other_way_around(till: Any, server: Party) -> None:
    with pytest.raises(BadMetadata):
        service.replace_keys(till.client_id, public_set(ECKey.generate_key("P-256")))
    with pytest.raises(BadMetadata):
        service.rotate_secret(read("cli", server.client_id))


def test_suspending_ends_tokens_that_were_given_already(server: Party) -> None:
    token = _ask(server, server.assertion()).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    service.suspend_client(read("cli", server.client_id))
    assert server.http.get("/v1/me", headers=bearer).json["code"] == "invalid_token"
    _refused(_ask(server, server.assertion()))
    service.resume_client(read("cli", server.client_id))
    assert server.http.get("/v1/me", headers=bearer).status_code == 200


def test_a_token_may_ask_for_less_and_never_for_a_members_consent(server: Party) -> None:
    narrow = _ask(server, server.assertion(), scope="points:read").json
    assert narrow["scope"] == payload_of(narrow["access_token"])["scope"] == "points:read"
    for scope in ("openid", "points:read email"):
        assert _ask(server, server.assertion(), scope=scope).json["error"] == "invalid_scope"


def test_a_registration_names_stores_of_the_partner_alone(partner_id: UUID) -> None:
    with pytest.raises(BadMetadata):
        service.create_client(partner_id, "x", ["points:read"], store_ids=[new_id()])


def test_a_bound_client_needs_a_proof_and_gets_a_token_that_needs_one(http: FlaskClient, partner_id: UUID) -> None:
    party = register(http, partner_id, bound=True, **OWN, dpop_bound_access_tokens=True)
    assert _ask(party, party.assertion()).json["error"] == "invalid_dpop_proof"
    token = party.token(**GRANT).json
    assert token["token_type"] == "DPoP"
    assert party.call("/v1/me", token["access_token"]).status_code == 200
    plain = http.get("/v1/me", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert (plain.status_code, plain.json["code"]) == (401, "invalid_token")


def test_the_name_of_a_client_is_no_credential_of_a_confidential_one(http: FlaskClient, partner_id: UUID) -> None:
    secret = register(http, partner_id, **OWN, token_endpoint_auth_method="client_secret_basic")
    assert secret.token(**GRANT).status_code == 200
    _refused(http.post("/oauth/token", data=GRANT | {"client_id": secret.client_id}))
    _refused(
        http.post("/oauth/token", data=GRANT | {"client_id": secret.client_id, "client_secret": secrets.token_hex()})
    )
