"""The door of staff on the real database: two factors at once, each code once, guesses slowed down."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.partners import service as partners
from network.passkeys.errors import PasskeyRefused
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff import repository
from network.staff import service as staff
from network.staff.domain import ACCOUNT, FRESH
from network.staff.errors import NotSignedIn, ProofTooOld, SignInRefused, TooManyAttempts, WeakPassword
from tests.authenticator import Authenticator
from tests.staffing import PASSWORD, Person, accept, first_administrator, hired

pytestmark = pytest.mark.usefixtures("app")
NEW_PASSWORD = "nine quiet lighthouses"


@pytest.fixture
def mina() -> Person:
    return first_administrator()


def age(session_id: object, by: timedelta) -> None:
    """Let the proof of a session be older than it is."""
    shift = f"make_interval(secs => {by.total_seconds()})"
    with transaction():
        db.session.execute(
            text(
                f"UPDATE session SET opened_at = opened_at - {shift}, authenticated_at = authenticated_at - {shift}"
                " WHERE session_id = :id"
            ),
            {"id": session_id},
        )


def everything() -> str:
    """All that the database holds of staff, as text."""
    tables = ("staff", "staff_recovery_code", "staff_invitation", "staff_attempt", "session", "audit_entry")
    return "\n".join(str(row) for table in tables for row in db.session.execute(text(f"SELECT t::text FROM {table} t")))


def test_who_has_both_factors_is_let_in(mina: Person) -> None:
    opened = mina.sign_in(device="A browser")
    clerk = staff.find_clerk(opened.token)
    assert (clerk.staff, clerk.session.methods, clerk.session.device) == (
        mina.staff,
        ("pwd", "otp", "mfa"),
        "A browser",
    )
    assert [grant.role.code for grant in clerk.grants] == ["administrator"]
    staff.sign_out(clerk)
    with pytest.raises(NotSignedIn):
        staff.find_clerk(opened.token)


def test_one_factor_alone_opens_nothing_and_no_answer_tells_which_was_wrong(mina: Person) -> None:
    told = []
    for given in (
        {"password": "wrong"},
        {"code": "000000"},
        {"code": "1"},
        {"code": "wwww-wwww-wwww-wwww"},
        {"password": "", "code": "1"},
    ):
        with pytest.raises(SignInRefused) as refused:
            mina.sign_in(**given)
        told.append((refused.value.code, refused.value.detail))
        db.session.execute(text("DELETE FROM staff_attempt"))
        db.session.commit()
    with pytest.raises(SignInRefused) as refused:
        staff.sign_in(login="nobody", password=PASSWORD, code="123456", address="192.0.2.7")
    assert set(told) == {(refused.value.code, refused.value.detail)}


def test_a_code_is_used_once_and_not_used_up_by_a_wrong_password(mina: Person) -> None:
    code = mina.code()
    with pytest.raises(SignInRefused):
        mina.sign_in(code=code, password="wrong")
    assert mina.sign_in(code=code).session.subject_id == mina.staff.staff_id
    with pytest.raises(SignInRefused):
        mina.sign_in(code=code)


def test_of_many_who_show_one_code_at_once_one_is_let_in(
    app: Flask, mina: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.staff.service.signing_in.ACCOUNT", ACCOUNT.__class__(100, 1))
    for credential in (mina.code(), mina.recovery_codes[0]):
        assert sum(_at_once(app, mina, credential, 8)) == 1


def _at_once(app: Flask, person: Person, credential: str, many: int) -> list[bool]:
    def attempt(_: int) -> bool:
        with app.app_context():
            try:
                person.sign_in(code=credential)
            except SignInRefused:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(attempt, range(many)))


def test_a_recovery_code_works_once_however_it_is_written(mina: Person) -> None:
    code = mina.recovery_codes[3]
    assert mina.sign_in(code=f" {code.upper().replace('-', ' ')} ").session.methods == ("pwd", "mfa")
    assert staff.codes_left(mina.staff.staff_id) == 9
    with pytest.raises(SignInRefused):
        mina.sign_in(code=code)
    clerk = mina.clerk()
    fresh = staff.renew_recovery_codes(clerk)
    assert len(fresh) == 10 == staff.codes_left(mina.staff.staff_id)
    with pytest.raises(SignInRefused):
        mina.sign_in(code=mina.recovery_codes[4])
    age(clerk.session.session_id, FRESH + timedelta(seconds=1))
    (older,) = (each for each in sessions.list_sessions(Realm.STAFF, mina.staff.staff_id) if each.methods[1] == "otp")
    with pytest.raises(ProofTooOld):
        staff.renew_recovery_codes(staff.clerk_of(older))


def test_guesses_are_slowed_down_for_the_account_and_forgotten_by_the_right_answer(mina: Person) -> None:
    for _ in range(ACCOUNT.free):
        with pytest.raises(SignInRefused):
            mina.sign_in(password="wrong", code="000000")
    with pytest.raises(TooManyAttempts) as refused:
        mina.sign_in()
    assert 1 <= refused.value.extra["retry_after"] <= ACCOUNT.longest_seconds
    with transaction():  # a moment later
        db.session.execute(text("UPDATE staff_attempt SET last_at = last_at - interval '2 seconds'"))
    mina.sign_in()
    for _ in range(ACCOUNT.free):
        with pytest.raises(SignInRefused):
            mina.sign_in(password="wrong", code="000000")


def test_a_network_that_guesses_at_many_accounts_is_slowed_down(mina: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.staff.service.signing_in.PREFIX", ACCOUNT.__class__(3, 900))
    for number in range(3):
        with pytest.raises(SignInRefused):
            staff.sign_in(login=f"guess{number}", password="x", code="1", address=f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts):
        staff.sign_in(login="another", password="x", code="1", address="198.51.100.200")
    assert mina.sign_in(address="203.0.113.1")


def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_another(app: Flask) -> None:
    def count(_: int) -> bool:
        with app.app_context(), transaction():
            return repository.count_attempt(b"bucket", ACCOUNT, datetime.now(UTC))

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(count, range(16))) == ACCOUNT.free


def test_a_person_proves_again_who_it_is_and_the_token_before_is_worth_nothing(mina: Person) -> None:
    opened = mina.sign_in()
    age(opened.session.session_id, FRESH + timedelta(seconds=1))
    clerk = staff.find_clerk(opened.token)
    with pytest.raises(SignInRefused):
        staff.prove_again(clerk, password="wrong", code=mina.code(), address="192.0.2.7")
    token = staff.prove_again(clerk, password=PASSWORD, code=mina.recovery_codes[0], address="192.0.2.7")
    assert staff.find_clerk(token).session.is_fresh(datetime.now(UTC), FRESH)
    with pytest.raises(NotSignedIn):
        staff.find_clerk(opened.token)


def test_another_password_ends_the_other_sessions(mina: Person) -> None:
    elsewhere, here = mina.clerk(), mina.clerk()
    with pytest.raises(SignInRefused):
        staff.change_password(here, old="wrong", new=NEW_PASSWORD, address="192.0.2.7")
    with pytest.raises(WeakPassword):
        staff.change_password(here, old=PASSWORD, new="MinaMina2026!", address="192.0.2.7")
    staff.change_password(here, old=PASSWORD, new=NEW_PASSWORD, address="192.0.2.7")
    assert sessions.list_sessions(Realm.STAFF, mina.staff.staff_id) == [here.session]
    assert elsewhere.session != here.session
    with pytest.raises(SignInRefused):
        mina.sign_in()
    assert mina.sign_in(password=NEW_PASSWORD)


def test_people_of_a_business_that_has_left_are_let_in_no_more(mina: Person) -> None:
    grocer = partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id
    sara = hired(mina, grocer, "sara", "finance")
    token = sara.sign_in().token
    partners.part_with(grocer)
    with pytest.raises(NotSignedIn):
        staff.find_clerk(token)
    with pytest.raises(SignInRefused):
        sara.sign_in()


def test_a_members_session_opens_nothing_here(mina: Person) -> None:
    opened = sessions.open_session(Realm.MEMBER, mina.staff.staff_id, ["sms"])
    with pytest.raises(NotSignedIn):
        staff.find_clerk(opened.token)
    with pytest.raises(NotSignedIn):
        staff.clerk_of(opened.session)


def test_a_passkey_alone_is_both_factors_if_it_was_unlocked(mina: Person) -> None:
    device, clerk = Authenticator(), mina.clerk()
    ceremony = staff.begin_passkey(clerk)
    made = staff.finish_passkey(clerk, ceremony.challenge_id, device.register(ceremony.options), name="My key")
    assert [each.name for each in staff.list_passkeys(clerk)] == ["My key"]
    ceremony = staff.begin_sign_in()
    opened = staff.sign_in_by_passkey(ceremony.challenge_id, device.sign(ceremony.options))
    assert "mfa" in opened.session.methods
    age(opened.session.session_id, FRESH + timedelta(seconds=1))
    older = staff.find_clerk(opened.token)
    with pytest.raises(ProofTooOld):
        staff.remove_passkey(older, made.passkey_id)
    ceremony = staff.begin_proof(older)
    token = staff.prove_again_by_passkey(older, ceremony.challenge_id, device.sign(ceremony.options))
    device.verifies = False
    ceremony = staff.begin_sign_in()
    with pytest.raises((SignInRefused, PasskeyRefused)):
        staff.sign_in_by_passkey(ceremony.challenge_id, device.sign(ceremony.options))
    staff.remove_passkey(staff.find_clerk(token), made.passkey_id)
    device.verifies = True
    ceremony = staff.begin_sign_in()
    with pytest.raises(PasskeyRefused):
        staff.sign_in_by_passkey(ceremony.challenge_id, device.sign(ceremony.options))


def test_a_passkey_of_somebody_suspended_opens_nothing(mina: Person) -> None:
    device = Authenticator()
    reza = hired(mina, mina.staff.partner_id, "reza")
    ceremony = staff.begin_passkey(reza.clerk())
    staff.finish_passkey(reza.clerk(), ceremony.challenge_id, device.register(ceremony.options))
    staff.suspend_staff(mina.clerk(), reza.staff.staff_id)
    ceremony = staff.begin_sign_in()
    with pytest.raises(SignInRefused):
        staff.sign_in_by_passkey(ceremony.challenge_id, device.sign(ceremony.options))


def test_no_secret_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    invitation = staff.bootstrap(login="mina@peyvand.example", name="Mina")
    mina = accept(invitation)
    opened = mina.sign_in()
    with pytest.raises(SignInRefused):
        mina.sign_in(password="wrong")
    kept = everything()
    hidden = (PASSWORD, mina.totp_secret, *mina.recovery_codes, invitation.token, opened.token, "192.0.2")
    for secret in hidden:
        assert secret not in kept and secret.encode().hex() not in kept
        assert secret not in caplog.text
    assert "mina@peyvand" not in caplog.text
    assert not any(secret in repr([invitation, opened, mina.staff]) for secret in hidden)
