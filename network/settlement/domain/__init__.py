"""The rules of settlement, in plain Python: given the time, never reading a clock, a database or a request."""

from network.settlement.domain.assignment import Window, cycle_of, first_open
from network.settlement.domain.calendar import CycleCalendar, PeriodKind
from network.settlement.domain.commitment import Commitment, Committed, LinesDoNotAddUp, PartnerEntry
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
from network.settlement.domain.merkle import Tree, leaf_hash
from network.settlement.domain.netting import Flow, Leg, Line, Netting, Position, claims, net
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
from network.settlement.domain.statement import Statement, StatementLine
from network.settlement.domain.states import State

__all__ = [
    "Blind",
    "Clearing",
    "ClearingLine",
    "Commitment",
    "Committed",
    "Cycle",
    "CycleCalendar",
    "CycleDocument",
    "Flow",
    "FoldedGroup",
    "Leg",
    "Line",
    "LinesDoNotAddUp",
    "Netting",
    "PartnerEntry",
    "PeriodKind",
    "Position",
    "Rates",
    "Slice",
    "SliceKey",
    "State",
    "Statement",
    "StatementLine",
    "Tree",
    "Window",
    "assign_groups",
    "blind",
    "boundaries",
    "claims",
    "cycle_of",
    "document_hash",
    "entry_name",
    "first_open",
    "is_opened",
    "lacks_cycles",
    "leaf_hash",
    "line_text",
    "net",
    "shown_line",
    "signed_root",
]
