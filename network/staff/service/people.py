"""What becomes of people after they came in: suspended, back, gone; and what a person changes about itself."""

from uuid import UUID

from network.audit.service import record
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show
from network.passkeys import service as passkeys
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff import repository, secrets
from network.staff.domain import FRESH, Clerk, Permission, Staff, StaffState
from network.staff.errors import OwnAccount, ProofTooOld, WrongState
from network.staff.service.choosing import hash_chosen
from network.staff.service.finding import authorise, get_staff, person_of
from network.staff.service.inviting import keep_recovery_codes
from network.staff.service.signing_in import prove_password

_SHOWN = {Realm.MEMBER: "mbr", Realm.STAFF: "stf"}


def suspend_staff(clerk: Clerk, staff_id: UUID) -> Staff:
    """Stop a person at once, sessions included. Raises as `authorise`, StaffNotFound, OwnAccount, WrongState."""
    return _move(clerk, staff_id, "staff.suspend", StaffState.SUSPENDED, (StaffState.ACTIVE,))


def resume_staff(clerk: Clerk, staff_id: UUID) -> Staff:
    """Undo a suspension. Raises as `authorise`, StaffNotFound, OwnAccount, WrongState."""
    return _move(clerk, staff_id, "staff.resume", StaffState.ACTIVE, (StaffState.SUSPENDED,))


def part_with_staff(clerk: Clerk, staff_id: UUID) -> Staff:
    """A person leaves, for good. What it did keeps its id. Raises as `suspend_staff`."""
    stays = (StaffState.INVITED, StaffState.ACTIVE, StaffState.SUSPENDED)
    return _move(clerk, staff_id, "staff.leave", StaffState.LEFT, stays)


def change_password(clerk: Clerk, *, old: str, new: str, address: str) -> None:
    """Another password for the person that asks; its other sessions end.

    Not within a unit of work. Raises ProofTooOld, TooManyAttempts, SignInRefused for the old one, WeakPassword for
    the new one.
    """
    _check_fresh(clerk)
    prove_password(clerk, old, address=address)
    person = clerk.staff
    kept = hash_chosen(new, (person.login, person.name))
    with transaction():
        repository.change(person.staff_id, password_hash=kept)
        sessions.end_sessions(Realm.STAFF, person.staff_id, but=clerk.session.session_id)
        record("staff.password", "staff", person.who)


def renew_recovery_codes(clerk: Clerk) -> list[str]:
    """Ten new recovery codes, told once; those before are worth nothing. Raises ProofTooOld."""
    _check_fresh(clerk)
    codes = secrets.new_recovery_codes()
    with transaction():
        keep_recovery_codes(clerk.staff.staff_id, codes)
        record("staff.recovery_codes", "staff", clerk.who)
    return codes


def end_own_session(clerk: Clerk, session_id: UUID) -> None:
    """A person signs itself out somewhere else. Raises ProofTooOld, SessionNotFound."""
    _check_fresh(clerk)
    sessions.end_session(Realm.STAFF, clerk.staff.staff_id, session_id)


def end_sessions_of(clerk: Clerk, realm: Realm, subject_id: UUID | None = None) -> int:
    """Sign somebody out everywhere, or everybody of a realm, by an administrator of the operator; how many sessions.

    The administrator's own session ends with the others. Raises as `authorise`.
    """
    authorise(clerk, Permission.STAFF_MANAGE)
    with transaction():
        if subject_id is None:
            whose, ended = "all", sessions.end_all_sessions(realm)
        else:
            whose, ended = show(_SHOWN[realm], subject_id), sessions.end_sessions(realm, subject_id)
        record("sessions.end", realm.value, whose, after={"ended": ended})
    return ended


def _check_fresh(clerk: Clerk) -> None:
    if not clerk.session.is_fresh(SystemClock().now(), FRESH):
        raise ProofTooOld


def _move(clerk: Clerk, staff_id: UUID, action: str, after: StaffState, allowed: tuple[StaffState, ...]) -> Staff:
    authorise(clerk, Permission.STAFF_MANAGE, partner_id=get_staff(staff_id).partner_id)
    if staff_id == clerk.staff.staff_id:
        raise OwnAccount
    with transaction():
        before = person_of(repository.lock(staff_id)).state
        if before not in allowed:
            raise WrongState(state=before.value)
        repository.change(staff_id, state=after.value)
        if after is not StaffState.ACTIVE:
            sessions.end_sessions(Realm.STAFF, staff_id)
            if after is StaffState.LEFT:
                passkeys.remove_passkeys(Realm.STAFF, staff_id)
            repository.drop_invitation(staff_id)
        person = get_staff(staff_id)
        record(action, "staff", person.who, before={"state": before.value}, after={"state": after.value})
    return person
