"""A coalition at the start of 2017, with a monthly calendar for US dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from uuid import UUID

    from tests.fixtures import Coalition
    from tests.integration.settlement.ledger import Ledger


@pytest.fixture
def ledger(coalition: Coalition) -> Ledger:
    from tests.integration.settlement.ledger import Ledger

    made = Ledger(coalition)
    made.join("grocer", "fuel", "coffee")
    return made


@pytest.fixture
def january(ledger: Ledger) -> UUID:
    """January of worked example A, approved: A pays 1,105.00, B receives 310.00, C 65.00; its id."""
    from network.infrastructure.network_clock import set_clock
    from network.settlement import service as settlement
    from tests.fixtures import day
    from tests.integration.settlement.ledger import close_due, month_one

    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(cycle_id, person="maryam")
    settlement.approve(cycle_id, person="reza")
    return cycle_id
