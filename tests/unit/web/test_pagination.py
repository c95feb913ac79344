"""Pages: their limit, their cursor, and whether there are more."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from network.kernel.identifiers import new_id
from network.web.errors import MalformedCursor
from network.web.pagination import decode_cursor, encode_cursor, page


def test_a_page_has_twenty_rows_unless_told_otherwise(http: FlaskClient) -> None:
    assert http.get("/v1/things").json == {"limit": 20, "cursor": None}
    assert http.get("/v1/things?limit=100").json["limit"] == 100


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "1_0", "+5", " 5", "۵", "", "x", "1e1", "9" * 5000])
def test_what_is_no_limit_is_refused(http: FlaskClient, limit: str) -> None:
    answer = http.get("/v1/things", query_string={"limit": limit})
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")


def test_a_cursor_gives_back_the_sort_key_it_was_made_of() -> None:
    at, row = datetime(2017, 1, 3, 10, 0, 0, 5, tzinfo=UTC), new_id()
    cursor = encode_cursor(at, row, 7, "x")
    assert decode_cursor(cursor, datetime, UUID, int, str) == (at, row, 7, "x")


def test_no_cursor_means_the_first_page() -> None:
    assert decode_cursor(None, int) is None


def _told(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "####", "é", "a" * 513, _told({}), _told([]), _told([1, 2]), _told(["1"]), _told([True]), _told([1.5]),
        _told([2**63]), _told(None), "A" * 400,
    ],
)  # fmt: skip
def test_a_cursor_that_was_not_given_out_is_malformed(cursor: str) -> None:
    with pytest.raises(MalformedCursor):
        decode_cursor(cursor, int)


@pytest.mark.parametrize(("told", "kind"), [("x", UUID), ("2017-01-03", datetime), ("\0", str), ("\ud800", str)])
def test_a_cursor_of_the_wrong_parts_is_malformed(told: str, kind: type) -> None:
    with pytest.raises(MalformedCursor):
        decode_cursor(_told([told]), kind)


def test_one_row_too_many_says_that_there_are_more() -> None:
    found = page([5, 4, 3], 2, show=str, cursor=lambda row: (row,))
    assert found == {"data": ["5", "4"], "has_more": True, "next_cursor": encode_cursor(4)}


def test_the_last_page_has_no_cursor() -> None:
    assert page([5, 4], 2, show=str, cursor=lambda row: (row,)) == {
        "data": ["5", "4"],
        "has_more": False,
        "next_cursor": None,
    }
    assert page([], 2, show=str, cursor=lambda row: (row,))["data"] == []
