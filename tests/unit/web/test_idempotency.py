"""Idempotency keys: how they are told, what they are bound to, and how a kept answer goes out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.infrastructure.requests import Answer
from network.kernel.errors import Refused
from network.kernel.identifiers import new_id
from network.web.errors import IdempotencyKeyMalformed, IdempotencyKeyMissing
from network.web.idempotency import asked, body_hash, optional_request_key, read_key, request_key


@dataclass(frozen=True)
class Till:
    partner_id: UUID


TILL = Till(new_id())


def _hash(edge: Flask, body: bytes, path: str = "/v1/earns") -> bytes:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    with edge.test_request_context(path, method="POST", data=body, headers=headers):
        return request_key(TILL).body_hash


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ("receipt-17", "receipt-17"),
        ('"receipt-17"', "receipt-17"),
        (r'"a \"b\" \\ c"', r'a "b" \ c'),
        ('a"b', 'a"b'),
        ("x" * 255, "x" * 255),
        ('"' + "x" * 255 + '"', "x" * 255),
        ("a, b", "a, b"),
    ],
)
def test_a_key_is_the_same_bare_and_quoted(told: str, key: str) -> None:
    assert read_key(told) == key


@pytest.mark.parametrize("told", ["", '""', '"open', '"a"b"', r'"a\n"', "x" * 256, "ключ", "a\x00", "a\x7f", "a\tb"])
def test_what_is_no_key_is_malformed(told: str) -> None:
    with pytest.raises(IdempotencyKeyMalformed):
        read_key(told)


def test_a_key_that_is_needed_and_missing_is_told(edge: Flask) -> None:
    with edge.test_request_context("/v1/earns", method="POST", json={}), pytest.raises(IdempotencyKeyMissing):
        request_key(TILL)


def test_a_key_may_be_left_out_where_that_is_said(edge: Flask) -> None:
    with edge.test_request_context("/v1/members", method="POST", json={}):
        assert optional_request_key(TILL) is None


def test_a_key_belongs_to_its_partner(edge: Flask) -> None:
    with edge.test_request_context("/v1/earns", method="POST", json={}, headers={"Idempotency-Key": "k"}):
        key = request_key(TILL)
    assert (key.partner_id, key.idempotency_key, len(key.body_hash)) == (TILL.partner_id, "k", 32)


def test_names_in_another_order_and_other_spaces_are_the_same_request(edge: Flask) -> None:
    assert _hash(edge, b'{"a": 1, "b": {"c": 2, "d": 3}}') == _hash(edge, b'{"b":{"d":3,"c":2},\n"a":1}')


def test_escapes_are_the_same_request_as_what_they_stand_for(edge: Flask) -> None:
    assert _hash(edge, b'{"a": "\\u0628"}') == _hash(edge, '{"a": "ب"}'.encode())


@pytest.mark.parametrize(
    "other", [b'{"a": 2}', b'{"a": "1"}', b'{"a": 1.0}', b'{"a": 1, "b": null}', b"[]", b'{"A": 1}']
)
def test_another_body_is_another_request(edge: Flask, other: bytes) -> None:
    assert _hash(edge, b'{"a": 1}') != _hash(edge, other)


def test_another_path_is_another_request(edge: Flask) -> None:
    assert _hash(edge, b"{}") != _hash(edge, b"{}", "/v1/redemptions")


def test_a_body_with_half_a_character_can_be_hashed() -> None:
    assert len(body_hash("POST", "/v1/earns", {"a": "\ud800"})) == 32


def test_a_kept_answer_goes_out_as_it_was_and_says_so(http: FlaskClient) -> None:
    answer = http.get("/v1/answer/201")
    assert (answer.status_code, answer.text, answer.mimetype) == (201, '{"kept":true}', "application/json")
    assert (answer.headers["Idempotent-Replayed"], answer.headers["Location"]) == ("true", "/v1/things/1")


def test_a_kept_refusal_goes_out_as_a_problem(http: FlaskClient) -> None:
    answer = http.get("/v1/answer/402")
    assert (answer.status_code, answer.mimetype) == (402, "application/problem+json")
    assert "Location" not in answer.headers


def test_a_refusal_is_written_down_as_the_problem_it_would_have_been(edge: Flask) -> None:
    with edge.test_request_context("/v1/earns", method="POST", json={}, headers={"Idempotency-Key": "k"}):
        kept: Answer = asked(request_key(TILL), present=str).refuse(Refused("Too little.", points=3))
        told: Any = edge.json.loads(kept.body)
    assert (kept.status, told["code"], told["detail"], told["points"]) == (402, "refused", "Too little.", 3)
