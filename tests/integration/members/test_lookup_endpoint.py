"""POST /v1/members/lookup and GET /v1/members/{id}: the ladder, and who gets to know whom."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import new_id, read, show
from network.members.domain import make_card_number
from network.members.service import acquaint_by_card, acquaintance
from network.partners.service import part_with
from tests.integration.members.conftest import Till

PHONE = "+989123456789"


@pytest.fixture
def sara(grocer: Till) -> dict[str, Any]:
    """A member, enrolled by the grocer; the answer of the enrolment."""
    answer: dict[str, Any] = grocer.enrol(name="Sara Karimi", phone=PHONE).json
    return answer


def test_anonymous_is_asked_for_a_token(fuel: Till, sara: dict[str, Any]) -> None:
    anonymous = fuel.without_token()
    assert anonymous.lookup(phone=PHONE).status_code == 401
    assert anonymous.get(sara["id"]).status_code == 401


def test_each_endpoint_needs_its_own_scope(till: Callable[..., Till], sara: dict[str, Any]) -> None:
    reader = till("reader", "members:read", "members:enrol")
    finder = till("finder", "members:lookup", "members:enrol")
    for answer in (reader.lookup(phone=PHONE), finder.get(sara["id"])):
        assert answer.status_code == 403
        assert answer.json["code"] == "insufficient_scope"
    assert acquaintance(reader.partner_id, read("mbr", sara["id"])) is None


def test_a_partner_that_left_is_not_served(fuel: Till, sara: dict[str, Any]) -> None:
    part_with(fuel.partner_id)
    assert fuel.lookup(phone=PHONE).status_code == 401
    assert acquaintance(fuel.partner_id, read("mbr", sara["id"])) is None


def test_the_member_of_another_partner_is_not_found(fuel: Till, sara: dict[str, Any]) -> None:
    answer = fuel.get(sara["id"])
    assert answer.status_code == 404
    assert answer.json["code"] == "member_not_found"


def test_who_is_unknown_is_not_found_in_the_same_words(fuel: Till, sara: dict[str, Any]) -> None:
    strangers = [fuel.get(show("mbr", new_id())), fuel.lookup(phone="+12125550100"),
                 fuel.lookup(card_number=make_card_number())]  # fmt: skip
    others = fuel.get(sara["id"])
    told = {tuple(answer.json[name] for name in ("status", "code", "detail")) for answer in [*strangers, others]}
    assert told == {(404, "member_not_found", "There is no such member here.")}


def test_the_partner_that_enrolled_a_member_sees_it_without_its_card_number(grocer: Till, sara: dict[str, Any]) -> None:
    answer = grocer.get(sara["id"])
    assert answer.status_code == 200
    assert answer.json == sara | {"card_number": None}


@pytest.mark.parametrize("typed", ["+989123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "0912-345-6789"])
def test_a_phone_leads_to_the_member(fuel: Till, sara: dict[str, Any], typed: str) -> None:
    answer = fuel.lookup(phone=typed)
    assert answer.status_code == 200
    assert answer.json == sara | {"card_number": None, "identified_by": "phone"}
    assert fuel.get(sara["id"]).json == answer.json


def test_a_card_leads_to_the_member(fuel: Till, sara: dict[str, Any]) -> None:
    number = sara["card_number"]
    answer = fuel.lookup(card_number=f"{number[:8]} {number[8:]}")
    assert answer.status_code == 200
    assert answer.json == sara | {"card_number": None, "identified_by": "card"}


def test_an_acquaintance_gets_closer_and_never_looser(fuel: Till, sara: dict[str, Any]) -> None:
    steps = [{"phone": PHONE}, {"card_number": sara["card_number"]}, {"phone": PHONE}]
    assert [fuel.lookup(**step).json["identified_by"] for step in steps] == ["phone", "card", "card"]
    assert fuel.get(sara["id"]).json["identified_by"] == "card"


def test_an_enrolment_stays_one_whatever_is_shown_later(grocer: Till, sara: dict[str, Any]) -> None:
    assert grocer.lookup(card_number=sara["card_number"]).json["identified_by"] == "enrolment"
    assert grocer.lookup(phone=PHONE).json["identified_by"] == "enrolment"


def test_the_first_acquaintance_keeps_its_date(app: Flask, fuel: Till, sara: dict[str, Any]) -> None:
    first = datetime(2017, 1, 3, 10, tzinfo=UTC)
    set_clock(first)
    fuel.lookup(phone=PHONE)
    set_clock(datetime(2017, 2, 3, 10, tzinfo=UTC))
    acquaint_by_card(fuel.partner_id, read("mbr", sara["id"]))
    rows = db.session.execute(
        text("SELECT known_by, since FROM partner_member WHERE partner_id = :fuel"), {"fuel": fuel.partner_id}
    ).all()
    assert rows == [("card", first)]


def test_looking_up_a_known_member_writes_nothing(fuel: Till, sara: dict[str, Any]) -> None:
    fuel.lookup(phone=PHONE)
    version = text("SELECT xmin::text, xmax::text FROM partner_member WHERE partner_id = :fuel")
    before = db.session.execute(version, {"fuel": fuel.partner_id}).all()
    fuel.lookup(phone=PHONE)
    assert db.session.execute(version, {"fuel": fuel.partner_id}).all() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "validation_failed"),
        ({"phone": PHONE, "card_number": "9900000000000000"}, "validation_failed"),
        ({"email": "sara@example.org"}, "validation_failed"),
        ({"phone": None}, "validation_failed"),
        ({"phone": "12"}, "phone_invalid"),
        ({"card_number": "9900000000000008"}, "card_number_invalid"),
    ],
)
def test_exactly_one_readable_card_or_phone_is_needed(fuel: Till, body: dict[str, Any], code: str) -> None:
    answer = fuel.post("/v1/members/lookup", body)
    assert answer.status_code == 422
    assert answer.json["code"] == code


def test_what_is_no_member_id_is_refused(fuel: Till) -> None:
    for malformed in ("mbr_1", "par_01jd0000000000000000000000", PHONE):
        answer = fuel.get(malformed)
        assert answer.status_code == 422
        assert answer.json["code"] == "malformed_id"
