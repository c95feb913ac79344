"""The rules of the ledger, in plain Python: given the time, never reading a clock, a database or a request."""

from network.wallet.domain.allowance import Slot, give_back, spread, take_from
from network.wallet.domain.burn import Burn, burn
from network.wallet.domain.chain import GENESIS, entry_hash
from network.wallet.domain.draft import Draft
from network.wallet.domain.due import next_expiring, settle_due
from network.wallet.domain.earn import Earn, earn
from network.wallet.domain.hold import Authorise, Capture, authorise, capture, void
from network.wallet.domain.lots import lasts_until
from network.wallet.domain.rebuild import Rebuilt, as_of, rebuild
from network.wallet.domain.reverse import Drawn, ReturnPolicy, Reversible, reverse_earn, reverse_redemption
from network.wallet.domain.transfer import Part, Piece, choose, movable, recall, recallable, transfer, transfer_debt
from network.wallet.domain.values import (
    ACTIVITY,
    Across,
    Balance,
    Debt,
    Entry,
    Head,
    Hold,
    Inactivity,
    Kind,
    Lot,
    LotChange,
    Movement,
    Operation,
    Posting,
    Slip,
    Take,
    Ticket,
)

__all__ = [
    "ACTIVITY",
    "GENESIS",
    "Across",
    "Authorise",
    "Balance",
    "Burn",
    "Capture",
    "Debt",
    "Draft",
    "Drawn",
    "Earn",
    "Entry",
    "Head",
    "Hold",
    "Inactivity",
    "Kind",
    "Lot",
    "LotChange",
    "Movement",
    "Operation",
    "Part",
    "Piece",
    "Posting",
    "Rebuilt",
    "ReturnPolicy",
    "Reversible",
    "Slip",
    "Slot",
    "Take",
    "Ticket",
    "as_of",
    "authorise",
    "burn",
    "capture",
    "choose",
    "earn",
    "entry_hash",
    "give_back",
    "lasts_until",
    "movable",
    "next_expiring",
    "rebuild",
    "recall",
    "recallable",
    "reverse_earn",
    "reverse_redemption",
    "settle_due",
    "spread",
    "take_from",
    "transfer",
    "transfer_debt",
    "void",
]
