"""Numbers of invoices and credit notes: one series per partner and year, from 1, without gaps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class DocumentKind(StrEnum):
    """What an approved statement is: the operator asks for its net, or owes it."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementNumber:
    """The number of one statement; `reference` is what people write, such as `grocer-2017-0001`."""

    statement_id: UUID
    partner_id: UUID
    year: int
    number: int
    reference: str
    kind: DocumentKind
    given_at: datetime


def kind_of(net_minor: int) -> DocumentKind:
    """A credit note where the partner receives, an invoice where it pays, or where nothing is due."""
    return DocumentKind.CREDIT_NOTE if net_minor > 0 else DocumentKind.INVOICE


def reference_of(partner_code: str, year: int, number: int) -> str:
    """What people write; unique, since codes are."""
    return f"{partner_code}-{year}-{number:04d}"
