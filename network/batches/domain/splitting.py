"""Cutting a file into parts while it comes in. Memory is bounded by a window of lines, whatever the size of the file.

The lines of a window are sorted by what they tell of their member, so that a part's wallets lie side by side: sorted
input is what an index takes best. Two parts can be worked on at the same time if no member is in both.
"""

import re
import zlib
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

from network.batches.domain.values import Media
from network.batches.errors import BatchEmpty, LineTooLong

LINES = 2_000
"""Lines of a part: one transaction, a fraction of a second in which the wallets of the part wait for it."""

WINDOW_LINES = 16 * LINES
WINDOW_BYTES = 16 * 1024 * 1024
LONGEST_LINE = 8_192
FIRST, LAST = b"", b"\xff" * 64
"""Before and after whatever can be told of a member."""

_REFERENCE = re.compile(rb'"(member|card_number)"\s*:\s*"([^"\\]*)"')
_LEVEL = 1  # zlib's fastest; a file of lines shrinks to a fifth by it
_DIGEST_BYTES = 8
_LONGEST_REFERENCE = 64

Lines = list[tuple[int, bytes]]


class Part(NamedTuple):
    """Lines with their numbers from 1. Of the members between `low` and `high` it has lines, and of no others.

    A part has to wait for every earlier one whose members may be among its own.
    """

    low: bytes
    high: bytes
    lines: Lines


class Splitter:
    """Takes a file in blocks and gives its parts. Lines that tell their member alike keep their order.

    From the first reversal on, lines are cut as they come, and each part waits for the one before: a reversal must
    come after its earn, and does not name the member. `salt` is random, and forgotten: so what stands for a card in
    `low` and `high` tells nobody the card.
    """

    def __init__(self, media: Media, salt: bytes) -> None:
        self.header: bytes | None = None
        self.total = 0
        self._csv = media is Media.CSV
        self._salt = salt
        self._number = 0
        self._rest = b""
        self._places: list[tuple[bytes, int]] = []
        self._window: list[tuple[bytes, int, bytes]] = []
        self._ordered: Lines = []
        self._is_ordered = False
        self._bytes = 0

    def feed(self, block: bytes) -> Iterator[Part]:
        """Parts that are complete. Raises LineTooLong."""
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            yield from self._take(line)
        self._check(self._rest, self._number + 1)

    def finish(self) -> Iterator[Part]:
        """What is left. A small file is one part, in its own order. Raises BatchEmpty, LineTooLong."""
        yield from self._take(self._rest)
        if not self.total:
            raise BatchEmpty
        if self.total > LINES:
            yield from self._close()
        else:
            yield Part(FIRST, LAST, sorted([(number, line) for _, number, line in self._window] + self._ordered))

    def _take(self, line: bytes) -> Iterator[Part]:
        self._number += 1
        self._check(line, self._number)
        line = line.strip()
        if not line:
            return
        if self._csv and self.header is None:
            self.header = line
            names = [name.strip(b' "') for name in line.split(b",")]
            self._places = [(name, place) for place, name in enumerate(names) if name in (b"member", b"card_number")]
            return
        self.total += 1
        self._bytes += len(line)
        if self._is_ordered or b"reversal" in line:
            self._is_ordered = True
            self._ordered.append((self._number, line))
        else:
            self._window.append((self._reference_in(line), self._number, line))
        if self.total > LINES and (
            len(self._window) >= WINDOW_LINES or len(self._ordered) >= LINES or self._bytes >= WINDOW_BYTES
        ):
            yield from self._close()

    def _close(self) -> Iterator[Part]:
        """Everything that waits, the sorted lines first: all of them come before the first reversal."""
        window, ordered = sorted(self._window), self._ordered
        self._window, self._ordered, self._bytes = [], [], 0
        for at in range(0, len(window), LINES):
            some = window[at : at + LINES]
            yield Part(some[0][0], some[-1][0], [(number, line) for _, number, line in some])
        for at in range(0, len(ordered), LINES):
            yield Part(FIRST, LAST, ordered[at : at + LINES])

    def _reference_in(self, line: bytes) -> bytes:
        """What tells the member, as far as it can be seen without reading the line; empty if it can't."""
        if self._csv:
            fields = line.split(b",")
            told = [(name, fields[place].strip(b' "')) for name, place in self._places if place < len(fields)]
            name, value = next(((name, value) for name, value in told if value), (b"", FIRST))
        else:
            found = _REFERENCE.search(line)
            name, value = found.groups() if found else (b"", FIRST)
        if name == b"card_number":
            return blake2b(value.translate(None, b" -"), key=self._salt, digest_size=_DIGEST_BYTES).digest()
        return value[:_LONGEST_REFERENCE]

    def _check(self, line: bytes, number: int) -> None:
        if len(line) > LONGEST_LINE:
            raise LineTooLong(line=number)


def pack(lines: Lines) -> bytes:
    """Lines with their numbers as compressed bytes."""
    numbers = b" ".join([b"%d" % number for number, _ in lines])
    return zlib.compress(b"\n".join([numbers, *[line for _, line in lines]]), _LEVEL)


def unpack(packed: bytes) -> Lines:
    """What `pack` was given."""
    numbers, *lines = zlib.decompress(packed).split(b"\n")
    return list(zip(map(int, numbers.split(b" ")), lines, strict=True))
