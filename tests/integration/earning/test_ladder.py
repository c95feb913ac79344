"""Every endpoint of the till, by steps: anonymous, wrong scope, dead client, another's, not found, valid."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema

from network.auth.service import suspend_client
from network.earning import schemas
from network.kernel.identifiers import new_id, show, show_entry
from network.members.domain import make_card_number
from network.partners.service import part_with
from tests.fixtures import Customer, Till, assert_problem, next_key, snapshot

Ask = Callable[[Till, Customer, str], Any]
"""Ask as this till for this member, or where an entry is asked for, for the entry of this id."""


@dataclass(frozen=True)
class Endpoint:
    """How it is asked, what it needs, and what it answers."""

    name: str
    scope: str
    ask: Ask
    status: int
    answer: type[Schema]
    entry: str | None = None

    def __str__(self) -> str:
        return self.name


def _quote(till: Till, customer: Customer, _entry: str) -> Any:
    return till.post("/v1/quotes", {"member": customer.id, "currency": "USD", "amount_minor": 1250, "points": 5})


ENDPOINTS = (
    Endpoint("POST /v1/quotes", "points:read", _quote, 200, schemas.QuoteAnswer),
    Endpoint("POST /v1/earns", "points:earn", lambda t, c, _: t.earn(c, 1250), 201, schemas.EarnAnswer),
    Endpoint(
        "GET /v1/earns/{id}", "points:read", lambda t, _, e: t.get(f"/v1/earns/{e}"), 200, schemas.EarnAnswer, "earn"
    ),
    Endpoint("POST /v1/redemptions", "points:redeem", lambda t, c, _: t.redeem(c, 5), 201, schemas.RedemptionAnswer),
    Endpoint(
        "GET /v1/redemptions/{id}",
        "points:read",
        lambda t, _, e: t.get(f"/v1/redemptions/{e}"),
        200,
        schemas.RedemptionAnswer,
        "redemption",
    ),
    Endpoint(
        "GET /v1/members/{id}/balance", "points:read", lambda t, c, _: t.balance(c), 200, schemas.MemberBalanceAnswer
    ),
    Endpoint(
        "GET /v1/entries/{id}/explanation",
        "points:read",
        lambda t, _, e: t.get(f"/v1/entries/{e}/explanation"),
        200,
        schemas.ExplanationAnswer,
        "earn",
    ),
    Endpoint(
        "GET /v1/members/{id}/statement",
        "points:read",
        lambda t, c, _: t.get(f"/v1/members/{c.id}/statement", **{"from": "2017-01-01", "to": "2017-01-31"}),
        200,
        schemas.StatementAnswer,
    ),
    Endpoint("GET /v1/members/{id}/entries", "points:read", lambda t, c, _: t.entries(c), 200, schemas.EntryPageAnswer),
)
BELOW_MEMBERS = tuple(f"/v1/members/<member_id>/{noun}" for noun in ("balance", "entries", "statement"))
FOLLOW_UPS = (
    ("earns", "reverse", "points:earn", schemas.ReversalAnswer),
    ("redemptions", "reverse", "points:redeem", schemas.ReversalAnswer),
    ("redemptions", "capture", "points:redeem", schemas.RedemptionAnswer),
    ("redemptions", "void", "points:redeem", schemas.RedemptionAnswer),
)


def _follow_up(noun: str, verb: str, scope: str, answer: type[Schema]) -> Endpoint:
    entry = "earn" if noun == "earns" else "redemption" if verb == "reverse" else "hold"

    def ask(till: Till, _customer: Customer, entry_id: str) -> Any:
        return till.post(f"/v1/{noun}/{entry_id}/{verb}", {}, next_key())

    return Endpoint(f"POST /v1/{noun}/{{id}}/{verb}", scope, ask, 201, answer, entry)


ENDPOINTS = (*ENDPOINTS, *(_follow_up(*each) for each in FOLLOW_UPS))
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)


@pytest.fixture
def entry(endpoint: Endpoint, grocer: Till, sara: Customer, points: int) -> str:
    """The id of an entry of the grocer's, of the kind that the endpoint reads; empty if it reads none."""
    if endpoint.entry == "earn":
        return str(grocer.entries(sara).json["data"][0]["id"])
    return str(grocer.redeem(sara, 40, capture=endpoint.entry != "hold").json["id"]) if endpoint.entry else ""


@each_endpoint
def test_anonymous_is_asked_for_a_token(endpoint: Endpoint, grocer: Till, sara: Customer, entry: str) -> None:
    before = snapshot()
    answer = endpoint.ask(grocer.anonymous(), sara, entry)
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert snapshot() == before


