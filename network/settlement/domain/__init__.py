"""The rules of settlement, in plain Python: given the time, never reading a clock, a database or a request."""

from network.settlement.domain.assignment import Window, cycle_of, first_open
from network.settlement.domain.calendar import CycleCalendar, PeriodKind
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
from network.settlement.domain.statement import Statement, StatementLine
from network.settlement.domain.states import State

__all__ = [
    "Clearing",
    "Cycle",
    "CycleCalendar",
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
    "Window",
    "assign_groups",
    "boundaries",
    "claims",
    "cycle_of",
    "first_open",
    "lacks_cycles",
    "net",
]
