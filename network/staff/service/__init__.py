"""The public face: people of staff come in, sign in, have roles, and may do what these allow."""

from network.staff.service.finding import (
    authorise,
    clerk_of,
    find_clerk,
    find_staff_by_login,
    get_staff,
    list_staff,
    names_of,
)
from network.staff.service.guessing import counted_guess
from network.staff.service.inviting import (
    Enrolment,
    Invitation,
    accept_invitation,
    bootstrap,
    enrolment_of,
    invite,
    invite_again,
)
from network.staff.service.keys import (
    begin_passkey,
    begin_proof,
    begin_sign_in,
    finish_passkey,
    list_passkeys,
    prove_again_by_passkey,
    remove_passkey,
    sign_in_by_passkey,
)
from network.staff.service.people import (
    change_password,
    end_own_session,
    end_sessions_of,
    part_with_staff,
    renew_recovery_codes,
    resume_staff,
    suspend_staff,
)
from network.staff.service.roles import define_role, grant_role, list_roles, withdraw_role
from network.staff.service.signing_in import codes_left, forget_stale, prove_again, sign_in, sign_out

__all__ = [
    "Enrolment",
    "Invitation",
    "accept_invitation",
    "authorise",
    "begin_passkey",
    "begin_proof",
    "begin_sign_in",
    "bootstrap",
    "change_password",
    "clerk_of",
    "codes_left",
    "counted_guess",
    "define_role",
    "end_own_session",
    "end_sessions_of",
    "enrolment_of",
    "find_clerk",
    "find_staff_by_login",
    "finish_passkey",
    "forget_stale",
    "get_staff",
    "grant_role",
    "invite",
    "invite_again",
    "list_passkeys",
    "list_roles",
    "list_staff",
    "names_of",
    "part_with_staff",
    "prove_again",
    "prove_again_by_passkey",
    "remove_passkey",
    "renew_recovery_codes",
    "resume_staff",
    "sign_in",
    "sign_in_by_passkey",
    "sign_out",
    "suspend_staff",
    "withdraw_role",
]
