"""Cutting a file into parts while it comes in. Memory is bounded by a few parts, whatever the size of the file."""

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from network.batches.domain.values import Media
from network.batches.errors import BatchEmpty, LineTooLong

LANES = 8
"""Lanes that can be worked on side by side; lane `LANES` waits until they are empty."""

LAST_LANE = LANES
LINES = 2_000
"""Lines of a part: one transaction, some tens of milliseconds in which the wallets of the part wait for it."""

LONGEST_LINE = 8_192
_REFERENCE = re.compile(rb'"(?:member|card_number)"\s*:\s*"([^"\\]*)"')
_LEVEL = 1  # zlib's fastest; a file of lines shrinks to a tenth by it

Lines = list[tuple[int, bytes]]


class Part(NamedTuple):
    """Lines of one lane, in the order of the file, with their numbers from 1."""

    lane: int
    lines: Lines


class Splitter:
    """Takes a file in blocks and gives its parts. Lines that tell their member alike lie in one lane.

    From the first reversal on everything lies in the last lane, because a reversal must come after its earn, and does
    not name the member.
    """

    def __init__(self, media: Media) -> None:
        self.header: bytes | None = None
        self.total = 0
        self._csv = media is Media.CSV
        self._number = 0
        self._rest = b""
        self._places: list[int] = []
        self._lanes: list[Lines] = [[] for _ in range(LANES + 1)]
        self._given = False
        self._in_order = False

    def feed(self, block: bytes) -> Iterator[Part]:
        """Parts that are full. Raises LineTooLong."""
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            yield from self._take(line)
        self._check(self._rest, self._number + 1)

    def finish(self) -> Iterator[Part]:
        """What is left. A file of one part stays in one lane. Raises BatchEmpty, LineTooLong."""
        yield from self._take(self._rest)
        if not self.total:
            raise BatchEmpty
        if not self._given and self.total <= LINES:
            yield Part(0, sorted(line for lane in self._lanes for line in lane))
            return
        for lane, lines in enumerate(self._lanes):
            if lines:
                yield Part(lane, lines)

    def _take(self, line: bytes) -> Iterator[Part]:
        self._number += 1
        self._check(line, self._number)
        line = line.strip()
        if not line:
            return
        if self._csv and self.header is None:
            self.header = line
            names = [name.strip(b' "') for name in line.split(b",")]
            self._places = [place for place, name in enumerate(names) if name in (b"member", b"card_number")]
            return
        self.total += 1
        lane = self._lane_of(line)
        lines = self._lanes[lane]
        lines.append((self._number, line))
        if len(lines) == LINES:
            self._given = True
            self._lanes[lane] = []
            yield Part(lane, lines)

    def _lane_of(self, line: bytes) -> int:
        if self._in_order:
            return LAST_LANE
        if b"reversal" in line:
            self._in_order = True
            return LAST_LANE
        return zlib.crc32(self._reference_in(line).translate(None, b' "-')) % LANES

    def _reference_in(self, line: bytes) -> bytes:
        """What tells the member, as far as it can be seen without reading the line; empty if it can't."""
        if not self._csv:
            found = _REFERENCE.search(line)
            return found[1] if found else b""
        fields = line.split(b",")
        return b"".join(fields[place] for place in self._places if place < len(fields))

    def _check(self, line: bytes, number: int) -> None:
        if len(line) > LONGEST_LINE:
            raise LineTooLong(line=number)


def pack(lines: Lines) -> bytes:
    """Lines with their numbers as compressed bytes."""
    numbers = b" ".join(b"%d" % number for number, _ in lines)
    return zlib.compress(b"\n".join([numbers, *(line for _, line in lines)]), _LEVEL)


def unpack(packed: bytes) -> Lines:
    """What `pack` was given."""
    numbers, *lines = zlib.decompress(packed).split(b"\n")
    return [(int(number), line) for number, line in zip(numbers.split(b" "), lines, strict=True)]
