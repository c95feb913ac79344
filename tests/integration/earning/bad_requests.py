"""Requests of which one thing is wrong, and how the network should say so."""

from dataclasses import dataclass, field
from typing import Any

from network.kernel.identifiers import new_id, show
from network.members.domain import make_card_number
from tests.fixtures import day

NOW = day(6, 1, year=2018)
NUL = "\0"
LEFT_OUT = object()


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
        "a boolean": True, "a text": "1250", "null": None, "missing": LEFT_OUT, "a list": [1],
        "just too much": 10**12 + 1,
    }  # fmt: skip
    return [invalid(f"{what} is {name}", **{what: value}) for name, value in values.items()]


SHARED = [
    invalid("currency in small letters", currency="usd"),
    invalid("currency with NUL", currency="US\0"),
    invalid("currency is a number", currency=840),
    invalid("currency is missing", currency=LEFT_OUT),
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
    invalid("no proof", proof=LEFT_OUT),
    invalid("a hold that is too short", hold_seconds=59),
    invalid("a hold that is too long", hold_seconds=604_801),
    Bad("a burn of long ago", 422, "redemption_too_old", "#/occurred_at", {"occurred_at": "2018-04-27T11:59:59Z"}),
    invalid("capture is a text", capture="true"),
    invalid("a source that nobody knows", source="theirs"),
    invalid("a source that is a number", source=1),
    invalid("a source that is null", source=None),
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
        "a card of nobody",
        403,
        "proof_refused",
        "#/proof",
        {"proof": {"type": "card", "card_number": make_card_number()}},
    ),
]
QUOTES = [
    *SHARED,
    *(case for case in _whole_numbers("points") if case.change["points"] is not LEFT_OUT),
    invalid("a negative basket", amount_minor=-1),
    invalid("a key in the body", idempotency_key="1"),
    Bad("nothing to quote", 422, "nothing_to_quote", "#/amount_minor", {"points": LEFT_OUT}),
]
