"""Partners whose points follow programmes, and the policies of these."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.fixtures import Coalition, Customer, Till

Decide = Callable[..., None]


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    """Its contract says 24 months."""
    return coalition.join("grocer")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    return coalition.enrol(grocer)


@pytest.fixture
def decide(coalition: Coalition) -> Decide:
    """Decide on a policy, from the start of 2017 on unless told otherwise, at midnights of Greenwich."""
    from zoneinfo import ZoneInfo

    from network.expiry.domain import ExpiryPolicy, PolicyVersion, Rule
    from network.expiry.service import set_policy
    from network.kernel.calendar import GREGORIAN
    from tests.fixtures import START

    def decided(
        rule: str,
        months: int = 0,
        *,
        programme: str = "",
        jurisdiction: str = "",
        valid_from: datetime = START,
        zone: str = "UTC",
        is_minimum: bool = False,
        **more: Any,
    ) -> None:
        options = {"calendar": GREGORIAN, **more}
        policy = ExpiryPolicy(rule=Rule(rule), months=months, zone=ZoneInfo(zone), **options)
        set_policy(
            PolicyVersion(
                programme=programme,
                jurisdiction=jurisdiction,
                valid_from=valid_from,
                policy=policy,
                is_minimum=is_minimum,
            )
        )

    return decided


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition):
    from network.cli.ledger import check_everything

    yield
    assert {each.check.name: each.rows for each in check_everything() if not each.holds} == {}
