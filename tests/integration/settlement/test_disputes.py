"""Disputes over HTTP and at the operator's desk, and the adjustments that they end in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_id, read, show
from network.partners.domain import Conditions, ContractLeg, Document, LegTerms
from network.settlement import service as settlement
from network.settlement.domain import Position
from network.settlement.errors import (
    AmountsDiffer,
    CalendarMissing,
    DisputeDecided,
    DisputeNotFound,
    GranterIsPreparer,
    GrantMissing,
    GrantWaits,
    NothingGranted,
)
from tests.fixtures import assert_problem, day, next_key, snapshot
from tests.integration.settlement.ledger import Ledger, broken, close_due, count, month_one
from tests.integration.settlement.recompute import recompute

LINE = {"leg": "redemption", "counterparty": "grocer", "claimed_minor": 9_00, "reason": "1,000 points are missing"}


@pytest.fixture
def closed(ledger: Ledger) -> Ledger:
    """January of worked example A, stated on 1 February at noon."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    return ledger


def settlement_id(ledger: Ledger, code: str) -> str:
    return str(ledger.tills[code].get("/v1/settlements").json["data"][0]["id"])


def dispute(ledger: Ledger, code: str = "fuel", *, key: str | None = None, **body: Any) -> Any:
    """A partner disputes its latest statement."""
    till = ledger.tills[code]
    return till.post(f"/v1/settlements/{settlement_id(ledger, code)}/disputes", LINE | body, key or next_key())


def test_a_partner_disputes_a_line_and_reads_it_again(closed: Ledger) -> None:
    answer = dispute(closed, evidence="till roll 12", attachment="ticket 4711")
    assert answer.status_code == 201
    body = answer.json
    assert body["id"].startswith("dsp_")
    assert {name: body[name] for name in LINE} == LINE
    assert (body["evidence"], body["attachment"]) == ("till roll 12", "ticket 4711")
    assert (body["status"], body["granted_minor"], body["answer"], body["decided_at"]) == ("open", None, None, None)
    assert (body["settlement"], body["opened_at"]) == (settlement_id(closed, "fuel"), "2017-02-01T12:00:00Z")
    till = closed.tills["fuel"]
    assert till.get(f"/v1/disputes/{body['id']}").json == body
    assert till.get("/v1/disputes").json == {"data": [body], "has_more": False, "next_cursor": None}
    (waiting,) = settlement.waiting_disputes()
    assert show("dsp", waiting.dispute_id) == body["id"]
    last = settlement.trail_of(waiting.cycle_id)[-1]
    assert (last.who, last.what) == (show("par", closed.partner("fuel")), "disputed")
    assert broken() == {}


def test_a_statement_is_disputed_as_a_whole_and_lists_are_read_page_by_page(closed: Ledger) -> None:
    whole = {"claimed_minor": -5, "reason": "rounding"}
    path = f"/v1/settlements/{settlement_id(closed, 'fuel')}/disputes"
    first = closed.tills["fuel"].post(path, whole, next_key())
    assert (first.status_code, first.json["leg"], first.json["counterparty"]) == (201, None, None)
    second = dispute(closed)
    page = closed.tills["fuel"].get("/v1/disputes", limit=1).json
    assert (page["data"], page["has_more"]) == ([second.json], True)
    page = closed.tills["fuel"].get("/v1/disputes", limit=1, cursor=page["next_cursor"]).json
    assert (page["data"], page["has_more"]) == ([first.json], False)


def test_the_same_key_answers_the_same_and_makes_one_dispute(closed: Ledger) -> None:
    first, again = dispute(closed, key="d-1"), dispute(closed, key="d-1")
    assert (again.status_code, again.json, again.headers["Idempotent-Replayed"]) == (201, first.json, "true")
    assert_problem(dispute(closed, key="d-1", reason="another"), 422, "idempotency_key_reused")
    assert count("SELECT count(*) FROM dispute") == 1
    refused = dispute(closed, key="d-2")
    assert_problem(refused, 409, "dispute_exists")
    settlement.reject_dispute(read("dsp", first.json["id"]), person="reza", answer="all of them are there")
    assert dispute(closed, key="d-2").json == refused.json, "a refusal stays what it was"
    assert dispute(closed, key="d-3").status_code == 201, "what was rejected can be disputed anew"


