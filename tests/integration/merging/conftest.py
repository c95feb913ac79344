"""Two accounts that are one person's, at a grocer's and at a petrol station."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from network.cli.ledger import check_everything
from tests.fixtures import START, Coalition, Customer, Till
from tests.integration.merging.cases import PHONE


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel")


@pytest.fixture
def old(coalition: Coalition, grocer: Till) -> Customer:
    """Sara's first account, at the grocer's: 100 points, found by her phone."""
    customer = coalition.enrol(grocer, phone=PHONE)
    grocer.earn(customer, 10_000)
    return customer


@pytest.fixture
def sara(coalition: Coalition, fuel: Till) -> Customer:
    """Sara's second account, at the petrol station: 40 points, a day younger."""
    coalition.at(START + timedelta(days=1))
    customer = coalition.enrol(fuel)
    fuel.earn(customer, 4_000)
    return customer


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition) -> Iterator[None]:
    yield
    assert {f.check.name: f.rows for f in check_everything() if not f.holds} == {}
