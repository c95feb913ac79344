"""A statement as CSV: one row for the opening balance, one for each line, one for the net, one for the closing balance.

Column names are for programs and the same in every language. Text that a spreadsheet could take for a formula is made
harmless; numbers are whole, in minor units, and nothing else.
"""

import csv
import io
from typing import Any

from network.settlement.domain import DocumentLine, StatementDocument
from network.settlement.rendering.words import Words

COLUMNS = (
    "statement",
    "number",
    "cycle",
    "currency",
    "row",
    "line",
    "leg",
    "issuer",
    "issuer_name",
    "redeemer",
    "redeemer_name",
    "points",
    "reversed_points",
    "gross_minor",
    "reversed_minor",
    "amount_minor",
)
# The wide twins of the first four are the same to some spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before what could begin one."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def as_csv(document: StatementDocument, words: Words) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it, lines as RFC 4180 ends them."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    common = {
        "statement": document.public_id,
        "number": document.number.reference if document.number else "",
        "cycle": document.cycle_name,
        "currency": document.currency,
    }
    balances = [
        {"row": "opening", "amount_minor": document.opening_minor},
        *(_line(line, words) for line in document.lines),
        {
            "row": "net",
            "gross_minor": document.gross_minor,
            "reversed_minor": document.reversed_minor,
            "amount_minor": document.net_minor,
        },
        {"row": "closing", "amount_minor": document.closing_minor},
    ]
    for row in balances:
        writer.writerow({name: _cell(value) for name, value in (common | row).items()})
    return sheet.getvalue().encode("utf-8-sig")


def _line(line: DocumentLine, words: Words) -> dict[str, Any]:
    return {
        "row": "line",
        "line": line.number,
        "leg": line.section,
        "issuer": line.issuer.code,
        "issuer_name": words.name(line.issuer),
        "redeemer": line.redeemer.code if line.redeemer else "",
        "redeemer_name": words.name(line.redeemer) if line.redeemer else "",
        "points": line.points,
        "reversed_points": line.reversed_points,
        "gross_minor": line.gross_minor,
        "reversed_minor": line.reversed_minor,
        "amount_minor": line.amount_minor,
    }


def _cell(value: str | int) -> str | int:
    return harmless(value) if isinstance(value, str) else value
