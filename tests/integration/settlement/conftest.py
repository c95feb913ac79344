"""A coalition at the start of 2017, with a monthly calendar for US dollars."""

import pytest
from flask import Flask

from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from tests.integration.settlement.ledger import START, Ledger


@pytest.fixture
def ledger(app: Flask) -> Ledger:
    set_clock(START)
    settlement.ensure_calendar("USD", "month", "UTC")
    made = Ledger()
    for code in ("grocer", "fuel", "coffee"):
        made.join(code)
    return made
