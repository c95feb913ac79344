"""What partners are told of their payments, each once; and what an open cycle would come to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from network.infrastructure import outbox
from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.errors import BadPolicy, CycleNotOpen, CycleNotReady, SettlementNotFound
from network.settlement.events import PaymentNoticed
from network.settlement.jobs import remind
from tests.fixtures import day, snapshot
from tests.integration.settlement.ledger import Ledger, close_due, count, cut_all, month_one


@pytest.fixture
def approved(ledger: Ledger) -> Ledger:
    """January of worked example A, approved on 1 February at noon: to be paid on the 8th."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    january = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(january, person="maryam")
    settlement.approve(january, person="reza")
    return ledger


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[PaymentNoticed]:
    """Somebody who listens, as long as the test takes."""
    told: list[PaymentNoticed] = []

    def listen(facts: Sequence[PaymentNoticed]) -> None:
        told.extend(facts)

    monkeypatch.setitem(outbox._handlers, PaymentNoticed.topic, [listen])
    monkeypatch.setitem(outbox._kinds, PaymentNoticed.topic, PaymentNoticed)
    return told


def news(ledger: Ledger, heard: list[PaymentNoticed]) -> list[tuple[str, str, int, int]]:
    """What is told anew: to whom, what, at which level, of which amount."""
    remind()
    assert remind() == 0
    outbox.drain()
    codes = {till.partner_id: code for code, till in ledger.tills.items()}
    found = sorted((codes[each.partner_id], each.kind, each.level, each.net_minor) for each in heard)
    heard.clear()
    return found


def test_all_are_advised_and_who_does_not_pay_is_reminded_and_dunned_once_each(
    approved: Ledger, heard: list[PaymentNoticed]
) -> None:
    assert news(approved, heard) == [
        ("coffee", "advice", 0, 65_00),
        ("fuel", "advice", 0, 310_00),
        ("grocer", "advice", 0, -1_105_00),
    ]
    set_clock(day(2, 6, 11))
    assert news(approved, heard) == []
    set_clock(day(2, 6))
    assert news(approved, heard) == [("grocer", "reminder", 0, -1_105_00)]
    set_clock(day(2, 8))
    assert news(approved, heard) == [("grocer", "dunning", 1, -1_105_00)]
    set_clock(day(2, 25))
    assert news(approved, heard) == [("grocer", "dunning", 3, -1_105_00)], "not the second too, all at once"
    set_clock(day(4, 25))
    assert news(approved, heard) == []


def test_who_has_paid_is_not_reminded(approved: Ledger, heard: list[PaymentNoticed]) -> None:
    news(approved, heard)
    (statement,) = settlement.list_statements(approved.partner("grocer"))
    settlement.mark_statement_paid(statement.statement_id)
    settlement.mark_statement_paid(statement.statement_id)
    set_clock(day(2, 20))
    assert news(approved, heard) == []
    with pytest.raises(SettlementNotFound):
        settlement.mark_statement_paid(UUID(int=1))


def test_nothing_is_noted_while_nobody_listens(approved: Ledger) -> None:
    before = snapshot()
    assert remind() == 0
    assert snapshot() == before


def test_what_is_not_approved_is_not_advised_and_not_paid(ledger: Ledger, heard: list[PaymentNoticed]) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    assert news(ledger, heard) == []
    (statement,) = settlement.list_statements(ledger.partner("grocer"))
    with pytest.raises(CycleNotReady):
        settlement.mark_statement_paid(statement.statement_id)


@pytest.mark.usefixtures("app")
def test_terms_are_changed_one_by_one_and_within_reason() -> None:
    settlement.change_policy(payment_days=30)
    changed = settlement.change_policy(dunning_levels=0)
    assert (changed.payment_days, changed.dunning_levels, changed.dispute_days) == (30, 0, 14)
    assert settlement.settlement_policy() == changed
    for wrong in ({"payment_days": -1}, {"dunning_days": 0}, {"dispute_days": 366}):
        with pytest.raises(BadPolicy):
            settlement.change_policy(**wrong)


def test_a_dry_run_counts_what_no_cut_has_folded_and_writes_nothing(ledger: Ledger) -> None:
    ledger.earn("p", "grocer", 50)
    cut_all()
    month_one(ledger)
    before = snapshot()
    report = settlement.dry_run("USD-2017-01")
    assert snapshot() == before
    assert not report.is_final
    assert [(each.partner, each.net_minor) for each in report.positions] == [
        ("coffee", 65_00),
        ("fuel", 310_00),
        ("grocer", -1_105_58),
    ]
    assert (report.operator.net_minor, sum(cell.points for cell in report.flows)) == (730_58, 85_000)
    cut_all()
    assert settlement.dry_run("2017-01") == report
    assert count("SELECT sum(movements) FROM clearing_slice") == 10


def test_a_dry_run_is_what_the_close_then_says(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 3))
    ledger.burn("p", "grocer", 500)
    january = settlement.dry_run("2017-01")
    settlement.open_cycles()
    february = settlement.dry_run("2017-02")
    close_due()
    assert settlement.cycle_report(settlement.get_cycle("2017-01")).positions == january.positions
    with pytest.raises(CycleNotOpen):
        settlement.dry_run("2017-01")
    set_clock(day(3, 1))
    close_due()
    assert settlement.cycle_report(settlement.get_cycle("2017-02")).positions == february.positions
