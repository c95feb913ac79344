"""A dry run: what an open cycle would come to if it closed now."""

from uuid import UUID

from network.settlement.errors import CycleNotOpen
from network.settlement.repository.dry_run import sums_as_of_now
from network.settlement.service.cycles import get_cycle
from network.settlement.service.netting import netting_of_slices
from network.settlement.service.report import CycleReport, report_of


def dry_run(told: UUID | str) -> CycleReport:
    """Who would owe whom if an open cycle closed now: with what no cut has folded yet, and its adjustments so far.

    `told` as in `get_cycle`. Nothing is written, nothing is locked. Raises CycleNotFound, CycleNotOpen, MalformedId.
    """
    cycle = get_cycle(told)
    if cycle.state.is_complete:
        raise CycleNotOpen(f"{cycle.name} is {cycle.state.value}: what it comes to is known, and no forecast.")
    return report_of(cycle, netting_of_slices(cycle, sums_as_of_now(cycle)))
