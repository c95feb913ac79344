"""People of staff for tests: invited, with both factors, signed in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import pyotp

from network.kernel.identifiers import new_id
from network.partners import service as partners
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff import repository
from network.staff import service as staff
from network.staff.domain import Clerk, Permission, Role, Staff, permissions_of

PASSWORD = "viel zu viele Kuerbisse"
_steps_used: dict[UUID, int] = {}


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    staff: Staff
    totp_secret: str = field(repr=False)
    recovery_codes: list[str] = field(repr=False)
    password: str = PASSWORD

    def code(self) -> str:
        """The next code that was not used yet; the network takes one of the step to come, too."""
        step = max(int(time.time()) // 30 - 1, _steps_used.get(self.staff.staff_id, 0)) + 1
        _steps_used[self.staff.staff_id] = step
        return pyotp.TOTP(self.totp_secret).generate_otp(step)

    def sign_in(self, **told: str) -> sessions.OpenedSession:
        """By the door."""
        given = {"password": self.password, "address": "192.0.2.7"} | told
        if "code" not in given:
            given["code"] = self.code()
        return staff.sign_in(login=self.staff.login, **given)

    def clerk(self) -> Clerk:
        """Signed in, without a door: by a session that was just opened."""
        opened = sessions.open_session(Realm.STAFF, self.staff.staff_id, ["pwd", "otp", "mfa"])
        return staff.clerk_of(opened.session)


def accept(invitation: staff.Invitation) -> Person:
    """Take an invitation up."""
    assert invitation.token is not None
    secret = staff.enrolment_of(invitation.token).totp_secret
    step = int(time.time()) // 30 - 1
    codes = staff.accept_invitation(invitation.token, password=PASSWORD, code=pyotp.TOTP(secret).generate_otp(step))
    person = staff.get_staff(invitation.staff.staff_id)
    _steps_used[person.staff_id] = step
    return Person(person, secret, codes)


def first_administrator(login: str = "mina") -> Person:
    """The operator's first person."""
    return accept(staff.bootstrap(login=login, name=login.title(), again=True))


def hired(by: Person, partner_id: UUID, login: str, *roles: str) -> Person:
    """Somebody whom an administrator of the operator let into a business."""
    return accept(staff.invite(by.clerk(), partner_id, login=login, name=login.title(), roles=roles))


def at_shell(
    *logins: str, partner_id: UUID | None = None, permissions: Iterable[Permission] | None = None
) -> dict[str, Clerk]:
    """People who may everything that their side can have, or as told, signed in at the server's shell, by login."""
    from network.cli.identity import keep

    people = {login: everyman(login, partner_id, permissions) for login in logins}
    for login, clerk in people.items():
        keep(login, sessions.open_session(Realm.STAFF, clerk.staff.staff_id, clerk.session.methods).token)
    return people


def everyman(login: str, partner_id: UUID | None = None, permissions: Iterable[Permission] | None = None) -> Clerk:
    """A clerk with a role of its own, which gives all that its side can have unless told otherwise; written past the
    door, so that it costs no hashing of passwords.
    """
    from network.infrastructure.database import db
    from network.infrastructure.transaction import transaction
    from network.kernel.clock import SystemClock
    from network.staff.models import StaffRow
    from network.staff.service.finding import person_of

    business = partner_id or partners.ensure_operator().partner_id
    staff.list_roles(business)  # the standard ones come first
    with transaction():
        now = SystemClock().now()
        row = StaffRow(staff_id=new_id(), partner_id=business, login=login, name=login.title(), state="active",
                       created_at=now, password_hash="-", totp_sealed=b"-", totp_step=0)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        person = person_of(row)
        given = tuple(permissions_of(person.side) if permissions is None else permissions)
        role = Role(new_id(), business, f"of-{login}"[:32], login, given)
        repository.insert_roles([role])
        repository.insert_grant(person.staff_id, role, None)
    opened = sessions.open_session(Realm.STAFF, person.staff_id, ["pwd", "otp", "mfa"])
    return staff.clerk_of(opened.session)
