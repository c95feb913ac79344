"""Cycles for people: which there are, and what they wait for."""

import re
from uuid import UUID

from network.kernel.identifiers import read
from network.settlement.domain import Cycle
from network.settlement.errors import CycleNotFound
from network.settlement.repository import cycles as repository

_NAME = re.compile(r"([A-Z]{3})-(.+)")


def cycles(currency: str | None = None) -> list[Cycle]:
    """All cycles of a currency, or of every one, in the order of time."""
    return repository.cycles_of(currency)


def get_cycle(told: UUID | str) -> Cycle:
    """A cycle by its id (`cyc_...`) or its name: `USD 2017-01`, `USD-2017-01`, or `2017-01` if one currency has it.

    Raises CycleNotFound, MalformedId.
    """
    if isinstance(told, str) and not told.startswith("cyc_"):
        return _named(told)
    found = repository.find_cycle(told if isinstance(told, UUID) else read("cyc", told))
    if found is None:
        raise CycleNotFound
    return found


def why_waiting(cycle_id: UUID) -> str | None:
    """What the close of a cycle waits for, in words; None if it has not begun or waits for nothing."""
    return get_cycle(cycle_id).waiting_reason


def _named(name: str) -> Cycle:
    found = repository.find_cycles_named(_NAME.sub(r"\1 \2", name))
    if not found:
        raise CycleNotFound(f"There is no cycle {name!r}.")
    if len(found) > 1:
        raise CycleNotFound(f"Name one of: {', '.join(cycle.name for cycle in found)}.")
    return found[0]
