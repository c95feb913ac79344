"""One line of a batch, read with patience: what it tells, or which of its values is not valid."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from network.batches.errors import InvalidLine, MalformedLine
from network.partners.domain import PointType

MOST = 10**12
"""The largest amount, as in the single call."""

MOST_SEQUENCE = 10**15

REFERENCE = "[A-Za-z0-9._:/#-]{1,64}"
CURRENCY = "[A-Z]{3}"
INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})"
MEMBER = "mbr_[0-7][0-9a-hjkmnp-tv-z]{25}"
TYPES = tuple(each.value for each in PointType)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_is_reference = re.compile(REFERENCE, re.ASCII).fullmatch
_is_currency = re.compile(CURRENCY, re.ASCII).fullmatch
_is_instant = re.compile(INSTANT, re.ASCII).fullmatch
_is_member = re.compile(MEMBER, re.ASCII).fullmatch
_TO_BASE_32 = str.maketrans("0123456789abcdefghjkmnpqrstvwxyz", "0123456789abcdefghijklmnopqrstuv")
_LONGEST_CARD = 40
_EARN = {
    "till", "sequence", "operation", "member", "card_number", "amount_minor", "currency", "occurred_at", "receipt",
    "store", "point_type",
}  # fmt: skip
_REVERSAL = {"till", "sequence", "operation", "of", "amount_minor", "receipt"}


class EarnLine(NamedTuple):
    """A purchase. The member is told by id or by card. `at_us`: microseconds since 1970. `point_type`: if told."""

    line: int
    key: str
    member: str | None
    card_number: str | None
    amount_minor: int
    currency: str
    occurred_at: str
    at_us: int
    receipt: str | None
    store: str | None
    point_type: str | None = None

    @property
    def member_id(self) -> bytes | None:
        """The 16 bytes of the member's id; None for one told by card."""
        return member_ids([self])[0]


def member_ids(lines: Sequence[EarnLine]) -> list[bytes | None]:
    """The 16 bytes of the id of each line's member; None for one told by card."""
    told = "\n".join([line.member[4:] if line.member else "" for line in lines]).translate(_TO_BASE_32)
    return [int(each, 32).to_bytes(16) if each else None for each in told.split("\n")] if lines else []


class ReversalLine(NamedTuple):
    """A return of the purchase that was reported under the key `of`; of all that is left, without an amount."""

    line: int
    key: str
    of: str
    amount_minor: int | None
    receipt: str | None


def read_json_line(line: int, text: bytes) -> EarnLine | ReversalLine:
    """A line of NDJSON. Raises MalformedLine, InvalidLine."""
    try:
        values, end = _scan(told := text.decode(), 0)
        if end != len(told):
            raise ValueError("more than one value")
        if told.count('"') != _quotes_of(values):
            values = _scan_strictly(told, 0)[0]
    except (ValueError, RecursionError, StopIteration):
        raise MalformedLine("The line is not JSON in UTF-8 with each name once.") from None
    if not isinstance(values, dict):
        raise MalformedLine("The line is not a JSON object.")
    return read_values(line, values)


def read_values(line: int, values: Mapping[str, Any]) -> EarnLine | ReversalLine:
    """A line from its values. Raises InvalidLine."""
    operation = values.get("operation")
    if operation == "earn":
        return _earn(line, values)
    if operation == "reversal":
        return _reversal(line, values)
    raise InvalidLine("Must be earn or reversal.", field="operation")


def _earn(line: int, values: Mapping[str, Any]) -> EarnLine:
    if not values.keys() <= _EARN:
        _refuse_unknown(values, _EARN)
    get = values.get
    member, card_number = get("member"), get("card_number")
    if (member is None) == (card_number is None):
        raise InvalidLine("Tell the member's id or a card number, one of them.", field="member")
    if member is not None:
        if not isinstance(member, str) or not _is_member(member):
            raise InvalidLine("This is not an identifier of the expected kind.", field="member")
    elif not isinstance(card_number, str) or len(card_number) > _LONGEST_CARD:
        raise InvalidLine("Must be a card number.", field="card_number")
    currency, occurred_at = get("currency"), get("occurred_at")
    if not isinstance(currency, str) or not _is_currency(currency):
        raise InvalidLine("Must be an ISO 4217 code such as USD.", field="currency")
    return EarnLine(
        line,
        _key(values),
        member,
        card_number,
        _whole("amount_minor", get("amount_minor"), 1, MOST),
        currency,
        *_instant(occurred_at),
        _reference("receipt", get("receipt")),
        _reference("store", get("store")),
        _type(get("point_type")),
    )


def _reversal(line: int, values: Mapping[str, Any]) -> ReversalLine:
    if not values.keys() <= _REVERSAL:
        _refuse_unknown(values, _REVERSAL)
    of, amount = values.get("of"), values.get("amount_minor")
    if not isinstance(of, dict) or of.keys() != {"till", "sequence"}:
        raise InvalidLine("Must name the till and the sequence of an earn.", field="of")
    try:
        target = _key(of)
    except InvalidLine as wrong:
        raise InvalidLine(wrong.detail, field=f"of.{wrong.field}") from None
    return ReversalLine(
        line,
        _key(values),
        target,
        None if amount is None else _whole("amount_minor", amount, 1, MOST),
        _reference("receipt", values.get("receipt")),
    )


def key_of(till: str, sequence: int | str) -> str:
    """The idempotency key: a till may hold colons, a sequence does not, so no two pairs have the same."""
    return f"batch:{till}:{sequence}"


def _key(values: Mapping[str, Any]) -> str:
    till = _reference("till", values.get("till"))
    if till is None:
        raise InvalidLine("Missing.", field="till")
    return key_of(till, _whole("sequence", values.get("sequence"), 0, MOST_SEQUENCE))


def _whole(name: str, value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:  # true is an int to Python
        raise InvalidLine(f"Must be a whole number from {least} to {most}.", field=name)
    return value


def _reference(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _is_reference(value):
        raise InvalidLine("Must be 1 to 64 of A-Z a-z 0-9 . _ : / # -", field=name)
    return value


def _type(value: object) -> str | None:
    if value is None or value in TYPES:
        return value
    raise InvalidLine(f"Must be one of: {', '.join(TYPES)}.", field="point_type")


def _instant(value: object) -> tuple[str, int]:
    if not isinstance(value, str) or not _is_instant(value):
        raise InvalidLine("Must be an instant with its offset, such as 2017-01-03T10:00:00Z.", field="occurred_at")
    try:
        instant = datetime.fromisoformat(value)
        return value, (instant - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        raise InvalidLine("There is no such instant.", field="occurred_at") from None


def _quotes_of(values: Any) -> int:
    """How many quotes a flat object has, at least; a text with no more of them has no name twice. 0: not an object."""
    if type(values) is not dict:
        return 0
    return 2 * len(values) + 2 * [type(value) for value in values.values()].count(str)


def _refuse_unknown(values: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(values.keys() - known)[0]
    # the name comes from the file and may hold anything, a card number too
    raise InvalidLine(
        "A name that this operation does not have.", field=unknown if unknown in _EARN | _REVERSAL else None
    )


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


# without the decoder's own search for white space, of which a line has none around it
_scan: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_scan_strictly: Any = json.JSONDecoder(object_pairs_hook=_each_name_once).scan_once  # type: ignore[attr-defined]
