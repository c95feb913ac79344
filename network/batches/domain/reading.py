"""Reading the lines of one file. The ways in which its earns are written are learnt, and tried on the lines after.

A file comes from a program, and a program writes its lines alike: one regular expression, made of the names in their
order, checks such a line at a fifth of the cost. What it does not take is read with patience (`lines`, `csv_lines`),
which alone decides what is refused, and why. Tests hold the two to each other.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

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

_MOST_SHAPES = 4
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

Shape = Callable[[int, str], EarnLine | None]
"""Reads a line, by its number and its text, if it is an earn written in a certain way."""


class Reader:
    """Reads the lines of a file of CSV with these columns, or of NDJSON without."""

    def __init__(self, columns: Sequence[str] | None) -> None:
        self._columns = columns
        self._shapes: list[Shape] = [] if columns is None else [csv_shape(tuple(columns))]

    def read(self, line: int, text: bytes) -> EarnLine | ReversalLine:
        """A line by its number. Raises MalformedLine, InvalidLine."""
        told = text.decode(errors="replace")  # no shape takes what is put in place of what is no UTF-8
        for shape in self._shapes:
            if found := shape(line, told):
                return found
        if self._columns is not None:
            return read_csv_line(line, text, self._columns)
        read = read_json_line(line, text)
        if isinstance(read, EarnLine) and len(self._shapes) < _MOST_SHAPES:
            shape = json_shape(tuple(json.loads(told)))
            if shape not in self._shapes:
                self._shapes.append(shape)
        return read


@lru_cache(maxsize=64)
def json_shape(names: tuple[str, ...]) -> Shape:
    """Earns of NDJSON with these names in this order."""
    values = {name: f"({body})" for name, body in _NUMBERS.items()}
    values |= {name: f'"({body})"' for name, body in _NEEDED.items()}
    values |= {name: f'(?:"({body})"|null)' for name, body in _OPTIONAL.items()}
    values["operation"] = '"earn"'
    members = " *, *".join(f'"{name}" *: *{values[name]}' for name in names)
    return _shape(rf"\{{ *{members} *\}}", names)


@lru_cache(maxsize=64)
def csv_shape(columns: tuple[str, ...]) -> Shape:
    """Earns of CSV without quotes."""
    values = {name: f"({body})" for name, body in (_NUMBERS | _NEEDED).items()}
    values |= {name: f"({body})?" for name, body in _OPTIONAL.items()}
    values |= {"operation": "earn", "of_till": "", "of_sequence": ""}
    return _shape(",".join(values[name] for name in columns), columns)


def _shape(pattern: str, names: Sequence[str]) -> Shape:
    told = [name for name in names if name in _FIELDS]
    match = re.compile(f"{pattern}((?!))?", re.ASCII).fullmatch  # its last group is that of the names that are missing
    places = [told.index(name) + 1 if name in told else len(told) + 1 for name in _FIELDS]

    def read(line: int, text: str) -> EarnLine | None:
        found = match(text)
        if found is None:
            return None
        till, sequence, member, card_number, amount, currency, occurred_at, receipt, store, of = found.group(*places)
        if (member is None) == (card_number is None):
            return None
        try:
            at_us = (datetime.fromisoformat(occurred_at) - EPOCH) // MICROSECOND
        except (ValueError, OverflowError):
            return None
        key = key_of(till, sequence)
        return EarnLine(line, key, member, card_number, int(amount), currency, occurred_at, at_us, receipt, store, of)

    return read
