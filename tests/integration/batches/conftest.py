"""A grocer, a petrol station, and two members of the grocer's, on 10 January 2017."""

from collections.abc import Iterator

import pytest

from tests.fixtures import Coalition, Customer, Till, day
from tests.integration.batches.files import broken


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    coalition.at(day(1, 10))
    return coalition.enrol(grocer)


@pytest.fixture
def omid(coalition: Coalition, grocer: Till) -> Customer:
    coalition.at(day(1, 10))
    return coalition.enrol(grocer)


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition) -> Iterator[None]:
    yield
    assert broken() == []
