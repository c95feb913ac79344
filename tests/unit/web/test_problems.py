"""Every failure leaves as one kind of document, with a stable code."""

import io
import json

import pytest
from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from network.kernel.errors import Invalid, NotFound, PeyvandError, Unauthenticated
from network.web.catalogue import catalogue
from network.web.failures import add_headers, is_api
from network.web.problems import STATUS_OF_KIND, status_of

MEDIA_TYPE = "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("malformed", 400),
        ("unauthenticated", 401),
        ("refused", 402),
        ("forbidden", 403),
        ("not_found", 404),
        ("conflict", 409),
        ("invalid", 422),
        ("too_many", 429),
        ("unavailable", 503),
    ],
)
def test_each_kind_of_failure_has_its_status(http: FlaskClient, kind: str, status: int) -> None:
    answer = http.get(f"/v1/fail/{kind}")
    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert answer.content_type == MEDIA_TYPE


def test_every_kind_of_the_kernel_is_in_the_table() -> None:
    kinds = {kind for kind in PeyvandError.__subclasses__() if kind.__module__ == "network.kernel.errors"}
    assert kinds == STATUS_OF_KIND.keys()


def test_a_named_failure_has_the_status_of_its_kind() -> None:
    class LotNotFound(NotFound):
        code = "lot_not_found"

    assert status_of(LotNotFound()) == 404


def test_a_failure_of_no_kind_is_our_fault() -> None:
    assert status_of(PeyvandError()) == 500


def test_a_problem_tells_what_happened_and_to_which_request(http: FlaskClient) -> None:
    answer = http.get("/v1/fail/refused")
    assert answer.json == {
        "type": "http://network.test/v1/problems/refused",
        "title": "Refused",
        "status": 402,
        "detail": "The request was refused.",
        "code": "refused",
        "request_id": answer.headers["Request-Id"],
        "errors": [{"pointer": "#/points", "message": "The request was refused."}],
        "balance": 7,
    }


def test_what_a_failure_adds_never_replaces_a_standard_member(http: FlaskClient) -> None:
    assert http.get("/v1/fail/refused").json["status"] == 402  # the failure was raised with status=200


def test_the_type_of_a_problem_leads_to_what_it_means(http: FlaskClient) -> None:
    told = http.get("/v1/problems/not_found").json
    assert told["status"] == 404
    assert told["detail"]


def test_a_code_that_a_room_above_uses_for_its_own_case_is_explained_for_all() -> None:
    class KeyUsed(Invalid):
        code, detail = "used", "This key was used before."

    class LineUsed(Invalid):
        code, detail = "used", "This line was used before."

    assert LineUsed.code == KeyUsed.code
    assert catalogue()["used"]["detail"] == KeyUsed.detail


def test_a_problem_that_does_not_exist_is_not_found(http: FlaskClient) -> None:
    assert http.get("/v1/problems/no_such_code").json["code"] == "not_found"


def test_an_unknown_path_is_a_problem(http: FlaskClient) -> None:
    answer = http.get("/v1/nothing")
    assert (answer.status_code, answer.json["code"], answer.content_type) == (404, "not_found", MEDIA_TYPE)


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(http: FlaskClient) -> None:
    answer = http.delete("/v1/things")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_body_of_more_than_a_mebibyte_is_too_large(http: FlaskClient) -> None:
    body = json.dumps({"name": "x" * 1024 * 1024})
    answer = http.post("/v1/things", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "payload_too_large")


def _post_in_chunks(http: FlaskClient, body: bytes) -> TestResponse:
    """As the server hands on a body with `Transfer-Encoding: chunked`."""
    return http.post(
        "/v1/things",
        input_stream=io.BytesIO(body),
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )


def test_a_body_in_chunks_is_read(http: FlaskClient) -> None:
    assert _post_in_chunks(http, b'{"points": 1}').status_code == 201


def test_a_body_in_chunks_is_not_cut_at_the_limit_but_refused(http: FlaskClient) -> None:
    answer = _post_in_chunks(http, b'{"points": 1}' + b" " * 1024 * 1024 + b"and whatever follows")
    assert (answer.status_code, answer.json["code"]) == (413, "payload_too_large")


def test_a_bug_is_an_internal_error_that_tells_nothing_of_itself(http: FlaskClient) -> None:
    answer = http.get("/v1/fail/bug")
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "42" not in answer.text
    assert "Zero" not in answer.text


def test_a_bug_stands_in_the_log_under_its_request(http: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    http.get("/v1/fail/bug")
    assert any(record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records)


@pytest.mark.parametrize(("kind", "advice"), [("unavailable", "true"), ("in_flight", "true"), ("conflict", "false")])
def test_should_retry_corrects_what_the_status_suggests(http: FlaskClient, kind: str, advice: str) -> None:
    assert http.get(f"/v1/fail/{kind}").headers["Should-Retry"] == advice


def test_what_an_exception_says_in_its_headers_is_kept(http: FlaskClient) -> None:
    answer = http.get("/v1/fail/too_many")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_room_may_write_headers_on_its_own_failures(edge: Flask) -> None:
    add_headers(edge, Unauthenticated, lambda error: {"WWW-Authenticate": f"Bearer {error.code}"})
    http = edge.test_client()
    assert http.get("/v1/fail/unauthenticated").headers["WWW-Authenticate"] == "Bearer unauthenticated"
    assert "WWW-Authenticate" not in http.get("/v1/fail/forbidden").headers


def test_authlibs_own_errors_keep_their_challenge(edge: Flask) -> None:
    # flask-smorest's handler would answer {"code": 401} and drop the header
    protect = ResourceProtector()
    protect.register_token_validator(BearerTokenValidator())
    edge.add_url_rule("/v1/protected", view_func=protect()(lambda: "in"), endpoint="protected")
    answer = edge.test_client().get("/v1/protected")
    assert (answer.status_code, answer.json["code"]) == (401, "missing_authorization")
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert answer.content_type == MEDIA_TYPE


@pytest.mark.parametrize("path", ["/nothing", "/page/refused", "/page/bug", "/v10/things"])
def test_people_get_pages(http: FlaskClient, path: str) -> None:
    assert http.get(path).mimetype == "text/html"


def test_a_page_of_a_failure_has_its_status(http: FlaskClient) -> None:
    assert [http.get(f"/page/{kind}").status_code for kind in ("refused", "not_found", "bug")] == [402, 404, 500]


def test_machines_ask_under_their_own_paths() -> None:
    asked = ["/v1", "/v1/me", "/oauth/token", "/.well-known/openid-configuration", "/healthz"]
    assert all(map(is_api, asked))
    assert not any(map(is_api, ["/", "/v1x", "/oauthx", "/partner/v1/"]))
