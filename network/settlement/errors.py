"""How settlement can refuse."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class BadCalendar(Invalid):
    code = "calendar_invalid"
    detail = "The cycle calendar is not valid."


class CalendarFixed(Conflict):
    code = "calendar_fixed"
    detail = "This currency has another calendar already, and cycles that follow it."


class CalendarMissing(Conflict):
    code = "calendar_missing"
    detail = "There are points in a currency that has no cycle calendar."


class CycleNotFound(NotFound):
    code = "cycle_not_found"
    detail = "There is no such cycle."


class CycleNotDue(Conflict):
    code = "cycle_not_due"
    detail = "The cycle has not ended yet."


class CycleNotNetted(Conflict):
    code = "cycle_not_netted"
    detail = "The cycle has not been netted yet."


class CycleNotReady(Conflict):
    code = "cycle_not_ready"
    detail = "The cycle is not in the state that this needs."


class CycleNotOpen(Conflict):
    code = "cycle_not_open"
    detail = "The cycle has been cut: what it comes to is known, and no forecast."


class NotSubmitted(Conflict):
    code = "cycle_not_submitted"
    detail = "Nobody has submitted this cycle for approval."


class AlreadySubmitted(Conflict):
    code = "cycle_already_submitted"
    detail = "This version of the cycle was submitted before."


class SubmissionDecided(Conflict):
    code = "cycle_already_decided"
    detail = "This version of the cycle was approved or rejected before."


class ApproverIsPreparer(Forbidden):
    code = "cycle_same_person"
    detail = "Who submitted a cycle can't decide on it."


class PayerIsPreparer(Forbidden):
    code = "payment_same_person"
    detail = "Who submitted a cycle can't have its payments made."


class PayerIsRecorder(Forbidden):
    code = "payment_account_same_person"
    detail = (
        "A payment goes to an account that nobody has seen but who recorded it. Another person has to have it made,"
        " or has to have approved the cycle since."
    )


class PersonMissing(Invalid):
    code = "person_missing"
    detail = "Say who does this."


class ReasonMissing(Invalid):
    code = "settlement_reason_missing"
    detail = "Say why."


class AmountsDiffer(Conflict):
    """Measured again, a cycle does not come to what is stated. Nothing was changed; somebody has to find out why."""

    code = "cycle_amounts_differ"
    detail = "What is stated is not what the cycle comes to when it is measured again."


class BadPolicy(Invalid):
    code = "settlement_policy_invalid"
    detail = "Days and levels are whole numbers from 0 to 365; dunning takes at least a day."


class BankDetailsMissing(Conflict):
    """`partner_ids` names whose."""

    code = "bank_details_missing"
    detail = "Not every party of these payments has bank details."


class InstructionNotFound(NotFound):
    code = "payment_instruction_not_found"
    detail = "There is no such payment instruction."


class SuspenseNotFound(NotFound):
    code = "suspense_item_not_found"
    detail = "There is no such item in suspense."


class NotAssignable(Conflict):
    code = "suspense_not_assignable"
    detail = "This item can't be assigned to this instruction."


class NotReissuable(Conflict):
    code = "payment_not_reissuable"
    detail = "Only a payment that came back, and that no other took the place of, is made anew."


class NothingToRetry(Conflict):
    code = "payment_not_waiting"
    detail = "The payment service has not refused this payment, or is asked again anyway."


class BankStatementDiffers(Conflict):
    code = "bank_statement_differs"
    detail = "The bank has given this statement id before, with other bookings."


class DisputeNotFound(NotFound):
    code = "dispute_not_found"
    detail = "There is no such dispute here."


class LineNotFound(NotFound):
    code = "settlement_line_not_found"
    detail = "The settlement has no such line."


class DisputeTooLate(Conflict):
    code = "dispute_too_late"
    detail = "The time in which this settlement could be disputed is over."


class DisputeExists(Conflict):
    code = "dispute_exists"
    detail = "This is disputed already, and not decided yet."


class DisputeDecided(Conflict):
    code = "dispute_already_decided"
    detail = "This dispute was accepted or rejected before."


class GrantWaits(Conflict):
    code = "dispute_grant_waits"
    detail = "What this dispute is to be granted waits for a second person already."


class GrantMissing(Conflict):
    code = "dispute_grant_missing"
    detail = "Nothing that this dispute is to be granted waits for a second person."


class GranterIsPreparer(Forbidden):
    code = "dispute_same_person"
    detail = "Somebody else has to approve or reject what this person would grant."


class BadGrantLimit(Invalid):
    code = "grant_limit_invalid"
    detail = "A limit is a whole number of minor units, 0 or more."


class NothingGranted(Invalid):
    code = "dispute_grants_nothing"
    detail = "An accepted dispute grants an amount; reject it if there is none."


class SettlementNotFound(NotFound):
    code = "settlement_not_found"
    detail = "There is no such settlement here."


class CreditLimitReached(Forbidden):
    """As a suspension, this is no answer that is kept: once there is credit, the same request is answered anew."""

    code = "credit_limit_reached"
    detail = "What the partner owes in the open cycle has reached its credit limit and collateral; burning goes on."


class CycleNotCut(Conflict):
    code = "cycle_not_cut"
    detail = "The cycle is still open."


class ProofNotReady(NotFound):
    code = "proof_not_ready"
    detail = "This cycle has no signed proof yet. It is made within minutes of the cut."


class NoProofOfEntry(NotFound):
    code = "entry_not_in_cycle"
    detail = "No line of this cycle is of an entry of yours with this id."


class ForeignHorizon(Unavailable):
    """Transaction ids of one server mean nothing on another: a cut would lose rows, or take some twice."""

    code = "horizon_foreign"
    detail = (
        "The settlement horizon was recorded on another database server. If this database was restored from a dump,"
        " let `network settlement adopt-server` take it over."
    )


class BadCover(Invalid):
    code = "cover_invalid"
    detail = "A loss, and what covers it, can't be negative."


class BadExpectedBurn(Invalid):
    code = "expected_burn_invalid"
    detail = "The part that is expected to burn lies between 0 and 1."


class PartnerNotLeft(Conflict):
    code = "partner_not_left"
    detail = "The partner has not left: its tail still grows."


class TailBought(Conflict):
    code = "tail_already_bought"
    detail = "The tail of this partner was bought out before."


class NothingToBuy(Conflict):
    code = "tail_empty"
    detail = "Nothing is deferred of this partner's outstanding points."
