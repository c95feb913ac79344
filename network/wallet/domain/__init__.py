"""The rules of the ledger, in plain Python: given the time, never reading a clock, a database or a request."""

from network.wallet.domain.burn import Burn, burn
from network.wallet.domain.chain import GENESIS, entry_hash
from network.wallet.domain.draft import Draft
from network.wallet.domain.due import settle_due
from network.wallet.domain.earn import Earn, earn
from network.wallet.domain.values import (
    Balance,
    Entry,
    Head,
    Kind,
    Lot,
    LotChange,
    Movement,
    Operation,
    Posting,
    Slip,
)

__all__ = [
    "GENESIS",
    "Balance",
    "Burn",
    "Draft",
    "Earn",
    "Entry",
    "Head",
    "Kind",
    "Lot",
    "LotChange",
    "Movement",
    "Operation",
    "Posting",
    "Slip",
    "burn",
    "earn",
    "entry_hash",
    "settle_due",
]
