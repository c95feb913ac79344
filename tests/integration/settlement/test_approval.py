"""Four eyes over a stated cycle, its way to closed, and the trail of both."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import CheckViolation, RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_id
from network.settlement import service as settlement
from network.settlement.domain import State
from network.settlement.errors import (
    AlreadySubmitted,
    AmountsDiffer,
    ApproverIsPreparer,
    CycleNotFound,
    CycleNotReady,
    NotSubmitted,
    SubmissionDecided,
)
from network.settlement.service.close import net_cycle, state_cycle
from tests.fixtures import day, snapshot
from tests.integration.settlement.ledger import Ledger, broken, close_due, count, month_one

_TRIGGERED = "clearing_slice, cycle, settlement_line, statement, movement, settlement_trail"


@pytest.fixture
def january(ledger: Ledger) -> UUID:
    """January of worked example A, stated; its id."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    return settlement.get_cycle("2017-01").cycle_id


def tamper(sql: str) -> None:
    """What somebody with the database's keys can do."""
    tables = [table.strip() for table in _TRIGGERED.split(",")]
    with transaction():
        for table in tables:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.session.execute(text(sql))
        for table in tables:
            db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def story(cycle_id: UUID) -> list[tuple[str, str]]:
    """Who did what."""
    return [(each.who, each.what) for each in settlement.trail_of(cycle_id)]


def test_one_submits_another_approves_and_the_trail_tells_of_it(january: UUID) -> None:
    submission = settlement.submit(january, person="Maryam")
    with pytest.raises(AlreadySubmitted):
        settlement.submit(january, person="reza")
    with pytest.raises(ApproverIsPreparer):
        settlement.approve(january, person="maryam")
    with pytest.raises(ApproverIsPreparer):
        settlement.reject(january, person="maryam", reason="no")
    set_clock(day(2, 2))
    approved = settlement.approve(january, person="reza")
    assert (submission.version, approved.state, approved.approved_at) == (1, State.APPROVED, day(2, 2))
    with pytest.raises(SubmissionDecided):
        settlement.approve(january, person="sara")
    with pytest.raises(SubmissionDecided):
        settlement.reject(january, person="sara", reason="too late")
    network = [("network", "cut"), ("network", "netted"), ("network", "stated")]
    assert story(january) == [*network, ("Maryam", "submitted"), ("reza", "approved")]
    last = settlement.trail_of(january)[-1]
    assert (last.before["state"], last.after) == (
        "stated",
        {"state": "approved", "version": 1, "lines": 8, "gross_minor": 2_260_00, "net_minor": 1_480_00},
    )
    assert settlement.broken_step(january) is None
    assert broken() == {}


def test_what_was_not_submitted_or_is_not_there_is_not_approved(january: UUID) -> None:
    with pytest.raises(NotSubmitted):
        settlement.approve(january, person="reza")
    with pytest.raises(CycleNotReady):
        settlement.submit(settlement.get_cycle("2017-02").cycle_id, person="reza")
    with pytest.raises(CycleNotFound):
        settlement.approve(new_id(), person="reza")


def test_a_rejection_ends_a_submission_and_the_statements_get_their_next_version(january: UUID, ledger: Ledger) -> None:
    first = settlement.list_statements(ledger.partner("fuel"))[0]
    settlement.submit(january, person="maryam")
    stated = settlement.reject(january, person="reza", reason="the rates of fuel")
    assert (stated.state, stated.version) == (State.STATED, 2)
    with pytest.raises(NotSubmitted):
        settlement.approve(january, person="reza")
    (second,) = settlement.list_statements(ledger.partner("fuel"))
    assert (second.version, second.position, second.statement_id == first.statement_id) == (2, first.position, False)
    assert count("SELECT count(*) FROM statement WHERE version = 1") == 3, "the first version stays as it was"
    settlement.submit(january, person="reza")
    assert settlement.approve(january, person="maryam").version == 2
    assert [what for _, what in story(january)][3:] == [
        "submitted",
        "rejected",
        "netted",
        "stated",
        "submitted",
        "approved",
    ]
    assert settlement.trail_of(january)[4].after["reason"] == "the rates of fuel"
    assert broken() == {}


