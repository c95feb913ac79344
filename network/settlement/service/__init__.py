"""The use cases of settlement."""

from network.settlement.service.accounts import (
    bank_details,
    change_payment_scheme,
    payment_scheme,
    record_bank_details,
)
from network.settlement.service.adjusting import adjust_money, adjustments_of
from network.settlement.service.adopt import adopt_server
from network.settlement.service.approval import approve, measure, reject, submission_of, submit
from network.settlement.service.asking import refusals_of, retry_payment
from network.settlement.service.booking import Cleared, cleared, note_booked
from network.settlement.service.breakage import Breakage, breakage
from network.settlement.service.calendars import calendars, ensure_calendar, open_cycles
from network.settlement.service.close import WORKERS_SHARE, close_cycle, due_cycles
from network.settlement.service.credit import credit_lines, credit_takes, measure_credit
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
from network.settlement.service.documents import (
    LineEntry,
    line_entries,
    partner_of_statement,
    statement_document,
    statements_of,
)
from network.settlement.service.dry_run import dry_run
from network.settlement.service.export import export_cycle
from network.settlement.service.granting import approve_grant, reject_grant, set_grant_limit, waiting_grants
from network.settlement.service.instructing import (
    due_to_instruct,
    instruct,
    instructions,
    settlement_files,
)
from network.settlement.service.lifecycle import close_settled, mark_instructed, mark_paid
from network.settlement.service.notices import change_policy, give_notices, mark_statement_paid, settlement_policy
from network.settlement.service.preview import Preview, preview_terms
from network.settlement.service.proofs import (
    get_proof,
    list_proofs,
    proof_keys,
    proof_of_entry,
    proof_of_statement,
    request_signers,
)
from network.settlement.service.prove import prove_cycle, still_holds, unproven_cycles
from network.settlement.service.reconciling import Reconciled, assign, reconcile, suspense
from network.settlement.service.reissuing import cover_payments, outstanding_of, reissue
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
from network.settlement.service.tails import buy_out, buyouts
from network.settlement.service.trace import Claim, ClearedMovement, claims_of, cleared_in
from network.settlement.service.trail import broken_step, trail_of

__all__ = [
    "WORKERS_SHARE",
    "Breakage",
    "Claim",
    "Cleared",
    "ClearedMovement",
    "CycleReport",
    "LineEntry",
    "MatrixCell",
    "PartnerPosition",
    "Preview",
    "Reconciled",
    "RollForward",
    "accept_dispute",
    "adjust_money",
    "adjustments_of",
    "adopt_server",
    "approve",
    "approve_grant",
    "assign",
    "bank_details",
    "breakage",
    "broken_step",
    "buy_out",
    "buyouts",
    "calendars",
    "change_payment_scheme",
    "change_policy",
    "claims_of",
    "cleared",
    "cleared_in",
    "close_cycle",
    "close_settled",
    "cover_payments",
    "credit_lines",
    "credit_takes",
    "cut",
    "cycle_report",
    "cycles",
    "dry_run",
    "due_cycles",
    "due_to_instruct",
    "ensure_calendar",
    "export_cycle",
    "get_cycle",
    "get_dispute",
    "get_proof",
    "get_statement",
    "give_notices",
    "instruct",
    "instructions",
    "line_entries",
    "list_disputes",
    "list_proofs",
    "list_statements",
    "mark_instructed",
    "mark_paid",
    "mark_statement_paid",
    "measure",
    "measure_credit",
    "note_booked",
    "open_cycles",
    "open_dispute",
    "outstanding_of",
    "partner_of_statement",
    "payment_scheme",
    "preview_terms",
    "proof_keys",
    "proof_of_entry",
    "proof_of_statement",
    "prove_cycle",
    "reconcile",
    "record_bank_details",
    "refusals_of",
    "reissue",
    "reject",
    "reject_dispute",
    "reject_grant",
    "request_signers",
    "retry_payment",
    "roll_forward",
    "set_grant_limit",
    "settlement_files",
    "settlement_policy",
    "simulate_default",
    "simulate_exit",
    "statement_document",
    "statements_of",
    "still_holds",
    "submission_of",
    "submit",
    "suspense",
    "trail_of",
    "unproven_cycles",
    "waiting_disputes",
    "waiting_grants",
    "why_waiting",
]
