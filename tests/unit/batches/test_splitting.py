"""Files are cut into parts that keep the order of a member's lines, whatever the blocks they come in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.batches.domain import LANES, LAST_LANE, Media, Part, Splitter, pack, unpack
from network.batches.domain.splitting import LINES, LONGEST_LINE
from network.batches.errors import BatchEmpty, LineTooLong


def split(body: bytes, block: int, media: Media = Media.NDJSON) -> tuple[Splitter, list[Part]]:
    splitter = Splitter(media)
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


def test_a_large_file_is_cut_into_lanes_by_member() -> None:
    body = b"\n".join(line(n, n % 97) for n in range(5 * LINES))
    _, parts = split(body, 1 << 16)
    assert {part.lane for part in parts} == set(range(LANES))
    lane_of: dict[bytes, int] = {}
    for part in parts:
        numbers = [number for number, _ in part.lines]
        assert numbers == sorted(numbers)
        assert len(numbers) <= LINES
        for _, text in part.lines:
            member = json.loads(text)["member"]
            assert lane_of.setdefault(member, part.lane) == part.lane


def test_from_the_first_reversal_on_all_lines_lie_in_the_last_lane() -> None:
    lines = [line(n, n % 97) for n in range(3 * LINES)]
    lines[LINES] = b'{"operation":"reversal"}'
    _, parts = split(b"\n".join(lines), 1 << 16)
    assert {n for part in parts if part.lane < LAST_LANE for n, _ in part.lines} == set(range(1, LINES + 1))
    last = [n for part in parts if part.lane == LAST_LANE for n, _ in part.lines]
    assert last == list(range(LINES + 1, 3 * LINES + 1))


def test_a_small_file_stays_in_order_in_one_lane() -> None:
    lines = [line(n, n) for n in range(20)]
    lines[10] = b'{"operation":"reversal"}'
    _, parts = split(b"\n".join(lines), 7)
    assert [(part.lane, [n for n, _ in part.lines]) for part in parts] == [(0, list(range(1, 21)))]


def test_the_header_of_csv_is_no_line() -> None:
    splitter, parts = split(b"till,sequence,operation\r\n\r\nT1,1,earn\r\n", 5, Media.CSV)
    assert (splitter.header, splitter.total) == (b"till,sequence,operation", 1)
    assert parts == [Part(0, [(3, b"T1,1,earn")])]


def test_a_card_lies_in_one_lane_however_it_is_written() -> None:
    ways = ["9912345678901234", "9912 3456 7890 1234", "9912-3456-7890-1234"]
    body = [b"operation,card_number,till,sequence"]
    body += [f"earn,{ways[n % 3]},T1,{n}".encode() for n in range(LINES + 1)]
    _, parts = split(b"\n".join(body), 1 << 16, Media.CSV)
    assert len({part.lane for part in parts}) == 1


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    splitter = Splitter(Media.NDJSON)
    assert list(splitter.feed(b"x" * LONGEST_LINE)) == []
    with pytest.raises(LineTooLong) as caught:
        list(splitter.feed(b"x"))
    assert caught.value.extra == {"line": 1}


@given(st.lists(st.tuples(st.integers(1, 10**9), st.binary().map(lambda text: text.replace(b"\n", b""))), min_size=1))
def test_packing_loses_nothing(lines: list[tuple[int, bytes]]) -> None:
    assert unpack(pack(lines)) == lines
