"""How the ledger can refuse."""

from network.kernel.errors import NotFound, Refused, Unavailable


class InsufficientPoints(Refused):
    code = "insufficient_points"
    detail = "The wallet has fewer points available than asked for."


class WalletNotFound(NotFound):
    code = "wallet_not_found"
    detail = "There is no such wallet."


class EntryNotFound(NotFound):
    code = "entry_not_found"
    detail = "There is no such entry here."


class WalletBusy(Unavailable):
    code = "wallet_busy"
    detail = "The wallet is too busy right now; nothing was changed. Try again with the same key."
