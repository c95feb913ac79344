"""Guards: who gets into a view, and that none answers before its client was found active."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from network.auth import service
from network.auth.guards import UnconfirmedPrincipal, guard, unguarded_routes
from network.auth.service import NewClient

Probing = Callable[..., Any]


def test_every_route_under_v1_says_who_may_call_it(app: Flask) -> None:
    assert unguarded_routes(app) == []


def test_a_route_that_forgot_is_found(probe: Flask) -> None:
    assert unguarded_routes(probe) == ["POST /v1/unguarded"]


def test_a_guard_for_a_scope_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="points:mint"):
        guard("points:mint")


def test_any_token_opens_a_view_without_a_scope(probing: Probing) -> None:
    assert probing("/v1/anyone").text == "in"


def test_a_public_view_is_open(probe: Flask) -> None:
    assert probe.test_client().post("/v1/everyone").text == "open"


def test_a_scope_that_is_missing_is_named(probing: Probing) -> None:
    answer = probing("/v1/redeem")
    assert (answer.status_code, answer.json["code"], answer.json["scope"]) == (
        403,
        "insufficient_scope",
        "points:redeem",
    )
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="points:redeem"'
    assert answer.content_type == "application/problem+json"


def test_a_use_case_may_confirm_its_client_itself(probing: Probing) -> None:
    assert probing("/v1/earn").status_code == 201


def test_a_clients_own_token_costs_no_query_of_the_guards(probing: Probing, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for name in ("find_client_state", "find_token_state"):
        monkeypatch.setattr(f"network.auth.guards.{name}", lambda *ids: asked.append(ids))
    assert probing("/v1/earn").status_code == 201
    assert asked == []


def test_a_suspended_client_is_refused_there_too(probing: Probing, till: NewClient) -> None:
    service.suspend_client(till.client_id)
    answer = probing("/v1/earn")
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("path", ["/v1/forgetful", "/v1/forgetful_refusal", "/v1/forgetful_failure"])
def test_an_answer_that_nobody_confirmed_does_not_leave(probing: Probing, path: str) -> None:
    answer = probing(path)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")


def test_in_tests_it_is_raised(probe: Flask, probing: Probing) -> None:
    probe.testing = True
    with pytest.raises(UnconfirmedPrincipal):
        probing("/v1/forgetful")


def test_a_refusal_at_the_edge_needs_no_confirmation(probing: Probing) -> None:
    assert probing("/v1/keyed").json["code"] == "idempotency_key_missing"
    answer = probing("/v1/keyed", headers={"Idempotency-Key": "k"}, data="x", content_type="text/plain")
    assert answer.json["code"] == "unsupported_media_type"


def test_one_request_does_not_confirm_the_next(probe: Flask, probing: Probing) -> None:
    with probe.app_context():  # one application context around several requests, as tests have it
        assert probing("/v1/earn").status_code == 201
        assert probing("/v1/forgetful").status_code == 500
