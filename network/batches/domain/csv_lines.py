"""Lines of CSV (RFC 4180). The first names the columns; an empty value counts as absent; none holds a line break."""

import csv
from collections.abc import Sequence
from typing import Any

from network.batches.domain.lines import EarnLine, ReversalLine, read_values
from network.batches.errors import BadHeader, MalformedLine

_NEEDED = {"till", "sequence", "operation"}
_COLUMNS = _NEEDED | {
    "member", "card_number", "amount_minor", "currency", "occurred_at", "receipt", "store", "of_till", "of_sequence",
    "point_type",
}  # fmt: skip
_WHOLE = {"sequence", "amount_minor", "of_sequence"}
_MOST_DIGITS = 16


def read_header(text: bytes) -> list[str]:
    """The columns of a file, from its first line. Raises BadHeader."""
    try:
        names = [name.strip() for name in _split(text.removeprefix(b"\xef\xbb\xbf"))]
    except MalformedLine:
        raise BadHeader from None
    if len(set(names)) != len(names) or not _NEEDED <= set(names) <= _COLUMNS:
        raise BadHeader
    return names


def read_csv_line(line: int, text: bytes, columns: Sequence[str]) -> EarnLine | ReversalLine:
    """A line of CSV. Raises MalformedLine, InvalidLine."""
    fields = _split(text)
    if len(fields) != len(columns):
        raise MalformedLine("The line has another number of values than the header has columns.")
    values: dict[str, Any] = {
        name: _whole(field) if name in _WHOLE else field for name, field in zip(columns, fields, strict=True) if field
    }
    till, sequence = values.pop("of_till", None), values.pop("of_sequence", None)
    if till is not None or sequence is not None:
        values["of"] = {"till": till, "sequence": sequence}
    return read_values(line, values)


def _split(text: bytes) -> list[str]:
    try:
        told = text.decode()
    except UnicodeDecodeError:
        raise MalformedLine("The line is not UTF-8.") from None
    if '"' not in told:
        return told.split(",")
    try:
        return next(csv.reader((told,), strict=True))
    except (csv.Error, StopIteration):
        raise MalformedLine("The line's quotes do not match.") from None


def _whole(field: str) -> int | str:
    """A whole number, or the text as it is, for the checks to refuse."""
    return int(field) if field.isascii() and field.isdigit() and len(field) <= _MOST_DIGITS else field
