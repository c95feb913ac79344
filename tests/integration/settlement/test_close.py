"""From the end of a month to a statement for every partner."""

import pytest

from network.infrastructure.checks import run
from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.checks import CHECKS
from network.settlement.domain import Position, State
from network.settlement.errors import CycleNotDue
from tests.integration.settlement.ledger import Ledger, day, month_one


def broken() -> dict[str, tuple[object, ...]]:
    return {finding.check.name: finding.rows for finding in run(CHECKS) if not finding.holds}


def close_all() -> None:
    settlement.cut()
    settlement.open_cycles()
    for cycle in settlement.due_cycles():
        settlement.close_cycle(cycle.cycle_id)


def test_worked_example_a_is_stated_to_the_cent(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_all()
    january = settlement.get_cycle("USD-2017-01")
    assert january.state is State.STATED
    stated = {code: settlement.list_statements(ledger.partner_ids[code])[0].position for code in ledger.partner_ids}
    assert stated == {
        "grocer": Position(issue_minor=1_150_00, redemption_minor=45_00),
        "fuel": Position(issue_minor=230_00, redemption_minor=540_00),
        "coffee": Position(issue_minor=115_00, redemption_minor=180_00),
    }
    report = settlement.cycle_report(january)
    assert (report.operator.net_minor, report.saved_percent) == (730_00, pytest.approx(34.5))
    assert broken() == {}


def test_a_cycle_that_has_not_ended_is_not_closed(ledger: Ledger) -> None:
    month_one(ledger)
    settlement.cut()
    with pytest.raises(CycleNotDue):
        settlement.close_cycle(settlement.get_cycle("2017-01").cycle_id)
