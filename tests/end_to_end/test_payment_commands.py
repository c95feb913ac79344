"""What an operator types to have a month paid; each command is a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import show
from network.settlement import service as settlement
from tests.camt import OPERATOR_IBAN, Entry, booked
from tests.fixtures import Coalition, day
from tests.integration.settlement.ledger import Ledger, close_due
from tests.staffing import at_shell

if TYPE_CHECKING:
    from tests.live import Installation


@pytest.fixture
def ledger(coalition: Coalition) -> Ledger:
    """A month, approved: the grocer pays 11.50, fuel receives 3.60."""
    made = Ledger(coalition)
    made.join("grocer", "fuel")
    set_clock(day(1, 10))
    made.earn("p", "grocer", 1_000)
    made.burn("p", "fuel", 400)
    set_clock(day(2, 1))
    close_due()
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(cycle_id, person="maryam")
    settlement.approve(cycle_id, person="reza")
    return made


def test_a_month_is_instructed_sent_reconciled_and_closed(
    installation: Installation, ledger: Ledger, tmp_path: Path
) -> None:
    at_shell("sara")
    run, by = installation.run, ("--by", "sara")
    run("settlement", "instruct", "2017-01", *by, status=1)  # nobody has bank details
    run("settlement", "account", "operator", "--holder", "Peyvand", "--iban", OPERATOR_IBAN, *by)
    run("settlement", "account", "fuel", "--holder", "Fuel", "--iban", "GB82 WEST 1234 5698 7654 32", *by)
    assert "instructed" in run("settlement", "instruct", "2017-01", *by)
    run("settlement", "files", "2017-01", "--write", str(tmp_path / "bank"))
    assert len(list((tmp_path / "bank").iterdir())) == 2
    told = run("settlement", "payments", "2017-01")
    assert all(words in told for words in ("sent", "11.50", "3.60", "invoice"))

    made = {each.expected_minor: each for each in settlement.instructions(settlement.get_cycle("2017-01"))}
    statement = tmp_path / "statement.xml"
    statement.write_bytes(booked(Entry(-3_60, made[-3_60].end_to_end_id), Entry(11_50, text="points of January")))
    assert "1 matched, 1 in suspense" in run("settlement", "reconcile", str(statement)).replace("\n", " ")
    (item,) = settlement.suspense()
    assert "11.50" in run("settlement", "suspense")
    name, instruction = show("sus", item.booking_id), made[11_50].end_to_end_id
    run("settlement", "assign", name, instruction, "--reason", "grocer", *by, status=1)
    run("settlement", "assign", name, instruction, "--reason", "the grocer forgot the reference", *by)
    assert settlement.get_cycle("2017-01").state.value == "closed"
