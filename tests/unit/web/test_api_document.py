"""The OpenAPI document, and the page that shows it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from network.web.api import NetworkApi
from network.web.blueprint import Blueprint, document_operation


@pytest.fixture
def document(http: FlaskClient) -> dict[str, Any]:
    told: dict[str, Any] = http.get("/v1/openapi.json").json
    return told


def test_the_document_is_valid_openapi_31(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())


def test_the_document_says_where_and_how_to_get_in(document: dict[str, Any]) -> None:
    assert document["servers"] == [{"url": "http://network.test"}]
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow == {"tokenUrl": "http://network.test/oauth/token", "scopes": {"things:read": "Read things."}}


def test_failures_are_documented_as_problems(document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/things"]["post"]["responses"]
    name = responses["422"]["$ref"].rpartition("/")[2]
    assert document["components"]["responses"][name]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }


def test_requests_are_closed_and_answers_are_open(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["ThingRequest"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["ThingAnswer"]
    assert "additionalProperties" not in schemas["Problem"]


def test_fields_tell_their_form_and_bounds(document: dict[str, Any]) -> None:
    properties = document["components"]["schemas"]["ThingRequest"]["properties"]
    assert properties["points"] == {"type": "integer", "minimum": 1, "maximum": 10**12}
    assert properties["currency"] == {"type": "string", "pattern": "^[A-Z]{3}$"}
    assert properties["occurred_at"]["format"] == "date-time"
    assert re.match(properties["member"]["pattern"], "mbr_01m80zs3v7fzhrvxybmkxvwgtj")
    member = document["components"]["schemas"]["ThingAnswer"]["properties"]["member"]
    assert set(member["type"]) == {"string", "null"}


def test_operations_have_the_names_of_their_views(document: dict[str, Any]) -> None:
    things = document["paths"]["/v1/things"]
    assert {method: told["operationId"] for method, told in things.items()} == {"get": "list_things", "post": "make"}


def test_parameters_of_a_list_are_documented_with_their_bounds(document: dict[str, Any]) -> None:
    limit = next(p for p in document["paths"]["/v1/things"]["get"]["parameters"] if p["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 100, 20)


def test_what_is_said_of_an_operation_is_merged() -> None:
    view = document_operation(document_operation(lambda: None, parameters=[1], responses={401: "A"}), parameters=[2])
    view = document_operation(view, responses={403: "B"})
    told = view._apidoc["manual_doc"]  # type: ignore[attr-defined]
    assert told == {"parameters": [1, 2], "responses": {401: "A", 403: "B"}}


def test_the_page_holds_no_script_and_no_style_of_its_own(http: FlaskClient) -> None:
    page = http.get("/v1/docs").text
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == ["", ""]
    assert "<style" not in page
    assert " on" not in re.sub(r"<title>.*</title>", "", page).replace(" one", "")


def test_everything_the_page_asks_for_is_ours_and_there(http: FlaskClient) -> None:
    page = http.get("/v1/docs").text
    wanted = re.findall(r'(?:src|href|data-url)="([^"]+)"', page)
    assert len(wanted) == 5
    for path in wanted:
        assert path.startswith("/v1/")
        with http.get(path) as found:
            assert found.status_code == 200


def test_two_applications_may_mount_the_same_blueprint(edge: Any) -> None:
    assert isinstance(edge.blueprints["things"], Blueprint)
    assert isinstance(edge.extensions["flask-smorest"]["apis"][""]["ext_obj"], NetworkApi)
