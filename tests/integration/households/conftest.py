"""A grocer and a petrol station; Sara and Reza with points of the grocer's; a household that both may share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from network.cli.ledger import check_everything
from network.households import service as households
from network.households.domain import Policy
from tests.fixtures import START, Coalition, Customer, Till
from tests.integration.households.people import CONSENT, join


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till, fuel: Till) -> Customer:
    """With 100 points; both partners know her card."""
    return _with_points(coalition, grocer, fuel, 100)


@pytest.fixture
def reza(coalition: Coalition, grocer: Till, fuel: Till) -> Customer:
    """With 40 points; both partners know his card."""
    return _with_points(coalition, grocer, fuel, 40)


@pytest.fixture
def home(coalition: Coalition, sara: Customer, reza: Customer) -> UUID:
    """Sara's household, in which Reza is too, and past his delay; nothing is in the pool yet."""
    household = households.found(sara.member_id, CONSENT).household_id
    join(household, reza)
    coalition.at(START + timedelta(days=Policy().delay_days))
    return household


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition) -> Iterator[None]:
    yield
    assert {f.check.name: f.rows for f in check_everything() if not f.holds} == {}


def _with_points(coalition: Coalition, grocer: Till, fuel: Till, points: int) -> Customer:
    customer = coalition.enrol(grocer)
    fuel.post("/v1/members/lookup", {"card_number": customer.card_number})
    assert grocer.earn(customer, points * 100).status_code == 201
    return customer
