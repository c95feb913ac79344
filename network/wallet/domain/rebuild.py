"""A wallet rebuilt from its entries alone: what it must be, and what it was at any instant.

The cached balances, lots, holds and debts are only the sum of what stands in the journal; this is that sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from network.wallet.domain.chain import GENESIS
from network.wallet.domain.draft import Draft
from network.wallet.domain.due import settle_due
from network.wallet.domain.values import (
    ACTIVITY,
    Balance,
    Debt,
    Entry,
    Head,
    Hold,
    Kind,
    Lot,
    Movement,
    Operation,
)

_ENDS_A_HOLD = (Operation.CAPTURE, Operation.VOID, Operation.LAPSE)
_MAKES_A_LOT = (Kind.ISSUE, Kind.TRANSFER_IN)
_SETS_A_DATE = (Kind.UNDRAW, Kind.EXTEND, Kind.TRANSFER_IN)
_MOVES_A_DEBT = (Kind.DEBT_OUT, Kind.DEBT_IN)  # its lot is in the wallet that it was issued to


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A wallet as its entries made it. `lots` are all it ever had, by id; `holds` and `debts` by their sequence.

    `active_at`: when its owner was last seen; None if never.
    """

    head: Head
    lots: dict[UUID, Lot]
    holds: dict[int, Hold]
    debts: dict[int, Debt]
    active_at: datetime | None = None


def rebuild(wallet_id: UUID, entries: Iterable[Entry], opened_at: datetime) -> Rebuilt:
    """Add up a wallet's entries, in order. The balance is the movements' sum, not what the entries say of it."""
    lots: dict[UUID, Lot] = {}
    holds: dict[int, Hold] = {}
    debts: dict[int, Debt] = {}
    sequence, last_hash, posted_at, debt = 0, GENESIS, opened_at, 0
    active_at: datetime | None = None
    for entry in entries:
        for movement in entry.movements:
            if movement.kind not in _MOVES_A_DEBT:
                lots[movement.lot_id] = _moved(lots.get(movement.lot_id), movement, entry.posted_at)
            debt += movement.debt
        _note_hold(holds, entry)
        _note_debt(debts, entry)
        sequence, last_hash, posted_at = entry.sequence, entry.hash, entry.posted_at
        active_at = entry.posted_at if entry.operation in ACTIVITY else active_at
    head = Head(wallet_id, sequence, last_hash, _balance(lots.values(), debt), posted_at, due_at=None)
    return Rebuilt(head, lots, holds, debts, active_at)


def as_of(rebuilt: Rebuilt, instant: datetime) -> Draft:
    """The wallet at an instant not before its latest entry: what was due by then counts, entered or not."""
    open_lots = [lot for lot in rebuilt.lots.values() if lot.remaining]
    open_debts = [debt for debt in rebuilt.debts.values() if debt.remaining]
    draft = Draft(
        rebuilt.head,
        open_lots,
        instant,
        holds=rebuilt.holds.values(),
        debts=open_debts,
        active_at=rebuilt.active_at,
    )
    settle_due(draft)
    return draft


def _moved(lot: Lot | None, movement: Movement, posted_at: datetime) -> Lot:
    if lot is None:
        # a chain that was tampered with may lack the issue; then the lot begins with nothing, and differs
        issued = movement.points if movement.kind in _MAKES_A_LOT else 0
        activates_at = movement.activates_at or posted_at
        return Lot(
            lot_id=movement.lot_id,
            issuer_id=movement.issuer_id,
            contract_id=movement.issuer_contract_id,
            currency=movement.currency,
            issued=issued,
            remaining=movement.points,
            held=movement.held,
            is_pending=activates_at > posted_at,
            issued_at=movement.across.issued_at if movement.across else posted_at,
            activates_at=activates_at,
            expires_at=movement.expires_at,
            inactivity=movement.inactivity,
        )
    moved = replace(lot, remaining=lot.remaining + movement.points, held=lot.held + movement.held)
    if movement.kind in (Kind.ACTIVATE, Kind.EXPIRE):
        moved = replace(moved, is_pending=False)
    if movement.kind == Kind.TRANSFER_IN:  # by value: what the journal tells is read as it stands
        moved = replace(moved, is_pending=lot.activates_at > posted_at)
    if movement.kind in _SETS_A_DATE and movement.expires_at is not None:
        moved = replace(moved, expires_at=movement.expires_at)
    return moved


def _balance(lots: Iterable[Lot], debt: int) -> Balance:
    balance = Balance(debt=debt)
    for lot in lots:
        free = lot.remaining - lot.held
        balance = balance.plus(
            available=0 if lot.is_pending else free, pending=free if lot.is_pending else 0, held=lot.held
        )
    return balance


def _note_hold(holds: dict[int, Hold], entry: Entry) -> None:
    if entry.operation == Operation.HOLD:
        parts = tuple((movement.lot_id, movement.held) for movement in entry.movements)
        expires_at = next((m.expires_at for m in entry.movements if m.expires_at is not None), entry.posted_at)
        holds[entry.sequence] = Hold(entry.sequence, entry.slip.partner_id, entry.points, expires_at, parts)
    elif entry.operation in _ENDS_A_HOLD and entry.refers_to in holds:
        holds[entry.refers_to] = replace(holds[entry.refers_to], is_open=False)


def _note_debt(debts: dict[int, Debt], entry: Entry) -> None:
    for movement in entry.movements:
        is_new = movement.kind == Kind.OWE or (movement.kind == Kind.DEBT_IN and entry.refers_to is None)
        if is_new and movement.redeemer_contract_id is not None:
            debts[entry.sequence] = Debt(
                entry.sequence,
                movement.lot_id,
                movement.issuer_id,
                movement.redeemer_contract_id,
                movement.currency,
                movement.debt,
                movement.debt,
            )
        elif movement.debt and entry.refers_to in debts:
            debt = debts[entry.refers_to]
            debts[entry.refers_to] = replace(debt, remaining=debt.remaining + movement.debt)
