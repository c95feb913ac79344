"""A line that was written as the ones before it is read at once, and as if it had been read with patience."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.batches.domain import EarnLine, Reader, read_csv_line, read_json_line
from network.batches.domain import reading as module
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_id, show

MEMBER = show("mbr", new_id())
USUAL: dict[str, Any] = {
    "till": "T1",
    "sequence": 17,
    "operation": "earn",
    "member": MEMBER,
    "card_number": None,
    "amount_minor": 1250,
    "currency": "USD",
    "occurred_at": "2017-01-03T12:00:00Z",
    "receipt": "A-1",
    "store": None,
    "point_type": None,
}
COLUMNS = [*USUAL, "of_till", "of_sequence"]
ODD: dict[str, list[Any]] = {
    "till": ["T1", "a:b", "", "a b", "é", 7, "x" * 65, None],
    "sequence": [0, 17, 10**15, 10**15 + 1, -1, "17", "017", 1.0, True, None],
    "operation": ["earn", "earn ", "reversal", None],
    "member": [MEMBER, MEMBER.upper(), "mbr_8" + "0" * 25, MEMBER[:-1], "", None],
    "card_number": ["9912345678901234", "9912 3456-7890 1234", "۹۹۱۲", "1" * 41, "", 5, None],
    "amount_minor": [1, 10**12 - 1, 10**12, 10**12 + 1, 0, -5, "5", "05", 1.5, None],
    "currency": ["USD", "usd", "US", "", None],
    "occurred_at": [
        "2017-01-03T12:00:00Z", "2017-01-03T12:00:00.123456+03:30", "2017-02-30T12:00:00Z", "2017-01-03T12:00:00",
        "2017-01-03 12:00:00Z", "20170103T120000Z", "0001-01-01T00:00:00+14:00", "2017-01-03T12:00:00+99:00", "", None,
    ],
    "receipt": ["A-1", "", "a\tb", 'a"b', "\\u0041", None],
    "store": ["north", "", "n,1", None],
    "point_type": ["base", "bonus", "goodwill", "gold", "Bonus", "", 1, ["bonus"], None],
    "colour": ["red"],
}  # fmt: skip

changes = st.dictionaries(st.sampled_from(sorted(ODD)), st.integers(0, 99), max_size=3).map(
    lambda picks: {name: ODD[name][pick % len(ODD[name])] for name, pick in picks.items()}
)
lines = st.lists(st.tuples(changes, st.sampled_from([0, 0, 0, 1]), st.permutations(sorted(USUAL))), max_size=8)


def outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except PeyvandError as refusal:
        return refusal.code, refusal.detail, refusal.field


@given(lines, st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]), st.booleans())
def test_lines_of_json_are_read_as_with_patience(
    told: list[tuple[dict[str, Any], int, list[str]]], separators: tuple[str, str], with_nulls: bool
) -> None:
    reader = Reader(None)
    for number, (change, is_shuffled, order) in enumerate([({}, 0, []), *told]):
        values = USUAL | change
        values = {name: values[name] for name in order} | values if is_shuffled else values
        if not with_nulls:
            values = {name: value for name, value in values.items() if value is not None}
        text = json.dumps(values, separators=separators).encode()
        assert outcome(lambda n=number, t=text: reader.read(n, t)) == outcome(  # type: ignore[misc]
            lambda n=number, t=text: read_json_line(n, t)  # type: ignore[misc]
        )


@given(lines, st.permutations(COLUMNS), st.booleans())
def test_lines_of_csv_are_read_as_with_patience(
    told: list[tuple[dict[str, Any], int, list[str]]], columns: list[str], quoted: bool
) -> None:
    reader = Reader(columns)
    for number, (change, _, _) in enumerate([({}, 0, []), *told]):
        text = io.StringIO()
        values = USUAL | change
        writer = csv.writer(text, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="")
        writer.writerow(["" if values.get(name) is None else values[name] for name in columns])
        line = text.getvalue().encode()
        assert outcome(lambda n=number, t=line: reader.read(n, t)) == outcome(  # type: ignore[misc]
            lambda n=number, t=line: read_csv_line(n, t, columns)  # type: ignore[misc]
        )


@given(lines, st.integers(0, 4), st.booleans())
def test_lines_that_stand_together_are_read_as_each_by_itself(
    told: list[tuple[dict[str, Any], int, list[str]]], usual: int, is_csv: bool
) -> None:
    values = [USUAL | change for change, _, _ in [*[({}, 0, [])] * usual, *told, ({}, 0, [])]]
    columns = list(USUAL) if is_csv else None
    texts = [",".join("" if v is None else str(v) for v in each.values()) if is_csv else json.dumps(each)
             for each in values]  # fmt: skip
    numbered = [(number, text.encode()) for number, text in enumerate(texts, start=5)]
    patient = [
        outcome(lambda n=n, t=t: read_csv_line(n, t, columns) if columns else read_json_line(n, t))  # type: ignore[misc]
        for n, t in numbered
    ]
    refused: dict[int, object] = {}

    def refuse(number: int, why: PeyvandError) -> None:
        refused[number] = why.code, why.detail, why.field

    run, module._RUN = module._RUN, 3
    try:
        read = iter(list(Reader(columns).read_all(numbered, refuse)))
    finally:
        module._RUN = run
    assert [refused[n] if n in refused else next(read) for n, _ in numbered] == patient


@pytest.mark.parametrize("columns", [None, list(USUAL)])
def test_what_was_learnt_is_used(columns: list[str] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(columns)
    values = ["" if value is None else str(value) for value in USUAL.values()]
    text = ",".join(values).encode() if columns else json.dumps(USUAL).encode()
    first = reader.read(1, text)

    def patience(*_: object) -> None:
        raise AssertionError("read with patience")

    monkeypatch.setattr(module, "read_json_line", patience)
    monkeypatch.setattr(module, "read_csv_line", patience)
    assert isinstance(first, EarnLine)
    assert reader.read(1, text) == first


def test_few_ways_are_learnt_so_that_a_file_can_not_slow_its_reader_down() -> None:
    reader = Reader(None)
    names = list(USUAL)
    for turn in range(8):
        told = {name: USUAL[name] for name in names[turn:] + names[:turn]}
        assert reader.read(1, json.dumps(told).encode()) == read_json_line(1, json.dumps(USUAL).encode())
    assert len(reader._shapes) == module._MOST_SHAPES
