"""The document of the whole API: valid, complete, and true."""

import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from network.auth.guards import unguarded_routes
from network.auth.scopes import ALL_SCOPES, SCOPES
from network.web.access import PUBLIC, access_of

_DOCUMENTATION = {"/v1/openapi.json", "/v1/docs", "/v1/docs.js", "/v1/problems/<code>"}


_TAKES_KEY = ("POST /v1/settlements", "POST /v1/earns", "POST /v1/redemptions", "POST /v1/batches")
_PARAMETER = re.compile("<(?:[^:>]+:)?([^>]+)>")


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.get_json())


def operations(document: dict[str, Any]) -> dict[str, Any]:
    methods = {"get", "post", "put", "patch", "delete"}
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in methods
    }


def _as_documented(parameter: re.Match[str]) -> str:
    return f"{{{parameter[1]}}}"


def routes(app: Flask) -> dict[str, Any]:
    """`POST /v1/earns` and its view, for all routes that are for partners' software."""
    return {
        f"{method} {_PARAMETER.sub(_as_documented, rule.rule)}": app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and rule.rule not in _DOCUMENTATION and not rule.endpoint.endswith("static")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_document_mentions_every_route_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    assert operations(document).keys() == routes(app).keys()


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    assert unguarded_routes(app) == []


def test_every_operation_names_the_scope_that_its_guard_asks_for(app: Flask, document: dict[str, Any]) -> None:
    told = {name: operation.get("security") for name, operation in operations(document).items()}
    asked = {}
    for name, view in routes(app).items():
        access = access_of(view)
        assert access != PUBLIC, name
        asked[name] = [{"oauth2": [access] if access in SCOPES else []}]
    assert told == asked


def test_every_operation_is_described_and_tells_its_failures(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation.get("summary"), name
        assert {"401", "403", "default"} <= operation["responses"].keys(), name
        assert any(status.startswith("2") for status in operation["responses"]), name


def test_what_moves_points_or_disputes_money_documents_its_key(document: dict[str, Any]) -> None:
    needs = {
        name
        for name, operation in operations(document).items()
        for parameter in operation.get("parameters", [])
        if parameter.get("name") == "Idempotency-Key" and parameter["required"]
    }
    assert needs == {name for name in operations(document) if name.startswith(_TAKES_KEY)}
    assert len(needs) == 8


def test_what_draws_points_documents_its_signature(document: dict[str, Any]) -> None:
    takes = {
        name
        for name, operation in operations(document).items()
        for parameter in operation.get("parameters", [])
        if parameter.get("name") == "Request-Signature" and not parameter["required"]
    }
    assert takes == {
        "POST /v1/redemptions",
        "POST /v1/redemptions/{entry_id}/capture",
        "POST /v1/redemptions/{entry_id}/reverse",
    }


def test_the_scopes_are_those_of_the_authorization_server(app: Flask, document: dict[str, Any]) -> None:
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    server: Any = app.test_client().get("/.well-known/oauth-authorization-server").get_json()
    assert list(flows["clientCredentials"]["scopes"]) == list(SCOPES)
    assert server["scopes_supported"] == list(ALL_SCOPES)
    assert flows["clientCredentials"]["tokenUrl"] == server["token_endpoint"]
