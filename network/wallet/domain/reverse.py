"""A return undoes what was done, in the lots where it was done; never more than the original."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Debt, Entry, Lot, Operation, Slip
from network.wallet.errors import EarnNotPending, PointsAlreadySpent, ReversalTooLarge


class ReturnPolicy(StrEnum):
    """What a partner lets a return do to points that it issued."""

    PENDING_ONLY = "pending_only"
    WITHIN_LOT = "within_lot"
    DEBT_ALLOWED = "debt_allowed"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Points of one lot that a redemption drew and that were not returned yet, in the order of the draws.

    `is_guest`: the lot came from another wallet.
    """

    lot_id: UUID
    points: int
    redeemer_id: UUID
    redeemer_contract_id: UUID
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class Reversible:
    """An earn as its reversals have left it, by what is posted: points not reversed yet, and how many of its lot's
    points were spent and not owed since.

    `has_left`: some of its points were moved to another wallet, where they may be, or may have been spent.
    """

    sequence: int
    lot: Lot
    points: int
    spent: int
    has_left: bool = False


def reverse_redemption(
    draft: Draft, draws: Sequence[Drawn], points: int, slip: Slip, *, refers_to: int, extended_to: datetime | None
) -> Entry:
    """Return points of a redemption to the lots they came from, what was drawn last first.

    A lot that has expired meanwhile expires at `extended_to` instead; without it the points go back, and expire.
    Raises ReversalTooLarge beyond what the redemption still has, and if it has nothing any more.
    """
    reversible = sum(drawn.points for drawn in draws)
    if not 0 < points <= reversible:
        raise ReversalTooLarge(field="points", reversible=reversible)
    left = points
    for drawn in reversed(draws):
        returned = min(drawn.points, left)
        if returned:
            lot = draft.lot(drawn.lot_id)
            until = draft.lasts_until(lot)
            late = until is not None and until <= draft.now and extended_to is not None
            draft.undraw(
                lot,
                returned,
                redeemer_id=drawn.redeemer_id,
                redeemer_contract_id=drawn.redeemer_contract_id,
                expires_at=extended_to if late else lot.expires_at,
            )
            left -= returned
    return draft.enter(Operation.REDEMPTION_REVERSAL, points, slip, refers_to=refers_to)


def reverse_earn(
    draft: Draft, earn: Reversible, points: int, slip: Slip, *, policy: ReturnPolicy, contract_id: UUID
) -> Entry:
    """Take the points of an earn back: first those still in its lot, then, as a debt, those already spent or held.

    What has become due meanwhile counts: a hold that has lapsed holds nothing, what repaid a debt is spent. Points that
    expired unspent are neither: nobody has them. `contract_id`: the issuer's version at which a debt is reimbursed.
    Raises ReversalTooLarge, EarnNotPending, PointsAlreadySpent.
    """
    if points > earn.points:
        raise ReversalTooLarge(field="points", reversible=earn.points)
    lot = draft.lot(earn.lot.lot_id)
    # a lot whose points were moved elsewhere while pending became active there
    if policy is ReturnPolicy.PENDING_ONLY and not (lot.is_pending and lot.activates_at > draft.now):
        raise EarnNotPending
    there = min(points, lot.remaining - lot.held)
    spent = earn.spent + draft.drawn(lot.lot_id) + lot.held
    owed = min(points - there, max(0, spent))
    if owed and policy is not ReturnPolicy.DEBT_ALLOWED:
        raise PointsAlreadySpent(field="points", reversible=there)
    if there:
        draft.unissue(lot, there)
    if owed:
        lot = draft.lot(lot.lot_id)
        draft.owe(lot, owed, contract_id=contract_id)
        draft.open_debt(Debt(draft.sequence, lot.lot_id, lot.issuer_id, contract_id, lot.currency, owed, owed))
    return draft.enter(Operation.EARN_REVERSAL, points, slip, refers_to=earn.sequence)
