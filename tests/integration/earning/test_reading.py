"""What is read agrees with what was answered, and does not change because somebody has swept."""

from datetime import timedelta

import pytest

from network.wallet.jobs import sweep
from tests.fixtures import START, Coalition, Customer, Till, next_key


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    return coalition.enrol(grocer)


def test_an_earn_is_read_with_the_balance_as_it_is_now(grocer: Till, sara: Customer) -> None:
    first = grocer.earn(sara, 10_000).json
    grocer.redeem(sara, 70)
    grocer.post(f"/v1/earns/{first['id']}/reverse", {}, next_key())
    repaying = grocer.earn(sara, 5_000).json
    assert repaying["balance"] == {"available": 0, "pending": 0, "held": 0, "debt": 20}
    assert grocer.get(f"/v1/earns/{repaying['id']}").json == repaying
    grocer.earn(sara, 2_500)
    assert grocer.get(f"/v1/earns/{first['id']}").json["balance"]["available"] == 5


def test_what_expires_next_counts_what_is_due_though_nothing_is_written_yet(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    grocer.earn(sara, 10_000)
    grocer.redeem(sara, 60, capture=False, hold_seconds=600)
    coalition.at(START + timedelta(seconds=600))
    before = grocer.balance(sara).json
    assert [each["points"] for each in before["expiring"]] == [100]
    assert sweep() == 1
    assert grocer.balance(sara).json == before


def test_a_hold_that_has_lapsed_reads_the_same_before_and_after_the_sweep(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    grocer.earn(sara, 10_000)
    hold = grocer.redeem(sara, 60, capture=False, hold_seconds=600).json["id"]
    coalition.at(START + timedelta(seconds=600))
    before = grocer.get(f"/v1/redemptions/{hold}").json
    assert (before["status"], before["hold_expires_at"], before["value_minor"]) == ("lapsed", None, 0)
    assert sweep() == 1
    assert grocer.get(f"/v1/redemptions/{hold}").json == before


def test_a_hold_that_was_voided_has_paid_for_nothing(grocer: Till, sara: Customer) -> None:
    grocer.earn(sara, 10_000)
    hold = grocer.redeem(sara, 60, capture=False).json["id"]
    voided = grocer.post(f"/v1/redemptions/{hold}/void", {}, next_key()).json
    assert voided["value_minor"] == 0
    assert grocer.get(f"/v1/redemptions/{hold}").json == voided
