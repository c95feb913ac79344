"""Whatever is wrong with a request is told as a problem document, and changes nothing at all."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jws import extract_compact

from network.auth.authority import authority
from tests.fixtures import Coalition, Customer, Till, assert_problem, day, next_key, snapshot
from tests.integration.earning.bad_requests import EARNS, LEFT_OUT, NOW, QUOTES, REDEMPTIONS, Bad

POSTS = ("/v1/earns", "/v1/redemptions", "/v1/quotes")


@pytest.fixture
def till(coalition: Coalition) -> Till:
    """A partner since 2018; it is June."""
    coalition.at(NOW)
    return coalition.join("grocer", valid_from=day(1, 1, 0, year=2018))


@pytest.fixture
def member(coalition: Coalition, till: Till) -> Customer:
    """With some points."""
    found = coalition.enrol(till)
    assert till.earn(found, 100_00).status_code == 201
    return found


def refuse_each(till: Till, path: str, right: dict[str, Any], cases: Iterable[Bad], subtests: pytest.Subtests) -> None:
    """Each is refused as it says, and nothing is written: so one coalition serves all."""
    before = snapshot()
    for bad in cases:
        with subtests.test(bad.name):
            assert_problem(ask(till, path, right, bad), bad.status, bad.code, bad.pointer)
            assert snapshot() == before


def ask(till: Till, path: str, right: dict[str, Any], bad: Bad) -> Any:
    body = {name: value for name, value in {**right, **bad.change}.items() if value is not LEFT_OUT}
    data = json.dumps(body).encode() if bad.raw is None else bad.raw
    headers = till.headers(next_key())
    return till.app.test_client().post(path, data=data, content_type="application/json", headers=headers)


def test_a_bad_earn_changes_nothing(till: Till, member: Customer, subtests: pytest.Subtests) -> None:
    right = {"member": member.id, "amount_minor": 1250, "currency": "USD"}
    refuse_each(till, "/v1/earns", right, EARNS, subtests)


def test_a_bad_redemption_changes_nothing(till: Till, member: Customer, subtests: pytest.Subtests) -> None:
    proof = {"type": "card", "card_number": member.card_number}
    right = {"member": member.id, "points": 10, "currency": "USD", "proof": proof}
    refuse_each(till, "/v1/redemptions", right, REDEMPTIONS, subtests)


def test_a_bad_quote_changes_nothing(till: Till, member: Customer, subtests: pytest.Subtests) -> None:
    refuse_each(till, "/v1/quotes", {"member": member.id, "currency": "USD", "points": 10}, QUOTES, subtests)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_malformed"),
        ("x" * 256, "idempotency_key_malformed"),
        ("schlüssel", "idempotency_key_malformed"),
        ('"open', "idempotency_key_malformed"),
    ],
)
def test_what_moves_points_needs_a_readable_key(till: Till, member: Customer, key: str | None, code: str) -> None:
    before = snapshot()
    proof = {"type": "card", "card_number": member.card_number}
    earn = {"member": member.id, "currency": "USD", "amount_minor": 100}
    redemption = {"member": member.id, "currency": "USD", "points": 1, "proof": proof}
    headers = till.headers() | ({} if key is None else {"Idempotency-Key": key})
    for path, body in {"/v1/earns": earn, "/v1/redemptions": redemption}.items():
        answer = till.app.test_client().post(path, json=body, headers=headers)
        assert_problem(answer, 400, code, "#/Idempotency-Key")
    assert snapshot() == before


def test_a_body_of_another_type_is_not_read(till: Till) -> None:
    before = snapshot()
    for path in POSTS:
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            headers = till.headers(next_key())
            answer = till.app.test_client().post(path, data=b"{}", content_type=content_type, headers=headers)
            assert_problem(answer, 415, "unsupported_media_type")
    assert snapshot() == before


def test_a_method_that_is_not_known_is_refused(till: Till) -> None:
    for path in POSTS:
        answer = till.app.test_client().put(path, json={}, headers=till.headers())
        assert_problem(answer, 405, "method_not_allowed")
        assert "POST" in answer.headers["Allow"]


ADDRESSES = {
    "/v1/earns/ern_x": (422, "malformed_id"),
    "/v1/earns/1": (422, "malformed_id"),
    f"/v1/earns/ern_{'0' * 26}{'z' * 13}": (422, "malformed_id"),
    f"/v1/earns/ern_{'0' * 26}{'z' * 12}": (404, "entry_not_found"),
    f"/v1/redemptions/ern_{'0' * 26}1": (422, "malformed_id"),
    "/v1/redemptions/rdm_%00": (422, "malformed_id"),
    "/v1/members/par_01jd0000000000000000000000/balance": (422, "malformed_id"),
    "/v1/members/mbr_%00/entries": (422, "malformed_id"),
    "/v1/members/MEMBER/entries?limit=0": (422, "validation_failed"),
    "/v1/members/MEMBER/entries?limit=101": (422, "validation_failed"),
    "/v1/members/MEMBER/entries?limit=many": (422, "validation_failed"),
    "/v1/members/MEMBER/entries?limit=5&limit=6": (422, "validation_failed"),
    "/v1/members/MEMBER/entries?offset=5": (422, "validation_failed"),
    "/v1/members/MEMBER/entries?cursor=%00": (422, "malformed_cursor"),
    "/v1/members/MEMBER/entries?cursor=abc": (422, "malformed_cursor"),
    "/v1/nothing": (404, "not_found"),
}


def test_a_bad_address_is_refused(till: Till, member: Customer, subtests: pytest.Subtests) -> None:
    before = snapshot()
    for path, (status, code) in ADDRESSES.items():
        with subtests.test(path):
            assert_problem(till.get(path.replace("MEMBER", member.id)), status, code)
    assert snapshot() == before


def test_an_expired_token_is_refused(till: Till, member: Customer) -> None:
    answer = _with(till, till.bearer and _resigned(till.bearer, {"exp": 1_500_000_000})).balance(member)
    assert_problem(answer, 401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_for_another_audience_is_refused(till: Till, member: Customer) -> None:
    forged = _with(till, till.bearer and _resigned(till.bearer, {"aud": "https://elsewhere.test/v1"}))
    assert_problem(forged.balance(member), 401, "invalid_token")


def test_what_is_no_token_is_refused(till: Till, member: Customer) -> None:
    before = snapshot()
    for token in (" ", "x", "a.b.c", "\x7f", "Bearer", "ey" * 3000):
        assert_problem(_with(till, token).earn(member, 100), 401, "invalid_token")
    assert snapshot() == before


def _with(till: Till, bearer: str | None) -> Till:
    return replace(till, bearer=bearer)


def _resigned(token: str, claims: dict[str, Any]) -> str:
    """A token of our own key, with other claims."""
    told = extract_compact(token.encode())
    return jwt.encode(told.headers(), json.loads(told.payload) | claims, authority().signing_keys.current(), ["ES256"])
