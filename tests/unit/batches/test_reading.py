"""Lines are read strictly: what is silently misread here becomes a wrong posting."""

import json
from typing import Any

import pytest

from network.batches.domain import EarnLine, ReversalLine, read_csv_line, read_header, read_json_line
from network.batches.errors import BadHeader, InvalidLine, MalformedLine
from network.kernel.identifiers import new_id, show

MEMBER = new_id()
EARN: dict[str, Any] = {
    "till": "T1",
    "sequence": 17,
    "operation": "earn",
    "member": show("mbr", MEMBER),
    "amount_minor": 1250,
    "currency": "USD",
    "occurred_at": "2017-01-03T12:00:00.5+01:00",
    "receipt": "A-1",
}
REVERSAL: dict[str, Any] = {
    "till": "T1",
    "sequence": 18,
    "operation": "reversal",
    "of": {"till": "T1", "sequence": 17},
}


def read(values: dict[str, Any]) -> EarnLine | ReversalLine:
    return read_json_line(3, json.dumps(values).encode())


def test_an_earn_is_read() -> None:
    line = read(EARN)
    assert isinstance(line, EarnLine)
    assert (line.line, line.key, line.member_id, line.amount_minor) == (3, "batch:T1:17", MEMBER.bytes, 1250)
    assert line.at_us == 1_483_441_200_500_000
    assert line.store is line.card_number is None


def test_a_reversal_is_read() -> None:
    assert read(REVERSAL) == ReversalLine(3, "batch:T1:18", "batch:T1:17", None, None)
    assert read(REVERSAL | {"amount_minor": 5, "receipt": None}) == ReversalLine(
        3, "batch:T1:18", "batch:T1:17", 5, None
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"till": None}, "till"),
        ({"till": "a b"}, "till"),
        ({"sequence": "17"}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"sequence": -1}, "sequence"),
        ({"sequence": 17.0}, "sequence"),
        ({"operation": "burn"}, "operation"),
        ({"operation": ["earn"]}, "operation"),
        ({"member": "mbr_zz"}, "member"),
        ({"member": 5}, "member"),
        ({"member": None}, "member"),
        ({"card_number": "9912345678901234"}, "member"),
        ({"member": None, "card_number": 12}, "card_number"),
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": 12.5}, "amount_minor"),
        ({"amount_minor": 10**12 + 1}, "amount_minor"),
        ({"currency": "usd"}, "currency"),
        ({"occurred_at": "2017-01-03T12:00:00"}, "occurred_at"),
        ({"occurred_at": "2017-02-30T12:00:00Z"}, "occurred_at"),
        ({"occurred_at": None}, "occurred_at"),
        ({"receipt": "a\tb"}, "receipt"),
        ({"receipt": "\\N"}, "receipt"),
        ({"store": ""}, "store"),
        ({"of": {"till": "T1", "sequence": 1}}, "of"),
        ({"9912345678901234": 1}, None),
    ],
)
def test_an_earn_with_a_wrong_value_is_refused(change: dict[str, Any], field: str | None) -> None:
    with pytest.raises(InvalidLine) as caught:
        read(EARN | change)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"of": None}, "of"),
        ({"of": {"till": "T1"}}, "of"),
        ({"of": {"till": "T1", "sequence": "x"}}, "of.sequence"),
        ({"member": "mbr_x"}, "member"),
        ({"amount_minor": 0}, "amount_minor"),
    ],
)
def test_a_reversal_with_a_wrong_value_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidLine) as caught:
        read(REVERSAL | change)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"5",
        b'{"till":"a","till":"b"}',
        b'{"till" :"a","till":"b"}',
        b'{"a":1,"a" :2}',
        b'{"a":1} {"b":2}',
        b"\xff",
        b"[" * 5000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_one_json_object_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedLine):
        read_json_line(1, text)


def test_csv_reads_as_json_does() -> None:
    columns = read_header(
        b"\xef\xbb\xbfoperation,till,sequence,member,amount_minor,currency,occurred_at,receipt,of_till,of_sequence"
    )
    earn = f'earn,T1,17,{EARN["member"]},1250,USD,{EARN["occurred_at"]},"A-1",,'.encode()
    assert read_csv_line(3, earn, columns) == read(EARN)
    assert read_csv_line(3, b"reversal,T1,18,,,,,,T1,17", columns) == read(REVERSAL)


@pytest.mark.parametrize(
    "header", [b"till,sequence", b"till,sequence,operation,till", b"till,sequence,operation,colour", b'"']
)
def test_a_header_that_makes_no_sense_is_refused(header: bytes) -> None:
    with pytest.raises(BadHeader):
        read_header(header)


@pytest.mark.parametrize("text", [b"T1,1", b'T1,1,"earn', b"T1,1,\xff", b"T1,1,earn,x"])
def test_a_csv_line_of_another_shape_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedLine):
        read_csv_line(1, text, ["till", "sequence", "operation"])


@pytest.mark.parametrize("text", ["١٢", "1_0", " 5", "+5", "1e3"])
def test_a_number_of_csv_is_ascii_digits(text: str) -> None:
    with pytest.raises(InvalidLine):
        read_csv_line(1, f"T1,{text},earn".encode(), ["till", "sequence", "operation"])
