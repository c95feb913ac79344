"""Whatever is wrong with a request is told as a problem document, and changes nothing at all."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jws import extract_compact

from network.auth.authority import authority
from network.kernel.identifiers import new_id, show
from network.members.domain import make_card_number
from tests.fixtures import Coalition, Customer, Till, assert_problem, day, next_key, snapshot

NOW = day(6, 1, year=2018)
NUL = "\0"
POSTS = ("/v1/earns", "/v1/redemptions", "/v1/quotes")
_LEFT_OUT = object()


@dataclass(frozen=True)
class Bad:
    """What is wrong: `change` in a body that is right otherwise, or the whole body as it stands in `raw`."""

    name: str
    status: int
    code: str
    pointer: str | None = None
    change: dict[str, Any] = field(default_factory=dict)
    raw: bytes | None = None

    def __str__(self) -> str:
        return self.name


def invalid(name: str, **change: Any) -> Bad:
    """One field that has not the form of the schema."""
    (what,) = change
    return Bad(name, 422, "validation_failed", f"#/{what}", change)


def _whole_numbers(what: str) -> list[Bad]:
    values = {
        "negative": -1, "zero": 0, "astronomic": 10**30, "beyond 64 bits": 2**63, "a fraction": 12.5, "a float": 5.0,
        "a boolean": True, "a text": "1250", "null": None, "missing": _LEFT_OUT, "a list": [1], "just too much": 10**12 + 1,
    }  # fmt: skip
    return [invalid(f"{what} is {name}", **{what: value}) for name, value in values.items()]


SHARED = [
    invalid("currency in small letters", currency="usd"),
    invalid("currency with NUL", currency="US\0"),
    invalid("currency is a number", currency=840),
    invalid("currency is missing", currency=_LEFT_OUT),
    Bad("a currency without contract", 422, "wrong_currency", "#/currency", {"currency": "EUR"}),
    Bad("an unknown member", 404, "member_not_found", "#/member", {"member": show("mbr", new_id())}),
    invalid("a partner's id for a member", member=show("par", new_id())),
    invalid("a member id cut short", member="mbr_01"),
    invalid("a member id with NUL", member=f"mbr_{NUL * 26}"),
    invalid("a member id beyond 128 bits", member=f"mbr_{'z' * 26}"),
    invalid("member is null", member=None),
    invalid("an unknown field", partner_id=show("par", new_id())),
    Bad("not JSON", 400, "malformed_json", raw=b'{"member":'),
    Bad("JSON with NaN", 400, "malformed_json", raw=b'{"points": NaN, "amount_minor": NaN}'),
    Bad("JSON with a name twice", 400, "malformed_json", raw=b'{"points": 1, "points": 1}'),
    Bad("a number of 5,000 digits", 400, "malformed_json", raw=b'{"points": 1%s}' % (b"0" * 5000)),
    Bad("ten thousand brackets", 400, "malformed_json", raw=b"[" * 10_000),
    Bad("not UTF-8", 400, "malformed_json", raw=b'{"receipt": "\xff"}'),
    Bad("a list", 422, "validation_failed", "#", raw=b"[]"),
    Bad("null", 422, "validation_failed", "#", raw=b"null"),
    Bad("a body of more than 1 MiB", 413, "payload_too_large", raw=b'{"receipt": "%s"}' % (b"x" * 1024 * 1024)),
]
SLIPS = [
    invalid("a receipt with NUL", receipt=f"A{NUL}1"),
    invalid("a receipt that is too long", receipt="x" * 65),
    invalid("an empty receipt", receipt=""),
    invalid("a receipt with a lone surrogate", receipt="\ud800"),
    invalid("a store with a quote in it", store="'; --"),
    Bad("an unknown store", 422, "unknown_store", "#/store", {"store": "nowhere"}),
    invalid("an instant without zone", occurred_at="2018-05-31T10:00:00"),
    invalid("a date", occurred_at="2018-05-31"),
    invalid("the 30th of February", occurred_at="2018-02-30T10:00:00Z"),
    invalid("an instant before year 1", occurred_at="0001-01-01T00:00:00+14:00"),
    invalid("seconds since 1970", occurred_at=1_527_760_800),
    Bad("the future", 422, "purchase_in_future", "#/occurred_at", {"occurred_at": "2018-06-01T12:05:01Z"}),
    Bad("the end of time", 422, "purchase_in_future", "#/occurred_at", {"occurred_at": "9999-12-31T23:59:59Z"}),
    Bad("too long ago", 422, "purchase_too_old", "#/occurred_at", {"occurred_at": "2017-04-27T11:59:59Z"}),
    Bad("before the contract", 422, "no_contract", "#/occurred_at", {"occurred_at": "2017-12-31T23:59:59Z"}),
]
BASKETS = [
    invalid("no lines", lines=[]),
    invalid("too many lines", lines=[1] * 501),
    invalid("lines that are no list", lines=1250),
    Bad("a line for nothing", 422, "validation_failed", "#/lines/1", {"lines": [1250, 0]}),
    Bad("a line that is a fraction", 422, "validation_failed", "#/lines/0", {"lines": [12.5]}),
    Bad("lines that do not add up", 422, "basket_mismatch", "#/lines", {"lines": [1000, 249]}),
]
EARNS = [*SHARED, *SLIPS, *BASKETS, *_whole_numbers("amount_minor")]
REDEMPTIONS = [
    *SHARED,
    *SLIPS,
    *_whole_numbers("points"),
    invalid("no proof", proof=_LEFT_OUT),
    invalid("a hold that is too short", hold_seconds=59),
    invalid("a hold that is too long", hold_seconds=604_801),
    Bad("a burn of long ago", 422, "redemption_too_old", "#/occurred_at", {"occurred_at": "2018-04-27T11:59:59Z"}),
    invalid("capture is a text", capture="true"),
    Bad("another proof", 422, "validation_failed", "#/proof/type", {"proof": {"type": "pin", "card_number": "9" * 16}}),
    Bad("no card", 422, "validation_failed", "#/proof/card_number", {"proof": {"type": "card"}}),
    Bad(
        "a mistyped card",
        422,
        "validation_failed",
        "#/proof/card_number",
        {"proof": {"type": "card", "card_number": "9900000000000001"}},
    ),
    Bad(
        "a card with NUL",
        422,
        "validation_failed",
        "#/proof/card_number",
        {"proof": {"type": "card", "card_number": "99" + NUL * 14}},
    ),
    Bad(
        "a card of nobody", 403, "proof_refused", "#/proof", {"proof": {"type": "card", "card_number": make_card_number()}}
    ),
]
QUOTES = [
    *SHARED,
    *(case for case in _whole_numbers("points") if case.change["points"] is not _LEFT_OUT),
    invalid("a negative basket", amount_minor=-1),
    invalid("a key in the body", idempotency_key="1"),
    Bad("nothing to quote", 422, "nothing_to_quote", "#/amount_minor", {"points": _LEFT_OUT}),
]


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


def refuse_each(
    till: Till, path: str, right: dict[str, Any], cases: Iterable[Bad], subtests: pytest.Subtests
) -> None:
    """Each is refused as it says, and nothing is written: so one coalition serves all."""
    before = snapshot()
    for bad in cases:
        with subtests.test(bad.name):
            assert_problem(ask(till, path, right, bad), bad.status, bad.code, bad.pointer)
            assert snapshot() == before


def ask(till: Till, path: str, right: dict[str, Any], bad: Bad) -> Any:
    body = {name: value for name, value in {**right, **bad.change}.items() if value is not _LEFT_OUT}
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