def test_who_may_not_dispute_changes_nothing(closed: Ledger) -> None:
    path, till = f"/v1/settlements/{settlement_id(closed, 'fuel')}/disputes", closed.tills["fuel"]
    held = dispute(closed).json["id"]
    before = snapshot()
    assert_problem(till.anonymous().post(path, LINE, next_key()), 401, "unauthenticated")
    assert_problem(till.anonymous().get("/v1/disputes"), 401, "unauthenticated")
    assert_problem(till.only("settlements:read").post(path, LINE, next_key()), 403, "insufficient_scope")
    assert_problem(till.only("settlements:dispute").get("/v1/disputes"), 403, "insufficient_scope")
    assert_problem(till.post(path, LINE), 400, "idempotency_key_missing")
    assert_problem(closed.tills["coffee"].get(f"/v1/disputes/{held}"), 404, "dispute_not_found")
    assert_problem(till.get(f"/v1/disputes/{show('dsp', new_id())}"), 404, "dispute_not_found")
    assert_problem(till.get("/v1/disputes/stm_1"), 422, "malformed_id")
    assert closed.tills["coffee"].get("/v1/disputes").json["data"] == []
    assert snapshot() == before


def test_what_is_not_ones_own_or_not_there_is_not_disputed(closed: Ledger) -> None:
    path = f"/v1/settlements/{settlement_id(closed, 'fuel')}/disputes"
    assert_problem(closed.tills["coffee"].post(path, LINE, next_key()), 404, "settlement_not_found")
    assert_problem(dispute(closed, counterparty="coffee"), 404, "settlement_line_not_found", "#/leg")
    assert_problem(dispute(closed, counterparty="nobody"), 404, "settlement_line_not_found", "#/counterparty")
    assert dispute(closed, leg="issue", counterparty="operator").status_code == 201
    assert count("SELECT count(*) FROM dispute") == 1


