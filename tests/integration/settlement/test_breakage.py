"""Breakage: what expired of each issuer in each month; told once, when nothing can be added to the month any more."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.outbox import drain
from network.kernel.events import Fact
from network.settlement import service as settlement
from network.settlement.events import BreakageRecorded
from network.wallet.jobs import sweep
from tests.fixtures import Coalition, day
from tests.integration.partners.listening import listen
from tests.integration.settlement.ledger import Ledger, broken, close, cut_all


@pytest.fixture
def seasons(coalition: Coalition) -> Ledger:
    """A florist's and a baker's points live a month, a grocer's two years."""
    made = Ledger(coalition)
    made.join("florist", "baker", months=1)
    made.join("grocer")
    return made


def told(**only: str) -> list[tuple[str, str, int, bool]]:
    return [(each.month, each.issuer, each.points, each.is_final) for each in settlement.breakage(**only)]


def january_earned_february_expired(ledger: Ledger) -> None:
    set_clock(day(1, 10))
    for member, issuer, points in (("p", "florist", 100), ("p", "grocer", 50), ("q", "baker", 30), ("q", "florist", 7)):
        ledger.earn(member, issuer, points)
    ledger.burn("p", "grocer", 20)  # of the florist's, which expire first
    set_clock(day(2, 20))
    sweep()
    cut_all()


def test_breakage_is_what_expired_per_issuer_and_month(seasons: Ledger) -> None:
    january_earned_february_expired(seasons)
    assert told() == [("2017-02", "baker", 30, False), ("2017-02", "florist", 87, False)]
    set_clock(day(3, 1, 1))
    close("2017-01")
    close("2017-02")
    assert told() == [("2017-02", "baker", 30, True), ("2017-02", "florist", 87, True)]
    assert told(currency="EUR") == []
    florist = seasons.partner("florist")
    assert [each.points for each in settlement.breakage(issuer_id=florist)] == [87]
    assert broken() == {}


def test_the_month_is_that_of_the_currencys_calendar(seasons: Ledger) -> None:
    settlement.ensure_calendar("USD", "month", "Asia/Tehran")
    set_clock(day(1, 30, 20))
    seasons.earn("p", "florist", 5)  # until the end of 28 February, in Greenwich
    set_clock(day(2, 28, 21))  # in Tehran it is March
    seasons.earn("p", "grocer", 1)
    set_clock(day(3, 1, 0))
    sweep()
    cut_all()
    assert told() == [("2017-03", "florist", 5, False)]


def test_a_closed_months_breakage_is_announced_once(seasons: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Fact] = listen(monkeypatch, BreakageRecorded)
    january_earned_february_expired(seasons)
    drain()
    assert heard == []
    set_clock(day(3, 1, 1))
    for _ in range(2):
        close("2017-01")
        close("2017-02")
    drain()
    facts = [each for each in heard if isinstance(each, BreakageRecorded)]
    expected = {seasons.partner("florist"): 87, seasons.partner("baker"): 30}
    assert {each.issuer_id: each.points for each in facts} == expected
    assert [(each.currency, each.month) for each in facts] == [("USD", "2017-02")] * 2


def test_breakage_adds_up_with_what_every_issuer_has_issued(seasons: Ledger) -> None:
    january_earned_february_expired(seasons)
    rolled = {row.issuer: row.expired for row in settlement.roll_forward(settlement.get_cycle("2017-02"))}
    assert {row[1]: row[2] for row in told()} == {name: points for name, points in rolled.items() if points}
    db.session.rollback()
    assert db.session.execute(text("SELECT -sum(points) FROM movement WHERE kind = 'expire'")).scalar() == 117
