"""Authorise now, capture later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.earning.commands import FollowUp
from network.earning.service import capture_hold
from network.infrastructure.database import db, drop_statement_connection
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import read_entry
from network.wallet.jobs import sweep
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, next_key
from tests.integration.partners.side_by_side import wait_for_lock


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    customer = coalition.enrol(grocer)
    assert grocer.earn(customer, 10_000).json["balance"]["available"] == 100
    return customer


def post(till: Till, redemption: str, verb: str, body: dict[str, object] | None = None, key: str | None = None):
    return till.post(f"/v1/redemptions/{redemption}/{verb}", body or {}, key or next_key())


def hold(till: Till, customer: Customer, points: int, **more: object) -> str:
    answer = till.redeem(customer, points, capture=False, **more)
    assert answer.status_code == 201, answer.text
    assert (answer.json["status"], answer.json["captured_points"]) == ("authorized", 0)
    return str(answer.json["id"])


def balance(till: Till, customer: Customer) -> tuple[int, int]:
    found = till.balance(customer).json
    return found["available"], found["held"]


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition):
    yield
    assert [finding.check.name for finding in check_everything() if not finding.holds] == []


def test_held_points_are_not_available_to_anybody_else(fuel: Till, grocer: Till, sara: Customer) -> None:
    hold(fuel, sara, 60)
    assert balance(grocer, sara) == (40, 60)
    assert_problem(grocer.redeem(sara, 41), 402, "insufficient_points", "#/points")


def test_a_hold_is_captured_in_part_and_the_rest_goes_back(fuel: Till, grocer: Till, sara: Customer) -> None:
    redemption = hold(fuel, sara, 60)
    answer = post(fuel, redemption, "capture", {"points": 25})
    assert answer.status_code == 201, answer.text
    assert (answer.json["id"], answer.json["status"], answer.json["captured_points"]) == (redemption, "captured", 25)
    assert answer.json["value_minor"] == 25
    assert balance(grocer, sara) == (75, 0)
    assert fuel.get(f"/v1/redemptions/{redemption}").json["status"] == "captured"


def test_a_hold_is_captured_once_and_the_same_key_answers_the_same(fuel: Till, sara: Customer) -> None:
    redemption, key = hold(fuel, sara, 60), next_key()
    first = post(fuel, redemption, "capture", key=key)
    assert post(fuel, redemption, "capture", key=key).data == first.data
    assert_problem(post(fuel, redemption, "capture"), 409, "hold_over")
    assert_problem(post(fuel, redemption, "void"), 409, "hold_over")


def test_a_capture_that_came_too_late_stays_so_under_its_key(coalition: Coalition, fuel: Till, sara: Customer) -> None:
    redemption, key = hold(fuel, sara, 60, hold_seconds=600), next_key()
    coalition.at(START + timedelta(seconds=600))
    first = post(fuel, redemption, "capture", key=key)
    assert_problem(first, 409, "hold_over")
    again = post(fuel, redemption, "capture", key=key)
    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")
    assert_problem(post(fuel, redemption, "capture", {"points": 1}, key=key), 422, "idempotency_key_reused")


def test_a_capture_beyond_the_hold_is_refused_and_the_hold_stays(fuel: Till, grocer: Till, sara: Customer) -> None:
    redemption = hold(fuel, sara, 60)
    assert_problem(post(fuel, redemption, "capture", {"points": 61}), 422, "capture_too_large", "#/points")
    assert balance(grocer, sara) == (40, 60)


def test_a_voided_hold_gives_everything_back(fuel: Till, grocer: Till, sara: Customer) -> None:
    redemption = hold(fuel, sara, 60)
    assert post(fuel, redemption, "void").json["status"] == "voided"
    assert balance(grocer, sara) == (100, 0)


def test_another_partner_can_neither_capture_nor_void_a_hold(fuel: Till, grocer: Till, sara: Customer) -> None:
    redemption = hold(fuel, sara, 60)
    assert_problem(post(grocer, redemption, "capture"), 404, "entry_not_found")
    assert_problem(post(grocer, redemption, "void"), 404, "entry_not_found")


def test_a_hold_that_nobody_captures_lapses_for_all_to_see_before_any_job_runs(
    coalition: Coalition, fuel: Till, grocer: Till, sara: Customer
) -> None:
    redemption = hold(fuel, sara, 60, hold_seconds=600)
    coalition.at(START + timedelta(seconds=600))
    assert balance(grocer, sara) == (100, 0)
    assert fuel.get(f"/v1/redemptions/{redemption}").json["status"] == "lapsed"
    assert_problem(post(fuel, redemption, "capture"), 409, "hold_over")


def test_the_sweeper_lapses_a_hold(coalition: Coalition, fuel: Till, grocer: Till, sara: Customer) -> None:
    redemption = hold(fuel, sara, 60, hold_seconds=600)
    coalition.at(START + timedelta(seconds=601))
    assert sweep() == 1
    assert sweep() == 0
    assert balance(grocer, sara) == (100, 0)
    assert fuel.get(f"/v1/redemptions/{redemption}").json["status"] == "lapsed"


def test_points_that_expire_while_they_are_held_can_be_captured_and_the_rest_is_gone(
    coalition: Coalition, grocer: Till, fuel: Till
) -> None:
    short = coalition.join("short", months=1)
    customer = coalition.enrol(short)
    short.earn(customer, 10_000)
    redemption = hold(fuel, customer, 60, hold_seconds=604_800)
    coalition.at(START + timedelta(days=6))
    short.earn(customer, 1_000)
    coalition.at(START + timedelta(days=33))
    second = hold(fuel, customer, 5)
    assert fuel.get(f"/v1/redemptions/{redemption}").json["status"] == "lapsed"
    assert post(fuel, second, "capture", {"points": 2}).json["balance"] == {
        "available": 8,
        "pending": 0,
        "held": 0,
        "debt": 0,
    }


def test_a_capture_that_another_one_overtakes_while_it_reads_is_told_that_the_hold_is_over(
    fuel: Till, sara: Customer
) -> None:
    redemption = hold(fuel, sara, 60)
    wallet_id, sequence = read_entry("rdm", redemption)
    with ThreadPoolExecutor(1) as till:
        with transaction():
            db.session.execute(text("LOCK TABLE lot"))  # the late one has read the hold, and waits for the lots
            late = till.submit(post, fuel, redemption, "capture")
            wait_for_lock()
            capture_hold(fuel.principal, FollowUp(wallet_id=wallet_id, sequence=sequence, points=40))
        assert_problem(late.result(), 409, "hold_over")
        till.submit(drop_statement_connection)
