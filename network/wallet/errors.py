"""How the ledger can refuse."""

from collections.abc import Iterable
from uuid import UUID

from network.kernel.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class InsufficientPoints(Refused):
    code = "insufficient_points"
    detail = "The wallet has fewer points available than asked for."


class HoldOver(Conflict):
    is_kept = True
    code = "hold_over"
    detail = "The hold was captured, voided, or has lapsed."


class CaptureTooLarge(Invalid):
    code = "capture_too_large"
    detail = "A capture can't be larger than its hold."


class ReversalTooLarge(Refused):
    code = "reversal_too_large"
    detail = "No more can be reversed than is left of the original."


class EarnNotPending(Refused):
    code = "earn_not_pending"
    detail = "The partner's return policy lets only pending points be taken back."


class PointsAlreadySpent(Refused):
    code = "points_already_spent"
    detail = "The partner's return policy lets only points that are still there be taken back."


class WalletNotFound(NotFound):
    code = "wallet_not_found"
    detail = "There is no such wallet."


class EntryNotFound(NotFound):
    code = "entry_not_found"
    detail = "There is no such entry here."


class WalletBusy(Unavailable):
    code = "wallet_busy"
    detail = "The wallet is too busy right now; nothing was changed. Try again with the same key."


class MovedOn(WalletBusy):
    """A wallet is not as it was loaded any more: nothing of the attempt is kept, and it is made anew."""

    def __init__(self, wallet_ids: Iterable[UUID] = ()) -> None:
        self.wallet_ids = sorted(wallet_ids)
        super().__init__()
