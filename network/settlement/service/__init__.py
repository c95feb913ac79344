"""The use cases of settlement."""

from network.settlement.service.adjusting import adjust_money, adjustments_of
from network.settlement.service.adopt import adopt_server
from network.settlement.service.approval import approve, measure, reject, submission_of, submit
from network.settlement.service.booking import Cleared, cleared, note_booked
from network.settlement.service.breakage import Breakage, breakage
from network.settlement.service.calendars import calendars, ensure_calendar, open_cycles
from network.settlement.service.close import close_cycle, due_cycles
from network.settlement.service.cut import cut
from network.settlement.service.cycles import cycles, get_cycle, why_waiting
from network.settlement.service.disputes import (
    accept_dispute,
    get_dispute,
    list_disputes,
    open_dispute,
    reject_dispute,
    waiting_disputes,
)
from network.settlement.service.export import export_cycle
from network.settlement.service.lifecycle import close_settled, mark_instructed, mark_paid
from network.settlement.service.notices import change_policy, give_notices, mark_statement_paid, settlement_policy
from network.settlement.service.preview import preview
from network.settlement.service.report import (
    CycleReport,
    MatrixCell,
    PartnerPosition,
    RollForward,
    cycle_report,
    roll_forward,
)
from network.settlement.service.simulating import simulate_default, simulate_exit
from network.settlement.service.statements import get_statement, list_statements
from network.settlement.service.tails import buy_out, buyouts, tail_of
from network.settlement.service.trace import Claim, ClearedMovement, claims_of, cleared_in
from network.settlement.service.trail import broken_step, trail_of

__all__ = [
    "Breakage",
    "Claim",
    "Cleared",
    "ClearedMovement",
    "CycleReport",
    "MatrixCell",
    "PartnerPosition",
    "RollForward",
    "accept_dispute",
    "adjust_money",
    "adjustments_of",
    "adopt_server",
    "approve",
    "breakage",
    "broken_step",
    "buy_out",
    "buyouts",
    "calendars",
    "change_policy",
    "claims_of",
    "cleared",
    "cleared_in",
    "close_cycle",
    "close_settled",
    "cut",
    "cycle_report",
    "cycles",
    "due_cycles",
    "ensure_calendar",
    "export_cycle",
    "get_cycle",
    "get_dispute",
    "get_statement",
    "give_notices",
    "list_disputes",
    "list_statements",
    "mark_instructed",
    "mark_paid",
    "mark_statement_paid",
    "measure",
    "note_booked",
    "open_cycles",
    "open_dispute",
    "preview",
    "reject",
    "reject_dispute",
    "roll_forward",
    "settlement_policy",
    "simulate_default",
    "simulate_exit",
    "submission_of",
    "submit",
    "tail_of",
    "trail_of",
    "waiting_disputes",
    "why_waiting",
]
