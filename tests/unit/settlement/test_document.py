"""A statement as a document: what it adds up to, and what its renderings make of it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import (
    DocumentKind,
    Flow,
    Leg,
    Line,
    Party,
    PointsTold,
    Reversal,
    StatementDocument,
    StatementNumber,
    kind_of,
    reference_of,
    reversals,
    sections_of,
)
from network.settlement.rendering import LOCALES, Format, render
from network.settlement.rendering.sheet import harmless

OPERATOR, GROCER, FUEL, DELI = (UUID(int=number) for number in range(1, 5))
PARTIES = {
    OPERATOR: Party("operator", "Peyvand", "پیوند"),
    GROCER: Party("grocer", "Green Grocer & <Sons>", "بقالی سبزِ شهر"),
    FUEL: Party("fuel", "City Fuel", "سوخت‌رسان"),
    DELI: Party("deli", "=HYPERLINK(1)", "=HYPERLINK(1)"),
}


class Other(StrEnum):
    """Legs of another day."""

    TAX = "tax"
    LATE_FEE = "late_fee"


def line(leg: Any, issuer: UUID, redeemer: UUID | None, points: int, amount_minor: int, *, due: bool) -> Line:
    """A line of the grocer's; `due`: it receives."""
    debtor_id, creditor_id = (OPERATOR, GROCER) if due else (GROCER, OPERATOR)
    return Line(
        leg=leg,
        issuer_id=issuer,
        redeemer_id=redeemer,
        points=points,
        amount_minor=amount_minor,
        debtor_id=debtor_id,
        creditor_id=creditor_id,
    )


LINES = [
    (1, line(Leg.ISSUE, GROCER, None, 99_000, 1_138_50, due=False)),
    (4, line(Leg.REDEMPTION, FUEL, GROCER, 5_000, 45_00, due=True)),
    (5, line(Leg.REDEMPTION, GROCER, GROCER, 1_900, 17_10, due=True)),
    (6, line(Leg.DEFERRED, GROCER, DELI, 700, 8_05, due=False)),
    (7, line(Other.LATE_FEE, GROCER, None, 0, 3_00, due=False)),
    (8, line(Other.TAX, GROCER, None, 0, 1_00, due=True)),
    (9, line(Leg.ADJUSTMENT, GROCER, None, 0, -2_00, due=True)),
]
REVERSED = {
    (GROCER, None, Leg.ISSUE): Reversal(-1_000, -11_50),
    (GROCER, GROCER, Leg.REDEMPTION): Reversal(-100, -90),
}


@pytest.fixture
def document() -> StatementDocument:
    statement_id = UUID("0190163d-8694-739b-aea5-966c26f8ad90")
    number = StatementNumber(
        statement_id=statement_id,
        partner_id=GROCER,
        year=2017,
        number=1,
        reference="grocer-2017-0001",
        kind=DocumentKind.INVOICE,
        given_at=datetime(2017, 2, 2, 12, tzinfo=UTC),
    )
    return StatementDocument(
        statement_id=statement_id,
        version=2,
        cycle_name="USD 2017-01",
        currency="USD",
        time_zone="Asia/Tehran",
        first_day=date(2017, 1, 1),
        last_day=date(2017, 1, 31),
        stated_at=datetime(2017, 2, 1, 12, tzinfo=UTC),
        operator=PARTIES[OPERATOR],
        partner=PARTIES[GROCER],
        number=number,
        opening_minor=-50_00,
        sections=sections_of(GROCER, LINES, REVERSED, PARTIES),
        points=PointsTold(0, 100_000, 1_000, 7_600, 10, 91_390),
    )


def test_legs_stand_in_a_fixed_order_and_one_that_nobody_knows_yet_comes_last(document: StatementDocument) -> None:
    assert {each.name: each.amount_minor for each in document.sections} == {
        "issue": -1_138_50,
        "redemption": 45_00,
        "on_us": 17_10,
        "deferred": -8_05,
        "tax": 1_00,
        "adjustment": -2_00,
        "late_fee": -3_00,
    }
    assert [each.name for each in document.sections][-2:] == ["adjustment", "late_fee"]


def test_balances_reversals_and_the_matrix_follow_from_the_lines(document: StatementDocument) -> None:
    assert (document.net_minor, document.closing_minor) == (-1_088_45, -1_138_45)
    assert (document.gross_minor, document.reversed_minor) == (-1_099_05, 10_60)
    cells = {(each.issuer.code, each.redeemer.code): (each.points, each.amount_minor) for each in document.matrix}
    assert cells == {
        ("fuel", "grocer"): (5_000, 45_00),
        ("grocer", "deli"): (700, -8_05),
        ("grocer", "grocer"): (1_900, 17_10),
    }
    assert document.points is not None
    assert sum(points for _, points in document.points.rows[:-1]) == document.points.rows[-1][1]


def test_a_line_on_which_the_partner_is_both_sides_is_no_part_of_it() -> None:
    own = replace(LINES[0][1], creditor_id=GROCER)
    assert all(section.lines == () for section in sections_of(GROCER, [(1, own)], {}, PARTIES))


