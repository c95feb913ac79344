"""The journal entries behind a line, read page by page: of this cycle alone, late ones too, and by an index."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, text

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.domain import Clearing, Cycle
from network.settlement.repository import documents
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, count


def entries(ledger: Ledger, code: str, most: int = 2) -> list[tuple[int, datetime]]:
    """Points and posting times behind the first line of a partner's latest statement, in pages."""
    partner_id = ledger.partner(code)
    (statement, *_) = settlement.list_statements(partner_id)
    number = settlement.statement_document(partner_id, statement.statement_id).lines[0].number
    found, after = [], None
    while page := settlement.line_entries(partner_id, statement.statement_id, number, after=after, most=most):
        found += [(each.points, each.posted_at) for each in page]
        after = page[-1].key
    return found


def test_a_page_has_what_was_late_and_nothing_of_other_cycles(ledger: Ledger) -> None:
    set_clock(day(1, 10))
    for points in (10, 20, 30):
        ledger.earn("p", "grocer", points)
    with ledger.slow_issue("grocer", 7, day(1, 31)) as slow:
        set_clock(day(2, 1))
        slow.rollback()
    close_due()
    assert [points for points, _ in entries(ledger, "grocer")] == [10, 20, 30]
    with ledger.slow_issue("grocer", 5, day(1, 30)):
        pass  # committed when January is cut: February's
    set_clock(day(2, 10))
    ledger.earn("p", "grocer", 40)
    set_clock(day(3, 1))
    close_due()
    assert entries(ledger, "grocer") == [(5, day(1, 30)), (40, day(2, 10))]
    assert count("SELECT count(*) FROM cycle WHERE first_posted_at < starts_at") == 1
    with db.engine.begin() as connection:  # as of a cycle that was folded before this was kept
        connection.execute(text("UPDATE cycle SET first_posted_at = NULL WHERE state <> 'closed'"))
    assert entries(ledger, "grocer", most=1) == [(5, day(1, 30)), (40, day(2, 10))]
    assert broken() == {}


def plan_of(cycle: Cycle, issuer_id: UUID, redeemer_id: UUID | None) -> str:
    """How PostgreSQL reads a page, if the table were too large to read it whole."""
    asked: list[tuple[Any, Any]] = []

    def note(_connection: Any, clause: Any, _many: Any, parameters: Any, _options: Any) -> None:
        asked.append((clause, parameters))

    event.listen(db.engine, "before_execute", note)
    try:
        documents.entries_of(cycle, (Clearing.ISSUE, Clearing.DRAW), issuer_id, redeemer_id, after=None, most=20)
    finally:
        event.remove(db.engine, "before_execute", note)
    (clause, parameters) = asked[-1]
    for kind in ("seqscan", "bitmapscan", "sort"):
        db.session.execute(text(f"SET LOCAL enable_{kind} = off"))
    rows = db.session.execute(text(f"EXPLAIN {clause.text}"), parameters).scalars()
    told = "\n".join(rows)
    db.session.rollback()
    return told


def test_a_page_is_read_in_the_order_of_an_index(ledger: Ledger) -> None:
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 100)
    ledger.burn("p", "fuel", 60)
    set_clock(day(2, 1))
    close_due()
    cycle, grocer, fuel = settlement.get_cycle("2017-01"), ledger.partner("grocer"), ledger.partner("fuel")
    for redeemer_id, name in ((None, "movement_of_issuer"), (fuel, "movement_of_pair")):
        plan = plan_of(cycle, grocer, redeemer_id)
        assert f"Index Scan using {name}" in plan
        assert "Incremental Sort" in plan
