"""What can't be read is refused; nothing is read as something else."""

from typing import Any

import pytest
from flask.testing import FlaskClient

JSON = "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"points=1",
        b'{"points": 1} {"points": 2}',
        b'{"points": NaN}',
        b'{"points": Infinity}',
        b'{"points": 1, "points": 1000}',
        b'{"points": 1, "shelf": {"number": 1, "number": 2}}',
        b'{"points": ' + b"9" * 5000 + b"}",
        b"[" * 20_000,
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"points": 1}',
        '{"points": 1}'.encode("utf-16"),
    ],
    ids=[
        "half", "form", "two", "nan", "infinity", "name twice", "name twice inside", "5000 digits", "20000 brackets",
        "not utf-8", "byte order mark", "utf-16",
    ],
)  # fmt: skip
def test_what_is_not_json_is_malformed(http: FlaskClient, body: bytes) -> None:
    answer = http.post("/v1/things", data=body, content_type=JSON)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_of_another_type_is_not_taken_for_an_empty_one(http: FlaskClient, content_type: str | None) -> None:
    answer = http.post("/v1/things", data=b'{"points": 1}', content_type=content_type)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=utf-8", "application/vnd.till+json"])
def test_json_by_any_of_its_names_is_read(http: FlaskClient, content_type: str) -> None:
    assert http.post("/v1/things", data=b'{"points": 1}', content_type=content_type).status_code == 201


@pytest.mark.parametrize("content_type", [JSON, None])
def test_no_body_at_all_lacks_what_is_required(http: FlaskClient, content_type: str | None) -> None:
    answer = http.post("/v1/things", content_type=content_type)
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "#/points", "message": "Missing data for required field."}]


@pytest.mark.parametrize("body", ["null", "[]", "1", '"points"'])
def test_json_that_is_no_object_is_invalid_as_a_whole(http: FlaskClient, body: str) -> None:
    answer = http.post("/v1/things", data=body, content_type=JSON)
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert [line["pointer"] for line in answer.json["errors"]] == ["#"]


def test_an_unknown_name_is_invalid(http: FlaskClient) -> None:
    answer = http.post("/v1/things", json={"points": 1, "pionts": 2})
    assert answer.json["errors"] == [{"pointer": "#/pionts", "message": "Unknown field."}]


def test_a_field_inside_another_is_pointed_at(http: FlaskClient) -> None:
    answer = http.post("/v1/things", json={"points": 1, "shelf": {"number": "x"}})
    assert answer.json["errors"] == [{"pointer": "#/shelf/number", "message": "Not a valid integer."}]


@pytest.mark.parametrize(
    ("name", "pointer"),
    [("a/b", "#/a~1b"), ("a~b", "#/a~0b"), ("a b", "#/a%20b"), ("\ud800", "#/?"), ("نام", "#/%D9%86%D8%A7%D9%85")],
)
def test_a_pointer_is_right_whatever_the_name(http: FlaskClient, name: str, pointer: str) -> None:
    answer = http.post("/v1/things", json={"points": 1, name: 2})
    assert [line["pointer"] for line in answer.json["errors"]] == [pointer]


def test_ten_thousand_mistakes_are_not_all_listed(http: FlaskClient) -> None:
    answer = http.post("/v1/things", json={f"x{number}": 1 for number in range(10_000)})
    assert len(answer.json["errors"]) == 100


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limt=2", "#/limt"), ("limit=1&limit=2", "#/limit"), ("limit=x", "#/limit")],
)
def test_a_query_is_read_as_strictly_as_a_body(http: FlaskClient, query: str, pointer: str) -> None:
    answer = http.get(f"/v1/things?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    complaint: dict[str, Any] = answer.json["errors"][0]
    assert (complaint["pointer"], complaint["location"]) == (pointer, "query")