def test_of_eight_that_decide_at_once_one_does(january: UUID, app: Flask) -> None:
    settlement.submit(january, person="maryam")
    together = threading.Barrier(8)

    def decide(number: int) -> str:
        with app.app_context():
            together.wait()
            try:
                return settlement.approve(january, person=f"person {number}").state.value
            except PeyvandError as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(decide, range(8)))
    assert outcomes == ["approved"] + ["cycle_already_decided"] * 7
    assert [what for _, what in story(january)].count("approved") == 1
    assert broken() == {}


def test_whoever_measures_holds_nobody_up_who_cuts_meanwhile(january: UUID, app: Flask) -> None:
    """A transaction with an id of its own would keep every cut below it for as long as it reads the movements."""
    settlement.submit(january, person="maryam")

    def approve() -> State:
        with app.app_context():
            try:
                return settlement.approve(january, person="reza").state
            finally:
                db.session.remove()

    waiting = text(
        "SELECT backend_xid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND query LIKE '%FROM movement m%' AND datname = current_database()"
    )
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as holder, db.engine.connect() as onlooker:
        holder.execute(text("LOCK TABLE movement IN ACCESS EXCLUSIVE MODE"))
        approval, found = pool.submit(approve), None
        while found is None:
            assert not approval.done()
            found = onlooker.execute(waiting).first()
            onlooker.rollback()
        assert found.backend_xid is None
        onlooker.execute(text("SELECT FROM cycle WHERE cycle_id = :cycle_id FOR UPDATE NOWAIT"), {"cycle_id": january})
        onlooker.rollback()
        holder.rollback()
        assert approval.result() is State.APPROVED


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE clearing_slice SET points = points - 10 WHERE kind = 'draw'",
        "DELETE FROM clearing_slice WHERE kind = 'issue'",
        "UPDATE movement SET points = points + 1 WHERE kind = 'draw'",
        "UPDATE movement SET posted_at = posted_at + interval '1 month' WHERE kind = 'issue'",
        "UPDATE settlement_line SET amount_minor = amount_minor + 1 WHERE line = 4",
        "UPDATE settlement_line SET creditor_id = debtor_id WHERE line = 4",
        "UPDATE statement SET issue_minor = issue_minor + 1, net_minor = net_minor - 1",
        "DELETE FROM statement WHERE net_minor < 0",
    ],
)
def test_what_was_altered_since_the_submission_is_found_at_the_approval_and_nothing_changes(
    january: UUID, tampering: str
) -> None:
    settlement.submit(january, person="maryam")
    tamper(tampering)
    before = snapshot()
    with pytest.raises(AmountsDiffer) as refusal:
        settlement.approve(january, person="reza")
    assert refusal.value.code == "cycle_amounts_differ"
    assert snapshot() == before
    assert settlement.get_cycle(january).state is State.STATED


def test_slices_and_lines_altered_alike_do_not_stand_against_the_ledger(january: UUID) -> None:
    """As a careful thief would: everything that the close has written agrees with itself."""
    tamper("UPDATE clearing_slice SET points = points * 2 WHERE kind = 'draw'")
    tamper("UPDATE cycle SET state = 'cut', netted_at = NULL, stated_at = NULL WHERE state = 'stated'")
    net_cycle(january)
    state_cycle(january)
    with pytest.raises(AmountsDiffer) as refusal:
        settlement.submit(january, person="maryam")
    assert refusal.value.extra["differs"] == ["the ledger's movements"]


