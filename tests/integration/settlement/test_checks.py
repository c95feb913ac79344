"""The ledger check finds what somebody with the database's keys has altered in a closed cycle."""

from __future__ import annotations

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.checks import MOST_ROWS, Check, run
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, month_one

CLEARED = "clearing_slice, cycle, settlement_cut, settlement_line, statement, movement"
TAMPERED = {
    "UPDATE settlement_line SET amount_minor = amount_minor + 1 WHERE line = 4": {
        "lines = slices",
        "statements = lines",
        "partners' nets + operator = 0",
    },
    "UPDATE settlement_line SET points = points + 1 WHERE line = 4": {"lines = slices"},
    "UPDATE settlement_line SET debtor_id = creditor_id WHERE line = 1": {"partners' nets + operator = 0"},
    "DELETE FROM settlement_line WHERE line = 1": {
        "lines = slices",
        "statements = lines",
        "partners' nets + operator = 0",
    },
    "UPDATE statement SET issue_minor = issue_minor + 1, net_minor = net_minor - 1": {
        "statements = lines",
        "partners' nets + operator = 0",
    },
    "DELETE FROM statement WHERE net_minor < 0": {"statements = lines", "partners' nets + operator = 0"},
    "UPDATE clearing_slice SET points = points - 10 WHERE kind = 'draw'": {
        "slices = movements",
        "lines = slices",
        "issued = outstanding + burned + expired + reversed",
    },
    "UPDATE movement SET points = points + 1 WHERE kind = 'draw'": {"slices = movements"},
    "UPDATE movement SET posted_at = posted_at + interval '1 month' WHERE kind = 'issue'": {"slices = movements"},
    "DELETE FROM movement WHERE kind = 'draw'": {"slices = movements"},
    "UPDATE cycle SET closed_at_xid = 1 WHERE state <> 'open'": {
        "slices = movements",
        "cycles follow each other",
    },
    "UPDATE cycle SET ends_at = ends_at - interval '20 days' WHERE state <> 'open'": {
        "every movement is in exactly one cycle",
        "slices = movements",
        "cycles follow each other",
    },
    "UPDATE settlement_cut SET closes_cycle_id = NULL": {"cycles follow each other"},
}


@pytest.fixture
def closed(ledger: Ledger) -> Ledger:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    assert broken() == {}
    return ledger


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("tampering", TAMPERED)
def test_tampering_is_found(tampering: str) -> None:
    tables = [table.strip() for table in CLEARED.split(",")]
    with transaction():
        for table in tables:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.session.execute(text(tampering))
        for table in tables:
            db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    assert set(broken()) == TAMPERED[tampering]


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE settlement_line SET points = 0",
        "DELETE FROM settlement_line",
        "UPDATE statement SET version = 2",
        "DELETE FROM statement",
        "UPDATE clearing_slice SET points = 0",
        "DELETE FROM clearing_slice",
        "INSERT INTO clearing_slice SELECT gen_random_uuid(), cycle_id, 'expire', issuer_id, NULL, issuer_contract_id,"
        " NULL, -1, 1 FROM clearing_slice LIMIT 1",
        "UPDATE cycle SET closed_at_xid = closed_at_xid + 1 WHERE state <> 'open'",
        "UPDATE cycle SET state = 'open', closed_at_xid = NULL WHERE state <> 'open'",
        "UPDATE cycle SET ends_at = ends_at + interval '1 day'",
        "DELETE FROM cycle",
        "DELETE FROM settlement_cut",
    ],
)
def test_the_database_refuses_to_change_what_is_closed(edit: str) -> None:
    with pytest.raises(DBAPIError) as refusal, transaction():
        db.session.execute(text(edit))
    assert isinstance(refusal.value.orig, RestrictViolation)


@pytest.mark.usefixtures("app")
def test_a_check_tells_the_first_rows_and_that_there_are_more() -> None:
    check = Check("nothing is counted", "an example", "SELECT n FROM generate_series(1, 1000000) n")
    (finding,) = run([check])
    assert not finding.holds
    assert [row["n"] for row in finding.rows] == list(range(1, MOST_ROWS + 1))
    assert finding.has_more


@pytest.mark.usefixtures("app")
def test_an_empty_network_breaks_nothing() -> None:
    assert broken() == {}
