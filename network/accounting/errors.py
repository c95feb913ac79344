"""How accounting can refuse."""

from network.kernel.errors import Conflict, Invalid


class BadRate(Invalid):
    code = "breakage_rate_invalid"
    detail = "A breakage rate lies between 0 and 1, with at most 12 decimals."


class BadTriangle(Invalid):
    code = "triangle_invalid"
    detail = "A triangle has at least two rows, each no longer than the one before it."


class CohortNotFound(Invalid):
    code = "cohort_not_found"
    detail = "No points of this month are in the books."


class NothingToEstimate(Conflict):
    code = "breakage_not_estimable"
    detail = "Too little is in the books for an estimate: it takes two cycles, and burned points."


class NothingOwed(Conflict):
    code = "nothing_owed"
    detail = "By the books the partner owes nothing for this cycle: not booked, paid, or covered before."


class NotHeld(Conflict):
    code = "collateral_not_held"
    detail = "By the books so much collateral of this partner is not held."
