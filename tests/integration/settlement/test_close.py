"""From the end of a month to a statement for every partner."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask

from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import new_id
from network.settlement import service as settlement
from network.settlement.domain import Position, State
from network.settlement.errors import CycleNotDue, CycleNotFound, SettlementNotFound
from network.settlement.service.close import begin_close, net_cycle, state_cycle
from network.settlement.service.cut import cut_cycle
from tests.fixtures import Till, day, token_of
from tests.integration.settlement.ledger import Ledger, broken, close, close_due, count, cut_all, month_one


def stated(ledger: Ledger) -> dict[str, Position]:
    """Every partner's latest statement."""
    return {code: settlement.list_statements(till.partner_id)[0].position for code, till in ledger.tills.items()}


def test_worked_example_a_is_stated_to_the_cent(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    january = settlement.get_cycle("USD-2017-01")
    assert january.state is State.STATED
    assert stated(ledger) == {
        "grocer": Position(issue_minor=1_150_00, redemption_minor=45_00),
        "fuel": Position(issue_minor=230_00, redemption_minor=540_00),
        "coffee": Position(issue_minor=115_00, redemption_minor=180_00),
    }
    report = settlement.cycle_report(january)
    assert (report.gross_minor, report.net_minor, str(report.saved_percent)) == (2_260_00, 1_480_00, "34.5")
    assert (report.operator.partner, report.operator.net_minor) == ("operator", 730_00)
    assert broken() == {}


def test_worked_example_b_is_stated_to_the_cent(ledger: Ledger) -> None:
    for code in ("grocer", "fuel", "coffee"):
        ledger.coalition.sign(ledger.partner(code), price="0.0105", fee="0.0005", funded="0", valid_from=day(1, 1, 13))
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    assert stated(ledger) == {
        "grocer": Position(redemption_minor=45_00, deferred_minor=714_00),
        "fuel": Position(redemption_minor=450_00, deferred_minor=52_50),
        "coffee": Position(redemption_minor=162_00),
    }
    assert settlement.cycle_report(settlement.get_cycle("2017-01")).operator.net_minor == 109_50
    assert broken() == {}


def test_a_lot_keeps_the_price_it_was_issued_at_and_a_burn_has_the_rate_of_its_own_day(ledger: Ledger) -> None:
    set_clock(day(1, 2))
    ledger.earn("p", "grocer", 1_000)
    ledger.coalition.sign(ledger.partner("grocer"), price="0.0125", fee="0.0025", valid_from=day(1, 10))
    ledger.coalition.sign(ledger.partner("fuel"), paid="0.0080", valid_from=day(1, 20))
    set_clock(day(1, 15))
    ledger.earn("p", "grocer", 1_000)
    ledger.burn("p", "fuel", 500)
    set_clock(day(1, 25))
    ledger.burn("p", "fuel", 500)
    set_clock(day(2, 1))
    close_due()
    assert settlement.list_statements(ledger.partner("grocer"))[0].position == Position(issue_minor=24_00)
    assert settlement.list_statements(ledger.partner("fuel"))[0].position == Position(redemption_minor=8_50)
    assert broken() == {}


def test_points_of_the_operator_itself_are_paid_for_by_the_operator(ledger: Ledger) -> None:
    operator = ledger.partner("operator")
    ledger.coalition.sign(operator, funded="0.5")
    client = create_client(partner_id=operator, name="desk", scopes=SCOPES)
    token = token_of(ledger.coalition.app, client)
    ledger.tills["operator"] = Till(ledger.coalition.app, operator, "operator", client, token)
    set_clock(day(1, 5))
    ledger.earn("p", "operator", 1_000)
    ledger.burn("p", "fuel", 600)
    set_clock(day(2, 1))
    close_due()
    report = settlement.cycle_report(settlement.get_cycle("2017-01"))
    assert [(p.partner, p.net_minor) for p in report.positions] == [("fuel", 5_40)]
    assert report.operator.net_minor == -5_40
    assert broken() == {}


def test_an_expired_lot_moves_no_money_and_is_counted(ledger: Ledger) -> None:
    ledger.join("florist", months=1)
    set_clock(day(1, 5))
    ledger.earn("p", "florist", 1_000)
    set_clock(day(2, 25))
    ledger.earn("p", "fuel", 10)
    set_clock(day(3, 1))
    close_due()
    rows = settlement.roll_forward(settlement.get_cycle("2017-02"))
    assert [(row.issuer, row.opening, row.issued, row.expired, row.outstanding) for row in rows] == [
        ("florist", 1_000, 0, 1_000, 0),
        ("fuel", 0, 10, 0, 10),
    ]
    assert settlement.cycle_report(settlement.get_cycle("2017-02")).gross_minor == 12
    assert broken() == {}


def test_points_roll_forward_from_cycle_to_cycle(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 10))
    ledger.burn("p", "grocer", 2_000)
    set_clock(day(3, 1))
    close_due()
    grocer = settlement.roll_forward(settlement.get_cycle("2017-02"))[-1]
    assert (grocer.issuer, grocer.opening, grocer.issued, grocer.burned) == ("grocer", 32_000, 0, 2_000)
    assert grocer.outstanding == 30_000


