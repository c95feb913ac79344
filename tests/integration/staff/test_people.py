"""How people of staff come in, what roles give them, and how they go: on the real database."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from network.audit import service as audit
from network.delivery import service as delivery
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.errors import NotFound
from network.partners import service as partners
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff import service as staff
from network.staff.domain import ADMINISTRATOR, Clerk, Permission, Side, StaffState
from network.staff.errors import (
    BadRole,
    BadStaff,
    HasAdministrator,
    InvitationInvalid,
    LoginTaken,
    NotAllowed,
    NotSignedIn,
    OwnAccount,
    RoleNotFound,
    SignInRefused,
    StaffNotFound,
    WeakPassword,
    WrongCode,
    WrongState,
)
from tests.staffing import PASSWORD, Person, accept, everyman, first_administrator, hired

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def mina() -> Person:
    return first_administrator()


@pytest.fixture
def grocer() -> UUID:
    return _partner("grocer")


def _partner(code: str) -> UUID:
    return partners.create_partner(code=code, name=code.title(), name_fa=code).partner_id


def actions() -> list[str]:
    """What the audit trail says was done, oldest first."""
    return [each.change.action for each in reversed(audit.list_entries(kind="staff"))]


def test_a_role_is_given_and_taken_at_a_store_whose_code_is_a_long_number(mina: Person, grocer: UUID) -> None:
    store_id = partners.add_store(grocer, code="8712345000004", name="North").store_id  # as GS1 numbers places
    sara = hired(mina, grocer, "sara")
    staff.grant_role(mina.clerk(), sara.staff.staff_id, "store", store="8712345000004")
    assert [grant.store_id for grant in sara.clerk().grants] == [store_id]
    staff.withdraw_role(mina.clerk(), sara.staff.staff_id, "store", store="8712345000004")
    assert sara.clerk().grants == ()


def test_the_first_administrator_comes_from_the_shell_and_is_the_last_to(mina: Person) -> None:
    assert (mina.staff.side, mina.staff.state) == (Side.OPERATOR, StaffState.ACTIVE)
    with pytest.raises(HasAdministrator):
        staff.bootstrap(login="reza", name="Reza")
    # all others were lost
    assert staff.bootstrap(login="reza", name="Reza", again=True).staff.state is StaffState.INVITED
    assert actions() == ["staff.bootstrap", "staff.grant", "staff.accept", "staff.bootstrap", "staff.grant"]


def test_an_invitation_nobody_took_up_leaves_the_shell_open() -> None:
    staff.bootstrap(login="mina", name="Mina")
    assert staff.bootstrap(login="reza", name="Reza").staff.state is StaffState.INVITED


def test_an_invitation_is_taken_up_once_with_a_good_password_and_a_right_code(mina: Person, grocer: UUID) -> None:
    invitation = staff.invite(mina.clerk(), grocer, login="Sara@Grocer.Example", name=" Sara  K. ", roles=["finance"])
    enrolment = staff.enrolment_of(invitation.token)
    assert (enrolment.staff.login, enrolment.staff.name) == ("sara@grocer.example", "Sara K.")
    assert enrolment.totp_uri.startswith("otpauth://totp/") and enrolment.totp_secret in enrolment.totp_uri
    code = pyotp.TOTP(enrolment.totp_secret).now()
    with pytest.raises(WeakPassword):
        staff.accept_invitation(invitation.token, password="SaraGrocer2026", code=code)
    with pytest.raises(WrongCode):
        staff.accept_invitation(invitation.token, password=PASSWORD, code="12345")
    with pytest.raises(SignInRefused):
        staff.sign_in(login="sara@grocer.example", password=PASSWORD, code=code, address="192.0.2.7")
    assert len(staff.accept_invitation(invitation.token, password=PASSWORD, code=code)) == 10
    for token in (invitation.token, "another", "\udc80"):
        with pytest.raises(InvitationInvalid):
            staff.accept_invitation(token, password=PASSWORD, code=code)


def test_of_many_who_take_up_one_invitation_one_does(app: Flask, mina: Person, grocer: UUID) -> None:
    invitation = staff.invite(mina.clerk(), grocer, login="sara", name="Sara")
    code = pyotp.TOTP(staff.enrolment_of(invitation.token).totp_secret).now()

    def take(_: int) -> bool:
        with app.app_context():
            try:
                staff.accept_invitation(invitation.token, password=PASSWORD, code=code)
            except InvitationInvalid:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(8))) == 1


def test_an_invitation_by_mail_goes_past_whoever_invites(mina: Person, grocer: UUID) -> None:
    invitation = staff.invite(mina.clerk(), grocer, login="sara@grocer.example", name="Sara", by_mail=True)
    assert invitation.token is None
    before = len(delivery.twin_messages())
    delivery.send_waiting()
    (message,) = delivery.twin_messages()[before:]
    assert message.to == "sara@grocer.example"
    (token,) = (line for line in message.text.body.splitlines() if len(line) == 43)
    assert staff.enrolment_of(token).staff == invitation.staff
    with pytest.raises(BadStaff):
        staff.invite(mina.clerk(), grocer, login="reza", name="Reza", by_mail=True)
    assert staff.find_staff_by_login("reza") is None


def test_an_invitation_expires_and_a_new_one_replaces_it(mina: Person, grocer: UUID) -> None:
    first = staff.invite(mina.clerk(), grocer, login="sara", name="Sara")
    second = staff.invite_again(mina.clerk(), first.staff.staff_id)
    with pytest.raises(InvitationInvalid):
        staff.enrolment_of(first.token)
    with transaction():
        db.session.execute(text("UPDATE staff_invitation SET expires_at = now()"))
    with pytest.raises(InvitationInvalid):
        staff.enrolment_of(second.token)
    staff.forget_stale()
    assert db.session.execute(text("SELECT count(*) FROM staff_invitation")).scalar() == 0


def test_who_lost_its_factors_begins_anew_and_what_it_had_is_worth_nothing(mina: Person, grocer: UUID) -> None:
    sara = hired(mina, grocer, "sara", "finance")
    token = sara.sign_in().token
    invitation = staff.invite_again(mina.clerk(), sara.staff.staff_id)
    with pytest.raises(NotSignedIn):
        staff.find_clerk(token)
    for code in (sara.code(), sara.recovery_codes[0]):
        with pytest.raises(SignInRefused):
            sara.sign_in(code=code)
    again = accept(invitation)
    assert again.totp_secret != sara.totp_secret
    assert [grant.role.code for grant in again.clerk().grants] == ["finance"]
    with pytest.raises(OwnAccount):
        staff.invite_again(mina.clerk(), mina.staff.staff_id)


@pytest.mark.parametrize("login", ["", "a", "two words", "x" * 101])
def test_a_login_is_short_and_one_word(mina: Person, grocer: UUID, login: str) -> None:
    with pytest.raises(BadStaff):
        staff.invite(mina.clerk(), grocer, login=login, name="Sara")


def test_a_login_is_one_persons_in_the_whole_network(mina: Person, grocer: UUID) -> None:
    staff.invite(mina.clerk(), grocer, login="sara", name="Sara")
    with pytest.raises(LoginTaken):
        staff.invite(mina.clerk(), _partner("fuel"), login="SARA", name="Sara")


def test_a_partners_administrator_manages_its_own_people_and_knows_of_no_others(mina: Person, grocer: UUID) -> None:
    fuel = _partner("fuel")
    boss, stranger = hired(mina, grocer, "boss", ADMINISTRATOR).clerk(), hired(mina, fuel, "stranger", "finance")
    sara = accept(staff.invite(boss, grocer, login="sara", name="Sara", roles=["store"]))
    assert [person.login for person, _ in staff.list_staff(grocer)] == ["boss", "sara"]
    for attempt in (
        lambda: staff.invite(boss, fuel, login="spy", name="Spy"),
        lambda: staff.invite_again(boss, stranger.staff.staff_id),
        lambda: staff.suspend_staff(boss, stranger.staff.staff_id),
        lambda: staff.grant_role(boss, stranger.staff.staff_id, "finance"),
        lambda: staff.withdraw_role(boss, stranger.staff.staff_id, "finance"),
        lambda: staff.define_role(boss, fuel, code="x", name="X", permissions=["tills.manage"]),
        lambda: staff.suspend_staff(boss, mina.staff.staff_id),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotAllowed):
        staff.invite(sara.clerk(), grocer, login="friend", name="Friend")
    assert stranger.sign_in()


def test_nobody_changes_what_it_may_do_itself(mina: Person, grocer: UUID) -> None:
    boss = hired(mina, grocer, "boss", ADMINISTRATOR).clerk()
    own = boss.staff.staff_id
    for attempt in (
        lambda: staff.grant_role(boss, own, "finance"),
        lambda: staff.withdraw_role(boss, own, ADMINISTRATOR),
        lambda: staff.suspend_staff(boss, own),
        lambda: staff.define_role(boss, grocer, code=ADMINISTRATOR, name="All", permissions=["contracts.sign"]),
    ):
        with pytest.raises(OwnAccount):
            attempt()


def test_roles_are_data_of_each_business_and_count_at_once(mina: Person, grocer: UUID) -> None:
    sara = hired(mina, grocer, "sara")
    clerk = sara.clerk()
    assert not clerk.may(Permission.TILLS_MANAGE)
    role = staff.define_role(mina.clerk(), grocer, code="helper", name="Helper", permissions=["tills.manage"])
    staff.grant_role(mina.clerk(), sara.staff.staff_id, "helper")
    assert staff.clerk_of(clerk.session).may(Permission.TILLS_MANAGE)
    changed = staff.define_role(mina.clerk(), grocer, code="helper", name="Helper", permissions=["stores.manage"])
    assert changed.role_id == role.role_id
    assert not staff.clerk_of(clerk.session).may(Permission.TILLS_MANAGE)
    assert staff.clerk_of(clerk.session).may(Permission.STORES_MANAGE)
    staff.withdraw_role(mina.clerk(), sara.staff.staff_id, "helper")
    assert staff.clerk_of(clerk.session).grants == ()
    with pytest.raises(RoleNotFound):
        staff.withdraw_role(mina.clerk(), sara.staff.staff_id, "helper")
    with pytest.raises(RoleNotFound):  # another business has roles of its own
        staff.grant_role(mina.clerk(), hired(mina, _partner("fuel"), "reza").staff.staff_id, "helper")
    with pytest.raises(BadRole):
        staff.define_role(mina.clerk(), grocer, code="x", name="X", permissions=["settlement.approve"])


def test_a_role_is_given_for_one_store_if_it_can_be(mina: Person, grocer: UUID) -> None:
    store = partners.add_store(grocer, code="s1", name="Main street").store_id
    sara = hired(mina, grocer, "sara")
    staff.grant_role(mina.clerk(), sara.staff.staff_id, "store", store="s1")
    clerk = sara.clerk()
    assert clerk.may(Permission.TILLS_MANAGE, store) and not clerk.may(Permission.TILLS_MANAGE)
    with pytest.raises(BadRole):
        staff.grant_role(mina.clerk(), sara.staff.staff_id, "finance", store="s1")
    with pytest.raises(BadRole):
        staff.grant_role(mina.clerk(), sara.staff.staff_id, "store", store="s2")
    with pytest.raises(BadRole):
        staff.define_role(mina.clerk(), grocer, code="store", name="Store", permissions=["contracts.sign"])


def test_the_database_itself_lets_no_role_cross_to_another_business(mina: Person, grocer: UUID) -> None:
    sara, fuel = hired(mina, grocer, "sara"), _partner("fuel")
    (role, *_) = staff.list_roles(fuel)
    for partner_id in (grocer, fuel):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(
                text("INSERT INTO staff_grant VALUES (gen_random_uuid(), :staff, :role, :partner, NULL)"),
                {"staff": sara.staff.staff_id, "role": role.role_id, "partner": partner_id},
            )


def test_who_is_suspended_is_out_at_once_and_comes_back_with_its_roles(mina: Person, grocer: UUID) -> None:
    sara = hired(mina, grocer, "sara", "finance")
    token = sara.sign_in().token
    staff.suspend_staff(mina.clerk(), sara.staff.staff_id)
    with pytest.raises(NotSignedIn):
        staff.find_clerk(token)
    with pytest.raises(SignInRefused):
        sara.sign_in()
    with pytest.raises(WrongState):
        staff.suspend_staff(mina.clerk(), sara.staff.staff_id)
    staff.resume_staff(mina.clerk(), sara.staff.staff_id)
    with pytest.raises(NotSignedIn):
        staff.find_clerk(token)
    assert sara.clerk().may(Permission.SETTLEMENT_READ)
    staff.part_with_staff(mina.clerk(), sara.staff.staff_id)
    for attempt in (staff.resume_staff, staff.suspend_staff, staff.invite_again):
        with pytest.raises(WrongState):
            attempt(mina.clerk(), sara.staff.staff_id)
    assert actions()[-3:] == ["staff.suspend", "staff.resume", "staff.leave"]


def test_the_state_is_read_anew_though_the_session_was_not_ended(mina: Person, grocer: UUID) -> None:
    clerk = everyman("sara", grocer)
    with transaction():
        db.session.execute(text("UPDATE staff SET state = 'suspended' WHERE login = 'sara'"))
    assert sessions.list_sessions(Realm.STAFF, clerk.staff.staff_id) == [clerk.session]
    with pytest.raises(NotSignedIn):
        staff.clerk_of(clerk.session)


def test_people_are_written_down_by_id_and_shown_by_name(mina: Person) -> None:
    who = mina.staff.who
    assert who.startswith("stf_")
    assert staff.names_of([who, "Omid", "stf_nobody"]) == {who: "Mina", "Omid": "Omid", "stf_nobody": "stf_nobody"}
    assert staff.find_staff_by_login(" MINA ") == mina.staff
    assert staff.find_staff_by_login("nobody") is None
    with pytest.raises(StaffNotFound):
        staff.get_staff(UUID(int=0))


def test_the_audit_trail_tells_who_gave_what_to_whom_and_nobodys_name(mina: Person, grocer: UUID) -> None:
    clerk: Clerk = mina.clerk()
    with audit.acting(clerk.who, "req_1"):
        invited = staff.invite(clerk, grocer, login="sara@grocer.example", name="Sara", roles=["finance"])
    entries = audit.list_entries(subject=invited.staff.who)
    assert [(each.who, each.change.action, each.change.after) for each in reversed(entries)] == [
        (clerk.who, "staff.invite", {"partner": "grocer", "state": "invited"}),
        (clerk.who, "staff.grant", {"role": "finance", "store": None}),
    ]
    assert list(audit.verify()) == []


def test_a_password_that_leaked_is_not_taken(app: Flask, mina: Person, tmp_path: Path) -> None:
    leaked = "nine quiet lighthouses"
    (tmp_path / "leaked").write_text(f"{hashlib.sha1(leaked.encode()).hexdigest().upper()}:7\n")
    settings = replace(app.extensions["peyvand.settings"], leaked_passwords=tmp_path / "leaked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.extensions, "peyvand.settings", settings)
        with pytest.raises(WeakPassword):
            staff.change_password(mina.clerk(), old=mina.password, new=leaked, address="192.0.2.7")
        staff.change_password(mina.clerk(), old=mina.password, new="ten quiet lighthouses", address="192.0.2.7")
