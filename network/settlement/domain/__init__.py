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
from network.settlement.domain.policy import NoticeKind, SettlementPolicy, check_policy, notices_due
from network.settlement.domain.simulating import DefaultEffect, Effect, ExitEffect, default_effect, exit_effect
from network.settlement.domain.statement import Statement, StatementLine
from network.settlement.domain.states import STAMPS, STEPS, State, check_step, forgotten_stamps
from network.settlement.domain.tail import (
    TailBuyout,
    TailPart,
    check_expected_burn,
    outstanding,
    redemption_minor,
    tail_minor,
    value_minor,
)
from network.settlement.domain.trail import THE_NETWORK, Link, TrailEntry, entry_of, first_broken, link
from network.settlement.domain.waterfall import Cover, Covered, Layer, waterfall

__all__ = [
    "STAMPS",
    "STEPS",
    "THE_NETWORK",
    "Clearing",
    "Cover",
    "Covered",
    "Cycle",
    "CycleCalendar",
    "DefaultEffect",
    "Dispute",
    "DisputeVerdict",
    "Effect",
    "ExitEffect",
    "Flow",
    "FoldedGroup",
    "Layer",
    "Leg",
    "Line",
    "Link",
    "Measure",
    "MoneyAdjustment",
    "Netting",
    "NoticeKind",
    "OpenDispute",
    "PeriodKind",
    "Position",
    "SettlementPolicy",
    "Slice",
    "SliceKey",
    "State",
    "Statement",
    "StatementLine",
    "Submission",
    "TailBuyout",
    "TailPart",
    "TrailEntry",
    "Verdict",
    "Window",
    "assign_groups",
    "boundaries",
    "check_decider",
    "check_expected_burn",
    "check_in_time",
    "check_person",
    "check_policy",
    "check_reason",
    "check_step",
    "check_submission",
    "check_undecided",
    "claims",
    "cycle_of",
    "default_effect",
    "differing",
    "entry_of",
    "exit_effect",
    "first_broken",
    "first_open",
    "forgotten_stamps",
    "granted_amount",
    "lacks_cycles",
    "link",
    "measures",
    "net",
    "notices_due",
    "outstanding",
    "parties_of_line",
    "redemption_minor",
    "tail_minor",
    "value_minor",
    "waterfall",
]
