"""Worked example B, whose grocer stops paying, or leaves: tried out, and bought out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from network.accounting import service as accounting
from network.accounting.domain import Account
from network.infrastructure.network_clock import set_clock
from network.partners import service as partners
from network.settlement import service as settlement
from network.settlement.domain import Cover, Layer, Position
from network.settlement.errors import CycleNotReady, NothingToBuy, PartnerNotLeft, TailBought
from tests.fixtures import Coalition, day, snapshot
from tests.integration.accounting.test_keeping import approve, on
from tests.integration.accounting.test_keeping import broken as books_broken
from tests.integration.settlement.ledger import Ledger, broken, close_due, cut_all, month_one
from tests.integration.settlement.recompute import recompute

HALF = Decimal("0.5")


@pytest.fixture
def january(coalition: Coalition) -> Ledger:
    """Worked example B, month 1, stated: 32,000 of the grocer's points are outstanding, and it owes 669.00."""
    made = Ledger(coalition)
    made.join("grocer", "fuel", "coffee", price="0.0105", funded="0")
    month_one(made)
    set_clock(day(2, 1))
    close_due()
    return made


def position(name: str) -> Position | None:
    report = settlement.cycle_report(settlement.get_cycle(name))
    found = next((each for each in report.positions if each.partner == "grocer"), None)
    return found and Position(
        found.issue_minor, found.redemption_minor, found.deferred_minor, adjustment_minor=found.adjustment_minor
    )


def test_a_default_and_an_exit_are_tried_out_and_nothing_is_written(january: Ledger) -> None:
    january.burn("p", "coffee", 1_000)  # in the open cycle: 10.50 more of the grocer's debt, 9.00 more due to coffee
    grocer, fuel, coffee = (january.partner(code) for code in ("grocer", "fuel", "coffee"))
    before = snapshot()
    cover = Cover(collateral_minor=300_00, capital_minor=400_00, fund_minor={fuel: 200_00, coffee: 100_00})
    found = settlement.simulate_default(grocer, "USD", expected_burn=HALF, cover=cover)
    assert (found.points, found.value_minor, found.redeemed_minor) == (31_000, 310_00, 139_50)
    assert (found.owed_minor, found.tail_minor) == (679_50, 162_75)
    assert found.covered.drawn_minor[Layer.MUTUAL_FUND] == 142_25
    assert (found.covered.fund_minor, found.covered.uncovered_minor) == ({fuel: 94_83, coffee: 47_42}, 0)
    assert found.due_minor == {fuel: 397_50, coffee: 171_00}
    leaving = settlement.simulate_exit(grocer, "USD", expected_burn=HALF)
    assert (leaving.buyout_minor, leaving.worst_minor, leaving.best_minor) == (162_75, -162_75, 162_75)
    assert snapshot() == before


def test_a_tail_is_bought_out_once_and_what_burns_of_it_is_the_operators_from_then_on(january: Ledger) -> None:
    grocer = january.partner("grocer")
    with pytest.raises(PartnerNotLeft):
        settlement.buy_out(grocer, "USD", expected_burn=HALF, person="reza")
    partners.part_with(grocer)
    january.burn("p", "fuel", 10_000)
    cut_all()
    bought = settlement.buy_out(grocer, "USD", expected_burn=HALF, person="reza")
    assert (bought.points, bought.amount_minor) == (32_000, 168_00)
    with pytest.raises(TailBought):
        settlement.buy_out(grocer, "USD", expected_burn=HALF, person="reza")
    set_clock(day(3, 1))
    january.burn("p", "coffee", 2_000)
    set_clock(day(4, 1))
    close_due()
    assert position("2017-02") == Position(deferred_minor=105_00, adjustment_minor=105_00 - 168_00)
    assert position("2017-03") == Position(deferred_minor=21_00, adjustment_minor=21_00)
    told = recompute(settlement.export_cycle("USD-2017-02"))
    assert told[0] == told[1]
    approve("2017-01", "2017-02")
    accounting.keep_books()
    assert on(Account.CONTRACT_LIABILITY) == -63_00  # 168.00, of which 10,000 of 16,000 points are earned
    approve("2017-03")
    accounting.keep_books()
    assert on(Account.CONTRACT_LIABILITY) == -42_00
    assert accounting.expected_burn(grocer, "USD") == 1  # nothing of it is known to break
    assert (broken(), books_broken()) == ({}, [])


def test_a_buyout_waits_until_the_cycle_before_is_cut_and_nothing_is_sold_where_nothing_is_deferred(
    january: Ledger,
) -> None:
    grocer = january.partner("grocer")
    partners.part_with(grocer)
    set_clock(day(3, 1))
    settlement.open_cycles()
    before = snapshot()
    with pytest.raises(CycleNotReady):
        settlement.buy_out(grocer, "USD", expected_burn=HALF, person="reza")
    with pytest.raises(NothingToBuy):
        settlement.buy_out(grocer, "USD", expected_burn=Decimal(0), person="reza")
    assert snapshot() == before
