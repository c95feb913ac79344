"""What whoever keeps books needs to know of a cycle that is cut, and netted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from network.partners.domain import Contract
from network.settlement.domain import Cycle, Netting, Slice
from network.settlement.repository import cohorts, folding, statements
from network.settlement.repository.cohorts import CohortSum
from network.settlement.service.netting import contracts_of, netting_of_lines
from network.settlement.service.states import locked_cycle, note


@dataclass(frozen=True, slots=True)
class Cleared:
    """A netted cycle: its lines, its sums by contract versions and by cohort, and the versions that they name."""

    netting: Netting
    slices: tuple[Slice, ...]
    cohorts: tuple[CohortSum, ...]
    contracts: dict[UUID, Contract]


def cleared(cycle: Cycle) -> Cleared:
    """All of a netted cycle. Costs one pass over its movements, for the cohorts."""
    slices = tuple(folding.slices_of(cycle.cycle_id))
    netting = netting_of_lines(statements.lines_of(cycle.cycle_id, cycle.version))
    return Cleared(netting, slices, tuple(cohorts.cohort_sums(cycle)), contracts_of(slices))


def note_booked(cycle_id: UUID, *, person: str, what: str, told: dict[str, Any], at: datetime) -> None:
    """Let the audit trail of a cycle say what a person had booked of it. Joins the unit of work; CycleNotFound."""
    note(locked_cycle(cycle_id).cycle_id, person, what, {}, told, at)
