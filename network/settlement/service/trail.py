"""The audit trail of a cycle, for people and for auditors."""

from uuid import UUID

from network.settlement.domain import TrailEntry, entry_of, first_broken
from network.settlement.repository import trail as repository


def trail_of(cycle_id: UUID) -> list[TrailEntry]:
    """Who did what with a cycle, in order."""
    return [entry_of(each.entry) for each in repository.links_of(cycle_id)]


def broken_step(cycle_id: UUID) -> int | None:
    """The first step of a cycle's trail that is not as it was written; None if the whole chain is."""
    return first_broken(repository.links_of(cycle_id))
