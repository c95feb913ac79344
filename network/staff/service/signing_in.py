"""Signing in with password and second factor at once, so that no answer tells that the password alone was right."""

from datetime import datetime
from uuid import UUID

from network.infrastructure.security_log import refusals_noted
from network.infrastructure.transaction import in_transaction, transaction
from network.kernel.clock import SystemClock
from network.sessions import service as sessions
from network.sessions.service import OpenedSession, Realm
from network.staff import repository, secrets
from network.staff.domain import ACCOUNT, PREFIX, Clerk, StaffState, normalized, prefix_of
from network.staff.errors import NotSignedIn, SignInRefused, TooManyAttempts
from network.staff.models import StaffRow
from network.staff.service.finding import has_left


@refusals_noted("staff.sign_in")
def sign_in(*, login: str, password: str, code: str, address: str, device: str = "") -> OpenedSession:
    """Open a session for a person of staff. `code`: six digits of its authenticator, or a recovery code.

    `address`: where the attempt comes from, counted by its network. Not within a unit of work: attempts are counted,
    and committed, before they are looked at. Raises TooManyAttempts, SignInRefused.
    """
    told = login.strip().casefold()
    account, prefix = _count(told, address)
    row = repository.find_by_login(told)
    methods = _proved(row, password, code)
    if row is None or methods is None or has_left(row):
        raise SignInRefused
    with transaction():
        repository.forget_attempts(account)
        repository.take_back_attempt(prefix)
        return sessions.open_session(Realm.STAFF, row.staff_id, methods, device)


@refusals_noted("staff.prove_again")
def prove_again(clerk: Clerk, *, password: str, code: str, address: str) -> str:
    """A person that is signed in proves again who it is; the session's next token. Counted as a sign-in.

    Not within a unit of work. Raises TooManyAttempts, SignInRefused, SessionEnded.
    """
    account, _ = _count(clerk.staff.login, address)
    methods = _proved(repository.find(clerk.staff.staff_id), password, code)
    if methods is None:
        raise SignInRefused
    with transaction():
        repository.forget_attempts(account)
        return sessions.step_up(clerk.session.session_id, methods)


def sign_out(clerk: Clerk) -> None:
    """End the session in which the person asks."""
    sessions.end_session(Realm.STAFF, clerk.staff.staff_id, clerk.session.session_id)


@refusals_noted("staff.prove_password")
def prove_password(clerk: Clerk, password: str, *, address: str) -> None:
    """That whoever asks knows the person's password. Raises TooManyAttempts, SignInRefused, NotSignedIn."""
    account, _ = _count(clerk.staff.login, address)
    row = repository.find(clerk.staff.staff_id)
    if row is None:
        raise NotSignedIn
    if not secrets.is_password(normalized(password), row.password_hash):
        raise SignInRefused
    with transaction():
        repository.forget_attempts(account)


def forget_stale() -> None:
    """Delete attempts that are long ago, and invitations that have expired."""
    with transaction():
        repository.forget_stale(_now())


def _count(login: str, address: str) -> tuple[bytes, bytes]:
    """Count an attempt against account and network; their buckets. Raises TooManyAttempts."""
    assert not in_transaction(), "a unit of work that fails would not have counted"
    keys = secrets.Keys.current()
    account, prefix = keys.bucket("account", login), keys.bucket("prefix", prefix_of(address))
    with transaction():
        for bucket, patience in ((account, ACCOUNT), (prefix, PREFIX)):
            if not repository.count_attempt(bucket, patience, _now()):
                seconds = max(1, repository.wait_seconds(bucket, patience, _now()))
                raise TooManyAttempts(retry_after=seconds)
    return account, prefix


def _proved(row: StaffRow | None, password: str, code: str) -> tuple[str, ...] | None:
    """By which methods (RFC 8176) an active person has proved who it is; None if it has not.

    The password is hashed whoever it is, so that the time tells nobody who has an account. The code is used up only if
    the password was right: else a guesser of passwords could use up the person's own codes.
    """
    kept = row.password_hash if row is not None and row.state == StaffState.ACTIVE.value else None
    if not secrets.is_password(normalized(password), kept) or row is None or kept is None:
        return None
    with transaction():
        methods = _second_factor(row, code.strip())
        if methods is not None and secrets.is_outdated(kept):
            repository.change(row.staff_id, password_hash=secrets.hash_password(normalized(password)))
    return methods


def _second_factor(row: StaffRow, code: str) -> tuple[str, ...] | None:
    keys = secrets.Keys.current()
    if len(code) > 6:
        used = repository.use_recovery_code(row.staff_id, keys.recovery_hash(row.staff_id, code))
        return ("pwd", "mfa") if used else None
    step = secrets.step_of(keys.open(row.staff_id, row.totp_sealed or b""), code, _now().timestamp())
    is_first = step is not None and repository.use_step(row.staff_id, step)
    return ("pwd", "otp", "mfa") if is_first else None


def codes_left(staff_id: UUID) -> int:
    """How many recovery codes a person has."""
    return repository.recovery_codes_left(staff_id)


def _now() -> datetime:
    return SystemClock().now()
