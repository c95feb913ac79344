"""Blocks and collateral in the books: received once, used up, covering a default, given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from network.accounting import service as accounting
from network.accounting.domain import Account
from network.accounting.errors import NotHeld
from network.infrastructure.network_clock import set_clock
from network.partners import service as partners
from network.partners.domain import Conditions
from network.settings import Settings
from network.settlement import service as settlement
from network.settlement.domain import Cover
from tests.fixtures import Coalition, day
from tests.integration.accounting.test_keeping import approve, bean_check, broken, keep_and_die, on, pay
from tests.integration.settlement.ledger import Ledger, close_due, cut_all


def test_a_block_is_owed_from_the_day_it_is_bought_until_its_points_are_issued(
    coalition: Coalition, settings: Settings, tmp_path: Path
) -> None:
    """1,000 points for 11.50, of which 600 are issued for 6.90 and 200 burn at the grocer's for 1.80."""
    ledger = Ledger(coalition)
    ledger.join("grocer")
    ledger.join("kiosk", prepaid=True)
    set_clock(day(1, 10))
    partners.buy_block(ledger.partner("kiosk"), "USD", 1_000, person="maryam")
    assert accounting.keep_books() == 0  # the currency has no cycle yet
    ledger.earn("p", "kiosk", 600)
    ledger.burn("p", "grocer", 200)
    cut_all()
    keep_and_die(settings, "accounting.in_deposits")
    assert accounting.balances() == []
    assert accounting.keep_books() == 1
    assert (on(Account.CASH), on(Account.PREPAID)) == (11_50, -11_50)
    assert accounting.keep_books() == 0
    set_clock(day(2, 1))
    close_due()
    approve("2017-01")
    accounting.keep_books()
    assert on(Account.PREPAID) == -4_60
    pay("2017-01")
    accounting.keep_books()
    partners.buy_block(ledger.partner("kiosk"), "USD", 100, person="maryam")
    assert accounting.keep_books() == 1
    assert on(Account.PREPAID) == -4_60 - 1_15
    assert bean_check(tmp_path, accounting.export_books("beancount")) == (0, "")
    assert sum(each.amount_minor for each in accounting.balances()) == 0
    assert broken() == []


def test_collateral_is_owed_back_covers_a_default_and_what_is_left_is_returned(
    coalition: Coalition, tmp_path: Path
) -> None:
    ledger = Ledger(coalition)
    ledger.join("fuel")
    ledger.join("grocer", conditions=Conditions(collateral_minor=8_00))
    grocer = ledger.partner("grocer")
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 1_000)
    set_clock(day(2, 1))
    close_due()
    approve("2017-01")
    accounting.keep_books()
    assert (on(Account.CASH), on(Account.COLLATERAL), on(Account.RECEIVABLE)) == (8_00, -8_00, 11_50)
    coalition.sign(grocer, valid_from=day(2, 3), conditions=Conditions(collateral_minor=20_00))
    accounting.keep_books()
    assert on(Account.COLLATERAL) == -8_00  # not in force yet
    set_clock(day(2, 4))
    accounting.keep_books()
    assert (on(Account.CASH), on(Account.COLLATERAL)) == (20_00, -20_00)
    accounting.cover_default(grocer, "2017-01", Cover(collateral_minor=20_00), person="reza", reason="insolvent")
    assert (on(Account.CASH), on(Account.COLLATERAL), on(Account.CREDIT_LOSSES)) == (20_00, -8_50, 0)
    coalition.sign(grocer, valid_from=day(2, 10), conditions=Conditions(collateral_minor=5_00))
    set_clock(day(2, 11))
    accounting.keep_books()
    assert (on(Account.CASH), on(Account.COLLATERAL)) == (11_50, 0)  # 15.00 less, of which 8.50 was still there
    with pytest.raises(NotHeld):
        accounting.return_collateral(grocer, "USD", 1, person="reza", reason="it has left")
    coalition.sign(grocer, valid_from=day(2, 12), conditions=Conditions(collateral_minor=6_00))
    set_clock(day(2, 13))
    accounting.keep_books()
    assert accounting.return_collateral(grocer, "USD", 60, person="reza", reason="it has left") == 40
    assert accounting.keep_books() == 0
    february = settlement.get_cycle("2017-02").cycle_id
    assert settlement.trail_of(february)[-1].what == "returned collateral"
    assert bean_check(tmp_path, accounting.export_books("beancount")) == (0, "")
    assert broken() == []
