"""How signing in and spending can be refused. None of it tells whether a phone or an address has a member."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


class CodeRefused(Unauthenticated):
    """Wrong, too late, used, tried too often, or of another browser's request: which, is not told."""

    code = "code_refused"
    detail = "The code is not right, or not any more."


class TooManyCodes(TooMany):
    code = "too_many_codes"
    detail = "Codes were asked for too often. Try again later, or sign in with a passkey."


class StepUpNeeded(Forbidden):
    code = "step_up_needed"
    detail = "Prove again who you are: by a code, or a passkey."


class AlreadyYours(Conflict):
    code = "already_yours"
    detail = "This is the phone number that you have."


class SpendLocked(Forbidden):
    is_kept = True
    code = "spend_locked"
    detail = "The member has locked its points."


class CoolingOff(Forbidden):
    is_kept = True
    code = "cooling_off"
    detail = "The member's phone was changed. Nothing can be spent for a day after that."


class NewPartner(Forbidden):
    is_kept = True
    code = "partner_not_opened"
    detail = "The member has never been here, and has to allow spending here first."


class OverSpendLimit(Forbidden):
    is_kept = True
    code = "over_spend_limit"
    detail = "This is more than the member lets be spent at once. The member has to approve it."


class ApprovalNotFound(NotFound):
    code = "approval_not_found"
    detail = "There is no such approval."


class BadSpendLimit(Invalid):
    code = "spend_limit_invalid"
    detail = "A limit is a whole number of points, 0 or more."


class BadTillCode(Invalid):
    code = "till_code_invalid"
    detail = "A code has eight digits."


class BadAlias(Invalid):
    code = "alias_invalid"
    detail = "An alias has twelve letters and digits."
