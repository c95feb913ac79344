"""The rules of settlement, in plain Python: given the time, never reading a clock, a database or a request."""

from network.settlement.domain.assignment import Window, cycle_of, first_open
from network.settlement.domain.calendar import CycleCalendar
from network.settlement.domain.charges import Expired, Tariff, charge
from network.settlement.domain.credit import credit_for, headroom_of, owed
from network.settlement.domain.cycle import Cycle
from network.settlement.domain.folding import (
    Clearing,
    FoldedGroup,
    Slice,
    SliceKey,
    assign_groups,
    boundaries,
    lacks_cycles,
)
from network.settlement.domain.netting import Flow, Leg, Line, Netting, Position, claims, net
from network.settlement.domain.periods import PeriodKind
from network.settlement.domain.statement import Statement, StatementLine, document_of
from network.settlement.domain.states import State

__all__ = [
    "Clearing",
    "Cycle",
    "CycleCalendar",
    "Expired",
    "Flow",
    "FoldedGroup",
    "Leg",
    "Line",
    "Netting",
    "PeriodKind",
    "Position",
    "Slice",
    "SliceKey",
    "State",
    "Statement",
    "StatementLine",
    "Tariff",
    "Window",
    "assign_groups",
    "boundaries",
    "charge",
    "claims",
    "credit_for",
    "cycle_of",
    "document_of",
    "first_open",
    "headroom_of",
    "lacks_cycles",
    "net",
    "owed",
]
