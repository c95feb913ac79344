"""Calendars, and the cycles that follow them."""

from __future__ import annotations

import pytest

from network.infrastructure.network_clock import set_clock
from network.kernel.errors import Conflict
from network.settlement import service as settlement
from network.settlement.domain import CycleCalendar, State
from network.settlement.errors import CalendarFixed, CycleNotFound
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, connect, count, cut_all, month_one


def names() -> list[str]:
    return [cycle.name for cycle in settlement.cycles("USD")]


def test_a_calendar_is_made_once(ledger: Ledger) -> None:
    again = settlement.ensure_calendar("USD", "month", "UTC")
    assert settlement.calendars() == [again] == [CycleCalendar.checked("USD", "month", "UTC")]


def test_a_calendar_may_change_until_points_are_cleared_by_it(ledger: Ledger) -> None:
    settlement.ensure_calendar("USD", "month", "America/New_York", grace_seconds=60)
    assert settlement.calendars() == [CycleCalendar.checked("USD", "month", "America/New_York", 60)]
    month_one(ledger)
    cut_all()
    assert settlement.get_cycle("2017-01").starts_at == day(1, 1, 5)
    with pytest.raises(CalendarFixed) as refusal:
        settlement.ensure_calendar("USD", "month", "UTC")
    assert isinstance(refusal.value, Conflict)
    settlement.ensure_calendar("USD", "month", "America/New_York", grace_seconds=60)


def test_cycles_begin_with_the_first_points_and_then_follow_the_clock(ledger: Ledger) -> None:
    set_clock(day(1, 15))
    settlement.open_cycles()
    assert names() == []
    ledger.earn("p", "grocer", 10)
    cut_all()
    assert names() == ["USD 2017-01"]
    set_clock(day(4, 2))
    settlement.open_cycles()
    settlement.open_cycles()
    assert names() == ["USD 2017-01", "USD 2017-02", "USD 2017-03", "USD 2017-04"]
    assert broken() == {}


def test_points_that_come_before_the_clock_was_asked_open_their_own_cycle(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(3, 5))
    ledger.earn("p", "grocer", 10)
    cut_all()
    assert names() == ["USD 2017-01", "USD 2017-02", "USD 2017-03"]
    assert broken() == {}


def test_a_movement_older_than_the_first_cycle_opens_its_own_while_none_is_cut(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    with connect() as connection:
        ledger.insert(connection, "grocer", 5, day(11, 30, year=2016))
    cut_all()
    assert names() == ["USD 2016-11", "USD 2016-12", "USD 2017-01"]
    assert broken() == {}


def test_a_movement_older_than_the_first_cycle_falls_into_the_first_open_one_once_any_is_cut(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    with connect() as connection:
        ledger.insert(connection, "grocer", 5, day(11, 30, year=2016))
    cut_all()
    assert names() == ["USD 2017-01", "USD 2017-02"]
    assert settlement.roll_forward(settlement.get_cycle("2017-02"))[-1].issued == 5
    assert broken() == {}


def test_many_open_cycles_are_folded_as_well(ledger: Ledger) -> None:
    for month in range(1, 13):
        set_clock(day(month, 15))
        ledger.earn("p", "grocer", month)
    cut_all()
    set_clock(day(12, 20))
    ledger.earn("p", "grocer", 100)
    with connect() as connection:
        ledger.insert(connection, "fuel", 7, day(5, 31))
    cut_all()
    issued = [sum(row.issued for row in settlement.roll_forward(cycle)) for cycle in settlement.cycles()]
    assert issued == [1, 2, 3, 4, 12, 6, 7, 8, 9, 10, 11, 112]
    assert broken() == {}


def test_a_cut_that_closes_the_last_cycle_there_is_leaves_an_open_one_for_what_follows(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    (january,) = settlement.due_cycles()
    settlement.close_cycle(january.cycle_id, patience_seconds=20)
    with connect() as connection:
        ledger.insert(connection, "grocer", 5, day(1, 31))
    cut_all()
    assert [cycle.state for cycle in settlement.cycles()] == [State.STATED, State.OPEN]
    assert broken() == {}


def test_a_cycle_is_found_by_its_id_and_by_its_names(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    january = settlement.cycles()[0]
    for told in ("USD 2017-01", "USD-2017-01", "2017-01", january.public_id, january.cycle_id):
        assert settlement.get_cycle(told) == january


def test_a_cycle_that_is_not_there_or_not_the_only_one_is_not_found(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    for told in ("2016-01", "EUR-2017-01", "", "'; --"):
        with pytest.raises(CycleNotFound):
            settlement.get_cycle(told)
    settlement.ensure_calendar("EUR")
    with connect() as connection:
        connection.execute(
            "INSERT INTO movement SELECT gen_random_uuid(), 1, 1, lot_id, kind, points, held, debt, issuer_id,"
            " issuer_contract_id, redeemer_id, redeemer_contract_id, 'EUR', activates_at, expires_at, posted_at"
            " FROM movement WHERE kind = 'issue'"
        )
    cut_all()
    with pytest.raises(CycleNotFound, match="EUR 2017-01, USD 2017-01"):
        settlement.get_cycle("2017-01")
    assert count("SELECT count(*) FROM cycle") == 2


def test_one_currency_clears_by_the_jalali_month_at_six_and_another_by_the_week(ledger: Ledger) -> None:
    toman = {"calendar": "jalali", "cut_off_hour": 18}
    settlement.ensure_calendar("USD", "ten_days", "Asia/Tehran", **toman)
    weekly = settlement.ensure_calendar("EUR", "week", "Europe/Paris")
    assert settlement.calendars() == [weekly, settlement.ensure_calendar("USD", "ten_days", "Asia/Tehran", **toman)]
    set_clock(day(3, 20, 14))  # 17:30 in Tehran, on the 30th of a leap Esfand
    ledger.earn("p", "grocer", 10)
    set_clock(day(3, 20, 15))  # past the cut-off: it is Nowruz
    ledger.earn("p", "grocer", 20)
    cut_all()
    assert names() == ["USD 1395-12-21", "USD 1396-01-01"]
    close_due()
    closed, opened = settlement.cycles("USD")
    assert (closed.state, opened.state) == (State.STATED, State.OPEN)
    assert [settlement.roll_forward(each)[-1].issued for each in (closed, opened)] == [10, 20]
    assert settlement.get_cycle("USD-1395-12-21").ends_at == day(3, 20, 14).replace(minute=30)
    assert broken() == {}
