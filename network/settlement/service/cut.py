"""The cut: everything below the horizon is finished for ever, and is folded into slices, once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.settlement.domain import (
    FoldedGroup,
    State,
    Window,
    assign_groups,
    boundaries,
    first_instants,
    lacks_cycles,
)
from network.settlement.errors import ForeignHorizon
from network.settlement.events import CycleCut
from network.settlement.repository import cycles, folding, horizon
from network.settlement.repository.horizon import Horizon
from network.settlement.service.breakage import breakage_facts
from network.settlement.service.calendars import open_cycles_for
from network.settlement.service.netting import contracts_of
from network.settlement.service.penalties import charge_late_payments
from network.settlement.service.states import locked_cycle, take_step
from network.settlement.service.tails import refund_taken_over


@dataclass(frozen=True, slots=True)
class Cut:
    """Movements of transactions from `from_xid` up to, without, `to_xid` have been folded."""

    from_xid: int
    to_xid: int
    movements: int


def cut() -> Cut:
    """Fold what has finished since the last cut into the open cycles. Cuts take turns; posting waits for none.

    Raises ForeignHorizon, CalendarMissing.
    """
    with transaction():
        edge = own_horizon()
        done = _fold(edge, horizon.finished_below(edge))
        if done.movements:
            folding.log_cut(done.from_xid, done.to_xid, done.movements, None, network_now())
    return done


def cut_cycle(cycle_id: UUID) -> str | None:
    """Fold what has finished, and close the cycle to anything more; None if that is done, else what it waits for.

    Waits until the transactions that ran when the close began have ended: what they post belongs to the cycle. And
    until the cycle before is cut: so the horizons of a currency's cycles rise, and one comparison tells what was late.
    Raises CycleNotFound, ForeignHorizon, CalendarMissing.
    """
    with transaction():
        edge = own_horizon()
        cycle = locked_cycle(cycle_id)
        if cycle.state.is_complete:
            return None
        before = cycles.cycle_before(cycle)
        if before is not None and not before.state.is_complete:
            return f"{before.name} has not been cut yet"
        if cycle.boundary_xid is None:
            return "its close has not begun"
        to_xid = horizon.finished_below(edge)
        needed = max(cycle.boundary_xid, edge.next_xid)  # the log of cuts names each horizon once
        if to_xid <= needed:
            holders = horizon.who_holds_back(needed, edge.xid_offset)
            return f"began before the close and not ended: {'; '.join(holders) or 'a transaction that is not shown'}"
        done, now = _fold(edge, to_xid), network_now()
        refund_taken_over(cycle)
        charge_late_payments(cycle)
        take_step(cycle, State.CUT, now, closed_at_xid=done.to_xid, waiting_reason=None)
        folding.log_cut(done.from_xid, done.to_xid, done.movements, cycle_id, now)
        announce(CycleCut(cycle_id=cycle_id, currency=cycle.currency, cut_at=now), *breakage_facts(cycle, now))
        failpoint("settlement.in_cut")
    return None


def own_horizon() -> Horizon:
    """The horizon, locked to the end of the unit of work. Raises ForeignHorizon if it is another server's."""
    edge = horizon.lock_horizon()
    if edge.is_foreign:
        raise ForeignHorizon
    return edge


def _fold(edge: Horizon, to_xid: int) -> Cut:
    windows = _windows()
    groups = _groups(edge.next_xid, to_xid, windows)
    if _open_missing(groups, windows):  # once a period, when points come in before `tick` has seen it begin
        windows = _windows()
        groups = _groups(edge.next_xid, to_xid, windows)
    slices = assign_groups(groups, windows)
    failpoint("settlement.in_fold")
    owners = {number: contract.partner_id for number, contract in contracts_of(slices).items()}
    folding.add_slices(slices, owners)
    cycles.note_first_fold(first_instants(groups, windows), edge.next_xid)
    horizon.move_horizon(to_xid, network_now())
    return Cut(edge.next_xid, to_xid, sum(group.movements for group in groups))


def _windows() -> dict[str, list[Window]]:
    """All cycles of each currency in order."""
    windows: dict[str, list[Window]] = defaultdict(list)
    for cycle in cycles.cycles_of():
        windows[cycle.currency].append(cycle.window)
    return windows


def _groups(from_xid: int, to_xid: int, windows: dict[str, list[Window]]) -> list[FoldedGroup]:
    return folding.fold(from_xid, to_xid, boundaries(chain.from_iterable(windows.values())))


def _open_missing(groups: Sequence[FoldedGroup], windows: dict[str, list[Window]]) -> bool:
    """Open the cycles that these groups fall into and that are not there; whether any was. Raises CalendarMissing."""
    opened = False
    for currency in {group.currency for group in groups}:
        own = [group for group in groups if group.currency == currency]
        if lacks_cycles(own, windows[currency]):
            first, last = min(group.first_at for group in own), max(group.last_at for group in own)
            opened |= len(open_cycles_for(currency, first, last)) > len(windows[currency])
    return opened
