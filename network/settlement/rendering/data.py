"""A statement as JSON, for programs: whole minor units, codes, instants in UTC, and where to read on."""

import json
from dataclasses import asdict
from typing import Any

from network.kernel.clock import show_instant
from network.settlement.domain import DocumentCell, DocumentLine, Party, Section, StatementDocument
from network.settlement.rendering.words import Words


def as_json(document: StatementDocument, words: Words) -> bytes:
    """The whole view model; `words` names the partners."""
    number = document.number
    told = {
        "id": document.public_id,
        "version": document.version,
        "number": number.reference if number else None,
        "kind": number.kind.value if number else None,
        "issued_at": show_instant(number.given_at) if number else None,
        "cycle_name": document.cycle_name,
        "currency": document.currency,
        "time_zone": document.time_zone,
        "first_day": document.first_day.isoformat(),
        "last_day": document.last_day.isoformat(),
        "stated_at": show_instant(document.stated_at),
        "operator": _party(document.operator, words),
        "partner": _party(document.partner, words),
        "opening_minor": document.opening_minor,
        "gross_minor": document.gross_minor,
        "reversed_minor": document.reversed_minor,
        "net_minor": document.net_minor,
        "closing_minor": document.closing_minor,
        "sections": [_section(section, document, words) for section in document.sections],
        "matrix": [_pair(cell) for cell in document.matrix],
        "points": asdict(document.points) if document.points else None,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _party(party: Party, words: Words) -> dict[str, str]:
    return {"code": party.code, "name": words.name(party)}


def _section(section: Section, document: StatementDocument, words: Words) -> dict[str, Any]:
    return {
        "leg": section.name,
        "label": words.leg(section.name),
        "points": section.points,
        "gross_minor": section.gross_minor,
        "reversed_minor": section.reversed_minor,
        "amount_minor": section.amount_minor,
        "lines": [_line(line, document) for line in section.lines],
    }


def _line(line: DocumentLine, document: StatementDocument) -> dict[str, Any]:
    return {
        "line": line.number,
        "issuer": line.issuer.code,
        "redeemer": line.redeemer.code if line.redeemer else None,
        "points": line.points,
        "reversed_points": line.reversed_points,
        "gross_minor": line.gross_minor,
        "reversed_minor": line.reversed_minor,
        "amount_minor": line.amount_minor,
        "entries": document.entries_path(line.number),
    }


def _pair(cell: DocumentCell) -> dict[str, Any]:
    return {
        "issuer": cell.issuer.code,
        "redeemer": cell.redeemer.code,
        "points": cell.points,
        "amount_minor": cell.amount_minor,
        "lines": list(cell.lines),
    }
