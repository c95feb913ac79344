"""Reading the lines of one file. The ways in which its earns are written are learnt, and tried on the lines after.

A file comes from a program, and a program writes its lines alike: one regular expression, made of the names in their
order, checks such a line at a fifth of the cost. What it does not take is read with patience (`lines`, `csv_lines`),
which alone decides what is refused, and why. Tests hold the two to each other.

Lines that stand together are tried together: one call finds all of them, or it is asked line by line which is another.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from network.batches.domain.csv_lines import read_csv_line
from network.batches.domain.lines import (
    CURRENCY,
    EPOCH,
    INSTANT,
    MEMBER,
    MICROSECOND,
    REFERENCE,
    TYPES,
    EarnLine,
    ReversalLine,
    key_of,
    read_json_line,
)
from network.kernel.errors import PeyvandError

_MOST_SHAPES = 4
_RUN = 100  # lines that are tried together
_WHOLE = "0|[1-9][0-9]{0,14}"
_AMOUNT = "[1-9][0-9]{0,11}"
_CARD = "[0-9][0-9 -]{0,39}"
_FIELDS = (
    *("till", "sequence", "member", "card_number", "amount_minor", "currency", "occurred_at", "receipt", "store"),
    "point_type",
)
_NUMBERS = {"sequence": _WHOLE, "amount_minor": _AMOUNT}
_NEEDED = {"till": REFERENCE, "currency": CURRENCY, "occurred_at": INSTANT}
_OPTIONAL = {
    "member": MEMBER,
    "card_number": _CARD,
    "receipt": REFERENCE,
    "store": REFERENCE,
    "point_type": "|".join(TYPES),
}


class Shape:
    """Reads earns that are written in a certain way: `pattern` takes a line, and has a group for each of `names`."""

    def __init__(self, pattern: str, names: Sequence[str]) -> None:
        told = [name for name in names if name in _FIELDS]
        pattern += "((?!))?"  # the last group is that of the names that are missing
        self._match = re.compile(pattern, re.ASCII).fullmatch
        self._find_all = re.compile(f"^{pattern}$", re.ASCII | re.MULTILINE).findall
        self._pick = itemgetter(*(told.index(name) if name in told else len(told) for name in _FIELDS))

    def read(self, line: int, text: str) -> EarnLine | None:
        """A line by its number and its text; None if it is another."""
        found = self._match(text)
        return None if found is None else self._earn(line, found.groups())

    def read_all(self, lines: Sequence[int], text: str) -> list[EarnLine] | None:
        """Lines by their numbers, and their text with a break between each two; None if any of them is another."""
        found = self._find_all(text)
        if len(found) != len(lines):
            return None
        earns = [earn for line, groups in zip(lines, found, strict=True) if (earn := self._earn(line, groups))]
        return earns if len(earns) == len(lines) else None

    def _earn(self, line: int, groups: Sequence[str | None]) -> EarnLine | None:
        till, sequence, member, card_number, amount, currency, at, receipt, store, point_type = self._pick(groups)
        if (not member) == (not card_number):
            return None
        try:
            at_us = (datetime.fromisoformat(at) - EPOCH) // MICROSECOND
        except (ValueError, OverflowError):
            return None
        return EarnLine(
            line,
            key_of(till, sequence),
            member or None,  # what is missing is None in the groups of one line, and empty in those of many
            card_number or None,
            int(amount),
            currency,
            at,
            at_us,
            receipt or None,
            store or None,
            point_type or None,
        )


class Reader:
    """Reads the lines of a file of CSV with these columns, or of NDJSON without."""

    def __init__(self, columns: Sequence[str] | None) -> None:
        self._columns = columns
        self._shapes: list[Shape] = [] if columns is None else [csv_shape(tuple(columns))]

    def read_all(
        self, lines: Sequence[tuple[int, bytes]], refuse: Callable[[int, PeyvandError], object]
    ) -> Iterable[EarnLine | ReversalLine]:
        """Lines by their numbers, in their order; `refuse` is told of those that can't be read, and why."""
        for at in range(0, len(lines), _RUN):
            run = lines[at : at + _RUN]
            yield from self._read_alike(run) or self._read_each(run, refuse)

    def read(self, line: int, text: bytes) -> EarnLine | ReversalLine:
        """A line by its number. Raises MalformedLine, InvalidLine."""
        told = text.decode(errors="replace")  # no shape takes what is put in place of what is no UTF-8
        for shape in self._shapes:
            if found := shape.read(line, told):
                return found
        if self._columns is not None:
            return read_csv_line(line, text, self._columns)
        read = read_json_line(line, text)
        if isinstance(read, EarnLine) and len(self._shapes) < _MOST_SHAPES:
            shape = json_shape(tuple(json.loads(told)))
            if shape not in self._shapes:
                self._shapes.append(shape)
        return read

    def _read_alike(self, lines: Sequence[tuple[int, bytes]]) -> list[EarnLine] | None:
        numbers = [number for number, _ in lines]
        told = b"\n".join([text for _, text in lines]).decode(errors="replace")
        for shape in self._shapes:
            if found := shape.read_all(numbers, told):
                return found
        return None

    def _read_each(
        self, lines: Sequence[tuple[int, bytes]], refuse: Callable[[int, PeyvandError], object]
    ) -> Iterable[EarnLine | ReversalLine]:
        for number, text in lines:
            try:
                read = self.read(number, text)
            except PeyvandError as refusal:
                refuse(number, refusal)
            else:
                yield read


@lru_cache(maxsize=64)
def json_shape(names: tuple[str, ...]) -> Shape:
    """Earns of NDJSON with these names in this order."""
    values = {name: f"({body})" for name, body in _NUMBERS.items()}
    values |= {name: f'"({body})"' for name, body in _NEEDED.items()}
    values |= {name: f'(?:"({body})"|null)' for name, body in _OPTIONAL.items()}
    values["operation"] = '"earn"'
    members = " *, *".join(f'"{name}" *: *{values[name]}' for name in names)
    return Shape(rf"\{{ *{members} *\}}", names)


@lru_cache(maxsize=64)
def csv_shape(columns: tuple[str, ...]) -> Shape:
    """Earns of CSV without quotes."""
    values = {name: f"({body})" for name, body in (_NUMBERS | _NEEDED).items()}
    values |= {name: f"({body})?" for name, body in _OPTIONAL.items()}
    values |= {"operation": "earn", "of_till": "", "of_sequence": ""}
    return Shape(",".join(values[name] for name in columns), columns)
