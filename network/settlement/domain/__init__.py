"""The rules of settlement, in plain Python: given the time, never reading a clock, a database or a request."""

from network.settlement.domain.adjusting import MoneyAdjustment
from network.settlement.domain.approval import (
    Submission,
    Verdict,
    check_decider,
    check_person,
    check_reason,
    check_submission,
)
from network.settlement.domain.assignment import Window, cycle_of, first_open
from network.settlement.domain.calendar import CycleCalendar, PeriodKind
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
from network.settlement.domain.document import (
    ON_US,
    DocumentCell,
    DocumentLine,
    LineKey,
    Party,
    PointsTold,
    Reversal,
    Section,
    StatementDocument,
    reversals,
    sections_of,
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
from network.settlement.domain.measuring import Measure, differing, measures
from network.settlement.domain.netting import Flow, Leg, Line, Netting, Position, claims, net
from network.settlement.domain.numbering import DocumentKind, StatementNumber, kind_of, reference_of
from network.settlement.domain.policy import NoticeKind, SettlementPolicy, check_policy, notices_due
from network.settlement.domain.statement import Statement, StatementLine
from network.settlement.domain.states import STAMPS, STEPS, State, check_step, forgotten_stamps
from network.settlement.domain.trail import THE_NETWORK, Link, TrailEntry, entry_of, first_broken, link

__all__ = [
    "ON_US",
    "STAMPS",
    "STEPS",
    "THE_NETWORK",
    "Clearing",
    "Cycle",
    "CycleCalendar",
    "Dispute",
    "DisputeVerdict",
    "DocumentCell",
    "DocumentKind",
    "DocumentLine",
    "Flow",
    "FoldedGroup",
    "Leg",
    "Line",
    "LineKey",
    "Link",
    "Measure",
    "MoneyAdjustment",
    "Netting",
    "NoticeKind",
    "OpenDispute",
    "Party",
    "PeriodKind",
    "PointsTold",
    "Position",
    "Reversal",
    "Section",
    "SettlementPolicy",
    "Slice",
    "SliceKey",
    "State",
    "Statement",
    "StatementDocument",
    "StatementLine",
    "StatementNumber",
    "Submission",
    "TrailEntry",
    "Verdict",
    "Window",
    "assign_groups",
    "boundaries",
    "check_decider",
    "check_in_time",
    "check_person",
    "check_policy",
    "check_reason",
    "check_step",
    "check_submission",
    "check_undecided",
    "claims",
    "cycle_of",
    "differing",
    "entry_of",
    "first_broken",
    "first_open",
    "forgotten_stamps",
    "granted_amount",
    "kind_of",
    "lacks_cycles",
    "link",
    "measures",
    "net",
    "notices_due",
    "parties_of_line",
    "reference_of",
    "reversals",
    "sections_of",
]
