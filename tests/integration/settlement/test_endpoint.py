"""A partner's own settlements over HTTP."""

from __future__ import annotations

import pytest

from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import new_id, show
from tests.fixtures import assert_problem, day
from tests.integration.settlement.ledger import Ledger, close_due, month_one


@pytest.fixture
def closed(ledger: Ledger) -> Ledger:
    """January of worked example A, stated on 1 February at noon; and February, with one burn."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    ledger.burn("p", "grocer", 100)
    set_clock(day(3, 1))
    close_due()
    return ledger


def statement_id(ledger: Ledger, code: str) -> str:
    """The id of a partner's statement of January."""
    return str(ledger.tills[code].get("/v1/settlements").json["data"][-1]["id"])


def test_a_partner_lists_its_statements_newest_first(closed: Ledger) -> None:
    body = closed.tills["grocer"].get("/v1/settlements").json
    assert (body["has_more"], body["next_cursor"]) == (False, None)
    assert [each["cycle_name"] for each in body["data"]] == ["USD 2017-02", "USD 2017-01"]
    january = body["data"][1]
    assert january.pop("id").startswith("stm_")
    assert january.pop("cycle").startswith("cyc_")
    assert january == {
        "cycle_name": "USD 2017-01",
        "currency": "USD",
        "starts_at": "2017-01-01T00:00:00Z",
        "ends_at": "2017-02-01T00:00:00Z",
        "status": "stated",
        "issue_minor": 1_150_00,
        "redemption_minor": 45_00,
        "deferred_minor": 0,
        "breakage_minor": 0,
        "fee_minor": 0,
        "tax_minor": 0,
        "penalty_minor": 0,
        "adjustment_minor": 0,
        "net_minor": -1_105_00,
        "stated_at": "2017-02-01T12:00:00Z",
    }


def test_a_list_is_read_page_by_page(closed: Ledger) -> None:
    till = closed.tills["grocer"]
    first = till.get("/v1/settlements", limit=1).json
    assert first["has_more"]
    second = till.get("/v1/settlements", limit=1, cursor=first["next_cursor"]).json
    assert [each["cycle_name"] for each in (*first["data"], *second["data"])] == ["USD 2017-02", "USD 2017-01"]
    assert (second["has_more"], second["next_cursor"]) == (False, None)


def test_a_statement_shows_its_lines(closed: Ledger) -> None:
    body = closed.tills["fuel"].get(f"/v1/settlements/{statement_id(closed, 'fuel')}").json
    assert (body["redemption_minor"], body["issue_minor"], body["net_minor"]) == (540_00, 230_00, 310_00)
    assert body["lines"] == [
        {
            "leg": "issue",
            "counterparty": "operator",
            "points": 20_000,
            "amount_minor": 230_00,
            "base_leg": None,
            "document": "invoice",
        },
        {
            "leg": "redemption",
            "counterparty": "grocer",
            "points": 50_000,
            "amount_minor": 450_00,
            "base_leg": None,
            "document": "self_billed",
        },
        {
            "leg": "redemption",
            "counterparty": "fuel",
            "points": 10_000,
            "amount_minor": 90_00,
            "base_leg": None,
            "document": "self_billed",
        },
    ]


def test_a_deferred_line_names_who_redeemed(ledger: Ledger) -> None:
    ledger.join("deli", funded="0")
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    ledger.burn("p", "coffee", 1_000)
    set_clock(day(2, 1))
    close_due()
    lines = ledger.tills["deli"].get(f"/v1/settlements/{statement_id(ledger, 'deli')}").json["lines"]
    assert lines == [
        {
            "leg": "issue",
            "counterparty": "operator",
            "points": 1_000,
            "amount_minor": 0,
            "base_leg": None,
            "document": "invoice",
        },
        {
            "leg": "deferred",
            "counterparty": "coffee",
            "points": 1_000,
            "amount_minor": 11_50,
            "base_leg": None,
            "document": "invoice",
        },
    ]


def test_a_partner_that_took_no_part_has_no_statements(ledger: Ledger) -> None:
    assert ledger.tills["grocer"].get("/v1/settlements").json == {"data": [], "has_more": False, "next_cursor": None}


def test_nobody_reads_statements_without_a_token(closed: Ledger) -> None:
    nobody = closed.tills["fuel"].anonymous()
    assert_problem(nobody.get("/v1/settlements"), 401, "unauthenticated")
    assert_problem(nobody.get(f"/v1/settlements/{statement_id(closed, 'fuel')}"), 401, "unauthenticated")


def test_statements_need_their_scope(closed: Ledger) -> None:
    till = closed.tills["fuel"].only("points:read")
    assert_problem(till.get("/v1/settlements"), 403, "insufficient_scope")
    assert_problem(till.get(f"/v1/settlements/{statement_id(closed, 'fuel')}"), 403, "insufficient_scope")


def test_another_partners_statement_is_not_found(closed: Ledger) -> None:
    answer = closed.tills["coffee"].get(f"/v1/settlements/{statement_id(closed, 'fuel')}")
    assert_problem(answer, 404, "settlement_not_found")


def test_a_statement_that_is_not_there_is_not_found(closed: Ledger) -> None:
    answer = closed.tills["fuel"].get(f"/v1/settlements/{show('stm', new_id())}")
    assert_problem(answer, 404, "settlement_not_found")


@pytest.mark.parametrize("text", ["stm_1", "cyc_00000000000000000000000000", "%00", "1", "'"])
def test_what_is_no_statements_id_is_refused(closed: Ledger, text: str) -> None:
    assert_problem(closed.tills["fuel"].get(f"/v1/settlements/{text}"), 422, "malformed_id")


@pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "101"), ("limit", "x"), ("page", "1")])
def test_a_strange_query_is_refused(closed: Ledger, name: str, value: str) -> None:
    assert_problem(closed.tills["fuel"].get("/v1/settlements", **{name: value}), 422, "validation_failed")


def test_a_strange_cursor_is_refused(closed: Ledger) -> None:
    assert_problem(closed.tills["fuel"].get("/v1/settlements", cursor="WzFd"), 422, "malformed_cursor")
