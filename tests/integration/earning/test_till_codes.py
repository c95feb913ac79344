"""Burning needs more than a card: the code that the member's phone shows, or an approval; each good once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db, drop_statement_connection
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.members.domain import EnrolCommand, make_card_number
from network.members.service import enrol
from network.partners.service import trust_cards
from network.sessions.domain import Realm, Session
from network.sessions.service import open_session
from network.signin import service as signin
from network.signin.domain import DEFAULT_LIMIT_POINTS, MOST_WRONG
from tests.fixtures import Coalition, Customer, Till, assert_problem

PHONE = "+989121234567"
CARD = make_card_number(lambda most: most // 2)


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    """A partner as every new one is: it trusts no card alone."""
    return coalition.join("grocer", trusts_cards=False)


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel", trusts_cards=False)


@pytest.fixture
def sara(grocer: Till) -> Customer:
    """A member with 1000 points, earned at the grocer."""
    return shopper(grocer, phone=PHONE)


def shopper(till: Till, points: int = 1000, **person: str) -> Customer:
    known: Any = enrol(till.partner_id, EnrolCommand(**person))
    customer = Customer(show("mbr", known.member.member_id), known.card_number)
    assert till.earn(customer, points * 100).status_code == 201
    return customer


def session_of(customer: Customer) -> Session:
    return open_session(Realm.MEMBER, customer.member_id, ["sms"]).session


def coded(customer: Customer, **more: Any) -> dict[str, Any]:
    """A proof with the code of now, and the card if nothing else is told."""
    key = more or {"card_number": customer.card_number}
    return {"type": "till_code", "code": signin.till_code(customer.member_id).code, **key}


def forget_used() -> None:
    """As if the last code had been used a minute earlier."""
    with transaction():
        db.session.execute(text("UPDATE ticket SET last = last - 2 WHERE last > 1"))


def test_a_card_alone_earns_and_burns_nothing(grocer: Till, sara: Customer) -> None:
    assert_problem(grocer.redeem(sara, 10), 403, "till_code_needed", "#/proof")
    assert grocer.balance(sara).json["available"] == 1000
    trust_cards(grocer.partner_id, True)
    assert grocer.redeem(sara, 10).status_code == 201
    trust_cards(grocer.partner_id, False)
    assert_problem(grocer.redeem(sara, 10), 403, "till_code_needed")


def test_a_code_burns_with_the_card_the_phone_or_the_alias(grocer: Till, sara: Customer) -> None:
    alias = signin.till_code(sara.member_id).alias
    for key in ({}, {"phone": "0912 123 4567"}, {"alias": alias.lower()}):
        answer = grocer.redeem(sara, 10, proof=coded(sara, **key))
        assert answer.status_code == 201, answer.text
        forget_used()
    assert grocer.balance(sara).json["available"] == 970


def test_a_code_is_good_once_and_its_own_request_is_answered_again(grocer: Till, sara: Customer) -> None:
    proof = coded(sara)
    paid = grocer.redeem(sara, 10, key="receipt-1", proof=proof)
    again = grocer.redeem(sara, 10, key="receipt-1", proof=proof)
    assert (paid.status_code, again.json) == (201, paid.json)
    assert_problem(grocer.redeem(sara, 10, key="receipt-2", proof=proof), 403, "proof_refused", "#/proof/code")
    assert_problem(grocer.redeem(sara, 10, capture=False, proof=proof), 403, "proof_refused")


def test_a_hold_uses_a_code_up_and_its_capture_needs_none(grocer: Till, sara: Customer) -> None:
    proof = coded(sara)
    held = grocer.redeem(sara, 10, capture=False, proof=proof)
    assert held.status_code == 201, held.text
    assert_problem(grocer.redeem(sara, 10, proof=proof), 403, "proof_refused")
    assert grocer.post(f"/v1/redemptions/{held.json['id']}/capture", {}, "capture-1").status_code == 201


def test_a_code_is_good_for_its_own_member_s_card_alone(grocer: Till, sara: Customer) -> None:
    reza = shopper(grocer)
    theirs = {"type": "till_code", "code": signin.till_code(reza.member_id).code}
    for customer, card in ((sara, sara.card_number), (reza, sara.card_number), (sara, reza.card_number)):
        refused = grocer.redeem(customer, 10, proof={**theirs, "card_number": card})
        assert_problem(refused, 403, "proof_refused")
    assert_problem(grocer.redeem(sara, 10, proof=coded(sara, phone="+989350000000")), 403, "proof_refused", "#/proof")
    assert_problem(grocer.redeem(sara, 10, proof=coded(sara, alias="0" * 12)), 403, "proof_refused", "#/proof")
    assert grocer.redeem(reza, 10, proof=coded(reza)).status_code == 201


def test_a_member_without_a_phone_has_no_code_that_could_be_right(grocer: Till) -> None:
    omid = shopper(grocer)
    proof = {"type": "till_code", "code": "00000000", "card_number": omid.card_number}
    assert_problem(grocer.redeem(omid, 10, proof=proof), 403, "proof_refused", "#/proof/code")


def test_after_five_wrong_codes_none_is_good_for_ten_minutes(grocer: Till, sara: Customer) -> None:
    right = coded(sara)
    for number in range(MOST_WRONG):
        guess = {**right, "code": f"{(int(right['code']) + 17 + number) % 10**8:08d}"}
        assert_problem(grocer.redeem(sara, 10, proof=guess), 403, "proof_refused")
    assert_problem(grocer.redeem(sara, 10, proof=coded(sara)), 403, "proof_refused")
    with transaction():
        db.session.execute(text("UPDATE member_guard SET wrong_until = now() - interval '1 second'"))
    assert grocer.redeem(sara, 10, proof=coded(sara)).status_code == 201


@pytest.mark.parametrize(
    ("proof", "pointer"),
    [
        ({"type": "till_code", "code": "12345678"}, "#/proof"),
        ({"type": "till_code", "card_number": CARD}, "#/proof/code"),
        ({"type": "till_code", "code": "12345678", "phone": PHONE, "alias": "0123456789AB"}, "#/proof"),
        ({"type": "till_code", "code": "1234567a", "phone": PHONE}, "#/proof/code"),
        ({"type": "till_code", "code": "123456789", "phone": PHONE}, "#/proof/code"),
        ({"type": "till_code", "code": "12345678", "phone": "12"}, "#/proof/phone"),
        ({"type": "till_code", "code": "12345678", "alias": "no alias"}, "#/proof/alias"),
        ({"type": "consent"}, "#/proof/approval"),
        ({"type": "consent", "approval": "apr_x"}, "#/proof/approval"),
        ({"type": "card", "code": "12345678", "card_number": CARD}, "#/proof"),
    ],
)
def test_a_proof_that_is_none_is_told_at_which_field(
    grocer: Till, sara: Customer, proof: dict[str, Any], pointer: str
) -> None:
    answer = grocer.redeem(sara, 10, proof=proof)
    assert answer.status_code == 422, answer.text
    assert any(each["pointer"].startswith(pointer) for each in answer.json["errors"])


def test_nothing_is_burned_where_the_member_has_never_been_unless_it_allows_that(
    grocer: Till, fuel: Till, sara: Customer
) -> None:
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    assert_problem(fuel.redeem(sara, 10, proof=coded(sara)), 403, "partner_not_opened")
    session = session_of(sara)
    signin.open_partner(session, fuel.partner_id)
    assert fuel.redeem(sara, 10, proof=coded(sara)).status_code == 201
    signin.close_partner(session, fuel.partner_id)
    forget_used()
    assert fuel.redeem(sara, 10, proof=coded(sara)).status_code == 201  # it has been there now


def test_an_approval_opens_a_new_partner_once(grocer: Till, fuel: Till, sara: Customer) -> None:
    session = session_of(sara)
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    signin.approve_spending(session, fuel.partner_id, 10)
    assert_problem(fuel.redeem(sara, 11, proof=coded(sara)), 403, "partner_not_opened")
    held = fuel.redeem(sara, 10, capture=False, proof=coded(sara))
    assert held.status_code == 201, held.text
    assert db.session.execute(text("SELECT count(*) FROM ticket WHERE last = 1")).scalar() == 1


def test_above_the_member_s_limit_an_approval_is_needed_each_time(grocer: Till) -> None:
    rich = shopper(grocer, DEFAULT_LIMIT_POINTS * 4)
    points = DEFAULT_LIMIT_POINTS + 1
    assert_problem(grocer.redeem(rich, points, proof=coded(rich)), 403, "over_spend_limit")
    session = session_of(rich)
    signin.approve_spending(session, grocer.partner_id, points)
    assert grocer.redeem(rich, points, proof=coded(rich)).status_code == 201
    forget_used()
    assert_problem(grocer.redeem(rich, points, proof=coded(rich)), 403, "over_spend_limit")
    signin.limit_spending(session, points)
    assert grocer.redeem(rich, points, proof=coded(rich)).status_code == 201


def test_what_a_member_has_locked_or_changed_holds_everywhere(grocer: Till, sara: Customer) -> None:
    session = session_of(sara)
    signin.lock_spending(session)
    assert_problem(grocer.redeem(sara, 10, proof=coded(sara)), 403, "spend_locked")
    trust_cards(grocer.partner_id, True)
    assert_problem(grocer.redeem(sara, 10), 403, "spend_locked")
    signin.unlock_spending(session)
    with transaction():
        db.session.execute(text("UPDATE member_guard SET cooling_until = now() + :by"), {"by": timedelta(hours=1)})
    assert_problem(grocer.redeem(sara, 10), 403, "cooling_off")
    with transaction():
        db.session.execute(text("UPDATE member_guard SET cooling_until = now()"))
    assert grocer.redeem(sara, 10).status_code == 201


def test_an_approval_alone_burns_once_at_its_partner_for_its_points(grocer: Till, fuel: Till, sara: Customer) -> None:
    made = signin.approve_spending(session_of(sara), grocer.partner_id, 30)
    proof = {"type": "consent", "approval": show("apr", made.approval_id)}
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    reza = shopper(grocer)
    for till, customer, points in ((fuel, sara, 10), (grocer, reza, 10), (grocer, sara, 31)):
        assert_problem(till.redeem(customer, points, proof=proof), 403, "proof_refused", "#/proof/approval")
    assert grocer.redeem(sara, 30, proof=proof).status_code == 201
    assert_problem(grocer.redeem(sara, 1, proof=proof), 403, "proof_refused")
    unknown = {"type": "consent", "approval": show("apr", new_id())}
    assert_problem(grocer.redeem(sara, 1, proof=unknown), 403, "proof_refused")


@pytest.mark.parametrize("kind", ["till_code", "consent"])
def test_of_sixteen_tills_that_use_one_proof_at_once_one_is_paid(
    app: Flask, grocer: Till, sara: Customer, kind: str
) -> None:
    made = signin.approve_spending(session_of(sara), grocer.partner_id, 30)
    proofs = {"till_code": coded(sara), "consent": {"type": "consent", "approval": show("apr", made.approval_id)}}

    def burn(number: int) -> int:
        with app.app_context():
            try:
                answer = grocer.redeem(sara, 10, key=f"race-{number}", proof=proofs[kind])
                return int(answer.status_code)
            finally:
                db.session.remove()
                drop_statement_connection()

    with ThreadPoolExecutor(16) as pool:
        codes = sorted(pool.map(burn, range(16)))
    assert codes == [201] + [403] * 15
    assert grocer.balance(sara).json["available"] == 990


def test_the_till_finds_the_member_by_the_alias_in_its_qr(grocer: Till, fuel: Till, sara: Customer) -> None:
    alias = signin.till_code(sara.member_id).alias
    found = fuel.post("/v1/members/lookup", {"alias": alias})
    assert (found.status_code, found.json["id"], found.json["identified_by"]) == (200, sara.id, "card")
    assert fuel.post("/v1/members/lookup", {"alias": "0" * 12}).status_code == 404
    signin.renew_identity(sara.member_id)
    assert fuel.post("/v1/members/lookup", {"alias": alias}).status_code == 404


def test_the_secret_and_the_alias_are_kept_in_no_form_that_tells_them(grocer: Till, sara: Customer) -> None:
    shown = signin.till_code(sara.member_id)
    tables = ("member_guard", "member_key", "ticket", "request", "outbox")
    grocer.redeem(sara, 10, proof=coded(sara))
    kept = "".join("".join(db.session.execute(text(f"SELECT t::text FROM {table} t")).scalars()) for table in tables)
    for secret in (shown.alias, shown.code):
        assert secret not in kept and secret.encode().hex() not in kept
