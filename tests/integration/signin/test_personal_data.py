"""What is kept of a member: told to it, erased when it asks, and in no log, address, fact or job meanwhile."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import Base, db
from network.infrastructure.outbox import drain
from network.members.domain import EnrolCommand, KnownMember, make_card_number
from network.members.errors import AccountExists, MemberNotFound
from network.members.service import enrol
from network.passkeys import service as passkeys
from network.sessions import service as sessions
from network.sessions.domain import Realm
from network.signin import service as signin
from network.signin.errors import CodeRefused
from tests.authenticator import Authenticator
from tests.fixtures import Coalition, Customer, Till
from tests.integration.signin.conftest import HERE, Inbox

NAME, PHONE, NEW_PHONE, EMAIL = "Zohreh Plantedname", "+989121230987", "+989351230987", "planted.z@mail.example"
CARD = make_card_number()
PLANTED = ("Zohreh", "Plantedname", "9121230987", "9351230987", "planted.z", CARD)


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer", trusts_cards=False)


def lived(grocer: Till, inbox: Inbox, secrets: list[str]) -> tuple[Customer, Any]:
    """A member's whole life but its end; what nobody may learn is added to `secrets`."""
    person = {"name": NAME, "phone": PHONE, "email": EMAIL, "card_number": CARD, "locale": "en"}
    answer = grocer.post("/v1/members", person, "enrolment-1")
    assert answer.status_code == 201, answer.text
    zohreh = Customer(answer.json["id"], CARD)
    for shown in ({"phone": PHONE}, {"card_number": CARD}):
        assert grocer.post("/v1/members/lookup", shown).status_code == 200
    assert grocer.earn(zohreh, 100_000).status_code == 201
    asked = signin.request_sign_in(EMAIL, HERE)
    with pytest.raises(CodeRefused):
        signin.sign_in(asked.token, "000000", HERE)
    session = signin.sign_in(asked.token, inbox.code(), HERE).session
    device, ceremony = Authenticator(), signin.begin_passkey(session)
    signin.add_passkey(session, ceremony.challenge_id, device.register(ceremony.options), name="my phone")
    shown_code = signin.till_code(zohreh.member_id)
    secrets += [shown_code.code, shown_code.alias, asked.token, inbox.code()]
    for key in ({"phone": PHONE}, {"alias": shown_code.alias}):
        grocer.redeem(zohreh, 10, proof={"type": "till_code", "code": "00000000", **key})
    paid = grocer.redeem(zohreh, 10, proof={"type": "till_code", "code": shown_code.code, "card_number": CARD})
    assert paid.status_code == 201, paid.text
    moved = signin.request_new_phone(session, NEW_PHONE, HERE)
    secrets.append(inbox.code())
    signin.change_phone(session, moved.token, inbox.code())
    drain()
    return zohreh, session


def test_a_whole_life_leaves_nothing_personal_in_logs_facts_or_tables(
    app: Flask, grocer: Till, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets: list[str] = []
    zohreh, _session = lived(grocer, inbox, secrets)
    signin.export(zohreh.member_id)
    kept = "".join(
        "".join(db.session.execute(text(f"SELECT t::text FROM {table.name} t")).scalars())
        for table in Base.metadata.sorted_tables
    )
    db.session.rollback()
    signin.erase(zohreh.member_id)
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert len(caplog.records) > 5
    for secret in (*PLANTED, *secrets):
        assert secret not in logged
        assert secret not in kept and secret.encode().hex() not in kept
    assert len(app.extensions["peyvand.queue"].job_ids) == 0 or not any(
        secret in str(job.args) for job in app.extensions["peyvand.queue"].jobs for secret in PLANTED
    )


def test_a_member_is_told_all_that_is_kept_of_it(grocer: Till, inbox: Inbox) -> None:
    zohreh, session = lived(grocer, inbox, [])
    told = json.loads(json.dumps(signin.export(zohreh.member_id)))
    assert told["person"] == {"name": NAME, "phone": NEW_PHONE, "email": EMAIL, "card_number": CARD}
    assert told["member"]["id"] == zohreh.id and told["member"]["enrolled_by"] == "grocer"
    assert [each["by"] for each in told["known_to"]] == ["enrolment"]
    assert told["visits"][0] == {"partner": "grocer", "earns": 1, "burns": 1, "last_at": told["visits"][0]["last_at"]}
    assert [(each["operation"], each["points"]) for each in told["entries"]] == [("earn", 1000), ("redemption", 10)]
    assert [each["name"] for each in told["passkeys"]] == ["my phone"]
    assert [each["device"] for each in told["sessions"]] == [session.device]
    assert told["spending"]["cooling_until"] is not None


def test_what_was_erased_is_gone_and_the_ledger_stays(grocer: Till, inbox: Inbox) -> None:
    zohreh, session = lived(grocer, inbox, [])
    before = db.session.execute(text("SELECT count(*), sum(points) FROM journal")).one()
    db.session.rollback()
    signin.erase(zohreh.member_id)
    assert db.session.execute(text("SELECT count(*), sum(points) FROM journal")).one() == before
    for table in ("person", "person_key", "member_key", "partner_member", "member_guard", "known_device", "session"):
        assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
    for table in ("passkey", "code_request", "opened_partner", "spend_approval"):
        assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
    with pytest.raises(MemberNotFound):
        signin.export(zohreh.member_id)
    with pytest.raises(MemberNotFound):
        signin.erase(zohreh.member_id)
    assert sessions.list_sessions(Realm.MEMBER, session.subject_id) == []
    assert passkeys.list_passkeys(Realm.MEMBER, session.subject_id) == []
    assert grocer.post("/v1/members", {"name": "x"}, "enrolment-1").status_code in (404, 422)  # kept, and unreadable
    again = enrol(grocer.partner_id, EnrolCommand(phone=NEW_PHONE, card_number=CARD))  # the phone is free again
    assert isinstance(again, KnownMember)
    with pytest.raises(AccountExists):
        enrol(grocer.partner_id, EnrolCommand(phone=NEW_PHONE))
