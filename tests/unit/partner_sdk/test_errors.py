"""What a refusal becomes."""

import copy
import pickle
from typing import Any

import pytest

import partner_sdk
from partner_sdk import APIConnectionError, APIStatusError, Partner, PeyvandError, ResponseError
from tests.unit.partner_sdk.scripted_network import Reply, ScriptedNetwork, problem

BY_STATUS = [
    (400, "malformed_json", "BadRequestError"),
    (401, "unauthenticated", "AuthenticationError"),
    (402, "something_else", "PaymentRequiredError"),
    (402, "insufficient_points", "InsufficientPointsError"),
    (403, "insufficient_scope", "PermissionDeniedError"),
    (403, "proof_refused", "PermissionDeniedError"),
    (404, "entry_not_found", "NotFoundError"),
    (405, "method_not_allowed", "APIStatusError"),
    (409, "something_else", "ConflictError"),
    (409, "account_exists", "AccountExistsError"),
    (413, "payload_too_large", "APIStatusError"),
    (422, "validation_failed", "ValidationError"),
    (422, "wrong_currency", "ValidationError"),
    (429, "too_many", "RateLimitError"),
    (500, "internal_error", "ServerError"),
    (503, "unavailable", "ServerError"),
]


def refused(partner: Partner, network: ScriptedNetwork, reply: Reply) -> Any:
    network.will("GET", "/v1/me", reply)
    with pytest.raises(PeyvandError) as caught:
        partner.with_options(max_retries=0).me()
    return caught.value


@pytest.mark.parametrize(("status", "code", "name"), BY_STATUS)
def test_each_refusal_has_its_class(
    status: int, code: str, name: str, partner: Partner, network: ScriptedNetwork
) -> None:
    error = refused(partner, network, problem(status, code))
    assert type(error) is getattr(partner_sdk, name)
    assert (error.status_code, error.code, error.detail) == (status, code, "So it is.")


def test_an_error_says_its_code_its_reason_and_its_request(partner: Partner, network: ScriptedNetwork) -> None:
    error = refused(partner, network, problem(402, "insufficient_points", "500 points are needed, 300 are there."))
    assert str(error) == "402 insufficient_points: 500 points are needed, 300 are there. (request req_1)"
    assert error.request_id == "req_1"
    assert error.body["code"] == "insufficient_points"


def test_a_validation_error_names_the_fields_and_keeps_their_messages_out_of_logs(
    partner: Partner, network: ScriptedNetwork
) -> None:
    complaints = [{"pointer": "#/phone", "message": "+98912 is not E.164"}, {"pointer": "#/email", "message": "no"}]
    error = refused(partner, network, problem(422, "validation_failed", errors=complaints))
    assert error.errors == complaints
    assert str(error).endswith("(at #/phone, #/email; request req_1)")
    assert "+98912" not in str(error)


@pytest.mark.parametrize("errors", [None, "x", [1, "x"], {"a": 1}, [{}], [{"pointer": 5}]])
def test_a_malformed_list_of_field_errors_is_borne(errors: Any, partner: Partner, network: ScriptedNetwork) -> None:
    error = refused(partner, network, problem(422, "validation_failed", errors=errors))
    assert all(isinstance(line["pointer"], str) for line in error.errors)


@pytest.mark.parametrize("body", [b"<h1>Bad gateway</h1>", b"", b"\xff\xfe", b"[1]", b"null", b'{"code": 7}'])
def test_an_error_page_of_a_proxy_is_an_error_with_its_status(
    body: bytes, partner: Partner, network: ScriptedNetwork
) -> None:
    error = refused(partner, network, Reply(502, body, {"Content-Type": "text/html", "Request-Id": ""}))
    assert isinstance(error, partner_sdk.ServerError)
    assert (error.code, error.detail) == (None, "Bad Gateway")
    assert str(error) == "502: Bad Gateway (request without id)"


def test_an_error_without_the_header_is_named_by_its_body(partner: Partner, network: ScriptedNetwork) -> None:
    assert refused(partner, network, problem(404, "not_found", headers={"Request-Id": ""})).request_id == "req_in_body"


def test_an_unheard_of_status_is_borne(partner: Partner, network: ScriptedNetwork) -> None:
    error = refused(partner, network, Reply(499, b""))
    assert type(error) is APIStatusError
    assert str(error) == "499: no detail given (request req_1)"


def test_a_redirect_is_not_followed_with_the_token(partner: Partner, network: ScriptedNetwork) -> None:
    error = refused(partner, network, Reply(302, b"", {"Location": f"{network.url}/elsewhere"}))
    assert isinstance(error, ResponseError)
    assert "base_url" in str(error)
    assert network.requests("/elsewhere") == []


def every_kind_of_error() -> list[PeyvandError]:
    errors: list[PeyvandError] = [
        partner_sdk.ConfigurationError("no"),
        partner_sdk.APIConnectionError("no"),
        partner_sdk.APITimeoutError("no"),
        ResponseError("no", status_code=200, request_id="req_1", idempotency_key="key-1"),
    ]
    kinds = [item for name in partner_sdk.__all__ if isinstance(item := getattr(partner_sdk, name), type)]
    for kind in kinds:
        if issubclass(kind, APIStatusError):
            errors.append(
                kind(
                    status_code=422,
                    code="c",
                    detail="d",
                    errors=[{"pointer": "#/a", "message": "m"}],
                    request_id="req_1",
                    body={"code": "c"},
                    retry_after=1.5,
                )
            )
    return errors


@pytest.mark.parametrize("error", every_kind_of_error(), ids=lambda error: type(error).__name__)
def test_errors_travel_by_pickle_and_copy(error: PeyvandError) -> None:
    error.idempotency_key = "key-1"
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_a_real_error_travels_by_pickle_with_its_body(partner: Partner, network: ScriptedNetwork) -> None:
    error = refused(partner, network, problem(422, "validation_failed", errors=[{"pointer": "#/a", "message": "m"}]))
    twin = pickle.loads(pickle.dumps(error))
    assert vars(twin) == vars(error)
    assert twin.body["errors"] == ({"pointer": "#/a", "message": "m"},)


def test_a_connection_error_tells_the_cause_in_words(partner: Partner, network: ScriptedNetwork) -> None:
    error = refused(partner, network, Reply(drop=True))
    assert isinstance(error, APIConnectionError)
    assert str(error).startswith(f"GET /v1/me: no answer from {network.url}: ")
    assert error.request_id is None
