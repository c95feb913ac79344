"""What partners pay ahead, and put up: blocks of points, and collateral. None of it is earned by being received."""

from collections.abc import Mapping
from uuid import UUID

from network.accounting.domain.books import Account, Entry, Posting, entry_of
from network.kernel.identifiers import show

BLOCK, COLLATERAL = "block", "collateral"


def block_sold(block_id: UUID, partner_id: UUID, amount_minor: int) -> list[Entry]:
    """A prepaid block is paid: owed to its partner in points, until cycles take from it what is issued."""
    postings = [Posting(Account.CASH, amount_minor), Posting(Account.PREPAID, -amount_minor, partner_id)]
    return entry_of(f"{BLOCK} {show('blk', block_id)}", postings)


def collateral_moved(told: str, partner_id: UUID, amount_minor: int) -> list[Entry]:
    """Collateral comes in, and is owed back; given back, if negative. `told` names the entry."""
    postings = [Posting(Account.CASH, amount_minor), Posting(Account.COLLATERAL, -amount_minor, partner_id)]
    return entry_of(f"{COLLATERAL} {told}", postings)


def collateral_change(before_minor: int, after_minor: int, held_minor: int) -> int:
    """What comes in when a contract's next version says `after_minor`; negative: what goes back, at most what is held.

    Less is held than a contract says once a default has been covered with it.
    """
    return max(after_minor - before_minor, -held_minor)


def own_cover(drawn_minor: Mapping[Account, int], held_minor: Mapping[Account, int]) -> dict[Account, int]:
    """How much of what a partner's own layers bear the operator holds in its books already; the rest comes as cash."""
    return {account: min(drawn, max(0, held_minor.get(account, 0))) for account, drawn in drawn_minor.items()}
