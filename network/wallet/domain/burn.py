"""Points become money at a till."""

from dataclasses import dataclass
from uuid import UUID

from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Entry, Operation, Slip
from network.wallet.errors import InsufficientPoints


@dataclass(frozen=True, slots=True)
class Burn:
    """Points to spend: at which redeemer, under which of its contract versions."""

    points: int
    slip: Slip
    redeemer_id: UUID
    redeemer_contract_id: UUID


def burn(draft: Draft, command: Burn) -> Entry:
    """Draw the points from the lots, first expiring first, whoever issued them. Raises InsufficientPoints.

    Needs enough lots loaded to cover the points, and none of them due (see `settle_due`).
    """
    if command.points > draft.balance.available:
        raise InsufficientPoints(field="points", available=draft.balance.available)
    left = command.points
    for lot in draft.lots:
        taken = min(lot.free, left)
        if taken:
            draft.draw(lot, taken, redeemer_id=command.redeemer_id, redeemer_contract_id=command.redeemer_contract_id)
            left -= taken
        if not left:
            break
    assert not left, "the lots do not cover the balance"
    return draft.enter(Operation.REDEMPTION, command.points, command.slip)
