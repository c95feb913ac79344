"""Each endpoint: anonymous, wrong scope, another partner's, not found, malformed, valid, repeated key."""

import io
import json
from typing import Any

import pytest

from network.batches import routes
from network.batches.domain import splitting
from network.batches.schemas import BatchAnswer
from network.kernel.identifiers import new_id, show
from tests.fixtures import Customer, Till, assert_problem, next_key, snapshot
from tests.integration.batches.files import earn, ndjson, rows, send, work


@pytest.fixture
def batch(grocer: Till, sara: Customer) -> str:
    return str(send(grocer, ndjson([earn(1, member=sara.id)])).json["id"])


def ask(till: Till, name: str, batch: str) -> Any:
    if name == "create":
        return send(till, b"{}")
    return till.get(f"/v1/batches/{batch}{'/errors' if name == 'errors' else ''}")


@pytest.mark.parametrize("name", ["create", "get", "errors"])
def test_anonymous_is_asked_for_a_token(grocer: Till, batch: str, name: str) -> None:
    before = snapshot()
    assert_problem(ask(grocer.anonymous(), name, batch), 401, "unauthenticated")
    assert snapshot() == before


@pytest.mark.parametrize(
    ("name", "scope"), [("create", "points:read"), ("get", "points:earn"), ("errors", "points:earn")]
)
def test_another_scope_does_not_do(grocer: Till, batch: str, name: str, scope: str) -> None:
    before = snapshot()
    assert_problem(ask(grocer.only(scope), name, batch), 403, "insufficient_scope")
    assert snapshot() == before


@pytest.mark.parametrize("name", ["get", "errors"])
def test_another_partners_batch_is_not_there(grocer: Till, fuel: Till, batch: str, name: str) -> None:
    assert_problem(ask(fuel, name, batch), 404, "batch_not_found")
    assert_problem(ask(grocer, name, show("bat", new_id())), 404, "batch_not_found")
    assert_problem(ask(grocer, name, "bat_x"), 422, "malformed_id")


def test_the_answer_is_as_documented(grocer: Till, batch: str) -> None:
    for told in (send(grocer, b"{}").json, grocer.get(f"/v1/batches/{batch}").json):
        assert told.keys() == BatchAnswer().fields.keys()
        assert (told["status"], told["total"], told["done"], told["completed_at"]) == ("queued", 1, 0, None)
    work()
    told = grocer.get(f"/v1/batches/{batch}").json
    assert (told["status"], told["done"]) == ("completed", 1)
    assert told["completed_at"] == "2017-01-10T12:00:00Z"


def test_the_same_key_answers_the_same_and_takes_the_file_once(grocer: Till, sara: Customer) -> None:
    key, body = next_key(), ndjson([earn(1, member=sara.id)])
    first, second = send(grocer, body, key=key), send(grocer, body, key=key)
    assert (second.status_code, second.json) == (202, first.json)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert rows("SELECT count(*) FROM batch") == [(1,)]
    assert_problem(send(grocer, body + b"\n{}", key=key), 422, "idempotency_key_reused", "#/Idempotency-Key")
    assert rows("SELECT count(*), (SELECT count(*) FROM batch_part) FROM batch") == [(1, 1)]


@pytest.mark.parametrize(
    ("body", "media", "status", "code"),
    [
        (b"", "application/x-ndjson", 422, "batch_empty"),
        (b"\n \n", "application/x-ndjson", 422, "batch_empty"),
        (b"till,sequence,operation\n", "text/csv", 422, "batch_empty"),
        (b"till,colour\nT1,red\n", "text/csv", 422, "csv_header_invalid"),
        (b"x" * 9000, "application/x-ndjson", 422, "line_too_long"),
        (b"{}", "application/json", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
    ],
)
def test_a_file_that_makes_no_sense_leaves_nothing(
    grocer: Till, sara: Customer, body: bytes, media: str, status: int, code: str
) -> None:
    before = snapshot()
    assert_problem(send(grocer, body, media=media), status, code)
    assert snapshot() == before


def test_a_key_is_needed(grocer: Till) -> None:
    headers = grocer.headers() | {"Content-Type": "application/x-ndjson"}
    answer = grocer.app.test_client().post("/v1/batches", data=b"{}", headers=headers)
    assert_problem(answer, 400, "idempotency_key_missing", "#/Idempotency-Key")


def test_a_file_may_be_larger_than_other_requests(
    grocer: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = ndjson([earn(1, member=sara.id)])
    body = line * (3 * 1024 * 1024 // len(line))
    sent = send(grocer, body)
    assert (sent.status_code, sent.json["total"]) == (202, len(body) // len(line))
    monkeypatch.setattr(routes, "LARGEST_BYTES", 1_000_000)
    assert_problem(send(grocer, body), 413, "payload_too_large")
    assert_problem(_send_without_length(grocer, body), 413, "payload_too_large")
    small = _send_without_length(grocer, line)
    assert (small.status_code, small.json["total"]) == (202, 1)


def _send_without_length(till: Till, body: bytes) -> Any:
    headers = till.headers(next_key()) | {"Content-Type": "application/x-ndjson"}
    more: dict[str, Any] = {"wsgi.input_terminated": True}
    return till.app.test_client().post(
        "/v1/batches", input_stream=io.BytesIO(body), headers=headers, environ_overrides=more
    )


def test_the_error_file_comes_in_pages_and_in_the_order_of_the_file(
    grocer: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.batches.service.read._PAGE", 3)
    monkeypatch.setattr(splitting, "LINES", 4)
    sent = send(grocer, b"\n".join([b"{"] * 11))
    work()
    told = grocer.get(f"/v1/batches/{sent.json['id']}/errors")
    assert told.content_type == "application/x-ndjson; charset=utf-8"
    assert [json.loads(line)["line"] for line in told.text.splitlines()] == list(range(1, 12))


def test_no_message_repeats_what_the_line_told(grocer: Till, sara: Customer) -> None:
    odd = [earn(1, card_number=sara.card_number, **{sara.card_number: 1}), earn(2, card_number="99" + "1" * 14)]
    sent = send(grocer, ndjson(odd) + sara.card_number.encode())
    work()
    told = grocer.get(f"/v1/batches/{sent.json['id']}/errors").text
    assert len(told.splitlines()) == 3
    assert sara.card_number not in told
    assert "1" * 14 not in told
