"""POST /oauth/token: who gets a token, which one, and what the others hear."""

import base64
import logging
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from network.auth import service
from network.auth.service import NewClient
from network.kernel.identifiers import new_id, show

from .conftest import set_partner_status

GRANT = {"grant_type": "client_credentials"}


def _ask(http: FlaskClient, client: NewClient, **form: str) -> Any:
    return http.post("/oauth/token", data=GRANT | form, auth=(client.shown_id, client.client_secret))


def test_a_client_gets_a_token_by_basic_authentication(http: FlaskClient, till: NewClient) -> None:
    answer = _ask(http, till)
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "points:read points:earn",
    }
    assert answer.json.keys() == {"token_type", "expires_in", "scope", "access_token"}


def test_a_client_gets_a_token_by_its_secret_in_the_body(http: FlaskClient, till: NewClient) -> None:
    form = {"client_id": till.shown_id, "client_secret": till.client_secret}
    assert http.post("/oauth/token", data=GRANT | form).status_code == 200


def test_a_token_is_kept_by_no_proxy_and_has_a_request_id(http: FlaskClient, till: NewClient) -> None:
    for answer in (_ask(http, till), _ask(http, till, scope="nothing")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Request-Id"].startswith("req_")
        assert answer.mimetype == "application/json"


def test_a_token_may_carry_less_than_the_client_holds(http: FlaskClient, till: NewClient) -> None:
    assert _ask(http, till, scope="points:earn").json["scope"] == "points:earn"
    assert _ask(http, till, scope="").json["scope"] == "points:read points:earn"


@pytest.mark.parametrize(
    "scope", ["points:redeem", "points:earn points:redeem", "points:mint", "points:earn points:mint"]
)
def test_a_scope_that_the_client_does_not_hold_is_invalid(http: FlaskClient, till: NewClient, scope: str) -> None:
    answer = _ask(http, till, scope=scope)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


def _refused(answer: Any) -> None:
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_gets_in_without_credentials(http: FlaskClient) -> None:
    _refused(http.post("/oauth/token", data=GRANT))


def test_a_wrong_secret_and_an_unknown_client_hear_the_same(http: FlaskClient, till: NewClient) -> None:
    wrong = http.post("/oauth/token", data=GRANT, auth=(till.shown_id, "wrong"))
    unknown = http.post("/oauth/token", data=GRANT, auth=(show("cli", new_id()), till.client_secret))
    posted = http.post("/oauth/token", data=GRANT | {"client_id": show("cli", new_id()), "client_secret": "x"})
    for answer in (wrong, unknown, posted):
        _refused(answer)
    assert wrong.json == unknown.json == posted.json


@pytest.mark.parametrize(
    "header",
    [
        "Basic", "Basic ", "Basic ####", "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(), "Basic " + base64.b64encode("رمز:رمز".encode()).decode(),
        "Basic " + base64.b64encode(b"cli_%00:%00").decode(), "Bearer x", "Digest username=x", "é",
    ],
)  # fmt: skip
def test_credentials_that_can_not_be_read_are_wrong_and_nothing_breaks(http: FlaskClient, header: str) -> None:
    _refused(http.post("/oauth/token", data=GRANT, headers={"Authorization": header}))


def test_a_secret_that_is_not_ascii_is_wrong_and_nothing_breaks(http: FlaskClient, till: NewClient) -> None:
    form = f"grant_type=client_credentials&client_id={till.shown_id}&client_secret=%D8%B1%00%ED%A0%BD%FF"
    _refused(http.post("/oauth/token", data=form, content_type="application/x-www-form-urlencoded"))


def test_a_suspended_client_gets_no_token_until_it_is_resumed(http: FlaskClient, till: NewClient) -> None:
    service.suspend_client(till.client_id)
    _refused(_ask(http, till))
    service.resume_client(till.client_id)
    assert _ask(http, till).status_code == 200


def test_a_revoked_client_gets_no_token(http: FlaskClient, till: NewClient) -> None:
    service.revoke_client(till.client_id)
    _refused(_ask(http, till))


def test_a_partner_that_has_left_gets_no_token_and_a_suspended_one_does(
    http: FlaskClient, till: NewClient, partner_id: UUID
) -> None:
    set_partner_status(partner_id, "suspended")
    assert _ask(http, till).status_code == 200
    set_partner_status(partner_id, "left")
    _refused(_ask(http, till))


def test_the_old_secret_dies_when_it_is_rotated(http: FlaskClient, till: NewClient) -> None:
    secret = service.rotate_secret(till.client_id)
    _refused(_ask(http, till))
    assert _ask(http, NewClient(till.client_id, secret)).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unauthorized_client"),
        ({"grant_type": "\x00<script>"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": ["points:earn", "points:read"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_secret": "in two ways"}, "invalid_request"),
    ],
)
def test_what_is_wrong_with_the_form_is_said(http: FlaskClient, till: NewClient, form: Any, error: str) -> None:
    answer = http.post("/oauth/token", data=form, auth=(till.shown_id, till.client_secret))
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert "<script" not in answer.text


def test_what_stands_in_the_url_is_not_read(http: FlaskClient, till: NewClient) -> None:
    path = f"/oauth/token?grant_type=client_credentials&client_id={till.shown_id}&client_secret={till.client_secret}"
    answer = http.post(path, data={"x": "1"})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_parameters_in_the_url_are_a_mistake_even_beside_good_ones(http: FlaskClient, till: NewClient) -> None:
    answer = http.post("/oauth/token?scope=points:earn", data=GRANT, auth=(till.shown_id, till.client_secret))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("options", [{"json": GRANT}, {"data": "grant_type=client_credentials"}])
def test_a_body_that_is_no_form_is_an_invalid_request(http: FlaskClient, till: NewClient, options: Any) -> None:
    answer = http.post("/oauth/token", auth=(till.shown_id, till.client_secret), **options)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_tokens_are_asked_for_by_post_alone(http: FlaskClient) -> None:
    answer = http.get("/oauth/token")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")


def test_an_endless_form_is_too_large(http: FlaskClient) -> None:
    answer = http.post("/oauth/token", data=GRANT | {"scope": "x" * 2_000_000})
    assert (answer.status_code, answer.json["code"]) == (413, "payload_too_large")


def test_neither_token_nor_secret_is_logged(
    http: FlaskClient, till: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = _ask(http, till).json["access_token"]
    http.post("/oauth/token", data=GRANT, auth=(till.shown_id, "a-wrong-secret"))
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert token not in logged
    assert till.client_secret not in logged
    assert "a-wrong-secret" not in logged
