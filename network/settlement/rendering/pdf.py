"""A statement as PDF. fpdf2 and HarfBuzz shape the letters and order the words; the columns are mirrored here."""

from collections.abc import Sequence
from datetime import UTC
from typing import TypeVar

from fpdf import FPDF, FontFace
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import TTFFont

from network.settlement.domain import StatementDocument
from network.settlement.rendering.fonts import BOLD, REGULAR
from network.settlement.rendering.words import Words

_FAMILY = "Vazirmatn"
_MARGIN_MM, _LINE_MM = 16, 6
_INK, _SOFT, _FILL = (28, 36, 48), (91, 102, 117), (244, 246, 249)
_HEADINGS = FontFace(emphasis="", color=_SOFT, fill_color=_FILL)
_SUM = FontFace(emphasis="BOLD")

Row = Sequence[str]
Cell = TypeVar("Cell", str, int)


def as_pdf(document: StatementDocument, words: Words) -> bytes:
    """A4 pages. Its dates are the statement's, so that the same document is the same file."""
    paper = _Paper(document, words)
    try:
        paper.add_page()
        paper.head()
        paper.summary()
        paper.pairs()
        paper.all_lines()
        paper.own_points()
        paper.foot()
        return bytes(paper.output())
    finally:
        paper.close_fonts()


