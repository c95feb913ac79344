"""What the network answers, as frozen values.

Points are whole points, `*_minor` whole minor units of `currency` (ISO 4217), instants aware datetimes in UTC.
Words of the network's own lists (`status`, `operation`, `leg`, ...) stay `str`: tomorrow's word is no error today.
Fields this version does not know are in `.raw`.
"""

from ._base import Model
from .batches import Batch, BatchError
from .me import Me, PartnerIdentity, StoreIdentity
from .members import Balance, BalanceAfter, Entry, ExpiringPoints, Member, PoolBalance, Statement
from .postings import Earn, Lot, Quote, Redemption, Reversal
from .proofs import CardProof, ConsentProof, Proof, TillCodeProof
from .settlements import Settlement, SettlementLine, SettlementSummary

__all__ = [
    "Balance",
    "BalanceAfter",
    "Batch",
    "BatchError",
    "CardProof",
    "ConsentProof",
    "Earn",
    "Entry",
    "ExpiringPoints",
    "Lot",
    "Me",
    "Member",
    "Model",
    "PartnerIdentity",
    "PoolBalance",
    "Proof",
    "Quote",
    "Redemption",
    "Reversal",
    "Settlement",
    "SettlementLine",
    "SettlementSummary",
    "Statement",
    "StoreIdentity",
    "TillCodeProof",
]
