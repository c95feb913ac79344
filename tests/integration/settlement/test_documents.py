"""A partner's statement as a document, its number, and the journal entries behind its lines."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, read, show
from network.partners import service as partners
from network.partners.domain import Conditions, ContractLeg, Document, LegTerms
from network.settlement import service as settlement
from network.settlement.domain import DocumentKind, StatementDocument
from network.wallet import service as wallet
from tests.fixtures import assert_problem, day, next_key
from tests.integration.settlement.ledger import Ledger, broken, close_due, month_one

_TYPES = {"pdf": "application/pdf", "html": "text/html", "csv": "text/csv", "json": "application/json"}


@pytest.fixture
def january(ledger: Ledger) -> Ledger:
    """January of worked example A, in which a burn at the grocer's is returned in part; stated."""
    month_one(ledger)
    burn = ledger.burn("p", "grocer", 300)
    answer = ledger.tills["grocer"].post(f"/v1/redemptions/{burn}/reverse", {"points": 100}, next_key())
    assert answer.status_code == 201, answer.text
    set_clock(day(2, 1))
    close_due()
    return ledger


def approve(name: str) -> None:
    cycle_id = settlement.get_cycle(name).cycle_id
    settlement.submit(cycle_id, person="maryam")
    settlement.approve(cycle_id, person="reza")


def statement_id(ledger: Ledger, code: str, place: int = -1) -> str:
    return str(ledger.tills[code].get("/v1/settlements").json["data"][place]["id"])


def path(ledger: Ledger, code: str) -> str:
    return f"/v1/settlements/{statement_id(ledger, code)}/document"


def document(ledger: Ledger, code: str, place: int = -1) -> StatementDocument:
    told = read("stm", statement_id(ledger, code, place))
    return settlement.statement_document(ledger.partner(code), told)


def entries_path(ledger: Ledger, code: str) -> str:
    """Of the first line of the cycle, whoever has part in it."""
    return f"/v1/settlements/{statement_id(ledger, code)}/lines/1/entries"


def told(ledger: Ledger, code: str) -> dict[str, Any]:
    answer = ledger.tills[code].get(path(ledger, code), format="json")
    assert answer.status_code == 200, answer.text
    return dict(json.loads(answer.data))


def test_a_document_tells_reversals_and_own_points_apart_and_adds_up(january: Ledger) -> None:
    body = told(january, "grocer")
    assert (body["number"], body["kind"], body["first_day"], body["last_day"]) == (
        None,
        None,
        "2017-01-01",
        "2017-01-31",
    )
    sections = {each["leg"]: each for each in body["sections"]}
    assert list(sections) == ["issue", "redemption", "on_us", "adjustment"]
    assert {leg: each["amount_minor"] for leg, each in sections.items()} == {
        "issue": -1_150_00,
        "redemption": 45_00,
        "on_us": 1_80,
        "adjustment": 0,
    }
    on_us = sections["on_us"]["lines"][0]
    assert (on_us["points"], on_us["reversed_points"]) == (200, -100)
    assert (on_us["gross_minor"], on_us["reversed_minor"]) == (2_70, -90)
    listed = january.tills["grocer"].get(f"/v1/settlements/{body['id']}").json
    assert body["net_minor"] == listed["net_minor"] == -1_103_20
    assert body["points"] == {
        "opening": 0,
        "issued": 100_000,
        "reversed": 0,
        "burned": 68_200,
        "expired": 0,
        "outstanding": 31_800,
    }


def test_a_statement_drills_from_its_total_to_the_journal(january: Ledger) -> None:
    till, body = january.tills["grocer"], told(january, "grocer")
    lines = {line["line"]: line for section in body["sections"] for line in section["lines"]}
    assert sum(line["amount_minor"] for line in lines.values()) == body["net_minor"]
    for cell in body["matrix"]:
        assert cell["amount_minor"] == sum(lines[number]["amount_minor"] for number in cell["lines"])
    for line in lines.values():
        entries, cursor = [], None
        while True:
            page = till.get(line["entries"], limit=1, **({"cursor": cursor} if cursor else {})).json
            entries, cursor = entries + page["data"], page["next_cursor"]
            if not page["has_more"]:
                break
        assert sum(each["points"] for each in entries) == line["points"]
        assert sum(Decimal(each["amount"]) for each in entries) * 100 == line["amount_minor"]
        for each in entries:
            assert till.get(f"/v1/entries/{each['entry']}/explanation").json["cycle"] == "USD 2017-01"


