"""What the pool shows over HTTP, by steps: anonymous, wrong scope, another's, not found, valid, repeated key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from marshmallow import Schema

from network.auth.service import suspend_client
from network.earning import schemas
from network.households import service as households
from network.kernel.identifiers import new_id, show, show_entry
from network.members.domain import make_card_number
from tests.fixtures import Customer, Till, assert_problem, next_key, snapshot
from tests.integration.households.people import spend

Ask = Callable[[Till, Customer, str, str], Any]
"""Ask as this till, for this member, about the entry of this id, under this key."""


@dataclass(frozen=True)
class Endpoint:
    """How it is asked, what it needs, and what it answers; `entry`: on what kind of entry it works, if on one."""

    name: str
    scope: str
    ask: Ask
    status: int
    answer: type[Schema]
    entry: str | None = None

    def __str__(self) -> str:
        return self.name


def _follow(verb: str, answer: type[Schema], entry: str) -> Endpoint:
    def ask(till: Till, _customer: Customer, entry_id: str, key: str) -> Any:
        return till.post(f"/v1/redemptions/{entry_id}/{verb}", {}, key)

    return Endpoint(f"{verb} of the pool", "points:redeem", ask, 201, answer, entry)


def _spend(till: Till, customer: Customer, _entry: str, key: str) -> Any:
    return spend(till, customer, 5, key=key)


ENDPOINTS = (
    Endpoint("redemption from the pool", "points:redeem", _spend, 201, schemas.RedemptionAnswer),
    _follow("capture", schemas.RedemptionAnswer, "hold"),
    _follow("void", schemas.RedemptionAnswer, "hold"),
    _follow("reverse", schemas.ReversalAnswer, "redemption"),
    Endpoint(
        "redemption of the pool, read",
        "points:read",
        lambda till, _customer, entry, _key: till.get(f"/v1/redemptions/{entry}"),
        200,
        schemas.RedemptionAnswer,
        "redemption",
    ),
    Endpoint(
        "entries of the pool",
        "points:read",
        lambda till, customer, _entry, _key: till.entries(customer, source="pool"),
        200,
        schemas.EntryPageAnswer,
    ),
    Endpoint(
        "balance with the pool",
        "points:read",
        lambda till, customer, _entry, _key: till.balance(customer),
        200,
        schemas.MemberBalanceAnswer,
    ),
)
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)


@pytest.fixture
def entry(endpoint: Endpoint, fuel: Till, sara: Customer, reza: Customer, home: UUID) -> str:
    """An entry of the petrol station's in the pool, made by Reza, of the kind that the endpoint works on."""
    households.contribute(sara.member_id, 60)
    return str(spend(fuel, reza, 20, capture=endpoint.entry != "hold").json["id"]) if endpoint.entry else ""


@each_endpoint
def test_anonymous_is_asked_for_a_token(endpoint: Endpoint, fuel: Till, reza: Customer, entry: str) -> None:
    before = snapshot()
    assert_problem(endpoint.ask(fuel.anonymous(), reza, entry, next_key()), 401, "unauthenticated")
    assert snapshot() == before


@each_endpoint
def test_a_token_of_other_scopes_is_not_enough(endpoint: Endpoint, fuel: Till, reza: Customer, entry: str) -> None:
    others = {"points:read", "points:earn", "points:redeem", "members:read"} - {endpoint.scope}
    before = snapshot()
    assert_problem(endpoint.ask(fuel.only(*others), reza, entry, next_key()), 403, "insufficient_scope")
    assert snapshot() == before


@each_endpoint
def test_the_token_of_a_suspended_client_dies_at_once(
    endpoint: Endpoint, fuel: Till, reza: Customer, entry: str
) -> None:
    suspend_client(fuel.client.client_id)
    before = snapshot()
    assert_problem(endpoint.ask(fuel, reza, entry, next_key()), 401, "invalid_token")
    assert snapshot() == before


@each_endpoint
def test_what_is_another_partners_is_not_there(
    endpoint: Endpoint, coalition: Any, fuel: Till, reza: Customer, entry: str
) -> None:
    kiosk = coalition.join("kiosk")
    before = snapshot()
    if endpoint.name == "redemption from the pool":
        answer = endpoint.ask(kiosk, Customer(reza.id, make_card_number()), entry, next_key())
        assert_problem(answer, 403, "proof_refused", "#/proof")
    else:
        code = "entry_not_found" if endpoint.entry else "member_not_found"
        assert_problem(endpoint.ask(kiosk, reza, entry, next_key()), 404, code)
    assert snapshot() == before


@each_endpoint
def test_what_is_not_there_is_not_found(endpoint: Endpoint, fuel: Till, reza: Customer, entry: str) -> None:
    before = snapshot()
    nobody = Customer(show("mbr", new_id()), reza.card_number)
    nothing = show_entry("rdm", new_id(), 1) if entry else ""
    code = "entry_not_found" if endpoint.entry else "member_not_found"
    assert_problem(endpoint.ask(fuel, nobody, nothing, next_key()), 404, code)
    assert snapshot() == before


@each_endpoint
def test_one_that_may_is_answered_as_the_schema_says(
    endpoint: Endpoint, fuel: Till, reza: Customer, entry: str
) -> None:
    answer = endpoint.ask(fuel.only(endpoint.scope), reza, entry, next_key())
    assert answer.status_code == endpoint.status, answer.text
    assert endpoint.answer().validate(answer.json) == {}
    assert set(answer.json) == set(endpoint.answer().fields)


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if each.status == 201], ids=str)
def test_the_same_key_answers_the_same_and_happens_once(
    endpoint: Endpoint, fuel: Till, reza: Customer, entry: str
) -> None:
    key = next_key()
    first = endpoint.ask(fuel, reza, entry, key)
    before = snapshot()
    again = endpoint.ask(fuel, reza, entry, key)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert snapshot() == before
