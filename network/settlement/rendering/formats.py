"""The table of renderings."""

from dataclasses import dataclass
from enum import StrEnum

from network.settlement.domain import StatementDocument
from network.settlement.rendering.data import as_json
from network.settlement.rendering.page import POLICY, as_html
from network.settlement.rendering.sheet import as_csv
from network.settlement.rendering.words import Words, words_of


class Format(StrEnum):
    """What a document can be had as."""

    PDF = "pdf"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


def _as_pdf(document: StatementDocument, words: Words) -> bytes:
    from network.settlement.rendering.pdf import as_pdf  # takes a third of a second, which no other command should

    return as_pdf(document, words)


FORMATS = {
    Format.PDF: (_as_pdf, "application/pdf"),
    Format.HTML: (as_html, "text/html; charset=utf-8"),
    Format.CSV: (as_csv, "text/csv; charset=utf-8"),
    Format.JSON: (as_json, "application/json"),
}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A document's bytes, what they are, what to call a file of them; `policy`: the only content a page may have."""

    body: bytes
    media_type: str
    file_name: str
    policy: str | None


def render(document: StatementDocument, form: Format, locale: str) -> Rendering:
    """One rendering of a document; `locale` is one of `LOCALES`."""
    write, media_type = FORMATS[form]
    name = document.number.reference if document.number else f"{document.partner.code}-{document.cycle_name}-draft"
    policy = POLICY if form is Format.HTML else None
    body = write(document, words_of(locale))
    return Rendering(body, media_type, f"{name.replace(' ', '-')}.{form.value}", policy)
