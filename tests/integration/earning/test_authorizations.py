"""A redemption that uses a burn the member has agreed to by itself (RFC 9396)."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.auth.service import claim_authorization, withdraw_all_consents
from network.kernel.identifiers import read, show
from network.sessions.domain import Realm
from network.sessions.service import open_session
from network.signin.service import lock_spending, unlock_spending
from tests.fixtures import Coalition, Customer, Till
from tests.racing import racing
from tests.relying.party import Party, register


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    """A partner."""
    return coalition.join("fuel")


@pytest.fixture
def customer(coalition: Coalition, fuel: Till) -> Customer:
    """A member with points."""
    member = coalition.enrol(fuel)
    assert fuel.earn(member, 10_000_00).status_code == 201
    return member


@pytest.fixture
def shop(app: Any, fuel: Till) -> Party:
    """The partner's client that members are sent to."""
    http: FlaskClient = app.test_client()
    return register(http, fuel.partner_id)


def _agree(shop: Party, customer: Customer, points: int, **more: Any) -> str:
    details = json.dumps([{"type": "points_redemption", "points": points, **more}])
    token = shop.sign_in(customer.member_id, scope="points:redeem", authorization_details=details)
    return str(token["authorization_details"][0]["identifier"])


def test_a_redemption_uses_up_what_the_member_agreed_to(fuel: Till, customer: Customer, shop: Party) -> None:
    agreed = _agree(shop, customer, 500)
    refused = fuel.redeem(customer, 501, authorization=agreed)
    assert (refused.status_code, refused.json["code"]) == (403, "authorization_refused")
    first = fuel.redeem(customer, 500, authorization=agreed, key="first")
    assert first.status_code == 201
    assert fuel.redeem(customer, 500, authorization=agreed, key="first").json == first.json
    again = fuel.redeem(customer, 1, authorization=agreed)
    assert (again.status_code, again.json["code"]) == (403, "authorization_refused")
    assert fuel.redeem(customer, 500).status_code == 201  # without one, as ever


def test_a_web_shop_needs_no_card_beside_it_and_what_is_locked_stays_locked(
    coalition: Coalition, customer: Customer, app: Any
) -> None:
    web = coalition.join("web", trusts_cards=False)
    shop = register(app.test_client(), web.partner_id)
    agreed = _agree(shop, customer, 300)
    burn = {"member": customer.id, "points": 300, "currency": "USD"}
    without = web.post("/v1/redemptions", burn, "none")
    assert (without.status_code, without.json["errors"][0]["pointer"]) == (422, "#/proof")
    session = open_session(Realm.MEMBER, customer.member_id, ["sms"]).session
    lock_spending(session)
    asked = burn | {"authorization": agreed}
    assert web.post("/v1/redemptions", asked, "locked").json["code"] == "spend_locked"
    unlock_spending(session)
    assert web.post("/v1/redemptions", asked, "first").status_code == 201
    assert web.post("/v1/redemptions", asked, "second").json["code"] == "authorization_refused"
    assert web.redeem(customer, 1, authorization=_agree(shop, customer, 1)).status_code == 201  # a card does no harm
    wrong = {"type": "till_code", "code": "12345678", "card_number": customer.card_number}
    told = asked | {"authorization": _agree(shop, customer, 300), "proof": wrong}
    assert web.post("/v1/redemptions", told, "third").json["code"] == "proof_refused"


def test_a_burn_that_was_agreed_to_makes_the_member_known_to_nobody(
    coalition: Coalition, fuel: Till, customer: Customer, app: Any
) -> None:
    web = coalition.join("web", trusts_cards=False)
    agreed = _agree(register(app.test_client(), web.partner_id), customer, 300)
    burn = {"member": customer.id, "points": 300, "currency": "USD", "authorization": agreed}
    made = web.post("/v1/redemptions", burn, "first").json
    assert made["balance"]["available"] == 9_700
    for path in ("", "/balance", "/entries"):
        assert web.get(f"/v1/members/{customer.id}{path}").json["code"] == "member_not_found", path
    assert fuel.earn(customer, 1_000_00).status_code == 201
    found = web.get(f"/v1/redemptions/{made['id']}").json
    assert found["balance"]["available"] == 9_700  # as it was told then


def test_a_refused_redemption_uses_nothing_up(fuel: Till, customer: Customer, shop: Party) -> None:
    agreed = _agree(shop, customer, 1_000_000)
    assert fuel.redeem(customer, 1_000_000, authorization=agreed).json["code"] == "insufficient_points"
    assert fuel.redeem(customer, 10, authorization=agreed).status_code == 201


def test_it_is_of_one_partner_and_one_member(coalition: Coalition, fuel: Till, customer: Customer, shop: Party) -> None:
    agreed = _agree(shop, customer, 500)
    other = coalition.enrol(fuel)
    assert fuel.earn(other, 10_000_00).status_code == 201
    assert fuel.redeem(other, 10, authorization=agreed).json["code"] == "authorization_refused"
    grocer = coalition.join("grocer")
    assert grocer.redeem(customer, 10, authorization=agreed).json["code"] == "authorization_refused"
    made_up = show("aut", read("mbr", customer.id))
    assert fuel.redeem(customer, 10, authorization=made_up).json["code"] == "authorization_refused"
    assert fuel.redeem(customer, 10, authorization="x").json["code"] == "validation_failed"


def test_of_many_burns_at_once_that_use_one_authorization_one_is_paid(
    app: Flask, fuel: Till, customer: Customer, shop: Party
) -> None:
    agreed = _agree(shop, customer, 100)
    with racing(app, 8) as racers:
        answers = racers.race(lambda number: fuel.redeem(customer, 100, authorization=agreed, key=f"k{number}"), 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 7
    assert fuel.balance(customer).json["available"] == 9_900


def test_a_burn_that_died_before_it_was_paid_is_finished_under_its_own_key_alone(
    fuel: Till, customer: Customer, shop: Party
) -> None:
    agreed = _agree(shop, customer, 100)
    told = {"partner_id": fuel.partner_id, "member_id": customer.member_id, "amount_minor": 100, "currency": "USD"}
    claim_authorization(read("aut", agreed), points=100, claimed_for="first", **told)  # and the process dies
    assert fuel.redeem(customer, 100, authorization=agreed, key="second").json["code"] == "authorization_refused"
    assert fuel.redeem(customer, 101, authorization=agreed, key="first").json["code"] == "authorization_refused"
    agreed = _agree(shop, customer, 100)
    claim_authorization(read("aut", agreed), points=100, claimed_for="third", **told)
    assert fuel.redeem(customer, 100, authorization=agreed, key="third").status_code == 201
    assert fuel.redeem(customer, 100, authorization=agreed, key="fourth").json["code"] == "authorization_refused"


def test_it_is_of_its_money_its_currency_and_a_consent_that_lives(fuel: Till, customer: Customer, shop: Party) -> None:
    for detail in ({"amount_minor": 99, "currency": "USD"}, {"amount_minor": 1_000, "currency": "EUR"}):
        agreed = _agree(shop, customer, 100, **detail)
        assert fuel.redeem(customer, 100, authorization=agreed).json["code"] == "authorization_refused"
    agreed = _agree(shop, customer, 100, amount_minor=100, currency="USD")
    withdraw_all_consents(customer.member_id, by="the member")
    assert fuel.redeem(customer, 100, authorization=agreed).json["code"] == "authorization_refused"
