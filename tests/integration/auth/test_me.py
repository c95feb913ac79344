"""GET /v1/me: the ladder that every endpoint climbs."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from network.auth import service
from network.auth.authority import authority
from network.auth.service import NewClient
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import show

from .conftest import break_connection, set_partner_status

TokenOf = Callable[..., str]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_client_learns_who_it_is(http: FlaskClient, till: NewClient, partner_id: UUID, token_of: TokenOf) -> None:
    answer = http.get("/v1/me", headers=_bearer(token_of(till)))
    assert answer.status_code == 200
    assert answer.json == {
        "client_id": till.shown_id,
        "partner": {"id": show("par", partner_id), "code": "alpha", "name": "alpha"},
        "scopes": ["points:earn", "points:read"],
        "stores": [],
        "livemode": True,
    }


def test_it_learns_what_its_token_carries_not_what_it_could_have(
    http: FlaskClient, till: NewClient, token_of: TokenOf
) -> None:
    assert http.get("/v1/me", headers=_bearer(token_of(till, "points:earn"))).json["scopes"] == ["points:earn"]


def test_it_learns_that_the_networks_clock_stands(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    token = token_of(till)
    set_clock(datetime(2017, 1, 3, tzinfo=UTC))
    assert http.get("/v1/me", headers=_bearer(token)).json["livemode"] is False


@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "token", "Bearerx y"])
def test_without_a_token_the_challenge_is_bare(http: FlaskClient, header: str | None) -> None:
    answer = http.get("/v1/me", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 5000, "a b", "....", "e30.e30.", "e30.e30.AAAA"])
def test_what_is_no_token_is_invalid(http: FlaskClient, token: str) -> None:
    answer = http.get("/v1/me", headers=_bearer(token))
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(http: FlaskClient, till: NewClient, token_of: TokenOf, scheme: str) -> None:
    assert http.get("/v1/me", headers={"Authorization": f"{scheme} {token_of(till)}"}).status_code == 200


def test_suspending_a_client_ends_its_tokens_at_once(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    bearer = _bearer(token_of(till))
    assert http.get("/v1/me", headers=bearer).status_code == 200
    service.suspend_client(till.client_id)
    answer = http.get("/v1/me", headers=bearer)
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")
    service.resume_client(till.client_id)
    assert http.get("/v1/me", headers=bearer).status_code == 200


def test_revoking_a_client_ends_its_tokens_at_once(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    bearer = _bearer(token_of(till))
    service.revoke_client(till.client_id)
    assert http.get("/v1/me", headers=bearer).json["code"] == "invalid_token"


def test_a_partner_that_leaves_is_out_at_once(
    http: FlaskClient, till: NewClient, partner_id: UUID, token_of: TokenOf
) -> None:
    bearer = _bearer(token_of(till))
    set_partner_status(partner_id, "left")
    assert http.get("/v1/me", headers=bearer).json["code"] == "invalid_token"


def test_a_restarted_database_is_not_the_clients_problem(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    bearer = _bearer(token_of(till))
    authority().verifier.ring.fresh_until = 0  # the keys are due to be read as well
    break_connection()
    assert http.get("/v1/me", headers=bearer).status_code == 200
