"""Credit: what partners with a limit may still issue, leased to slots and measured anew after each cut."""

from uuid import UUID

import psycopg

from network.infrastructure.database import unit_connection
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.money import to_minor
from network.partners import service as partners
from network.settlement.domain import Slice, State, credit_for, headroom_of, owed
from network.settlement.errors import CreditLimitReached
from network.settlement.repository import credit as repository
from network.settlement.repository import cycles, folding
from network.settlement.repository.credit import CreditLine
from network.settlement.service.cut import own_horizon
from network.settlement.service.netting import flows_of
from network.wallet.allowances import draw_on, lock_allowance, open_allowance, refill_allowance
from network.wallet.domain import Entry, Kind, Slot, Take


def measure_credit(currency: str | None = None) -> int:
    """Measure what every partner with a credit line owes in the open cycles of a currency, or of all, and lease it
    what is left of its limit and collateral; how many lines.

    In between, earns take from the slots, and what others draw of the partner's points, or it of theirs, is not seen.
    While a line is measured no posting takes from it: all that has taken before is committed, and counted.
    Raises ForeignHorizon.
    """
    lines = repository.lines_of(currency)
    for each in {line.currency for line in lines}:
        with transaction():
            _measure(each, [line for line in lines if line.currency == each])
    return len(lines)


def credit_takes(connection: psycopg.Connection, entry: Entry) -> tuple[Take, ...]:
    """For an attempt to post: what an earn takes of its issuer's credit. Returns give nothing back before it is
    measured again.

    Raises CreditLimitReached, and MovedOn where the attempt has to be made in a unit of work.
    """
    issued = next(movement for movement in entry.movements if movement.kind is Kind.ISSUE)
    partner_id, currency = issued.issuer_id, issued.currency
    terms = partners.contract_by_id(issued.issuer_contract_id).terms

    def find(connection: psycopg.Connection, lock: bool) -> list[Slot]:
        slots = repository.credit_slots(connection, partner_id, currency, lock=lock)
        if slots:
            return slots
        _open(partner_id, currency)
        return repository.credit_slots(connection, partner_id, currency, lock=lock)

    amount = credit_for(issued.points, terms)
    takes = draw_on(connection, entry.wallet_id, find, amount, choice=issued.lot_id.int, lot_id=None)
    if takes is None:
        raise CreditLimitReached
    return takes


def credit_lines() -> list[CreditLine]:
    """Every credit line, and what was owed on it when it was last measured."""
    return repository.lines_of()


def _open(partner_id: UUID, currency: str) -> None:
    """A credit line comes with the first points that are issued on it."""
    with transaction():
        repository.insert_line(partner_id, currency, network_now())
        (line,) = (each for each in repository.lines_of(currency) if each.partner_id == partner_id)
        open_allowance(unit_connection(), line.line_id, 0)
        _measure(currency, [line])


def _measure(currency: str, lines: list[CreditLine]) -> None:
    edge, now = own_horizon(), network_now()
    for line in lines:
        lock_allowance(unit_connection(), line.line_id)
    open_cycles = [cycle for cycle in cycles.cycles_of(currency) if cycle.state is State.OPEN]
    slices = [each for cycle in open_cycles for each in folding.slices_of(cycle.cycle_id)]
    for group in repository.not_folded(edge.next_xid):
        if group.currency == currency:  # whatever is not folded falls into an open cycle; into which does not matter
            slices.append(Slice(UUID(int=0), group.key, group.points, group.movements))
    flows = flows_of(slices)
    for line in lines:
        owed_major = owed(line.partner_id, flows)
        terms = partners.get_contract_in_force(line.partner_id, currency, now).terms
        refill_allowance(unit_connection(), line.line_id, headroom_of(terms, owed_major))
        repository.note_owed(line.line_id, to_minor(owed_major, currency), now)
