"""The rules of settlement, in plain Python: given the time, never reading a clock, a database or a request."""

from network.settlement.domain.adjusting import MoneyAdjustment, with_adjustments
from network.settlement.domain.approval import (
    Submission,
    Verdict,
    check_decider,
    check_person,
    check_reason,
    check_submission,
)
from network.settlement.domain.assignment import Window, cycle_of, first_open
from network.settlement.domain.calendar import CycleCalendar
from network.settlement.domain.charges import Expired, Tariff, charge
from network.settlement.domain.commitment import Commitment, Committed, LinesDoNotAddUp, PartnerEntry
from network.settlement.domain.credit import credit_for, headroom_of, owed
from network.settlement.domain.cycle import Cycle
from network.settlement.domain.disputing import (
    Dispute,
    DisputeVerdict,
    OpenDispute,
    check_in_time,
    check_undecided,
    granted_amount,
    parties_of_line,
)
from network.settlement.domain.folding import (
    Clearing,
    FoldedGroup,
    Slice,
    SliceKey,
    assign_groups,
    boundaries,
    lacks_cycles,
)
from network.settlement.domain.instructing import (
    BankDetails,
    Instruction,
    Method,
    Progress,
    instructions_of,
    message_id,
)
from network.settlement.domain.measuring import differing
from network.settlement.domain.merkle import Tree, leaf_hash
from network.settlement.domain.netting import Flow, Leg, Line, Netting, Position, claims, net
from network.settlement.domain.payments import Payment, Scheme, payments_of
from network.settlement.domain.periods import PeriodKind
from network.settlement.domain.policy import NoticeKind, SettlementPolicy, check_policy, notices_due
from network.settlement.domain.proof import (
    Blind,
    ClearingLine,
    CycleDocument,
    Rates,
    blind,
    document_hash,
    entry_name,
    is_opened,
    line_text,
    shown_line,
    signed_root,
)
from network.settlement.domain.reconciling import Expected, Why, assignable, check_words, judge, progress_of
from network.settlement.domain.statement import Statement, StatementLine, document_of
from network.settlement.domain.states import STAMPS, STEPS, State, check_step, forgotten_stamps
from network.settlement.domain.trail import THE_NETWORK, Link, TrailEntry, entry_of, first_broken, link

__all__ = [
    "STAMPS",
    "STEPS",
    "THE_NETWORK",
    "BankDetails",
    "Blind",
    "Clearing",
    "ClearingLine",
    "Commitment",
    "Committed",
    "Cycle",
    "CycleCalendar",
    "CycleDocument",
    "Dispute",
    "DisputeVerdict",
    "Expected",
    "Expired",
    "Flow",
    "FoldedGroup",
    "Instruction",
    "Leg",
    "Line",
    "LinesDoNotAddUp",
    "Link",
    "Method",
    "MoneyAdjustment",
    "Netting",
    "NoticeKind",
    "OpenDispute",
    "PartnerEntry",
    "Payment",
    "PeriodKind",
    "Position",
    "Progress",
    "Rates",
    "Scheme",
    "SettlementPolicy",
    "Slice",
    "SliceKey",
    "State",
    "Statement",
    "StatementLine",
    "Submission",
    "Tariff",
    "TrailEntry",
    "Tree",
    "Verdict",
    "Why",
    "Window",
    "assign_groups",
    "assignable",
    "blind",
    "boundaries",
    "charge",
    "check_decider",
    "check_in_time",
    "check_person",
    "check_policy",
    "check_reason",
    "check_step",
    "check_submission",
    "check_undecided",
    "check_words",
    "claims",
    "credit_for",
    "cycle_of",
    "differing",
    "document_hash",
    "document_of",
    "entry_name",
    "entry_of",
    "first_broken",
    "first_open",
    "forgotten_stamps",
    "granted_amount",
    "headroom_of",
    "instructions_of",
    "is_opened",
    "judge",
    "lacks_cycles",
    "leaf_hash",
    "line_text",
    "link",
    "message_id",
    "net",
    "notices_due",
    "owed",
    "parties_of_line",
    "payments_of",
    "progress_of",
    "shown_line",
    "signed_root",
    "with_adjustments",
]
