"""What a member who is signed in does: prove it again, passkeys, another phone, what may be spent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from network.delivery.domain import Channel
from network.infrastructure.outbox import drain
from network.kernel.events import Fact
from network.kernel.identifiers import new_id
from network.members.domain import EnrolCommand
from network.members.service import contact_of, enrol, find_by_way, forget, way_of
from network.passkeys import service as passkeys
from network.passkeys.errors import PasskeyRefused
from network.sessions import service as sessions
from network.sessions.domain import Realm, Session
from network.signin import service as signin
from network.signin.domain import COOLING_OFF, SignedIn
from network.signin.errors import AlreadyYours, ApprovalNotFound, BadSpendLimit, CodeRefused, StepUpNeeded
from network.signin.events import PhoneChanged, SpendRulesChanged
from tests.authenticator import Authenticator
from tests.integration.signin.conftest import EMAIL, HERE, OTHER_PHONE, PHONE, THERE, Inbox, stale

pytestmark = pytest.mark.usefixtures("app")


def with_passkey(session: Session) -> Authenticator:
    device = Authenticator()
    ceremony = signin.begin_passkey(session)
    assert "Karimi" not in ceremony.options
    signin.add_passkey(session, ceremony.challenge_id, device.register(ceremony.options), name="phone")
    return device


def found(token: str) -> Session:
    session = sessions.find_session(Realm.MEMBER, token)
    assert session is not None
    return session


def test_a_passkey_signs_a_member_in_and_outlives_no_member(sara: UUID, session: Session) -> None:
    device = with_passkey(session)
    ceremony = signin.begin_passkey_sign_in()
    entered = signin.sign_in_by_passkey(ceremony.challenge_id, device.sign(ceremony.options), HERE)
    assert (entered.session.subject_id, entered.session.methods) == (sara, ("hwk", "user", "mfa"))
    forget(sara)
    ceremony = signin.begin_passkey_sign_in()
    with pytest.raises(PasskeyRefused):
        signin.sign_in_by_passkey(ceremony.challenge_id, device.sign(ceremony.options), HERE)


def test_a_code_or_a_passkey_makes_an_old_proof_fresh(sara: UUID, session: Session, inbox: Inbox) -> None:
    device = with_passkey(session)
    old = stale(session)
    with pytest.raises(StepUpNeeded):
        signin.check_fresh(old)
    asked = signin.request_step_up(old, HERE)
    with pytest.raises(CodeRefused):  # of another session
        signin.step_up(sessions.open_session(Realm.MEMBER, sara, ["sms"]).session, asked.token, inbox.code())
    fresh = found(signin.step_up(old, asked.token, inbox.code()))
    signin.check_fresh(fresh)
    old = stale(fresh)
    ceremony = signin.begin_passkey_step_up(old)
    fresh = found(signin.step_up_by_passkey(old, ceremony.challenge_id, device.sign(ceremony.options)))
    signin.check_fresh(fresh)
    assert fresh.methods == ("sms", "hwk", "user", "mfa")


def test_what_weakens_a_member_s_protection_needs_a_fresh_proof(sara: UUID, session: Session) -> None:
    made = passkeys.begin_registration(Realm.MEMBER, sara, user_name="S")
    old = stale(session)
    weakening: list[Callable[[], Any]] = [
        lambda: signin.unlock_spending(old),
        lambda: signin.ask_at_new_partners(old, False),
        lambda: signin.limit_spending(old, 10**6),
        lambda: signin.open_partner(old, new_id()),
        lambda: signin.approve_spending(old, new_id(), 5),
        lambda: signin.request_new_phone(old, OTHER_PHONE, HERE),
        lambda: signin.change_phone(old, "token", "000000"),
        lambda: signin.begin_passkey(old),
        lambda: signin.add_passkey(old, made.challenge_id, "{}"),
        lambda: signin.remove_passkey(old, new_id()),
    ]
    for each in weakening:
        with pytest.raises(StepUpNeeded):
            each()
    signin.lock_spending(old)
    signin.ask_at_new_partners(old, True)
    signin.limit_spending(old, 10)
    assert signin.spending_of(sara).rules.is_locked


def test_a_member_sets_what_may_be_spent(
    sara: UUID, session: Session, partner_id: UUID, heard: Callable[[type[Fact]], list[Fact]]
) -> None:
    facts = heard(SpendRulesChanged)
    signin.lock_spending(session)
    signin.limit_spending(session, 700)
    signin.ask_at_new_partners(session, False)
    signin.open_partner(session, partner_id)
    kept = signin.spending_of(sara)
    assert (kept.rules.is_locked, kept.rules.limit_points, kept.rules.asks_first) == (True, 700, False)
    assert list(kept.opened) == [partner_id]
    signin.unlock_spending(session)
    signin.limit_spending(session, None)
    signin.close_partner(session, partner_id)
    kept = signin.spending_of(sara)
    assert (kept.rules.is_locked, kept.rules.limit_points, kept.opened) == (False, None, {})
    drain()
    assert len(facts) == 7
    with pytest.raises(BadSpendLimit):
        signin.limit_spending(session, -1)


def test_an_approval_can_be_taken_back_by_its_member_alone(sara: UUID, session: Session, partner_id: UUID) -> None:
    made = signin.approve_spending(session, partner_id, 500)
    assert signin.find_approval(made.approval_id) == made
    other = enrol(partner_id, EnrolCommand(phone=OTHER_PHONE)).member.member_id  # type: ignore[union-attr]
    stranger = sessions.open_session(Realm.MEMBER, other, ["sms"]).session
    with pytest.raises(ApprovalNotFound):
        signin.withdraw_approval(stranger, made.approval_id)
    signin.withdraw_approval(session, made.approval_id)
    assert signin.find_approval(made.approval_id) is None


def test_another_phone_is_proved_and_told_and_nothing_is_spent_for_a_day(
    sara: UUID,
    session: Session,
    inbox: Inbox,
    enter: Callable[..., SignedIn],
    heard: Callable[[type[Fact]], list[Fact]],
) -> None:
    facts = heard(PhoneChanged)
    elsewhere = enter(EMAIL, THERE)
    before = signin.till_code(sara)
    asked = signin.request_new_phone(session, OTHER_PHONE, HERE)
    assert inbox.all()[-1].to == OTHER_PHONE
    until = signin.change_phone(session, asked.token, inbox.code())
    assert timedelta(0) <= datetime.now(UTC) + COOLING_OFF - until < timedelta(minutes=1)
    assert signin.spending_of(sara).rules.cooling_until == until
    assert contact_of(sara).person.phone == OTHER_PHONE
    assert find_by_way(way_of(PHONE)) is None
    assert sessions.find_session(Realm.MEMBER, elsewhere.token) is None
    assert [each.session_id for each in sessions.list_sessions(Realm.MEMBER, sara)] == [session.session_id]
    after = signin.till_code(sara)
    assert after.alias != before.alias
    told = {(m.channel, m.to) for m in inbox.all() if "was changed" in m.text.body}
    assert told == {(Channel.SMS, PHONE), (Channel.EMAIL, EMAIL)}
    drain()
    assert [fact.as_payload()["member_id"] for fact in facts] == [str(sara)]


def test_a_phone_of_somebody_else_is_not_taken_and_not_told_apart(
    sara: UUID, session: Session, inbox: Inbox, partner_id: UUID
) -> None:
    enrol(partner_id, EnrolCommand(phone=OTHER_PHONE))
    inbox.empty()
    taken = signin.request_new_phone(session, OTHER_PHONE, HERE)
    free = signin.request_new_phone(session, "+989350000000", HERE)
    assert (taken.channel, len(taken.token)) == (free.channel, len(free.token))
    assert [message.to for message in inbox.all()] == ["+989350000000"]
    with pytest.raises(AlreadyYours):
        signin.request_new_phone(session, PHONE, HERE)


def test_the_code_at_the_till_changes_and_belongs_to_its_member(sara: UUID, partner_id: UUID) -> None:
    shown = signin.till_code(sara)
    assert len(shown.code) == 8 and shown.qr_text == f"PV1:{shown.alias}:{shown.code}"
    assert timedelta(0) < shown.good_until - datetime.now(UTC) <= timedelta(seconds=30)
    other = enrol(partner_id, EnrolCommand()).member.member_id  # type: ignore[union-attr]
    assert signin.till_code(other).alias != signin.till_code(sara).alias == shown.alias