def test_a_month_without_points_is_closed_too(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(3, 1))
    close_due()
    february = settlement.get_cycle("USD 2017-02")
    assert february.state is State.STATED
    assert settlement.cycle_report(february).positions == ()
    assert settlement.get_cycle("2017-03").state is State.OPEN
    assert broken() == {}


def test_a_cycle_that_has_not_ended_is_not_closed(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    with pytest.raises(CycleNotDue):
        close("2017-01")
    assert settlement.due_cycles() == []


def test_the_grace_of_a_calendar_puts_the_close_off(ledger: Ledger) -> None:
    settlement.ensure_calendar("USD", "month", "UTC", grace_seconds=3600)
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1, 0))
    assert settlement.due_cycles() == []
    set_clock(day(2, 1, 1))
    assert [cycle.name for cycle in settlement.due_cycles()] == ["USD 2017-01"]


def test_a_report_of_an_open_cycle_says_what_it_would_come_to(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    report = settlement.cycle_report(settlement.get_cycle("2017-01"))
    assert not report.is_final
    assert report.net_minor == 1_480_00


def test_every_step_twice_makes_one_cut_one_set_of_lines_and_one_statement_each(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    cut_all()
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    begin_close(cycle_id)
    begin_close(cycle_id)
    close("2017-01")
    assert cut_cycle(cycle_id) is None
    for step in (begin_close, net_cycle, net_cycle, state_cycle, state_cycle):
        step(cycle_id)
    assert close("2017-01").version == 1
    assert_closed_once(cycle_id)


def test_two_closers_at_once_close_once(ledger: Ledger, app: Flask) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    cut_all()
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    together = threading.Barrier(4)

    def closer(_: int) -> State:
        with app.app_context():
            together.wait()
            return settlement.close_cycle(cycle_id, patience_seconds=20).state

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(closer, range(4))) == {State.STATED}
    assert_closed_once(cycle_id)


def test_a_close_of_nothing_is_refused(ledger: Ledger) -> None:
    for step in (settlement.close_cycle, net_cycle, state_cycle, cut_cycle):
        with pytest.raises(CycleNotFound):
            step(new_id())
    with pytest.raises(SettlementNotFound):
        settlement.get_statement(ledger.partner("fuel"), new_id())


def assert_closed_once(cycle_id: UUID) -> None:
    assert count("SELECT count(*) FROM settlement_cut WHERE closes_cycle_id = :id", id=cycle_id) == 1
    assert count("SELECT count(*) FROM settlement_line WHERE cycle_id = :id", id=cycle_id) == 8
    assert count("SELECT count(*) FROM statement WHERE cycle_id = :id", id=cycle_id) == 3
    assert broken() == {}
