"""How the use cases of staff can fail."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Unauthenticated


class SignInRefused(Unauthenticated):
    """Which part was wrong is told to nobody."""

    code = "sign_in_refused"
    detail = "Name, password or code are not right, or this account can't sign in."


class TooManyAttempts(Refused):
    """`retry_after`: seconds until the next attempt is looked at."""

    code = "too_many_attempts"
    detail = "Too many attempts. Wait a moment, and try again."


class NotSignedIn(Unauthenticated):
    code = "staff_not_signed_in"
    detail = "Sign in first."


class ProofTooOld(Unauthenticated):
    code = "proof_too_old"
    detail = "This moves money or rights: prove again who you are."


class NotAllowed(Forbidden):
    """`permission`: what would be needed."""

    code = "not_allowed"
    detail = "Your roles do not allow this."


class OwnWork(Forbidden):
    code = "own_work"
    detail = "This needs a second person: you prepared it yourself."


class OwnAccount(Forbidden):
    code = "own_account"
    detail = "Nobody changes what they themselves may do."


class StaffNotFound(NotFound):
    code = "staff_not_found"
    detail = "There is no such person of staff."


class RoleNotFound(NotFound):
    code = "role_not_found"
    detail = "There is no such role."


class BadStaff(Invalid):
    code = "bad_staff"
    detail = "This makes no account of staff."


class BadRole(Invalid):
    code = "bad_role"
    detail = "The role makes no sense."


class LoginTaken(Conflict):
    code = "login_taken"
    detail = "There is an account of this name."


class HasAdministrator(Conflict):
    code = "has_administrator"
    detail = "The operator has an administrator, who invites others."


class WrongState(Conflict):
    code = "staff_state"
    detail = "The account's state does not allow this."


class InvitationInvalid(NotFound):
    code = "invitation_invalid"
    detail = "This invitation is not valid: it was used, replaced, or has expired."


class WeakPassword(Invalid):
    code = "weak_password"
    detail = "The password is too easy to guess."


class WrongCode(Invalid):
    code = "wrong_code"
    detail = "The code is not right, or was used before."