def test_each_tax_is_disputed_by_what_it_is_on(ledger: Ledger) -> None:
    nine = tuple(LegTerms(leg, Decimal("0.09"), Document.INVOICE) for leg in (ContractLeg.ISSUE, ContractLeg.FEE))
    ledger.join("deli", conditions=Conditions(fee_per_cycle_minor=10_00, legs=nine))
    set_clock(day(1, 10))
    ledger.earn("p", "deli", 1_000)
    set_clock(day(2, 1))
    close_due()
    tax = {"leg": "tax", "counterparty": "operator"}
    held = [dispute(ledger, "deli", base_leg=base, **tax) for base in ("fee", "issue")]
    assert [(answer.status_code, answer.json["base_leg"]) for answer in held] == [(201, "fee"), (201, "issue")]
    assert [each.line for each in settlement.waiting_disputes()] == [4, 3]
    assert_problem(dispute(ledger, "deli", **tax), 409, "dispute_exists")  # without a base, the first one
    missing = dispute(ledger, "deli", base_leg="deferred", **tax)
    assert_problem(missing, 404, "settlement_line_not_found", "#/base_leg")
    assert_problem(dispute(ledger, "deli", base_leg="fee"), 422, "validation_failed", "#/base_leg")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"claimed_minor": 0}, "#/claimed_minor"),
        ({"claimed_minor": 1.5}, "#/claimed_minor"),
        ({"reason": " "}, "#/reason"),
        ({"leg": "tip"}, "#/leg"),
        ({"counterparty": None}, "#/counterparty"),
        ({"evidence": "x" * 4001}, "#/evidence"),
        ({"verdict": "accepted"}, "#/verdict"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(closed: Ledger, body: dict[str, Any], pointer: str) -> None:
    assert_problem(dispute(closed, **body), 422, "validation_failed", pointer)


def test_half_a_line_is_refused(closed: Ledger) -> None:
    path = f"/v1/settlements/{settlement_id(closed, 'fuel')}/disputes"
    for left_out, pointer in (("leg", "#/leg"), ("counterparty", "#/counterparty")):
        body = {name: value for name, value in LINE.items() if name != left_out}
        assert_problem(closed.tills["fuel"].post(path, body, next_key()), 422, "validation_failed", pointer)


def test_the_window_closes_by_the_networks_terms(closed: Ledger) -> None:
    settlement.change_policy(dispute_days=10)
    set_clock(day(2, 11, 11))
    assert dispute(closed).status_code == 201
    set_clock(day(2, 11))
    assert_problem(dispute(closed, leg="issue", counterparty="operator"), 409, "dispute_too_late")


def test_what_is_granted_lands_in_the_open_cycle_and_nothing_closed_is_edited(closed: Ledger) -> None:
    held = read("dsp", dispute(closed).json["id"])
    january = closed.tills["fuel"].get("/v1/settlements").json["data"]
    set_clock(day(2, 10))
    decided = settlement.accept_dispute(held, person="reza", answer="seven hundred were", amount_minor=6_30)
    assert (decided.verdict.value, decided.granted_minor) == ("accepted", 6_30)
    with pytest.raises(DisputeDecided):
        settlement.accept_dispute(held, person="sara", answer="again")
    with pytest.raises(DisputeDecided):
        settlement.reject_dispute(held, person="sara", answer="again")
    closed.burn("p", "fuel", 1_000)
    open_now = settlement.dry_run("2017-02")
    assert [(each.partner, each.adjustment_minor, each.net_minor) for each in open_now.positions] == [
        ("fuel", 6_30, 15_30)
    ]
    assert open_now.operator.net_minor == -15_30
    set_clock(day(3, 1))
    close_due()
    assert closed.tills["fuel"].get("/v1/settlements").json["data"][1:] == january
    (february, _) = settlement.list_statements(closed.partner("fuel"))
    assert february.position == Position(redemption_minor=9_00, adjustment_minor=6_30)
    shown = closed.tills["fuel"].get(f"/v1/settlements/{show('stm', february.statement_id)}").json
    assert (shown["adjustment_minor"], shown["net_minor"]) == (6_30, 15_30)
    line = shown["lines"][-1]
    assert (line["leg"], line["counterparty"], line["document"]) == ("adjustment", "operator", "credit_note")
    assert (line["points"], line["amount_minor"]) == (0, 6_30)
    computed, stated = recompute(settlement.export_cycle("USD-2017-02"))
    assert computed == stated
    assert stated["operator"]["adjustment"] == -6_30
    settlement.submit(february.cycle_id, person="maryam")
    settlement.approve(february.cycle_id, person="reza")
    assert broken() == {}


def test_a_grant_that_was_altered_is_found_at_the_approval_and_by_the_check(closed: Ledger) -> None:
    settlement.accept_dispute(read("dsp", dispute(closed).json["id"]), person="reza", answer="yes")
    set_clock(day(3, 1))
    close_due()
    february = settlement.get_cycle("2017-02").cycle_id
    with transaction():
        db.session.execute(text("ALTER TABLE settlement_adjustment DISABLE TRIGGER USER"))
        db.session.execute(text("UPDATE settlement_adjustment SET amount_minor = amount_minor + 1"))
        db.session.execute(text("ALTER TABLE settlement_adjustment ENABLE TRIGGER USER"))
    with pytest.raises(AmountsDiffer):
        settlement.submit(february, person="maryam")
    assert set(broken()) == {"lines = adjustments"}


def test_a_rejected_dispute_moves_no_money(closed: Ledger) -> None:
    held = read("dsp", dispute(closed).json["id"])
    settlement.reject_dispute(held, person="reza", answer="all of them are there")
    body = closed.tills["fuel"].get(f"/v1/disputes/{show('dsp', held)}").json
    assert (body["status"], body["granted_minor"], body["answer"]) == ("rejected", None, "all of them are there")
    assert count("SELECT count(*) FROM settlement_adjustment") == 0
    with pytest.raises(DisputeNotFound):
        settlement.reject_dispute(new_id(), person="reza", answer="x")


def test_granting_nothing_is_no_way_to_accept(closed: Ledger) -> None:
    held = read("dsp", dispute(closed).json["id"])
    with pytest.raises(NothingGranted):
        settlement.accept_dispute(held, person="reza", answer="x", amount_minor=0)
    assert settlement.waiting_disputes()[0].dispute_id == held


def test_between_the_end_of_a_cycle_and_its_cut_a_grant_falls_into_the_next(closed: Ledger) -> None:
    held = read("dsp", dispute(closed).json["id"])
    set_clock(day(3, 2))  # February has ended, and nobody has closed it
    settlement.accept_dispute(held, person="reza", answer="yes")
    names = "SELECT count(*) FROM settlement_adjustment JOIN cycle USING (cycle_id) WHERE name = 'USD 2017-03'"
    assert count(names) == 1
    close_due()
    assert broken() == {}


def test_of_two_that_decide_at_once_one_does(closed: Ledger, app: Flask) -> None:
    held = read("dsp", dispute(closed).json["id"])
    together = threading.Barrier(4)

    def decide(number: int) -> str:
        with app.app_context():
            together.wait()
            try:
                return settlement.accept_dispute(held, person=f"person {number}", answer="yes").verdict.value
            except PeyvandError as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(4))) == ["accepted"] + ["dispute_already_decided"] * 3
    assert count("SELECT sum(amount_minor) FROM settlement_adjustment") == 9_00


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE dispute SET claimed_minor = 1",
        "UPDATE dispute SET verdict = 'open', granted_minor = NULL, decided_by = NULL",
        "DELETE FROM dispute",
        "UPDATE settlement_adjustment SET amount_minor = 1",
        "DELETE FROM settlement_adjustment",
    ],
)
def test_the_database_refuses_to_change_what_was_decided(closed: Ledger, edit: str) -> None:
    settlement.accept_dispute(read("dsp", dispute(closed).json["id"]), person="reza", answer="yes")
    with pytest.raises(DBAPIError) as refusal, transaction():
        db.session.execute(text(edit))
    assert isinstance(refusal.value.orig, RestrictViolation)