def test_fees_taxes_and_breakage_appear_by_themselves(ledger: Ledger) -> None:
    taxed = tuple(LegTerms(leg, Decimal("0.09"), Document.INVOICE) for leg in (ContractLeg.ISSUE, ContractLeg.FEE))
    charged = Conditions(fee_per_cycle_minor=10_00, breakage_share=Decimal("0.5"), legs=taxed)
    ledger.join("deli", months=1, conditions=charged)
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    ledger.burn("p", "grocer", 100)
    set_clock(day(2, 1))
    close_due()
    january = document(ledger, "deli")
    assert {each.name: each.amount_minor for each in january.sections if each.lines} == {
        "issue": -11_50,
        "fee": -10_00,
        "tax": -1_94,
    }
    set_clock(day(2, 10))
    wallet.sweep_due()
    set_clock(day(3, 1))
    close_due()
    (expired,) = (each for each in document(ledger, "deli", 0).sections if each.lines)
    assert (expired.name, expired.points, expired.amount_minor) == ("breakage", 900, 4_50)
    listed = ledger.tills["deli"].get(document(ledger, "deli", 0).entries_path(expired.lines[0].number)).json
    assert [(each["kind"], each["points"], each["amount"]) for each in listed["data"]] == [("expire", 900, None)]


def test_entries_that_another_partner_made_are_not_named(ledger: Ledger) -> None:
    ledger.join("deli", funded="0")
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    ledger.burn("p", "coffee", 1_000)
    set_clock(day(2, 1))
    close_due()
    (deferred,) = (each for each in told(ledger, "deli")["sections"] if each["leg"] == "deferred")
    (entry,) = ledger.tills["deli"].get(deferred["lines"][0]["entries"]).json["data"]
    assert (entry["entry"], entry["receipt"], entry["points"], entry["amount"]) == (None, None, 1_000, "-11.5000")


@pytest.mark.parametrize("form", ["pdf", "html", "csv", "json"])
def test_a_document_is_the_same_bytes_whenever_it_is_asked_for(january: Ledger, form: str) -> None:
    approve("2017-01")
    till = january.tills["fuel"]
    for locale in ("en", "fa"):
        first = till.get(path(january, "fuel"), format=form, locale=locale)
        set_clock(day(2, 3))
        january.earn("z", "fuel", 5)
        again = till.get(path(january, "fuel"), format=form, locale=locale)
        assert (first.status_code, first.mimetype) == (200, _TYPES[form])
        assert first.data == again.data
        assert first.headers["Content-Disposition"] == f'attachment; filename="fuel-2017-0001.{form}"'
        assert first.headers["Cache-Control"] == "no-store"


def test_accept_chooses_where_no_format_is_told(january: Ledger, app: Flask) -> None:
    till = january.tills["fuel"]
    for media in _TYPES.values():
        headers = till.headers() | {"Accept": media}
        assert app.test_client().get(path(january, "fuel"), headers=headers).mimetype == media
    assert till.get(path(january, "fuel")).mimetype == "application/pdf"


def test_a_page_lets_nothing_in_but_its_own_style_and_font(january: Ledger) -> None:
    page = january.tills["fuel"].get(path(january, "fuel"), format="html", locale="fa")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert 'lang="fa" dir="rtl"' in page.text
    assert "۱۲ دی ۱۳۹۵" in page.text  # 1 January 2017


