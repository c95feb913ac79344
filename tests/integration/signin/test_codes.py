"""Signing in and up by one-time codes, on the real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.delivery.domain import Channel
from network.infrastructure.database import db
from network.infrastructure.outbox import drain
from network.infrastructure.transaction import transaction
from network.kernel.events import Fact
from network.members.errors import BadEmail, BadPhone
from network.members.service import acquaintance, contact_of, forget
from network.partners.service import create_partner
from network.sessions import service as sessions
from network.sessions.domain import Realm, Session
from network.signin import service as signin
from network.signin.domain import ATTEMPTS, LIMITS, Asker, SignedIn
from network.signin.errors import CodeRefused, TooManyCodes
from network.signin.events import SignedInOnNewDevice
from tests.integration.signin.conftest import EMAIL, HERE, OTHER_PHONE, PHONE, THERE, Inbox, guesses, wrong

pytestmark = pytest.mark.usefixtures("app")


def test_a_member_signs_in_by_the_code_that_reaches_its_phone(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in("0912 123 45 67", HERE)
    (message,) = inbox.all()
    assert (message.channel, message.to) == (Channel.SMS, PHONE)
    assert message.text.body.splitlines()[-1] == f"@127.0.0.1 #{inbox.code()}"
    entered = signin.sign_in(asked.token, inbox.code(), HERE)
    assert entered.session.subject_id == sara
    assert entered.session.methods == ("sms",)
    assert sessions.find_session(Realm.MEMBER, entered.token) == entered.session
    assert not entered.is_new_member and not entered.is_new_device


def test_an_address_does_as_well_in_any_case(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(EMAIL.upper(), HERE)
    assert [message.channel for message in inbox.all()] == [Channel.EMAIL]
    assert signin.sign_in(asked.token, inbox.code(), HERE).session.methods == ("otp",)


def test_whoever_is_no_member_gets_the_same_answer_and_no_message(sara: UUID, inbox: Inbox) -> None:
    known, unknown = (signin.request_sign_in(each, HERE) for each in (PHONE, OTHER_PHONE))
    assert (known.channel, len(known.token)) == (unknown.channel, len(unknown.token))
    assert [message.to for message in inbox.all()] == [PHONE]
    rows = db.session.execute(
        text("SELECT attempts_left, length(code_hash), octet_length(sealed_way) FROM code_request")
    )
    assert len(set(rows)) == 1
    for code in ("000000", inbox.code()):
        with pytest.raises(CodeRefused):
            signin.sign_in(unknown.token, code, HERE)


def test_a_code_is_good_for_the_browser_that_asked_and_for_nothing_else(sara: UUID, inbox: Inbox) -> None:
    mine = signin.request_sign_in(PHONE, HERE)
    code = inbox.code()
    theirs = signin.request_sign_in(PHONE, THERE)
    with pytest.raises(CodeRefused):
        signin.sign_in(theirs.token, code, THERE)
    with pytest.raises(CodeRefused):
        signin.sign_in("no token", code, HERE)
    with pytest.raises(CodeRefused):
        signin.sign_up(mine.token, code, HERE, partner_id=sara)
    assert signin.sign_in(mine.token, code, HERE).session.subject_id == sara


def test_a_code_is_used_once(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    signin.sign_in(asked.token, inbox.code(), HERE)
    with pytest.raises(CodeRefused):
        signin.sign_in(asked.token, inbox.code(), HERE)


def test_after_five_wrong_codes_the_right_one_is_none(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    guesses(asked, inbox.code(), ATTEMPTS - 1)
    assert signin.sign_in(asked.token, inbox.code(), HERE)
    asked = signin.request_sign_in(PHONE, HERE)
    guesses(asked, inbox.code(), ATTEMPTS)
    with pytest.raises(CodeRefused):
        signin.sign_in(asked.token, inbox.code(), HERE)


def test_a_code_does_not_outlive_ten_minutes(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    with transaction():
        db.session.execute(text("UPDATE code_request SET expires_at = now()"))
    with pytest.raises(CodeRefused):
        signin.sign_in(asked.token, inbox.code(), HERE)
    with transaction():
        db.session.execute(text("UPDATE code_request SET expires_at = now() - :by"), {"by": timedelta(days=2)})
    signin.forget_old()
    assert db.session.execute(text("SELECT count(*) FROM code_request")).scalar() == 0


@pytest.mark.parametrize("number", [8, 32])
def test_of_many_that_use_a_code_at_once_one_gets_in(app: Flask, sara: UUID, inbox: Inbox, number: int) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    code = inbox.code()

    def use(_number: int) -> bool:
        with app.app_context():
            try:
                signin.sign_in(asked.token, code, HERE)
            except CodeRefused:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(number) as pool:
        assert sum(pool.map(use, range(number))) == 1
    assert len(sessions.list_sessions(Realm.MEMBER, sara)) == 1


def test_guessers_side_by_side_get_no_more_attempts_than_one(app: Flask, sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    code = inbox.code()

    def guess(_number: int) -> None:
        with app.app_context():
            try:
                signin.sign_in(asked.token, wrong(code), HERE)
            except CodeRefused:
                pass
            finally:
                db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(12)))
    assert db.session.execute(text("SELECT attempts_left FROM code_request")).scalar() == 0


def test_the_code_and_where_it_went_are_kept_in_no_form_that_tells_them(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    kept = "".join(db.session.execute(text("SELECT code_request::text FROM code_request")).scalars())
    kept += "".join(db.session.execute(text("SELECT code_count::text FROM code_count")).scalars())
    assert "$argon2id$" in kept
    for secret in (inbox.code(), PHONE, PHONE[1:], asked.token, HERE.address):
        assert secret not in kept and secret.encode().hex() not in kept


def test_limits_hold_for_a_phone_whether_it_is_a_member_s_or_not(sara: UUID, inbox: Inbox) -> None:
    for phone in (PHONE, OTHER_PHONE):
        for _ in range(LIMITS["contact"][0].most):
            signin.request_sign_in(phone, HERE)
        with pytest.raises(TooManyCodes) as refusal:
            signin.request_sign_in(phone, HERE)
        assert 0 < refusal.value.extra["retry_after"] <= 900
    with pytest.raises(TooManyCodes):  # signing up is no way around
        signin.request_sign_up(PHONE, THERE)
    assert len(inbox.all()) == LIMITS["contact"][0].most


def test_limits_hold_for_an_address_with_its_whole_network(sara: UUID) -> None:
    most = LIMITS["address"][0].most
    for number in range(most):
        signin.request_sign_in(f"+98935{number:07d}", Asker(f"2001:db8::{number:x}"))
    with pytest.raises(TooManyCodes):
        signin.request_sign_in(PHONE, Asker("2001:db8::ffff"))
    signin.request_sign_in(PHONE, Asker("2001:db8:1::1"))


@pytest.mark.parametrize(("kind", "subject"), [("prefix", PHONE[:6]), ("all", "sms")])
def test_limits_hold_for_a_prefix_and_for_all(sara: UUID, kind: str, subject: str) -> None:
    signin.request_sign_in(PHONE, HERE)
    with transaction():
        db.session.execute(
            text("UPDATE code_count SET count = :most WHERE kind = :kind"), {"most": LIMITS[kind][0].most, "kind": kind}
        )
    with pytest.raises(TooManyCodes):
        signin.request_sign_in(PHONE[:-1] + "0", THERE)
    signin.request_sign_in(EMAIL, THERE)  # which costs nothing


def test_limits_hold_for_askers_side_by_side(app: Flask, sara: UUID) -> None:
    def ask(_number: int) -> bool:
        with app.app_context():
            try:
                signin.request_sign_in(PHONE, HERE)
            except TooManyCodes:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == LIMITS["contact"][0].most


@pytest.mark.parametrize(("typed", "error"), [("12", BadPhone), ("a@b", BadEmail), ("", BadPhone)])
def test_what_is_no_phone_and_no_address_is_told_at_once(typed: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        signin.request_sign_in(typed, HERE)


def test_somebody_signs_up_by_a_phone_and_is_a_member_then(partner_id: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_up(OTHER_PHONE, HERE, locale="fa")
    entered = signin.sign_up(asked.token, inbox.code(), HERE, partner_id=partner_id, name="رضا", locale="fa")
    assert entered.is_new_member
    contact = contact_of(entered.session.subject_id)
    assert (contact.person.name, contact.person.phone, contact.member.locale) == ("رضا", OTHER_PHONE, "fa")
    again = signin.request_sign_in(OTHER_PHONE, HERE)
    assert signin.sign_in(again.token, inbox.code(), HERE).session.subject_id == entered.session.subject_id


def test_a_member_that_signs_up_again_is_signed_in_and_linked_to_nobody(sara: UUID, inbox: Inbox) -> None:
    other = create_partner(code="fuel", name="Fuel", name_fa="سوخت").partner_id
    asked = signin.request_sign_up(PHONE, HERE)
    entered = signin.sign_up(asked.token, inbox.code(), HERE, partner_id=other, name="Somebody else")
    assert (entered.session.subject_id, entered.is_new_member) == (sara, False)
    assert acquaintance(other, sara) is None
    assert contact_of(sara).person.name == "Sara Karimi"


def test_a_member_that_was_forgotten_meanwhile_does_not_get_in(sara: UUID, inbox: Inbox) -> None:
    asked = signin.request_sign_in(PHONE, HERE)
    code = inbox.code()
    forget(sara)
    with pytest.raises(CodeRefused):
        signin.sign_in(asked.token, code, HERE)


def test_a_member_is_told_of_a_device_where_it_has_not_been(
    sara: UUID,
    inbox: Inbox,
    enter: Callable[..., SignedIn],
    heard: Callable[[type[Fact]], list[Fact]],
) -> None:
    facts = heard(SignedInOnNewDevice)
    assert not enter(PHONE, HERE).is_new_device  # the first: there is nobody to tell
    inbox.empty()
    assert not enter(PHONE, HERE).is_new_device
    stranger = enter(EMAIL, THERE)
    assert stranger.is_new_device
    drain()
    assert [fact.session_id for fact in facts] == [stranger.session.session_id]  # type: ignore[attr-defined]
    told = [message.to for message in inbox.all() if "new device" in message.text.body]
    assert sorted(told) == sorted([PHONE, EMAIL])


def test_sessions_are_listed_and_ended(sara: UUID, session: Session, enter: Callable[..., SignedIn]) -> None:
    other = enter(EMAIL, THERE)
    assert {each.device for each in sessions.list_sessions(Realm.MEMBER, sara)} == {HERE.device, THERE.device}
    sessions.end_session(Realm.MEMBER, sara, other.session.session_id)
    assert sessions.find_session(Realm.MEMBER, other.token) is None