@each_endpoint
def test_a_token_of_other_scopes_is_not_enough(endpoint: Endpoint, grocer: Till, sara: Customer, entry: str) -> None:
    others = {"points:read", "points:earn", "points:redeem", "members:read", "settlements:read"} - {endpoint.scope}
    before = snapshot()
    answer = endpoint.ask(grocer.only(*others), sara, entry)
    assert_problem(answer, 403, "insufficient_scope")
    assert f'scope="{endpoint.scope}"' in answer.headers["WWW-Authenticate"]
    assert snapshot() == before


@each_endpoint
def test_the_token_of_a_suspended_client_dies_at_once(
    endpoint: Endpoint, grocer: Till, sara: Customer, entry: str
) -> None:
    suspend_client(grocer.client.client_id)
    before = snapshot()
    assert_problem(endpoint.ask(grocer, sara, entry), 401, "invalid_token")
    assert snapshot() == before


@each_endpoint
def test_what_is_another_partners_is_not_there(
    endpoint: Endpoint, grocer: Till, fuel: Till, sara: Customer, entry: str
) -> None:
    before = snapshot()
    if endpoint.name == "POST /v1/redemptions":  # the card that is shown makes the acquaintance; without it, nothing
        answer = endpoint.ask(fuel, Customer(sara.id, make_card_number()), entry)
        assert_problem(answer, 403, "proof_refused", "#/proof")
    else:
        answer = endpoint.ask(fuel, sara, entry)
        assert_problem(answer, 404, "entry_not_found" if endpoint.entry else "member_not_found")
    assert snapshot() == before


@each_endpoint
def test_what_is_not_there_is_not_found(endpoint: Endpoint, grocer: Till, sara: Customer, entry: str) -> None:
    before = snapshot()
    nobody = Customer(show("mbr", new_id()), sara.card_number)
    nothing = show_entry(entry[:3], new_id(), 1) if entry else ""
    answer = endpoint.ask(grocer, nobody, nothing)
    assert_problem(answer, 404, "entry_not_found" if endpoint.entry else "member_not_found")
    assert snapshot() == before


@each_endpoint
def test_one_that_may_is_answered_as_the_schema_says(
    endpoint: Endpoint, grocer: Till, sara: Customer, points: int, entry: str
) -> None:
    answer = endpoint.ask(grocer.only(endpoint.scope), sara, entry)
    assert answer.status_code == endpoint.status, answer.text
    assert answer.content_type == "application/json"
    assert answer.headers["Request-Id"].startswith("req_")
    assert endpoint.answer().validate(answer.json) == {}
    assert set(answer.json) == set(endpoint.answer().fields)


def test_an_entry_is_the_same_wherever_it_is_read(grocer: Till, sara: Customer, points: int) -> None:
    made = grocer.redeem(sara, 40, receipt="A-2").json
    assert grocer.get(f"/v1/redemptions/{made['id']}").json == made
    listed = grocer.entries(sara).json["data"][0]
    assert {name: listed[name] for name in ("id", "points", "receipt", "occurred_at", "posted_at")} == {
        name: made[name] for name in ("id", "points", "receipt", "occurred_at", "posted_at")
    }
    assert (listed["operation"], listed["amount_minor"]) == ("redemption", made["value_minor"])


def test_an_earn_is_no_redemption_under_another_name(grocer: Till, sara: Customer, points: int) -> None:
    earn = grocer.entries(sara).json["data"][0]["id"]
    assert_problem(grocer.get(f"/v1/redemptions/{earn}"), 422, "malformed_id")
    assert_problem(grocer.get(f"/v1/redemptions/{earn.replace('ern', 'rdm')}"), 404, "entry_not_found")


def test_every_endpoint_of_the_till_is_on_the_ladder(app: Flask) -> None:
    nouns = ("/v1/quotes", "/v1/earns", "/v1/redemptions", "/v1/entries")
    routes = {
        f"{method} {rule.rule}".replace("<entry_id>", "{id}").replace("<member_id>", "{id}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(nouns) or rule.rule in BELOW_MEMBERS
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {endpoint.name for endpoint in ENDPOINTS}


def test_a_client_of_a_partner_that_is_gone_is_served_nothing(app: Flask, grocer: Till, sara: Customer) -> None:
    part_with(grocer.partner_id)
    assert_problem(grocer.balance(sara), 401, "invalid_token")