def test_a_sheet_has_a_row_for_every_line_and_the_balances(january: Ledger) -> None:
    answer = january.tills["fuel"].get(path(january, "fuel"), format="csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["row"] for row in rows] == ["opening", "line", "line", "line", "net", "closing"]
    assert sum(int(row["amount_minor"]) for row in rows[1:4]) == int(rows[4]["amount_minor"]) == 310_00


def test_nobody_reads_documents_without_a_token(january: Ledger) -> None:
    nobody = january.tills["fuel"].anonymous()
    assert_problem(nobody.get(path(january, "fuel")), 401, "unauthenticated")
    assert_problem(nobody.get(entries_path(january, "fuel")), 401, "unauthenticated")


def test_documents_need_their_scope(january: Ledger) -> None:
    till = january.tills["fuel"].only("points:read")
    assert_problem(till.get(path(january, "fuel")), 403, "insufficient_scope")
    listed = till.get(entries_path(january, "fuel"))
    assert_problem(listed, 403, "insufficient_scope")


def test_another_partners_document_is_not_found(january: Ledger) -> None:
    other = january.tills["coffee"]
    assert_problem(other.get(path(january, "fuel")), 404, "settlement_not_found")
    number = told(january, "fuel")["sections"][0]["lines"][0]["entries"]
    assert_problem(other.get(number), 404, "settlement_not_found")


def test_what_is_not_there_is_not_found(january: Ledger) -> None:
    till = january.tills["fuel"]
    assert_problem(till.get(f"/v1/settlements/{show('stm', new_id())}/document"), 404, "settlement_not_found")
    own = f"/v1/settlements/{statement_id(january, 'fuel')}/lines"
    others = told(january, "coffee")["sections"][0]["lines"][0]["line"]
    for number in (others, 99, 10**30):
        assert_problem(till.get(f"{own}/{number}/entries"), 404, "settlement_line_not_found")
    assert_problem(till.get(f"{own}/x/entries"), 404, "not_found")


@pytest.mark.parametrize(("name", "value"), [("format", "xml"), ("locale", "de"), ("page", "1")])
def test_a_strange_query_is_refused(january: Ledger, name: str, value: str) -> None:
    assert_problem(january.tills["fuel"].get(path(january, "fuel"), **{name: value}), 422, "validation_failed")


def test_a_cursor_of_something_else_is_refused(january: Ledger) -> None:
    listed = january.tills["fuel"].get(entries_path(january, "fuel"), cursor="WzFd")
    assert_problem(listed, 422, "malformed_cursor")


def test_an_approved_statement_has_its_number_and_kind(january: Ledger) -> None:
    assert document(january, "grocer").number is None
    set_clock(day(2, 2))
    approve("2017-01")
    found = {code: document(january, code).number for code in ("grocer", "fuel", "coffee")}
    kinds = {code: (number.reference, number.kind) for code, number in found.items() if number}
    assert kinds == {
        "grocer": ("grocer-2017-0001", DocumentKind.INVOICE),
        "fuel": ("fuel-2017-0001", DocumentKind.CREDIT_NOTE),
        "coffee": ("coffee-2017-0001", DocumentKind.CREDIT_NOTE),
    }
    assert all(number.given_at == day(2, 2) for number in found.values() if number)
    assert broken() == {}


def test_what_is_open_from_before_is_the_opening_balance(january: Ledger) -> None:
    january.earn("p", "grocer", 1_000)
    set_clock(day(2, 20))
    approve("2017-01")
    set_clock(day(3, 1))
    close_due()
    february = document(january, "grocer", 0)
    assert (february.cycle_name, february.opening_minor, february.net_minor) == ("USD 2017-02", -1_103_20, -11_50)
    assert february.closing_minor == -1_114_70
    settlement.mark_statement_paid(read("stm", statement_id(january, "grocer")))  # at the instant of the statement
    assert document(january, "grocer", 0) == february
    january.earn("p", "grocer", 1_000)
    set_clock(day(4, 1))
    approve("2017-02")
    close_due()
    assert document(january, "grocer", 0).opening_minor == 0  # February was approved only at this instant


def test_a_jalali_calendar_has_jalali_years(ledger: Ledger) -> None:
    settlement.ensure_calendar("USD", "month", "Asia/Tehran", calendar="jalali")
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 100)
    set_clock(day(2, 10))
    close_due()
    approve("1395-10")
    found = document(ledger, "grocer")
    assert found.number is not None
    assert found.number.reference == "grocer-1395-0001"
    assert (found.first_day, found.last_day) == (day(12, 21, year=2016).date(), day(1, 19).date())


def test_a_name_that_looks_like_a_formula_is_harmless_in_a_sheet(ledger: Ledger) -> None:
    partners.create_partner(code="evil", name="=HYPERLINK(1)", name_fa="=HYPERLINK(1)")
    ledger.earn("p", "grocer", 10)
    with transaction():
        db.session.execute(text("UPDATE partner SET name = '=1+1' WHERE code = 'grocer'"))
    set_clock(day(2, 1))
    close_due()
    sheet = ledger.tills["grocer"].get(path(ledger, "grocer"), format="csv").data.decode("utf-8-sig")
    assert ",'=1+1," in sheet
    assert ",=" not in sheet
