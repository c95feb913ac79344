"""Numbers of invoices and credit notes: in order, without gaps, and for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.settlement import service as settlement
from network.settlement.service.numbering import number_statements
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, count

_MIGRATION = Path(__file__).parents[3] / "network" / "migrations" / "sql" / "0010_papers.sql"


def months(ledger: Ledger, most: int) -> list[UUID]:
    """So many stated and submitted months, in each of which the grocer has a statement."""
    for month in range(1, most + 1):
        set_clock(day(month, 10))
        ledger.earn("p", "grocer", 100)
    set_clock(day(most + 1, 2))
    close_due()
    found = [cycle.cycle_id for cycle in settlement.cycles("USD")][:most]
    for cycle_id in found:
        settlement.submit(cycle_id, person="maryam")
    return found


def numbers() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(text("SELECT number FROM statement_number ORDER BY number")))


def test_eight_approvals_at_once_leave_no_gap_and_no_number_twice(app: Flask, ledger: Ledger) -> None:
    cycles = months(ledger, 8)

    def approve_one(cycle_id: UUID) -> None:
        with app.app_context():
            settlement.approve(cycle_id, person="reza")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(approve_one, cycles))
    assert numbers() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert count("SELECT last_number FROM document_series") == 8


def approve_and_fail(cycle_id: UUID) -> None:
    """An approval, in a unit of work that fails after it."""
    with transaction():
        settlement.approve(cycle_id, person="reza")
        assert list(db.session.scalars(text("SELECT number FROM statement_number"))) == [1]
        raise KeyError


def test_an_approval_that_is_rolled_back_leaves_no_gap(ledger: Ledger) -> None:
    first, second = months(ledger, 2)
    with pytest.raises(KeyError):
        approve_and_fail(first)
    assert numbers() == []
    settlement.approve(second, person="reza")
    settlement.approve(first, person="reza")
    assert numbers() == [1, 2]


def test_each_year_and_each_partner_has_its_own_series(ledger: Ledger) -> None:
    first, second = months(ledger, 2)
    settlement.approve(first, person="reza")
    set_clock(day(1, 2, year=2018))
    settlement.approve(second, person="reza")
    with transaction():
        found = list(db.session.scalars(text("SELECT reference FROM statement_number ORDER BY year")))
    assert found == ["grocer-2017-0001", "grocer-2018-0001"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE statement_number SET number = 7",
        "DELETE FROM statement_number",
        "UPDATE document_series SET last_number = last_number + 2",
        "UPDATE document_series SET last_number = last_number - 1",
        "DELETE FROM document_series",
    ],
)
def test_a_number_never_changes(ledger: Ledger, sql: str) -> None:
    (first,) = months(ledger, 1)
    settlement.approve(first, person="reza")
    with pytest.raises(DBAPIError) as refused, transaction():
        db.session.execute(text(sql))
    assert isinstance(refused.value.orig, RestrictViolation)


def without_guards(*commands: str) -> None:
    """What somebody with the database's keys can do; and what a migration does, before there are guards."""
    tables = ("statement_number", "document_series")
    with transaction():
        for table in tables:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for command in commands:
            db.session.execute(text(command))
        for table in tables:
            db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def test_a_gap_and_a_missing_number_are_found(ledger: Ledger) -> None:
    for cycle_id in months(ledger, 2):
        settlement.approve(cycle_id, person="reza")
    assert broken() == {}
    without_guards("DELETE FROM statement_number WHERE number = 1")
    assert set(broken()) == {"numbers without gaps", "numbers = approved statements"}


def test_what_was_approved_before_there_were_numbers_gets_them_in_the_order_of_the_approvals(ledger: Ledger) -> None:
    first, second, third = months(ledger, 3)
    for place, cycle_id in enumerate((second, first)):
        set_clock(day(5, 1 + place))
        settlement.approve(cycle_id, person="reza")
    with transaction():
        given = db.session.execute(text("SELECT * FROM statement_number ORDER BY number")).all()
    backfill = _MIGRATION.read_text(encoding="utf-8").split("-- A series begins")[0]
    without_guards("DELETE FROM statement_number", "DELETE FROM document_series", *backfill.split(";")[:2])
    with transaction():
        assert db.session.execute(text("SELECT * FROM statement_number ORDER BY number")).all() == given
    settlement.approve(third, person="reza")
    assert numbers() == [1, 2, 3]
    assert broken() == {}


def test_what_is_not_approved_gets_no_number(ledger: Ledger) -> None:
    (first,) = months(ledger, 1)
    with pytest.raises(DBAPIError) as refused, transaction():
        number_statements(settlement.get_cycle(first), day(2, 2))
    assert isinstance(refused.value.orig, RestrictViolation)
    assert numbers() == []
