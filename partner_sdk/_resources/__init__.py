"""The nouns of the API, one file each."""

from .batches import Batches, RawBatches
from .earns import Earns, RawEarns
from .members import Members, RawMembers
from .quotes import Quotes, RawQuotes
from .redemptions import RawRedemptions, Redemptions
from .settlements import RawSettlements, Settlements

__all__ = [
    "Batches",
    "Earns",
    "Members",
    "Quotes",
    "RawBatches",
    "RawEarns",
    "RawMembers",
    "RawQuotes",
    "RawRedemptions",
    "RawSettlements",
    "Redemptions",
    "Settlements",
]
