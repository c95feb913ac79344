"""The close: from the end of a cycle to a statement for every partner.

Each step is one transaction that locks the cycle and looks at its state first. So the chain may be run twice, by two
at once, or be killed anywhere: whoever comes next goes on where it stands, and nothing is done a second time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.settlement.domain import Cycle, Netting, State
from network.settlement.errors import CycleNotDue, ForeignHorizon
from network.settlement.events import CycleStated, StatementIssued
from network.settlement.repository import cycles, horizon, statements
from network.settlement.service.cut import cut_cycle
from network.settlement.service.cycles import get_cycle
from network.settlement.service.netting import netting_of_cycle, netting_of_lines
from network.settlement.service.states import locked_cycle, take_step

WORKERS_SHARE = 0.3
"""Of the time that a close takes in a worker it works so much, and rests the other: tills, which share the cores and
the database with it, come first. It rests after a step, when it holds nothing.
"""

_LONGEST_REST_SECONDS = 60.0
"""Two rests and the work of a close have to end before its job is given up (`enqueue_once`)."""

_POLL_SECONDS = 0.05


def due_cycles() -> list[Cycle]:
    """Cycles that have ended, with their grace, by the network's clock, and are not stated; oldest first."""
    now = network_now()
    return [
        cycle
        for calendar in cycles.all_calendars()
        for cycle in cycles.unfinished_cycles(calendar.currency, now)
        if calendar.due_at(cycle.ends_at) <= now
    ]


def close_cycle(cycle_id: UUID, *, patience_seconds: float = 2.0, share: float = 1.0) -> Cycle:
    """Take a cycle as far as it goes: cut, netted, stated. Returns it; still open, if it has to wait (`why_waiting`).

    Must not be called inside a unit of work: each step commits. Waits `patience_seconds` for postings that were under
    way when the close began, which take milliseconds; for anything longer the next tick comes back. `share`: which part
    of its time it works, and does not rest.
    Raises CycleNotFound, CycleNotDue, ForeignHorizon, CalendarMissing.
    """
    begin_close(cycle_id)
    failpoint("settlement.after_boundary")
    if _cut_patiently(cycle_id, patience_seconds):
        failpoint("settlement.after_cut")
        with resting(share):
            net_cycle(cycle_id)
        failpoint("settlement.after_net")
        with resting(share):
            state_cycle(cycle_id)
        failpoint("settlement.after_statements")
    return get_cycle(cycle_id)


@contextmanager
def resting(share: float) -> Iterator[None]:
    """Rest after a step, so that the step was `share` of the whole time."""
    began = time.monotonic()
    yield
    time.sleep(rest_seconds(time.monotonic() - began, share))


def rest_seconds(worked_seconds: float, share: float) -> float:
    """How long to rest after a step that took so long, of which some may have been waiting for another's lock."""
    return min(worked_seconds * (1 / share - 1), _LONGEST_REST_SECONDS)


def begin_close(cycle_id: UUID) -> None:
    """Note the transaction id before which everything must have finished.

    Raises CycleNotFound, CycleNotDue, ForeignHorizon.
    """
    with transaction():
        edge = horizon.find_horizon()
        if edge is not None and edge.is_foreign:
            raise ForeignHorizon
        cycle = locked_cycle(cycle_id)
        if cycle.state is not State.OPEN or cycle.boundary_xid is not None:
            return
        calendar = next(each for each in cycles.all_calendars() if each.currency == cycle.currency)
        if network_now() < calendar.due_at(cycle.ends_at):
            raise CycleNotDue
        cycles.change_cycle(cycle_id, boundary_xid=horizon.current_xid(0 if edge is None else edge.xid_offset))


def net_cycle(cycle_id: UUID) -> None:
    """Write a cut cycle's lines. Raises CycleNotFound."""
    with transaction():
        cycle = locked_cycle(cycle_id)
        if cycle.state is not State.CUT:
            return
        netting, version = netting_of_cycle(cycle), cycle.version + 1
        statements.insert_lines(cycle_id, version, netting.lines)
        take_step(cycle, State.NETTED, network_now(), told=told_of(netting), version=version)
        failpoint("settlement.in_net")


def state_cycle(cycle_id: UUID) -> None:
    """Write a netted cycle's statements, one for every partner that has a line. Raises CycleNotFound."""
    with transaction():
        cycle = locked_cycle(cycle_id)
        if cycle.state is not State.NETTED:
            return
        now, netting = network_now(), netting_of_lines(statements.lines_of(cycle_id, cycle.version))
        announce(*_issue_statements(cycle, netting, now))
        take_step(cycle, State.STATED, now)
        announce(CycleStated(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, stated_at=now))
        failpoint("settlement.in_statements")


def told_of(netting: Netting) -> dict[str, int]:
    """What the audit trail says of amounts, in minor units."""
    return {"lines": len(netting.lines), "gross_minor": netting.gross_minor, "net_minor": netting.settled_minor}


def _issue_statements(cycle: Cycle, netting: Netting, stated_at: datetime) -> list[StatementIssued]:
    """Write every partner's statement; the facts that tell of them."""
    positions = netting.positions
    return [
        StatementIssued(
            statement_id=statement_id,
            cycle_id=cycle.cycle_id,
            partner_id=partner_id,
            version=cycle.version,
            currency=cycle.currency,
            net_minor=positions[partner_id].net_minor,
            stated_at=stated_at,
        )
        for partner_id, statement_id in statements.insert_statements(cycle, positions, stated_at).items()
    ]


def _cut_patiently(cycle_id: UUID, patience_seconds: float) -> bool:
    """Whether the cycle is cut; if not, what it waits for is noted."""
    until = time.monotonic() + patience_seconds
    while (reason := cut_cycle(cycle_id)) is not None:
        if time.monotonic() >= until:
            with transaction():
                if locked_cycle(cycle_id).state is State.OPEN:
                    cycles.change_cycle(cycle_id, waiting_reason=reason)
            return False
        time.sleep(_POLL_SECONDS)
    return True
