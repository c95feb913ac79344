"""Points become money at a till."""

from uuid import UUID

from network.kernel.values import value
from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Entry, Lot, Operation, Slip
from network.wallet.errors import InsufficientPoints


@value(frozen=True, slots=True)
class Burn:
    """Points to spend: at which redeemer, under which of its contract versions, cleared in which currency."""

    points: int
    currency: str
    slip: Slip
    redeemer_id: UUID
    redeemer_contract_id: UUID


def burn(draft: Draft, command: Burn) -> Entry:
    """Draw the points from the lots, first expiring first, whoever issued them. Raises InsufficientPoints.

    Needs enough lots loaded to cover the points, and none of them due (see `settle_due`).
    """
    for lot, points in take(draft, command.points, command.currency):
        draft.draw(lot, points, redeemer_id=command.redeemer_id, redeemer_contract_id=command.redeemer_contract_id)
    return draft.enter(Operation.REDEMPTION, command.points, command.slip)


def take(draft: Draft, points: int, currency: str) -> list[tuple[Lot, int]]:
    """Which lots give how many points, in draw order. Only lots cleared in this currency: others net elsewhere.

    Raises InsufficientPoints if they do not cover the points.
    """
    parts, left = [], points
    for lot in draft.lots:
        given = min(lot.free, left) if lot.currency == currency else 0
        if given:
            parts.append((lot, given))
            left -= given
        if not left:
            return parts
    raise InsufficientPoints(field="points", available=points - left)
