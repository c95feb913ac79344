"""The cut: nothing is lost, nothing is taken twice, and what is late falls into the next cycle."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.network_clock import network_now, set_clock
from network.infrastructure.transaction import transaction
from network.settlement import service as settlement
from network.settlement.domain import Position, State, Window, cycle_of
from network.settlement.errors import CalendarMissing, ForeignHorizon
from network.settlement.service.close import begin_close
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close, close_due, connect, count, cut_all, month_one


def issued(name: str) -> int:
    """Points issued in a cycle, as folded so far."""
    return sum(row.issued for row in settlement.roll_forward(settlement.get_cycle(name)))


def test_many_small_cuts_come_to_the_same_as_one(ledger: Ledger) -> None:
    set_clock(day(1, 5))
    for points in (100, 20, 3):
        ledger.earn("p", "grocer", points)
        assert cut_all() == 1
    assert cut_all() == 0
    assert issued("2017-01") == 123
    assert count("SELECT count(*) FROM clearing_slice") == 1
    assert broken() == {}


def test_a_cut_leaves_what_is_not_finished_to_the_next(ledger: Ledger) -> None:
    set_clock(day(1, 5))
    with ledger.slow_issue("grocer", 7, day(1, 5)):
        ledger.earn("p", "grocer", 100)
        settlement.cut()
        assert count("SELECT count(*) FROM clearing_slice") == 0, "a younger transaction may not overtake an older one"
    assert cut_all() == 2
    assert issued("2017-01") == 107


def test_what_was_rolled_back_is_never_folded(ledger: Ledger) -> None:
    set_clock(day(1, 5))
    with connect() as connection:
        ledger.insert(connection, "grocer", 7, day(1, 5))
        connection.rollback()
    ledger.earn("p", "grocer", 100)
    assert cut_all() == 1


def test_a_close_waits_for_postings_that_were_under_way_and_says_for_whom(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    january = settlement.get_cycle("2017-01")
    with ledger.slow_issue("grocer", 1_000, day(1, 31)):
        assert settlement.close_cycle(january.cycle_id, patience_seconds=0.1).state is State.OPEN
        assert "slow till" in str(settlement.why_waiting(january.cycle_id))
    closed = close("2017-01")
    assert (closed.state, closed.waiting_reason) == (State.STATED, None)
    assert settlement.list_statements(ledger.partner("grocer"))[0].position.issue_minor == 1_150_00 + 11_50
    assert broken() == {}


def test_a_close_waits_for_the_horizon_that_a_cut_has_just_been_at(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    january = settlement.get_cycle("2017-01")
    begin_close(january.cycle_id)
    ledger.earn("p", "grocer", 7)  # the cut has something to write down
    with ledger.slow_issue("grocer", 5, day(2, 1)) as slow:
        (edge,) = slow.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
        assert cut_up_to(edge) == 1
        assert settlement.close_cycle(january.cycle_id, patience_seconds=0.1).state is State.OPEN
        assert "slow till" in str(settlement.why_waiting(january.cycle_id))
    assert close("2017-01").state is State.STATED
    assert (issued("2017-01"), issued("2017-02")) == (130_000, 12)
    assert broken() == {}


def test_a_prepared_transaction_holds_a_close_back_and_is_named(ledger: Ledger) -> None:
    if not int(str(db.session.execute(text("SHOW max_prepared_transactions")).scalar_one())):
        pytest.skip("this server takes no prepared transactions (max_prepared_transactions = 0)")
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    january = settlement.get_cycle("2017-01")
    with connect() as connection:
        ledger.insert(connection, "grocer", 1_000, day(1, 31))
        connection.execute("PREPARE TRANSACTION 'forgotten'")
    try:
        assert settlement.close_cycle(january.cycle_id, patience_seconds=0.1).state is State.OPEN
        assert "prepared transaction 'forgotten'" in str(settlement.why_waiting(january.cycle_id))
    finally:
        with psycopg.connect(ledger.coalition.app.config["PEYVAND_CONNINFO"], autocommit=True) as connection:
            connection.execute("COMMIT PREPARED 'forgotten'")
    assert close("2017-01").state is State.STATED
    assert broken() == {}


def test_what_is_committed_after_the_cut_falls_into_the_next_cycle(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    with connect() as connection:
        ledger.insert(connection, "grocer", 500, day(1, 31))
    cut_all()
    assert (issued("2017-01"), issued("2017-02")) == (130_000, 500)
    assert broken() == {}


def test_a_cycle_is_not_cut_before_the_one_before_it(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(3, 1))
    cut_all()
    settlement.open_cycles()
    february = settlement.get_cycle("2017-02")
    assert settlement.close_cycle(february.cycle_id, patience_seconds=0.1).state is State.OPEN
    assert settlement.why_waiting(february.cycle_id) == "USD 2017-01 has not been cut yet"
    assert close("2017-01").state is State.STATED
    assert close("2017-02").state is State.STATED


def test_points_in_a_currency_without_a_calendar_stop_the_cut_until_it_has_one(ledger: Ledger) -> None:
    set_clock(day(1, 5))
    with connect() as connection:
        ledger.insert(connection, "grocer", 10, day(1, 5))
        connection.execute(
            "INSERT INTO movement SELECT gen_random_uuid(), 1, 1, lot_id, kind, points, held, debt, issuer_id,"
            " issuer_contract_id, redeemer_id, redeemer_contract_id, 'EUR', activates_at, expires_at, posted_at"
            " FROM movement"
        )
    with pytest.raises(CalendarMissing, match="EUR"):
        cut_all()
    assert count("SELECT count(*) FROM clearing_slice") == 0
    settlement.ensure_calendar("EUR", "month", "Europe/Paris")
    assert cut_all() == 2


def test_a_horizon_of_another_server_stops_cut_and_close(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    execute("UPDATE settlement_horizon SET system_identifier = 42")
    with pytest.raises(ForeignHorizon):
        settlement.cut()
    with pytest.raises(ForeignHorizon):
        close("2017-01")
    assert list(broken()) == ["the horizon is this server's"]


def test_movements_that_no_cut_would_reach_are_found(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    with connect() as connection:
        ledger.insert(connection, "grocer", 5, day(1, 31))
        connection.execute(
            "INSERT INTO movement SELECT gen_random_uuid(), 1, 1, lot_id, 'activate', 0, 0, 0, issuer_id,"
            " issuer_contract_id, NULL, NULL, currency, NULL, NULL, posted_at, xid + 1000000000 FROM movement LIMIT 1"
        )
    assert list(broken()) == ["every movement is within a cut's reach"]


@pytest.fixture
def _own_default(app: Flask) -> Iterator[None]:
    yield
    execute("ALTER TABLE movement ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint)")


@pytest.mark.usefixtures("_own_default")
def test_after_a_restore_on_a_younger_server_every_cycle_keeps_what_it_had(ledger: Ledger) -> None:
    # as if all so far had happened on a server a thousand million transactions further on
    execute("ALTER TABLE movement ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint + 1000000000)")
    settlement.cut()
    execute("UPDATE settlement_horizon SET xid_offset = 1000000000")
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    ledger.earn("p", "grocer", 300)
    execute("UPDATE settlement_horizon SET system_identifier = 42")

    offset = settlement.adopt_server()
    assert offset is not None
    assert offset > 999_000_000
    assert settlement.adopt_server() is None
    ledger.earn("p", "grocer", 40)
    with connect() as connection:
        ledger.insert(connection, "grocer", 5, day(1, 31))
    cut_all()
    assert (issued("2017-01"), issued("2017-02")) == (130_000, 345)
    set_clock(day(3, 1))
    settlement.open_cycles()
    assert close("2017-02").state is State.STATED
    assert broken() == {}


def test_on_an_older_server_its_own_transaction_ids_will_do(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    execute("UPDATE settlement_horizon SET system_identifier = 42")
    assert settlement.adopt_server() == 0
    set_clock(day(2, 1))
    close_due()
    assert settlement.list_statements(ledger.partner("coffee"))[0].position == Position(115_00, 180_00)
    assert broken() == {}


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_of_postings_cuts_and_closes_every_movement_is_cleared_once(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    codes = list(ledger.tills)
    set_clock(day(1, 5))
    with ExitStack() as unfinished:
        slow: list[psycopg.Connection] = []
        for _ in range(60):
            match chance.choice(("earn", "earn", "burn", "cut", "time", "begin", "end", "close")):
                case "earn":
                    ledger.earn(chance.choice("pqr"), chance.choice(codes), chance.randrange(1, 5_000))
                case "burn":
                    wallet = chance.choice("pqr")
                    if points := ledger.available(wallet):
                        ledger.burn(wallet, chance.choice(codes), chance.randrange(1, points + 1))
                case "cut":
                    settlement.cut()
                case "time":
                    set_clock(network_now() + timedelta(days=chance.choice((1, 9, 25))))
                case "begin" if len(slow) < 3:
                    slow.append(unfinished.enter_context(connect()))
                    ledger.insert(slow[-1], chance.choice(codes), chance.randrange(1, 900), network_now())
                case "end" if slow:
                    connection = slow.pop(chance.randrange(len(slow)))
                    chance.choice((connection.commit, connection.rollback))()
                case "close":
                    settlement.open_cycles()
                    for cycle in settlement.due_cycles():
                        settlement.close_cycle(cycle.cycle_id, patience_seconds=0)
                case _:
                    pass
    set_clock(network_now() + timedelta(days=40))
    assert all(cycle.state is State.STATED for cycle in close_due())
    cut_all()
    assert broken() == {}
    assert movements_by_slice() == movements_by_pure_function()


def cut_up_to(edge: int) -> int:
    """Cut until the horizon is at a transaction that runs; how many movements that were."""
    movements, until = 0, time.monotonic() + 20
    while time.monotonic() < until:
        done = settlement.cut()
        movements += done.movements
        if done.to_xid == edge:
            return movements
        time.sleep(0.02)  # another test process's transaction holds it back
    raise AssertionError("the horizon does not move")


def movements_by_slice() -> Counter[Any]:
    rows = db.session.execute(text("SELECT cycle_id, kind, issuer_id, redeemer_id, points FROM clearing_slice"))
    return Counter({row[:4]: abs(row.points) for row in rows})


def movements_by_pure_function() -> Counter[Any]:
    windows = [
        Window(cycle.cycle_id, cycle.starts_at, cycle.ends_at, cycle.closed_at_xid) for cycle in settlement.cycles()
    ]
    sums: Counter[Any] = Counter()
    query = "SELECT posted_at, xid, kind, issuer_id, redeemer_id, points FROM movement"
    for row in db.session.execute(text(query)):
        window = cycle_of(row.posted_at, row.xid, windows)
        assert window is not None
        sums[window.cycle_id, row.kind, row.issuer_id, row.redeemer_id] += abs(row.points)
    return sums


def execute(statement: str) -> None:
    with transaction():
        db.session.execute(text(statement))
