"""One step of a cycle, whoever takes it: by the table of steps, with its instant, and in the audit trail."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from network.audit.service import record
from network.kernel.identifiers import show
from network.settlement.domain import STAMPS, THE_NETWORK, Cycle, State, check_step, forgotten_stamps, link
from network.settlement.errors import CycleNotFound
from network.settlement.repository import cycles, trail


def locked_cycle(cycle_id: UUID) -> Cycle:
    """The cycle as it is and stays until the unit of work ends. Raises CycleNotFound."""
    cycle = cycles.lock_cycle(cycle_id)
    if cycle is None:
        raise CycleNotFound
    return cycle


def take_step(
    cycle: Cycle,
    after: State,
    at: datetime,
    *,
    who: str = THE_NETWORK,
    what: str | None = None,
    told: dict[str, Any] | None = None,
    **columns: Any,
) -> Cycle:
    """Let a cycle that the unit of work has locked become `after`; the cycle as it is then.

    `what`: how the trail calls it, the new state if nothing else; `told`: what else the trail is to say of it;
    `columns`: what else of the cycle changes. Raises CycleNotReady.
    """
    check_step(cycle.state, after)
    changed = columns | (dict.fromkeys(forgotten_stamps(cycle.state, after)) or {STAMPS[after]: at})
    cycles.change_cycle(cycle.cycle_id, state=after.value, **changed)
    stepped = replace(cycle, state=after, **changed)
    note(cycle.cycle_id, who, what or after.value, _standing(cycle), _standing(stepped) | (told or {}), at)
    return stepped


def note(cycle_id: UUID, who: str, what: str, before: dict[str, Any], after: dict[str, Any], at: datetime) -> None:
    """Add to the trail of a cycle that the unit of work has locked; the audit trail tells who did, and its heads."""
    last = trail.last_link(cycle_id)
    added = link(last, who=who, what=what, before=before, after=after, at=at)
    trail.add_link(cycle_id, added)
    told = {"trail": last.hash.hex()} if last else None
    head = {"step": added.step, "trail": added.hash.hex()}
    record(f"settlement.{what.replace(' ', '_')}", "cycle", show("cyc", cycle_id), before=told, after=head)


def _standing(cycle: Cycle) -> dict[str, Any]:
    return {"state": cycle.state.value, "version": cycle.version}
