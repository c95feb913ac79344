"""A grocer and a petrol station, and a member of the grocer's."""

import pytest

from tests.fixtures import Coalition, Customer, Till, day


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    """Enrolled by the grocer, on 10 January 2017, without any points."""
    coalition.at(day(1, 10))
    return coalition.enrol(grocer, phone="+989123456789")


@pytest.fixture
def points(grocer: Till, sara: Customer) -> int:
    """What Sara earned at the grocer's."""
    answer = grocer.earn(sara, 1_000_00, receipt="A-1")
    assert answer.status_code == 201, answer.text
    return int(answer.json["points"])
