"""A prepaid partner beside one that is not, and members of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fixtures import Coalition
    from tests.integration.settlement.ledger import Ledger


@pytest.fixture
def ledger(coalition: Coalition) -> Ledger:
    from network.partners.domain import Conditions
    from tests.integration.settlement.ledger import Ledger

    made = Ledger(coalition)
    made.join("grocer")
    made.join("kiosk", prepaid=True, conditions=Conditions(low_points=300, critical_points=100, topup_points=1_000))
    return made
