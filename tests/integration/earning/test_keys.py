"""Idempotency: a request is done once, whatever its till repeats, and however late."""

from typing import Any

import pytest
from sqlalchemy import text

from network.infrastructure.database import db
from tests.fixtures import Coalition as Network
from tests.fixtures import Customer, Till, assert_problem, day, snapshot


def ask(till: Till, customer: Customer, operation: str, number: int, key: str, **more: Any) -> Any:
    return till.earn(customer, number, key=key, **more) if operation == "earn" else till.redeem(
        customer, number, key=key, **more
    )  # fmt: skip


both = pytest.mark.parametrize("operation", ["earn", "redemption"])


@both
def test_the_same_request_under_the_same_key_gets_the_same_bytes_and_changes_nothing(
    coalition: Network, grocer: Till, sara: Customer, points: int, operation: str
) -> None:
    first = ask(grocer, sara, operation, 150, "receipt 17")
    after = snapshot()
    coalition.at(day(3, 1))
    again = ask(grocer, sara, operation, 150, '"receipt 17"')
    assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Request-Id"] != first.headers["Request-Id"]
    assert snapshot() | {"network_clock": ()} == after | {"network_clock": ()}


@both
def test_another_request_under_the_same_key_is_refused(
    grocer: Till, sara: Customer, points: int, operation: str
) -> None:
    ask(grocer, sara, operation, 150, "key")
    before = snapshot()
    answer = ask(grocer, sara, operation, 151, "key")
    assert_problem(answer, 422, "idempotency_key_reused", "#/Idempotency-Key")
    assert snapshot() == before


def test_an_earns_key_is_no_redemptions_key(grocer: Till, sara: Customer, points: int) -> None:
    grocer.earn(sara, 150, key="key")
    assert_problem(grocer.redeem(sara, 1, key="key"), 422, "idempotency_key_reused")


def test_names_in_another_order_are_the_same_request(grocer: Till, sara: Customer) -> None:
    first = grocer.post("/v1/earns", {"member": sara.id, "amount_minor": 150, "currency": "USD"}, "key")
    again = grocer.post("/v1/earns", {"currency": "USD", "amount_minor": 150, "member": sara.id}, "key")
    assert again.data == first.data


def test_two_partners_may_use_the_same_key(coalition: Network, grocer: Till, fuel: Till, sara: Customer) -> None:
    anna = coalition.enrol(fuel)
    grocer.earn(sara, 1_00, key="1")
    answer = fuel.earn(anna, 2_00, key="1")
    assert (answer.status_code, answer.json["points"]) == (201, 2)
    assert "Idempotent-Replayed" not in answer.headers


def test_a_refused_burn_stays_refused_under_its_key_even_after_points_arrive(
    grocer: Till, sara: Customer, points: int
) -> None:
    refused = grocer.redeem(sara, points + 1, key="too much")
    assert_problem(refused, 402, "insufficient_points", "#/points")
    assert refused.json["available"] == points
    grocer.earn(sara, 500_00)
    again = grocer.redeem(sara, points + 1, key="too much")
    assert (again.status_code, again.data) == (402, refused.data)
    assert again.content_type == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert grocer.redeem(sara, points + 1, key="another").status_code == 201


def test_an_invalid_request_leaves_its_key_free(grocer: Till, sara: Customer) -> None:
    assert grocer.earn(sara, 0, key="key").status_code == 422
    assert grocer.earn(sara, 100, key="key").status_code == 201


def test_a_replay_tells_nothing_to_a_client_that_was_suspended_since(grocer: Till, sara: Customer) -> None:
    from network.auth.service import suspend_client

    grocer.earn(sara, 100, key="key")
    suspend_client(grocer.client.client_id)
    assert_problem(grocer.earn(sara, 100, key="key"), 401, "invalid_token")


def test_each_accepted_request_names_its_entry(grocer: Till, sara: Customer, points: int) -> None:
    grocer.redeem(sara, 10, key="burn")
    row = db.session.execute(
        text(
            "SELECT operation, points FROM request JOIN journal USING (wallet_id, sequence) WHERE idempotency_key = :k"
        ),
        {"k": "burn"},
    ).one()
    assert tuple(row) == ("redemption", 10)