@given(st.lists(st.tuples(st.integers(-(10**9), 0), st.sampled_from(["0", "0.5", "1"])), max_size=20))
def test_reversals_are_summed_exactly_and_rounded_once(parts: list[tuple[int, str]]) -> None:
    flows = [
        Flow(
            issuer_id=GROCER,
            redeemer_id=FUEL,
            points=points,
            issuance_price=Decimal("0.0115"),
            funded_at_issue=Decimal(funded),
            reimbursement_rate=Decimal("0.0033333"),
        )
        for points, funded in parts
    ]
    found = reversals("USD", flows)
    exact = sum((points * Decimal("0.0033333") for points, _ in parts), Decimal(0)) * 100
    told = found.get((GROCER, FUEL, Leg.REDEMPTION), Reversal(0, 0))
    assert told.points == sum(points for points, _ in parts)
    assert abs(told.amount_minor - exact) <= Decimal("0.5")


def test_what_receives_is_a_credit_note_and_all_else_an_invoice() -> None:
    assert [kind_of(net).value for net in (1, 0, -1)] == ["credit_note", "invoice", "invoice"]
    assert [reference_of("fuel", 2017, number) for number in (7, 12_345)] == ["fuel-2017-0007", "fuel-2017-12345"]


@pytest.mark.parametrize("locale", list(LOCALES))
@pytest.mark.parametrize("form", list(Format))
def test_a_rendering_knows_nothing_of_the_moment(document: StatementDocument, form: Format, locale: str) -> None:
    first, again = render(document, form, locale), render(document, form, locale)
    assert first == again
    assert first.file_name == f"grocer-2017-0001.{form.value}"
    draft = replace(document, number=None)
    assert render(draft, form, locale).file_name == f"grocer-USD-2017-01-draft.{form.value}"


def test_every_language_has_the_same_words() -> None:
    english, persian = LOCALES["en"], LOCALES["fa"]
    assert english.told.keys() == persian.told.keys()
    assert english.leg("late_fee") == "Late fee"


def test_persian_has_its_own_digits_separators_and_days() -> None:
    words = LOCALES["fa"]
    assert words.money(-1_234_567_89, "USD") == "\u200e\u2212۱٬۲۳۴٬۵۶۷٫۸۹"
    assert words.money(1_234_567, "IRR") == "۱٬۲۳۴٬۵۶۷"
    assert words.day(date(2017, 3, 20)) == "۳۰ اسفند ۱۳۹۵"  # of a leap year
    assert words.instant(datetime(2026, 3, 20, 21, 0, tzinfo=UTC), "Asia/Tehran") == "۱ فروردین ۱۴۰۵، ۰۰:۳۰"
    english = LOCALES["en"]
    assert english.money(-1_05, "USD") == "\u22121.05"
    assert english.instant(datetime(2026, 3, 20, 21, 0, tzinfo=UTC), "Asia/Tehran") == "21 March 2026, 00:30"


def test_a_page_has_its_names_escaped_no_script_and_a_way_from_the_total_to_the_journal(
    document: StatementDocument,
) -> None:
    page = render(document, Format.HTML, "en").body.decode()
    assert "Green Grocer &amp; &lt;Sons&gt;" in page
    assert "<Sons>" not in page
    assert "<script" not in page.lower()
    anchors, targets = set(re.findall(r'href="#([^"]+)"', page)), set(re.findall(r'id="([^"]+)"', page))
    assert anchors <= targets
    assert "line-4" in anchors
    assert f'href="{document.entries_path(4)}"' in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_a_draft_says_that_it_is_one(document: StatementDocument) -> None:
    page = render(replace(document, number=None), Format.HTML, "en").body.decode()
    assert "Not approved yet" in page
    assert "Not approved yet" not in render(document, Format.HTML, "en").body.decode()


def test_a_pdf_carries_the_day_of_its_statement(document: StatementDocument) -> None:
    body = render(document, Format.PDF, "fa").body
    assert body.startswith(b"%PDF-")
    assert b"/CreationDate (D:20170201120000Z" in body


def test_a_sheet_keeps_its_columns_in_every_language_and_its_numbers_whole(document: StatementDocument) -> None:
    sheets = {locale: render(document, Format.CSV, locale).body.decode("utf-8-sig") for locale in LOCALES}
    english, persian = (list(csv.DictReader(io.StringIO(sheet))) for sheet in sheets.values())
    assert list(english[0]) == list(persian[0])
    assert [row["amount_minor"] for row in english] == [row["amount_minor"] for row in persian]
    lines = [row for row in english if row["row"] == "line"]
    assert sum(int(row["amount_minor"]) for row in lines) == document.net_minor
    assert "'=HYPERLINK(1)" in {row["redeemer_name"] for row in lines}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＠1"])
def test_text_that_begins_like_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@given(st.text())
def test_no_text_that_is_made_harmless_begins_like_a_formula(text: str) -> None:
    assert not harmless(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_json_has_whole_numbers_and_codes_in_every_language(document: StatementDocument) -> None:
    english, persian = (cast(dict[str, Any], json.loads(render(document, Format.JSON, each).body)) for each in LOCALES)
    assert english["net_minor"] == persian["net_minor"] == document.net_minor
    assert english["partner"]["code"] == persian["partner"]["code"] == "grocer"
    assert (english["partner"]["name"], persian["partner"]["name"]) == ("Green Grocer & <Sons>", "بقالی سبزِ شهر")
