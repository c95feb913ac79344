"""How people come in: invited by somebody who may, by a token that works once; they choose their own two factors.

The first administrator of the operator is invited from the server's shell, and so is one after all others were lost:
whoever has that shell has the database and the secret anyway, and the audit trail says that it was done there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from network.audit.service import record
from network.delivery.domain import Channel, Message
from network.delivery.service import put
from network.infrastructure.context import application
from network.infrastructure.security_log import refusals_noted
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id
from network.partners import service as partners
from network.partners.errors import PartnerHasLeft
from network.passkeys import service as passkeys
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff import repository, secrets
from network.staff.domain import (
    ADMINISTRATOR,
    Clerk,
    Permission,
    Staff,
    StaffState,
    check_login,
    check_name,
)
from network.staff.errors import (
    BadStaff,
    HasAdministrator,
    InvitationInvalid,
    LoginTaken,
    OwnAccount,
    WrongCode,
    WrongState,
)
from network.staff.service.choosing import hash_chosen
from network.staff.service.finding import authorise, get_staff, has_left, person_of
from network.staff.service.roles import ensure_roles, give
from network.staff.texts import invited

INVITATION_LIVES = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Invitation:
    """For the person alone, told once: only the token's hash is kept. None if it went to the person by e-mail."""

    staff: Staff
    token: str | None = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the page of an invitation shows: the secret for an authenticator, and as a URI for its QR code."""

    staff: Staff
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


def bootstrap(*, login: str, name: str, again: bool = False) -> Invitation:
    """Invite the operator's first administrator, from the server's shell.

    `again`: although there is one, because nobody of them can sign in any more. Raises BadStaff, LoginTaken,
    HasAdministrator.
    """
    operator = partners.ensure_operator()
    with transaction():
        if not again and repository.holds(operator.partner_id, Permission.STAFF_MANAGE):
            raise HasAdministrator
        return _invite(operator.partner_id, login, name, [ADMINISTRATOR], "staff.bootstrap")


def invite(
    clerk: Clerk, partner_id: UUID, *, login: str, name: str, roles: Iterable[str] = (), by_mail: bool = False
) -> Invitation:
    """Let a person of a business in, with these of its roles, by code.

    The operator's people invite for every business, a partner's for their own. `by_mail`: the login is an address, and
    the token goes there, past whoever invites. Raises as `authorise`, BadStaff, LoginTaken, PartnerNotFound,
    PartnerHasLeft, RoleNotFound.
    """
    authorise(clerk, Permission.STAFF_MANAGE, partner_id=partner_id)
    with transaction():
        return _sent(_invite(partner_id, login, name, roles, "staff.invite"), by_mail)


def invite_again(clerk: Clerk, staff_id: UUID, *, by_mail: bool = False) -> Invitation:
    """Begin anew for a person that lost what it signs in with: all of it is worth nothing from now on, sessions end.

    Raises as `authorise`, StaffNotFound, OwnAccount, WrongState for one that is suspended or has left.
    """
    authorise(clerk, Permission.STAFF_MANAGE, partner_id=get_staff(staff_id).partner_id)
    if staff_id == clerk.staff.staff_id:
        raise OwnAccount
    with transaction():
        person = person_of(repository.lock(staff_id))
        if person.state not in (StaffState.INVITED, StaffState.ACTIVE):
            raise WrongState(state=person.state.value)
        gone = {"password_hash": None, "totp_sealed": None, "totp_step": None}
        repository.change(staff_id, state=StaffState.INVITED.value, **gone)
        repository.replace_recovery_codes(staff_id, [])
        passkeys.remove_passkeys(Realm.STAFF, staff_id)
        sessions.end_sessions(Realm.STAFF, staff_id)
        record("staff.reset", "staff", person.who, before={"state": person.state.value}, after={"state": "invited"})
        return _sent(_invitation(get_staff(staff_id)), by_mail)


def enrolment_of(token: str) -> Enrolment:
    """Whom an invitation is for, and the second factor that it offers. Raises InvitationInvalid."""
    found = repository.find_invitation(secrets.token_hash(token), _now())
    if found is None:
        raise InvitationInvalid
    person, secret = get_staff(found.staff_id), secrets.Keys.current().open(found.staff_id, found.totp_sealed)
    return Enrolment(person, secret, secrets.totp_uri(secret, login=person.login, issuer=_issuer()))


@refusals_noted("staff.accept_invitation")
def accept_invitation(token: str, *, password: str, code: str) -> list[str]:
    """Choose a password, and show by a code that the authenticator has the secret; ten recovery codes, told once.

    A wrong code leaves the invitation as it is. Raises InvitationInvalid, WeakPassword, WrongCode.
    """
    enrolment = enrolment_of(token)
    person = enrolment.staff
    kept = hash_chosen(password, (person.login, person.name, _issuer()))
    step = secrets.step_of(enrolment.totp_secret, code.strip(), _now().timestamp())
    if step is None:
        raise WrongCode(field="code")
    codes = secrets.new_recovery_codes()
    with transaction():
        taken = repository.take_invitation(secrets.token_hash(token), _now())
        row = repository.lock(person.staff_id)
        if taken is None or row is None or row.state != StaffState.INVITED.value or has_left(row):
            raise InvitationInvalid
        active = {"state": StaffState.ACTIVE.value, "password_hash": kept, "totp_step": step}
        repository.change(person.staff_id, totp_sealed=taken.totp_sealed, **active)
        keep_recovery_codes(person.staff_id, codes)
        record("staff.accept", "staff", person.who, before={"state": "invited"}, after={"state": "active"})
    return codes


def keep_recovery_codes(staff_id: UUID, codes: Iterable[str]) -> None:
    """These, and none of those before."""
    keys = secrets.Keys.current()
    repository.replace_recovery_codes(staff_id, [keys.recovery_hash(staff_id, each) for each in codes])


def _invite(partner_id: UUID, login: str, name: str, roles: Iterable[str], action: str) -> Invitation:
    partner, staff_id = partners.get_partner(partner_id), new_id()
    told, shown = check_login(login), check_name(name)
    if partner.status == "left":
        raise PartnerHasLeft
    if not repository.insert_staff(staff_id, partner_id, told, shown, _now()):
        raise LoginTaken(field="login")
    person = get_staff(staff_id)
    record(action, "staff", person.who, after={"partner": partner.code, "state": person.state.value})
    ensure_roles(partner_id)
    for code in roles:
        give(person, code, None)
    return _invitation(person)


def _invitation(person: Staff) -> Invitation:
    token, expires_at = secrets.new_token(), _now() + INVITATION_LIVES
    sealed = secrets.Keys.current().seal(person.staff_id, secrets.new_totp_secret())
    repository.put_invitation(person.staff_id, secrets.token_hash(token), sealed, expires_at)
    return Invitation(person, token, expires_at)


def _sent(invitation: Invitation, by_mail: bool) -> Invitation:
    """With its message on its way, if it goes by e-mail. Raises BadStaff for a login that is no address."""
    if not by_mail:
        return invitation
    login, url = invitation.staff.login, application().extensions["peyvand.settings"].public_url
    if "@" not in login:
        raise BadStaff("This login is no e-mail address.", field="login")
    text = invited(f"{url}/staff/invitation", str(invitation.token), invitation.expires_at)
    put(Message(Channel.EMAIL, login, text), lives=INVITATION_LIVES)
    return replace(invitation, token=None)


def _issuer() -> str:
    """By what an authenticator's list names us: the network's address, without its scheme."""
    address: str = application().extensions["peyvand.settings"].public_url
    return f"Peyvand {address.partition('://')[2]}"


def _now() -> datetime:
    return SystemClock().now()