def test_what_is_granted_above_a_persons_limit_waits_for_another_person(closed: Ledger) -> None:
    held = read("dsp", dispute(closed, claimed_minor=1_000_01).json["id"])
    waits = settlement.accept_dispute(held, person="reza", answer="all of it")
    assert (waits.verdict.value, settlement.waiting_grants()[held].granted_minor) == ("open", 1_000_01)
    shown = closed.tills["fuel"].get(f"/v1/disputes/{show('dsp', held)}").json
    assert (shown["status"], shown["granted_minor"], shown["answer"]) == ("open", None, None)
    with pytest.raises(GrantWaits):
        settlement.accept_dispute(held, person="sara", answer="a part", amount_minor=1)
    with pytest.raises(GranterIsPreparer):
        settlement.approve_grant(held, person="Reza")
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text("UPDATE dispute_grant SET verdict = 'approved', decided_by = 'REZA'"))
    settlement.reject_grant(held, person="sara")
    with pytest.raises(GrantMissing):
        settlement.approve_grant(held, person="sara")
    settlement.set_grant_limit("Reza", "USD", 8_00)
    settlement.accept_dispute(held, person="reza", answer="less of it", amount_minor=-8_01)
    granted = settlement.approve_grant(held, person="sara")
    assert (granted.verdict.value, granted.granted_minor, granted.decided_by) == ("accepted", -8_01, "sara")
    (adjusted,) = settlement.adjustments_of(settlement.get_cycle("2017-02").cycle_id)
    assert (adjusted.amount_minor, adjusted.made_by) == (-8_01, "sara")
    with pytest.raises(DisputeDecided):
        settlement.approve_grant(held, person="maryam")
    told = [(each.who, each.what) for each in settlement.trail_of(granted.cycle_id)][-4:]
    assert told == [
        ("reza", "grant prepared"),
        ("sara", "grant rejected"),
        ("reza", "grant prepared"),
        ("sara", "dispute accepted"),
    ]
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text("UPDATE dispute_grant SET granted_minor = 1"))
    assert broken() == {}


def test_a_dispute_that_is_rejected_ends_the_grant_that_waited_and_within_the_limit_one_person_is_enough(
    closed: Ledger,
) -> None:
    settlement.set_grant_limit("reza", "USD", 0)
    held = read("dsp", dispute(closed).json["id"])
    settlement.accept_dispute(held, person="reza", answer="yes")
    settlement.reject_dispute(held, person="reza", answer="no: they are there")
    assert settlement.waiting_grants() == {}
    again = read("dsp", dispute(closed, key="again").json["id"])
    assert settlement.accept_dispute(again, person="sara", answer="yes").verdict.value == "accepted"
    with pytest.raises(CalendarMissing):
        settlement.set_grant_limit("reza", "EUR", 1)
    assert broken() == {}
