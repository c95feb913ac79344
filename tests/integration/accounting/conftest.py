"""The coalition of the worked examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fixtures import Coalition
    from tests.integration.settlement.ledger import Ledger


@pytest.fixture
def ledger(coalition: Coalition) -> Ledger:
    from tests.integration.settlement.ledger import Ledger

    made = Ledger(coalition)
    made.join("grocer", "fuel", "coffee")
    return made