class _Paper(FPDF):
    """One document on paper. Columns are given in the order in which they are read."""

    def __init__(self, document: StatementDocument, words: Words) -> None:
        super().__init__(format="A4")
        self._document, self._words, self._right_to_left = document, words, words.direction == "rtl"
        self.set_creation_date(document.stated_at.astimezone(UTC))
        self.set_title(f"{self._title} {document.number.reference if document.number else document.cycle_name}")
        self.set_author(words.name(document.operator))
        self.set_lang(words.locale)
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(True, margin=20)
        self.add_font(_FAMILY, "", REGULAR)
        self.add_font(_FAMILY, "B", BOLD)
        # In a Persian document all is from right to left; in an English one a Persian name is so by itself.
        self.set_text_shaping(True, direction="rtl" if self._right_to_left else None)
        self.set_text_color(*_INK)
        self.set_draw_color(213, 219, 227)

    def close_fonts(self) -> None:
        """Close the files of the fonts, which fpdf2 leaves open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    @property
    def _title(self) -> str:
        return self._words[self._document.number.kind.value if self._document.number else "draft"]

    def foot(self) -> None:
        """At the foot of every page its number of all, and what it belongs to; once it is known how many there are."""
        words, number, last = self._words, self._document.number, self.page
        self.set_auto_page_break(False)
        for page in range(1, last + 1):
            self.page = page
            self.set_font(_FAMILY, "B", 8)  # so that the page is told of the font that follows, whatever it had
            self.set_font(_FAMILY, "", 8)
            self.set_text_color(*_SOFT)
            self.set_xy(self.l_margin, -14)
            self.cell(0, 5, number.reference if number else self._document.cycle_name, align=self._end)
            self.set_x(self.l_margin)
            told = words["page"].format(page=words.plain(page), pages=words.plain(last))
            self.cell(0, 5, told, align=self._start)

    @property
    def _start(self) -> Align:
        return Align.R if self._right_to_left else Align.L

    @property
    def _end(self) -> Align:
        return Align.L if self._right_to_left else Align.R

    def head(self) -> None:
        """Title, number, what is due, and the particulars."""
        words, document = self._words, self._document
        self.set_font(_FAMILY, "B", 18)
        self._say(self._title, 9)
        self.set_font(_FAMILY, size=10)
        if not document.number:
            self._say(words["is_draft"])
        due = "to_receive" if document.net_minor > 0 else "to_pay" if document.net_minor < 0 else "nothing_due"
        self.ln(2)
        self._table((1, 2, 1, 2), "ssss", None, self._particulars())
        self.ln(3)
        self.set_font(_FAMILY, "B", 13)
        amount = words.money(abs(document.net_minor), document.currency)
        self._say(f"{words[due]}: {amount} {words.currency(document.currency)}", 8)

    def _particulars(self) -> list[Row]:
        words, document, number = self._words, self._document, self._document.number
        told = [
            ("number", number.reference if number else ""),
            ("cycle", document.cycle_name),
            ("from", words.name(document.operator)),
            ("to", words.name(document.partner)),
            ("period", f"{words.day(document.first_day)} – {words.day(document.last_day)}"),
            ("stated", words.instant(document.stated_at, document.time_zone)),
            ("issued", words.instant(number.given_at, document.time_zone) if number else ""),
            ("version", words.plain(document.version)),
        ]
        pairs = [(words[name], text) for name, text in told]
        return [(*pairs[at], *pairs[at + 1]) for at in range(0, len(pairs), 2)]

    def summary(self) -> None:
        """From the opening balance by sections to the closing one."""
        words, document = self._words, self._document
        self._heading(words["summary"])
        columns = [words[name] for name in ("leg", "points", "gross", "reversed", "amount")]
        rows = [
            (words["opening"], "", "", "", self._money(document.opening_minor)),
            *(
                (
                    words.leg(section.name),
                    self._points(section.points),
                    self._money(section.gross_minor),
                    self._money(section.reversed_minor) if section.reversed_minor else "",
                    self._money(section.amount_minor),
                )
                for section in document.sections
            ),
            (
                words["net"],
                "",
                self._money(document.gross_minor),
                self._money(document.reversed_minor) if document.reversed_minor else "",
                self._money(document.net_minor),
            ),
            (words["closing"], "", "", "", self._money(document.closing_minor)),
        ]
        self._table((5, 2, 3, 2, 3), "seeee", columns, rows, bold=len(rows) - 2)
        self.set_font(_FAMILY, size=8)
        self._say(words["about_amounts"])

    def pairs(self) -> None:
        """Whose points were redeemed where."""
        words = self._words
        rows = [
            (
                words.name(cell.issuer),
                words.name(cell.redeemer),
                self._points(cell.points),
                self._money(cell.amount_minor),
            )
            for cell in self._document.matrix
        ]
        if rows:
            self._heading(words["matrix"])
            columns = [words[name] for name in ("issuer", "redeemer", "points", "amount")]
            self._table((4, 4, 2, 3), "ssee", columns, rows)

    def all_lines(self) -> None:
        """Every line, by section."""
        words = self._words
        rows = [
            (
                words.plain(line.number),
                words.leg(line.section),
                words.name(line.issuer),
                words.name(line.redeemer) if line.redeemer else "",
                self._points(line.points),
                self._money(line.amount_minor),
            )
            for line in self._document.lines
        ]
        self._heading(words["lines"])
        columns = [words[name] for name in ("line", "leg", "issuer", "redeemer", "points", "amount")]
        self._table((2, 9, 6, 6, 4, 5), "ssssee", columns, rows)

    def own_points(self) -> None:
        """The partner's own points from the beginning to the end."""
        words, points = self._words, self._document.points
        if points is not None:
            self._heading(words["own_points"])
            rows = [(words[f"points_{name}"], words.whole(number)) for name, number in points.rows]
            self._table((3, 2), "se", None, rows, bold=len(rows) - 1)

    def _heading(self, text: str) -> None:
        if self.will_page_break(4 * _LINE_MM):  # it would stand alone at the end of a page
            self.add_page()
        self.ln(5)
        self.set_font(_FAMILY, "B", 11)
        self._say(text, 7)

    def _say(self, text: str, height: float = _LINE_MM) -> None:
        self.multi_cell(0, height, text, align=self._start, new_x="LMARGIN", new_y="NEXT")

    def _money(self, amount_minor: int) -> str:
        return self._words.money(amount_minor, self._document.currency)

    def _points(self, points: int) -> str:
        return self._words.whole(points) if points else ""

    def _table(
        self, widths: Sequence[int], ends: str, columns: Row | None, rows: Sequence[Row], bold: int | None = None
    ) -> None:
        """`ends`: for each column, whether its text is at the start (`s`) or at the end (`e`) of it."""
        self.set_font(_FAMILY, size=9)
        aligns = [self._start if end == "s" else self._end for end in self._visual(ends)]
        with self.table(
            col_widths=self._visual(widths),
            text_align=aligns,
            first_row_as_headings=columns is not None,
            headings_style=_HEADINGS,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            line_height=_LINE_MM,
            padding=(0.5, 1),
        ) as table:
            if columns is not None:
                table.row(self._visual(columns))
            for number, row in enumerate(rows):
                table.row(self._visual(row), style=_SUM if number == bold else None)

    def _visual(self, cells: Sequence[Cell]) -> list[Cell]:
        """Cells from left to right."""
        return list(reversed(cells)) if self._right_to_left else list(cells)
