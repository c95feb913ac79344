"""POST /v1/members: the ladder, and the promises of an idempotency key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db, statement_connection
from network.infrastructure.network_clock import set_clock
from network.infrastructure.requests import Answer, KeyReused, RequestKey, find_answer
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import read
from network.members import service
from network.members.domain import EnrolCommand, make_card_number, read_card_number
from network.members.schemas import MemberAnswer
from network.members.service import forget
from network.web.idempotency import asked, body_hash
from tests.integration.members.conftest import Till
from tests.integration.partners.side_by_side import in_own_session, side_by_side

SARA = {"name": "Sara Karimi", "phone": "0912 345 6789", "email": "Sara@Example.org", "locale": "en"}


def _count(table: str) -> int:
    number: int = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return number


def test_anonymous_is_asked_for_a_token(grocer: Till) -> None:
    answer = grocer.without_token().enrol()
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert _count("member") == 0


def test_the_wrong_scope_is_refused(till: Callable[..., Till]) -> None:
    answer = till("reader", "members:read", "members:lookup").enrol()
    assert answer.status_code == 403
    assert answer.json["code"] == "insufficient_scope"
    assert _count("member") == 0


def test_a_person_becomes_a_member(app: Flask, grocer: Till) -> None:
    set_clock(datetime(2017, 1, 3, 10, tzinfo=UTC))
    answer = grocer.enrol(**SARA)
    assert answer.status_code == 201
    member = answer.json
    card_number = member.pop("card_number")
    assert read_card_number(card_number) == card_number
    read("mbr", member.pop("id"))
    assert member == {
        "status": "active",
        "name_masked": "S*** K***",
        "card_masked": f"•••• {card_number[-4:]}",
        "locale": "en",
        "enrolled_at": "2017-01-03T10:00:00Z",
        "identified_by": "enrolment",
    }


def test_a_card_alone_makes_a_member_with_a_wallet(grocer: Till) -> None:
    answer = grocer.enrol()
    assert answer.status_code == 201
    assert answer.json["name_masked"] is None
    assert answer.json["locale"] == "fa"
    wallets = db.session.execute(text("SELECT available FROM wallet JOIN member USING (wallet_id)")).scalars().all()
    assert wallets == [0]


def test_nulls_are_taken_for_what_is_left_out(grocer: Till) -> None:
    answer = grocer.enrol(name=None, phone=None, email=None, card_number=None, locale=None)
    assert answer.status_code == 201


def test_a_card_that_was_handed_out_before_is_kept_in_whatever_digits_it_is_typed(grocer: Till) -> None:
    number = make_card_number()
    typed = f"{number[:4]} {number[4:8]}-{number[8:]}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert grocer.enrol(card_number=typed).json["card_number"] == number
    assert grocer.enrol(card_number=number).status_code == 409


@pytest.mark.parametrize(
    "same",
    [{"phone": "+989123456789"}, {"email": " SARA@example.ORG "}, {"name": "Sara Karimi", "phone": "۰۹۱۲۳۴۵۶۷۸۹"}],
)
def test_details_that_are_taken_make_no_member_and_link_to_none(grocer: Till, fuel: Till, same: dict[str, str]) -> None:
    member = grocer.enrol(**SARA).json["id"]
    answer = fuel.enrol(**same)
    assert answer.status_code == 409
    assert answer.json["code"] == "account_exists"
    assert "errors" not in answer.json, "which of the details is taken stays untold"
    assert (_count("member"), _count("wallet"), _count("person_key")) == (1, 1, 1)
    assert fuel.get(member).status_code == 404


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"phone": "912 345 6789"}, "phone_invalid", "#/phone"),
        ({"email": "sara"}, "email_invalid", "#/email"),
        ({"card_number": "4111 1111 1111 1111"}, "card_number_invalid", "#/card_number"),
        ({"name": "\u200f"}, "name_invalid", "#/name"),
        ({"name": " "}, "validation_failed", "#/name"),
        ({"name": "a\x00b"}, "validation_failed", "#/name"),
        ({"phone": 9123456789}, "validation_failed", "#/phone"),
        ({"locale": "de"}, "validation_failed", "#/locale"),
        ({"fone": "0912 345 6789"}, "validation_failed", "#/fone"),
        ({"name": "x" * 121}, "validation_failed", "#/name"),
    ],
)
def test_what_is_not_valid_is_told_by_its_field(grocer: Till, body: dict[str, Any], code: str, pointer: str) -> None:
    answer = grocer.post("/v1/members", body, key="1")
    assert answer.status_code == 422
    assert answer.json["code"] == code
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert _count("member") == _count("request") == 0


def test_a_repeated_key_gets_the_same_answer_and_makes_no_second_member(grocer: Till) -> None:
    first = grocer.enrol("key-1", **SARA)
    again = grocer.enrol("key-1", **SARA)
    assert first.status_code == again.status_code == 201
    assert again.data == first.data
    assert again.content_type == first.content_type
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert _count("member") == 1


def test_another_body_under_the_same_key_is_refused(grocer: Till) -> None:
    grocer.enrol("key-1", **SARA)
    answer = grocer.enrol("key-1", name="Somebody else")
    assert answer.status_code == 422
    assert answer.json["code"] == "idempotency_key_reused"
    assert _count("member") == 1


def test_a_key_belongs_to_its_partner(grocer: Till, fuel: Till) -> None:
    assert grocer.enrol("key-1").status_code == fuel.enrol("key-1").status_code == 201
    assert _count("member") == 2


def test_without_a_key_each_request_stands_for_itself(grocer: Till) -> None:
    assert grocer.enrol().json["id"] != grocer.enrol().json["id"]


def test_a_refusal_stays_one_however_late_its_twin_comes(grocer: Till, fuel: Till) -> None:
    member = grocer.enrol(**SARA).json["id"]
    refused = fuel.enrol("key-1", phone=SARA["phone"])
    forget(read("mbr", member))
    late = fuel.enrol("key-1", phone=SARA["phone"])
    assert refused.status_code == late.status_code == 409
    assert late.data == refused.data
    assert late.content_type == "application/problem+json"
    assert late.headers["Idempotent-Replayed"] == "true"
    assert fuel.enrol("key-2", phone=SARA["phone"]).status_code == 201


def test_a_twin_waits_for_the_answer_that_is_on_its_way_and_gets_the_same(app: Flask, grocer: Till) -> None:
    key = RequestKey(grocer.partner_id, "key-1", body_hash("POST", "/v1/members", SARA))
    command = EnrolCommand(**SARA)
    with ThreadPoolExecutor(1) as pool:
        with transaction():
            first = service.enrol(grocer.partner_id, command, asked(key, MemberAnswer().dumps))
            twin = pool.submit(in_own_session, app, lambda: grocer.enrol("key-1", **SARA))
            assert not wait([twin], timeout=1).done
        second = twin.result(timeout=10)
    assert isinstance(first, Answer)
    assert (second.status_code, second.text) == (first.status, first.body)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert _count("member") == _count("wallet") == _count("request") == 1


def test_of_many_twins_at_the_same_moment_one_makes_the_member(app: Flask, grocer: Till) -> None:
    tills = [Till(app.test_client(), grocer.partner_id, grocer.token) for _ in range(8)]
    answers = side_by_side(app, [partial(each.enrol, "key-1", **SARA) for each in tills])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert _count("member") == _count("wallet") == _count("request") == 1


def test_a_key_that_an_enrolment_was_answered_under_is_worth_nothing_elsewhere(grocer: Till) -> None:
    grocer.enrol("key-1")
    key = RequestKey(grocer.partner_id, "key-1", body_hash("POST", "/v1/earns", {}))
    with pytest.raises(KeyReused):
        find_answer(statement_connection(), key)


def test_of_several_that_enrol_the_same_person_at_once_one_does(app: Flask, grocer: Till, fuel: Till) -> None:
    """Phone and address are shared crosswise, so that claiming them in any order but one would be a deadlock."""
    people = [
        {"phone": "+989123456789", "email": "a@example.org"},
        {"phone": "+989120000000", "email": "a@example.org"},
        {"phone": "+989123456789", "email": "b@example.org"},
        {"phone": "+989120000000", "email": "b@example.org"},
    ]
    tills = [Till(app.test_client(), each.partner_id, each.token) for each in (grocer, fuel) * 4]
    calls = [lambda one=one, person=person: one.enrol(**person) for one, person in zip(tills, people * 2, strict=True)]
    statuses = sorted(answer.status_code for answer in side_by_side(app, calls))
    assert statuses in ([201] + [409] * 7, [201] * 2 + [409] * 6)
    assert statuses.count(201) == _count("member") == _count("wallet")
