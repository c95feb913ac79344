"""How settlement can refuse."""

from network.kernel.errors import Conflict, Invalid, NotFound, Unavailable


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


class SettlementNotFound(NotFound):
    code = "settlement_not_found"
    detail = "There is no such settlement here."


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