def test_an_approved_cycle_is_instructed_paid_and_closed_each_once(january: UUID) -> None:
    with pytest.raises(CycleNotReady):
        settlement.mark_instructed(january)
    settlement.submit(january, person="maryam")
    settlement.approve(january, person="reza")
    for wrong in (settlement.mark_paid, settlement.close_settled):
        with pytest.raises(CycleNotReady):
            wrong(january)
    for number, (mark, state) in enumerate(
        (
            (settlement.mark_instructed, State.INSTRUCTED),
            (settlement.mark_paid, State.PAID),
            (settlement.close_settled, State.CLOSED),
        ),
        start=3,
    ):
        set_clock(day(2, number))
        assert mark(january).state is state
        assert mark(january).state is state
    closed = settlement.get_cycle(january)
    assert (closed.instructed_at, closed.paid_at, closed.closed_at) == (day(2, 3), day(2, 4), day(2, 5))
    assert settlement.mark_instructed(january).state is State.CLOSED
    assert [what for _, what in story(january)][5:] == ["instructed", "paid", "closed"]
    assert broken() == {}


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE cycle SET state = 'stated', approved_at = NULL WHERE name = 'USD 2017-01'",
        "UPDATE cycle SET state = 'closed', closed_at = now() WHERE name = 'USD 2017-01'",
        "UPDATE cycle SET state = 'instructed', instructed_at = now(), approved_at = now() WHERE name = 'USD 2017-01'",
        "UPDATE cycle SET version = 2 WHERE name = 'USD 2017-01'",
        "UPDATE cycle SET stated_at = now() WHERE name = 'USD 2017-01'",
        "INSERT INTO settlement_line SELECT cycle_id, version, 99, leg, creditor_id, redeemer_id, 1, 1, debtor_id,"
        " creditor_id FROM settlement_line LIMIT 1",
        "INSERT INTO statement SELECT gen_random_uuid(), cycle_id, partner_id, 2, currency, 0, 0, 0, 0, stated_at"
        " FROM statement LIMIT 1",
        "INSERT INTO cycle (cycle_id, currency, name, starts_at, ends_at, state) VALUES (gen_random_uuid(), 'USD', 'x',"
        " now(), now() + interval '1 day', 'approved')",
        "INSERT INTO settlement_adjustment SELECT gen_random_uuid(), cycle_id, partner_id, 1, 'x', NULL, 'x', now()"
        " FROM statement LIMIT 1",
        "UPDATE cycle_submission SET prepared_by = 'x'",
        "UPDATE cycle_submission SET verdict = 'rejected'",
        "DELETE FROM cycle_submission",
        "UPDATE settlement_trail SET step = step + 1",
        "DELETE FROM settlement_trail",
    ],
)
def test_the_database_refuses_to_go_back_behind_an_approval(january: UUID, edit: str) -> None:
    settlement.submit(january, person="maryam")
    settlement.approve(january, person="reza")
    with pytest.raises(DBAPIError) as refusal, transaction():
        db.session.execute(text(edit))
    assert isinstance(refusal.value.orig, RestrictViolation)


def test_no_column_of_a_closed_cycle_changes(january: UUID) -> None:
    settlement.submit(january, person="maryam")
    settlement.approve(january, person="reza")
    for mark in (settlement.mark_instructed, settlement.mark_paid, settlement.close_settled):
        mark(january)
    columns = [column.name for column in db.metadata.tables["cycle"].columns]
    for column in columns:
        with pytest.raises(DBAPIError) as refusal, transaction():
            db.session.execute(text(f"UPDATE cycle SET {column} = {column} WHERE state = 'closed'"))
        assert isinstance(refusal.value.orig, RestrictViolation), column


def test_a_state_and_its_instant_come_together_and_four_eyes_are_two_persons(january: UUID) -> None:
    for edit in (
        "UPDATE cycle SET approved_at = now() WHERE state = 'stated'",
        "UPDATE cycle SET state = 'approved' WHERE state = 'stated'",
        "UPDATE cycle_submission SET verdict = 'approved', decided_by = 'MARYAM'",
        "UPDATE cycle_submission SET verdict = 'approved'",
    ):
        if "submission" in edit and settlement.submission_of(settlement.get_cycle(january)) is None:
            settlement.submit(january, person="maryam")
        with pytest.raises(DBAPIError) as refusal, transaction():
            db.session.execute(text(edit))
        assert isinstance(refusal.value.orig, CheckViolation), edit


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE settlement_trail SET entry = replace(entry, 'reza', 'sara')",
        "DELETE FROM settlement_trail WHERE step = 2",
        "DELETE FROM settlement_trail WHERE step = 5",
        "UPDATE cycle SET state = 'stated', approved_at = NULL WHERE state = 'approved'",
    ],
)
def test_a_trail_that_was_altered_is_found_by_the_check(january: UUID, tampering: str) -> None:
    settlement.submit(january, person="maryam")
    settlement.approve(january, person="reza")
    tamper(tampering)
    assert set(broken()) - {"numbers = approved statements"} == {"the audit trail is whole"}
