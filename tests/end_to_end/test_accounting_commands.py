"""What an operator types to keep the books; each command is a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from tests.fixtures import Coalition, day
from tests.integration.settlement.ledger import Ledger, close_due, cut_all
from tests.staffing import at_shell

if TYPE_CHECKING:
    from tests.live import Installation


def test_a_default_and_an_exit_are_tried_out_and_a_tail_is_bought(
    installation: Installation, coalition: Coalition
) -> None:
    ledger = Ledger(coalition)
    ledger.join("grocer", "fuel", price="0.0105", funded="0")
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 10_000)
    cut_all()
    simulate = ("settlement", "simulate")
    told = installation.run(*simulate, "default", "grocer", "--currency", "USD", "--fund", "fuel", "2000")
    assert all(words in told for words in ("10,000 points", "105.00 USD", "20.00 USD", "85.00 USD"))
    told = installation.run(*simulate, "exit", "grocer", "--currency", "USD", "--expected-burn", "0.5")
    assert all(words in told for words in ("100.00 USD", "52.50 USD", "-52.50 USD"))
    at_shell("reza")
    buy = ("settlement", "buy-out", "grocer", "--currency", "USD", "--by", "reza")
    installation.run(*buy, status=1)  # it has not left
    installation.run("partner", "leave", "grocer")
    assert "pays 105.00 USD" in installation.run(*buy)


def test_an_approved_month_is_booked_shown_trued_up_and_exported(
    installation: Installation, coalition: Coalition
) -> None:
    ledger = Ledger(coalition)
    ledger.join("corner_shop", "fuel")
    set_clock(day(1, 10))
    ledger.earn("p", "corner_shop", 1_000)
    ledger.burn("p", "fuel", 400)
    set_clock(day(2, 1))
    close_due()
    number = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(number, person="maryam")
    settlement.approve(number, person="reza")
    assert "3 entries written" in installation.run("accounting", "keep")
    shown = installation.run("accounting", "show", "2017-01")
    assert all(words in shown for words in ("2017-01-31", "Assets:Receivable:corner_shop", "11.50 USD"))
    at_shell("maryam", "reza")
    recognise = ("accounting", "recognise", "--currency", "USD", "--reason", "first estimate", "--by", "maryam")
    installation.run(*recognise, status=1)  # one month is too little for an estimate
    assert "trued up: 4.00 USD" in installation.run(*recognise, "--rate", "0.5")
    cover = ("accounting", "cover-default", "corner_shop", "2017-01", "--reason", "insolvent", "--by", "reza")
    told = installation.run(*cover, "--collateral-minor", "1000")
    assert all(words in told for words in ("11.50 USD", "10.00 USD", "1.50 USD"))
    assert "The books balance." in installation.run("accounting", "balance")
    exported = installation.run("accounting", "export", "--format", "beancount")
    assert "Assets:Receivable:CornerUshop  11.50 USD" in exported
    assert "Expenses:CreditLosses  1.50 USD" in exported
    assert "Every invariant holds." in installation.run("ledger", "check")
