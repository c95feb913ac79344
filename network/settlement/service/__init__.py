"""The use cases of settlement."""

from network.settlement.service.adopt import adopt_server
from network.settlement.service.breakage import Breakage, breakage
from network.settlement.service.calendars import calendars, ensure_calendar, open_cycles
from network.settlement.service.close import close_cycle, due_cycles
from network.settlement.service.cut import cut
from network.settlement.service.cycles import cycles, get_cycle, why_waiting
from network.settlement.service.export import export_cycle
from network.settlement.service.proofs import get_proof, list_proofs, proof_keys, proof_of_entry, proof_of_statement
from network.settlement.service.prove import prove_cycle, still_holds, unproven_cycles
from network.settlement.service.report import (
    CycleReport,
    MatrixCell,
    PartnerPosition,
    RollForward,
    cycle_report,
    roll_forward,
)
from network.settlement.service.statements import get_statement, list_statements
from network.settlement.service.trace import Claim, ClearedMovement, claims_of, cleared_in

__all__ = [
    "Breakage",
    "Claim",
    "ClearedMovement",
    "CycleReport",
    "MatrixCell",
    "PartnerPosition",
    "RollForward",
    "adopt_server",
    "breakage",
    "calendars",
    "claims_of",
    "cleared_in",
    "close_cycle",
    "cut",
    "cycle_report",
    "cycles",
    "due_cycles",
    "ensure_calendar",
    "export_cycle",
    "get_cycle",
    "get_proof",
    "get_statement",
    "list_proofs",
    "list_statements",
    "open_cycles",
    "proof_keys",
    "proof_of_entry",
    "proof_of_statement",
    "prove_cycle",
    "roll_forward",
    "still_holds",
    "unproven_cycles",
    "why_waiting",
]
