"""Authorise now, capture later: points set aside for one partner and one capture."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.wallet.domain.burn import take
from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Entry, Hold, Operation, Slip
from network.wallet.errors import CaptureTooLarge, HoldOver


@dataclass(frozen=True, slots=True)
class Authorise:
    """Points to set aside until `expires_at`."""

    points: int
    currency: str
    slip: Slip
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Capture:
    """Points of a hold to spend: at which redeemer, under which of its contract versions."""

    points: int
    slip: Slip
    redeemer_id: UUID
    redeemer_contract_id: UUID


def authorise(draft: Draft, command: Authorise) -> Entry:
    """Set the points aside in the lots a burn would draw. Raises InsufficientPoints."""
    parts = take(draft, command.points, command.currency)
    for lot, points in parts:
        draft.hold(lot, points, until=command.expires_at)
    hold = Hold(
        sequence=draft.sequence,
        partner_id=command.slip.partner_id,
        points=command.points,
        expires_at=command.expires_at,
        parts=tuple((lot.lot_id, points) for lot, points in parts),
    )
    draft.open_hold(hold)
    return draft.enter(Operation.HOLD, command.points, command.slip)


def capture(draft: Draft, hold: Hold, command: Capture) -> Entry:
    """Spend the hold, whole or in part; what is not captured goes back to the same lots. One shot.

    Raises HoldOver if the hold was captured, voided or has lapsed, and CaptureTooLarge beyond its points.
    """
    _check_open(hold)
    if command.points > hold.points:
        raise CaptureTooLarge(field="points", held=hold.points)
    left = command.points
    for lot_id, held in hold.parts:
        captured = min(held, left)
        if captured:
            draft.draw_held(
                draft.lot(lot_id),
                captured,
                redeemer_id=command.redeemer_id,
                redeemer_contract_id=command.redeemer_contract_id,
            )
        if held > captured:
            draft.release(draft.lot(lot_id), held - captured)
        left -= captured
    draft.close_hold(hold)
    return draft.enter(Operation.CAPTURE, command.points, command.slip, refers_to=hold.sequence)


def void(draft: Draft, hold: Hold, slip: Slip) -> Entry:
    """Give all of a hold back to its lots. Raises HoldOver."""
    _check_open(hold)
    return _give_back(draft, hold, Operation.VOID, slip)


def lapse(draft: Draft, hold: Hold) -> Entry:
    """A hold that nobody captured in time gives its points back."""
    return _give_back(draft, hold, Operation.LAPSE, Slip(hold.partner_id, hold.expires_at))


def _give_back(draft: Draft, hold: Hold, operation: Operation, slip: Slip) -> Entry:
    for lot_id, points in hold.parts:
        draft.release(draft.lot(lot_id), points)
    draft.close_hold(hold)
    return draft.enter(operation, hold.points, slip, refers_to=hold.sequence)


def _check_open(hold: Hold) -> None:
    if not hold.is_open:
        raise HoldOver
