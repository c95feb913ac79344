"""What is personal is nowhere in the clear, and goes when its bearer asks."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import Base, db
from network.infrastructure.outbox import drain
from network.kernel.events import Fact
from network.kernel.identifiers import new_id, read
from network.members.domain import EnrolCommand, KnownMember
from network.members.errors import MemberNotFound
from network.members.events import MemberEnrolled, MemberForgotten
from network.members.service import acquaintance, enrol, forget, get, lookup, member_of_wallet
from tests.integration.members.conftest import Till

SARA = {"name": "Sara Karimi", "phone": "+989123456789", "email": "sara@example.org"}
SECRETS = ("Sara", "Karimi", "9123456789", "sara@example.org")


def _everything_stored() -> str:
    """Every row of every table as text, bytes included as what they say."""
    told = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            told += [value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row]
    return "\n".join(told)


def test_no_table_holds_anything_personal_in_the_clear(grocer: Till, fuel: Till) -> None:
    card_number = grocer.enrol("key-1", **SARA).json["card_number"]
    fuel.enrol("key-1", **SARA)
    fuel.lookup(phone=SARA["phone"])
    stored = _everything_stored()
    assert "grocer" in stored
    assert [secret for secret in (*SECRETS, card_number, card_number[-8:]) if secret in stored] == []


def test_no_log_and_no_refusal_repeats_anything_personal(
    grocer: Till, fuel: Till, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="network")
    caplog.set_level(logging.DEBUG, logger="peyvand")
    card_number = grocer.enrol("key-1", **SARA).json["card_number"]
    refusals = [
        fuel.enrol("key-1", **SARA),
        fuel.enrol(phone=f"{SARA['phone']}000000"),
        fuel.enrol(email=f"{SARA['email']} {SARA['email']}"),
        fuel.lookup(card_number=f"{card_number}0"),
    ]
    assert {answer.status_code for answer in refusals} == {409, 422}
    told = caplog.text + "".join(answer.text for answer in refusals)
    assert [secret for secret in (*SECRETS, card_number) if secret in told] == []


def test_whoever_is_forgotten_is_found_by_nobody(grocer: Till, fuel: Till) -> None:
    sara = grocer.enrol(**SARA).json
    fuel.lookup(phone=SARA["phone"])
    forget(read("mbr", sara["id"]))
    assert grocer.get(sara["id"]).status_code == fuel.get(sara["id"]).status_code == 404
    assert fuel.lookup(phone=SARA["phone"]).status_code == 404
    assert fuel.lookup(card_number=sara["card_number"]).status_code == 404
    assert acquaintance(grocer.partner_id, read("mbr", sara["id"])) is None


def test_forgetting_leaves_the_wallet_and_a_member_that_is_nobody(grocer: Till) -> None:
    member_id = read("mbr", grocer.enrol(**SARA).json["id"])
    wallet_id = db.session.execute(text("SELECT wallet_id FROM wallet")).scalar_one()
    forget(member_id)
    assert member_of_wallet(wallet_id) == member_id
    assert db.session.execute(text("SELECT status FROM member")).scalar_one() == "forgotten"
    left = {t: db.session.execute(text(f"SELECT count(*) FROM {t}")).scalar_one()
            for t in ("wallet", "person", "person_key", "member_key", "partner_member")}  # fmt: skip
    assert left == {"wallet": 1, "person": 0, "person_key": 0, "member_key": 0, "partner_member": 0}


def test_a_stored_answer_dies_with_the_members_key(grocer: Till) -> None:
    member = grocer.enrol("key-1", **SARA).json["id"]
    forget(read("mbr", member))
    late = grocer.enrol("key-1", **SARA)
    assert late.status_code == 404
    assert late.json["code"] == "member_not_found"


def test_whoever_was_forgotten_can_come_back_as_somebody_new(grocer: Till) -> None:
    before = grocer.enrol(**SARA).json["id"]
    forget(read("mbr", before))
    assert grocer.enrol(**SARA).json["id"] != before


def test_forgetting_twice_or_nobody_is_refused(grocer: Till) -> None:
    member_id = read("mbr", grocer.enrol().json["id"])
    forget(member_id)
    for nobody in (member_id, new_id()):
        with pytest.raises(MemberNotFound):
            forget(nobody)


def test_a_use_case_needs_no_request(app: Flask, grocer: Till) -> None:
    known = enrol(grocer.partner_id, EnrolCommand(phone=SARA["phone"]))
    assert isinstance(known, KnownMember)
    assert get(grocer.partner_id, known.member.member_id).member == known.member
    assert lookup(grocer.partner_id, phone=SARA["phone"]).member == known.member
    both: dict[str, Any] = {"phone": SARA["phone"], "card_number": known.card_number}
    for unclear in ({}, both):
        with pytest.raises(ValueError):
            lookup(grocer.partner_id, **unclear)


def test_enrolment_and_forgetting_are_announced_without_anything_personal(
    grocer: Till, heard: Callable[[type[Fact]], list[Fact]]
) -> None:
    enrolled, forgotten = heard(MemberEnrolled), heard(MemberForgotten)
    member_id = read("mbr", grocer.enrol(**SARA).json["id"])
    forget(member_id)
    drain()
    assert [type(fact) for fact in [*enrolled, *forgotten]] == [MemberEnrolled, MemberForgotten]
    assert {fact.as_payload()["member_id"] for fact in [*enrolled, *forgotten]} == {str(member_id)}
    assert not any(secret in repr([*enrolled, *forgotten]) for secret in SECRETS)
