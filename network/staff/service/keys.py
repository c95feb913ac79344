"""Passkeys of staff: a second way in, which is both factors at once and nothing that can be guessed or passed on."""

from typing import Any
from uuid import UUID

from network.audit.service import record
from network.infrastructure.security_log import refusals_noted
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show
from network.passkeys import service as passkeys
from network.passkeys.domain import Assertion, Ceremony, Passkey
from network.sessions import service as sessions
from network.sessions.service import OpenedSession, Realm
from network.staff import repository
from network.staff.domain import FRESH, Clerk, StaffState
from network.staff.errors import ProofTooOld, SignInRefused
from network.staff.service.finding import has_left


def begin_passkey(clerk: Clerk) -> Ceremony:
    """A person that has just proved who it is wants a passkey. Raises ProofTooOld."""
    _check_fresh(clerk)
    return passkeys.begin_registration(Realm.STAFF, clerk.staff.staff_id, user_name=clerk.staff.login)


def finish_passkey(clerk: Clerk, challenge_id: UUID, credential: str | dict[str, Any], *, name: str = "") -> Passkey:
    """Keep the key that the browser made. Not within a unit of work.

    Raises ProofTooOld, PasskeyRefused, TooManyPasskeys.
    """
    _check_fresh(clerk)

    def write_down(made: Passkey) -> None:
        record("staff.passkey", "staff", clerk.who, after={"passkey": show("pky", made.passkey_id)})

    told = clerk.staff.staff_id, challenge_id, credential
    return passkeys.finish_registration(Realm.STAFF, *told, name=name, with_it=write_down)


def remove_passkey(clerk: Clerk, passkey_id: UUID) -> None:
    """Take one of the person's own passkeys away. Raises ProofTooOld, PasskeyNotFound."""
    _check_fresh(clerk)
    with transaction():
        passkeys.remove_passkey(Realm.STAFF, clerk.staff.staff_id, passkey_id)
        record("staff.passkey", "staff", clerk.who, before={"passkey": show("pky", passkey_id)})


def list_passkeys(clerk: Clerk) -> list[Passkey]:
    """The person's own, the oldest first."""
    return passkeys.list_passkeys(Realm.STAFF, clerk.staff.staff_id)


def begin_sign_in() -> Ceremony:
    """Ask whoever comes for a passkey of staff; the answer is the same for everybody."""
    return passkeys.begin_assertion(Realm.STAFF)


@refusals_noted("staff.sign_in_by_passkey")
def sign_in_by_passkey(challenge_id: UUID, credential: str | dict[str, Any], *, device: str = "") -> OpenedSession:
    """Open a session for whoever has the passkey, if a finger, a face or a PIN unlocked it.

    Not slowed down: there is nothing to guess. Not within a unit of work. Raises PasskeyRefused, SignInRefused.
    """
    proved = passkeys.finish_assertion(Realm.STAFF, challenge_id, credential)
    row = repository.find(proved.subject_id)
    if row is None or row.state != StaffState.ACTIVE.value or has_left(row):
        raise SignInRefused
    return sessions.open_session(Realm.STAFF, row.staff_id, _two_factors(proved), device)


def begin_proof(clerk: Clerk) -> Ceremony:
    """Ask a person that is signed in for its passkey again."""
    return passkeys.begin_assertion(Realm.STAFF, clerk.staff.staff_id)


@refusals_noted("staff.prove_again_by_passkey")
def prove_again_by_passkey(clerk: Clerk, challenge_id: UUID, credential: str | dict[str, Any]) -> str:
    """The person proves again who it is; the session's next token.

    Not within a unit of work. Raises PasskeyRefused, SignInRefused, SessionEnded.
    """
    subject_id = clerk.staff.staff_id
    proved = passkeys.finish_assertion(Realm.STAFF, challenge_id, credential, subject_id=subject_id)
    return sessions.step_up(clerk.session.session_id, _two_factors(proved))


def _two_factors(proved: Assertion) -> tuple[str, ...]:
    """The methods of a key that something of the person unlocked; the device alone could be anybody's."""
    if not proved.is_user_verified:
        raise SignInRefused
    return proved.methods


def _check_fresh(clerk: Clerk) -> None:
    if not clerk.session.is_fresh(SystemClock().now(), FRESH):
        raise ProofTooOld
