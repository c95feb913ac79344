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

WINDOW_LINES = 64 * LINES
"""Most files are one window. Its parts go through the tables from one end to the other, and every page of them comes
and goes once; of a file of three windows each came and went three times."""

WINDOW_BYTES = 32 * 1024 * 1024
SIDE_BY_SIDE = 8
"""So many parts, about, are worked on at the same time; the last ones grow smaller, for all to end together."""

LONGEST_LINE = 8_192
FIRST, LAST = b"", b"\xff" * 64
"""Before and after whatever can be told of a member."""

_REFERENCE = re.compile(rb'"(?:member"\s*:\s*"([^"\\]*)|card_number"\s*:\s*"([^"\\]*))"')
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
        self._places: list[tuple[bool, int]] = []
        self._window: Lines = []
        self._window_bytes = 0
        self._ordered: Lines = []
        self._is_ordered = False

    def feed(self, block: bytes) -> Iterator[Part]:
        """Parts that are complete. Raises LineTooLong."""
        text = self._rest + block
        *lines, self._rest = text.split(b"\n")
        self._check(lines)
        self._take(lines, may_reverse=b"reversal" in text)
        self._check([self._rest])
        if self.total > LINES:
            yield from self._full()

    def finish(self) -> Iterator[Part]:
        """What is left. A small file is one part, in its own order. Raises BatchEmpty, LineTooLong."""
        yield from self.feed(b"\n")
        if not self.total:
            raise BatchEmpty
        if self.total > LINES:
            yield from self._cut_window(tapered(len(self._window)))
            yield from self._cut_ordered(least=1)
        else:
            yield Part(FIRST, LAST, self._window + self._ordered)

    def _take(self, lines: list[bytes], *, may_reverse: bool) -> None:
        """Let lines wait for their window to be full, or for the next part of those that keep their order."""
        told = [(number, line) for number, line in enumerate(map(bytes.strip, lines), self._number + 1) if line]
        self._number += len(lines)
        if told and self._csv and self.header is None:
            self._read_header(told.pop(0)[1])
        self.total += len(told)
        if self._is_ordered:
            self._ordered += told
            return
        first = len(told)
        if may_reverse:
            first = next((place for place, (_, line) in enumerate(told) if b"reversal" in line), first)
        self._is_ordered = first < len(told)
        self._window += told[:first]
        self._window_bytes += sum(map(len, lines))
        self._ordered += told[first:]

    def _full(self) -> Iterator[Part]:
        """Parts of what needs to wait no longer, the sorted lines first: they come before the first reversal."""
        while len(self._window) >= WINDOW_LINES:
            yield from self._cut_window(even(WINDOW_LINES))
        if self._window_bytes >= WINDOW_BYTES or len(self._ordered) >= LINES:
            yield from self._cut_window(even(len(self._window)))
        yield from self._cut_ordered(least=LINES)

    def _cut_window(self, sizes: list[int]) -> Iterator[Part]:
        """Parts of these sizes, of the lines that came first, sorted by member."""
        count = sum(sizes)
        lines, self._window = self._window[:count], self._window[count:]
        self._window_bytes = sum([len(line) for _, line in self._window])
        references = self._references_in([line for _, line in lines])
        order = sorted(range(count), key=references.__getitem__)  # which keeps lines that tell the same in their order
        for size in sizes:
            part, order = order[:size], order[size:]
            yield Part(references[part[0]], references[part[-1]], [lines[place] for place in part])

    def _cut_ordered(self, least: int) -> Iterator[Part]:
        """Parts as the lines came, each of so many at least."""
        while len(self._ordered) >= least:
            part, self._ordered = self._ordered[:LINES], self._ordered[LINES:]
            yield Part(FIRST, LAST, part)

    def _references_in(self, lines: list[bytes]) -> list[bytes]:
        """What tells the member of each line, as far as it can be seen without reading it; empty if it can't."""
        if self._csv:
            return [self._reference_in_csv(line.split(b",")) for line in lines]
        return [
            FIRST
            if found is None
            else found[1][:_LONGEST_REFERENCE]
            if found.lastindex == 1
            else self._hidden(found[2])
            for found in map(_REFERENCE.search, lines)
        ]

    def _reference_in_csv(self, fields: list[bytes]) -> bytes:
        for is_card, place in self._places:
            value = fields[place].strip(b' "') if place < len(fields) else b""
            if value:
                return self._hidden(value) if is_card else value[:_LONGEST_REFERENCE]
        return FIRST

    def _hidden(self, card_number: bytes) -> bytes:
        return blake2b(card_number.translate(None, b" -"), key=self._salt, digest_size=_DIGEST_BYTES).digest()

    def _read_header(self, line: bytes) -> None:
        self.header = line
        names = [name.strip(b' "') for name in line.split(b",")]
        self._places = [
            (name == b"card_number", place) for place, name in enumerate(names) if name in (b"member", b"card_number")
        ]

    def _check(self, lines: list[bytes]) -> None:
        if lines and len(max(lines, key=len)) > LONGEST_LINE:
            number = next(at for at, line in enumerate(lines, self._number + 1) if len(line) > LONGEST_LINE)
            raise LineTooLong(line=number)


def even(lines: int) -> list[int]:
    """The sizes of parts that are as large as can be."""
    whole, rest = divmod(lines, LINES)
    return [LINES] * whole + [rest] * (rest > 0)


def tapered(lines: int) -> list[int]:
    """The sizes of a file's last parts: each an eighth of what is left, until they are not worth a transaction.

    Polychronopoulos and Kuck, Guided Self-Scheduling, IEEE Transactions on Computers C-36 (1987).
    """
    sizes = []
    while lines:
        sizes.append(min(lines, LINES, max(lines // SIDE_BY_SIDE, LINES // 4, 1)))
        lines -= sizes[-1]
    return sizes


def pack(lines: Lines) -> bytes:
    """Lines with their numbers as compressed bytes."""
    numbers = b" ".join([b"%d" % number for number, _ in lines])
    return zlib.compress(b"\n".join([numbers, *[line for _, line in lines]]), _LEVEL)


def unpack(packed: bytes) -> Lines:
    """What `pack` was given."""
    numbers, *lines = zlib.decompress(packed).split(b"\n")
    return list(zip(map(int, numbers.split(b" ")), lines, strict=True))
