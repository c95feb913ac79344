"""Files are cut into parts that keep the order of a member's lines, whatever the blocks they come in."""

import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.batches.domain import Media, Part, Splitter, pack, splitting, unpack
from network.batches.domain.splitting import FIRST, LAST, LINES, LONGEST_LINE, WINDOW_BYTES, tapered
from network.batches.errors import BatchEmpty, LineTooLong

SALT = b"salt"


def split(body: bytes, block: int, media: Media = Media.NDJSON) -> tuple[Splitter, list[Part]]:
    splitter = Splitter(media, SALT)
    parts = [part for at in range(0, len(body), block) for part in splitter.feed(body[at : at + block])]
    return splitter, [*parts, *splitter.finish()]


def line(number: int, member: int) -> bytes:
    return json.dumps({"sequence": number, "operation": "earn", "member": f"mbr_{member}"}).encode()


@given(st.lists(st.binary(max_size=30), max_size=20), st.integers(1, 50))
def test_every_line_comes_once_under_its_number(lines: list[bytes], block: int) -> None:
    body = b"\n".join(lines)
    expected = [(n, text.strip()) for n, text in enumerate(body.split(b"\n"), start=1) if text.strip()]
    if not expected:
        with pytest.raises(BatchEmpty):
            split(body, block)
        return
    splitter, parts = split(body, block)
    assert sorted(each for part in parts for each in part.lines) == expected
    assert splitter.total == len(expected)


def overlap(one: Part, other: Part) -> bool:
    return one.low <= other.high and other.low <= one.high


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "LINES", 7)
    monkeypatch.setattr(splitting, "WINDOW_LINES", 25)


@given(lines=st.lists(st.integers(0, 9), min_size=8, max_size=120), first_reversal=st.none() | st.integers(0, 120))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("small")
def test_lines_of_one_member_are_posted_in_the_order_of_the_file(lines: list[int], first_reversal: int | None) -> None:
    texts = [line(number, member) for number, member in enumerate(lines)]
    if first_reversal is not None:
        texts.insert(first_reversal, b'{"operation":"reversal"}')
    _, parts = split(b"\n".join(texts), 64)
    where = {text: (place, at) for place, part in enumerate(parts) for at, (_, text) in enumerate(part.lines)}
    for before, after in itertools.combinations(texts, 2):
        is_reversal_between = b"reversal" in after or b"reversal" in before
        if is_reversal_between or json.loads(before)["member"] == json.loads(after)["member"]:
            assert where[before] < where[after]
            assert where[before][0] == where[after][0] or overlap(parts[where[before][0]], parts[where[after][0]])
    assert all(len(part.lines) <= 7 for part in parts)


@pytest.mark.usefixtures("small")
def test_parts_of_a_window_can_be_worked_on_side_by_side() -> None:
    _, parts = split(b"\n".join(line(number, number) for number in range(50)), 64)
    assert [len(part.lines) for part in parts[:4]] == [7, 7, 7, 4]
    assert not any(overlap(one, other) for one, other in itertools.combinations(parts[:4], 2))
    assert not any(overlap(one, other) for one, other in itertools.combinations(parts[4:], 2))


def test_the_last_parts_of_a_file_grow_smaller_for_all_workers_to_end_together() -> None:
    sizes = tapered(20_000)
    assert sizes[:3] == [2_000, 2_000, 2_000]
    assert sizes == sorted(sizes, reverse=True)
    assert (sum(sizes), sizes[-2], tapered(0)) == (20_000, LINES // 4, [])


@pytest.mark.usefixtures("small")
def test_from_the_first_reversal_on_each_part_waits_for_all_before_it() -> None:
    lines = [line(number, number) for number in range(30)]
    lines[10] = b'{"operation":"reversal"}'
    _, parts = split(b"\n".join(lines), 64)
    ordered = [part for part in parts if (part.low, part.high) == (FIRST, LAST)]
    assert [number for part in ordered for number, _ in part.lines] == list(range(11, 31))
    assert all(overlap(one, other) for one, other in itertools.product(parts, ordered))


def test_a_window_of_long_lines_is_closed_before_it_fills_the_memory() -> None:
    splitter = Splitter(Media.NDJSON, SALT)
    body = (b"x" * 8_000 + b"\n") * (WINDOW_BYTES // 8_000 + 1)
    parts = list(splitter.feed(body))
    assert sum(len(part.lines) for part in parts) == WINDOW_BYTES // 8_000 + 1


def test_a_small_file_stays_in_its_own_order_in_one_part() -> None:
    lines = [line(n, -n) for n in range(20)]
    lines[10] = b'{"operation":"reversal"}'
    _, parts = split(b"\n".join(lines), 7)
    assert [[n for n, _ in part.lines] for part in parts] == [list(range(1, 21))]


def test_the_header_of_csv_is_no_line() -> None:
    splitter, parts = split(b"till,sequence,operation\r\n\r\nT1,1,earn\r\n", 5, Media.CSV)
    assert (splitter.header, splitter.total) == (b"till,sequence,operation", 1)
    assert parts == [Part(FIRST, LAST, [(3, b"T1,1,earn")])]


def test_a_card_is_the_same_member_however_it_is_written_and_is_not_told() -> None:
    ways = ["9912345678901234", "9912 3456 7890 1234", "9912-3456-7890-1234"]
    body = [b"operation,card_number,member,till,sequence"]
    body += [f"earn,{ways[n % 3]},,T1,{n}".encode() for n in range(LINES + 1)]
    _, parts = split(b"\n".join(body), 1 << 16, Media.CSV)
    assert len({part.low for part in parts} | {part.high for part in parts}) == 1
    assert b"9912" not in parts[0].low
    json_body = b"\n".join(json.dumps({"card_number": ways[n % 3]}).encode() for n in range(LINES + 1))
    assert {part.low for part in split(json_body, 1 << 16)[1]} == {parts[0].low}


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    splitter = Splitter(Media.NDJSON, SALT)
    assert list(splitter.feed(b"x" * LONGEST_LINE)) == []
    with pytest.raises(LineTooLong) as caught:
        list(splitter.feed(b"x"))
    assert caught.value.extra == {"line": 1}


@given(st.lists(st.tuples(st.integers(1, 10**9), st.binary().map(lambda text: text.replace(b"\n", b""))), min_size=1))
def test_packing_loses_nothing(lines: list[tuple[int, bytes]]) -> None:
    assert unpack(pack(lines)) == lines
