"""Plain earns by the thousand: what `earn` decides for a wallet without debt in which nothing is due.

The same entry, lot and hash, without the objects that say so; tests hold the two to each other.
"""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(slots=True)
class PlainHead:
    """A wallet's head while it is posted to. `wallet`: the 16 bytes of its id; instants: microseconds since 1970."""

    wallet: bytes
    sequence: int
    hash: bytes
    available: int
    pending: int
    held: int
    debt: int
    posted_us: int
    due_us: int | None

    def is_plain(self, now_us: int) -> bool:
        """Whether the next earn is: it has nothing to repay, and nothing has to be settled before it."""
        return not self.debt and (self.due_us is None or self.due_us > now_us)


class PlainTerms:
    """What many earns have in common: who issues, in which store, under which contract version, expiring when.

    Identifiers are 16 bytes. Currencies hold nothing that JSON would escape.
    """

    __slots__ = ("contract", "currency", "expires_us", "issue_form", "partner", "slip_form", "store")

    def __init__(
        self, partner: bytes, store: bytes | None, currency: str, contract: bytes, expires_us: int | None
    ) -> None:
        self.partner = partner
        self.store = store
        self.currency = currency
        self.contract = contract
        self.expires_us = expires_us
        issuer = partner.hex()
        self.slip_form = f'"{issuer}",{"null" if store is None else _quoted(store.hex())}'
        self.issue_form = f'"{issuer}","{contract.hex()}",null,null,"{currency}"'


def earn_plainly(
    head: PlainHead,
    terms: PlainTerms,
    points: int,
    amount_minor: int,
    receipt: str | None,
    occurred_us: int,
    activates_us: int,
    lot: bytes,
    now_us: int,
) -> bool:
    """Enter an earn: the head moves on to it. Returns whether its lot is pending. Needs a plain head.

    Not for points that have expired by now: those expire at once. The hash is that of `chain.entry_hash`. Receipts hold
    nothing that JSON would escape.
    """
    posted_us = head.posted_us
    if now_us > posted_us:
        posted_us = head.posted_us = now_us
    is_pending = activates_us > posted_us
    head.sequence += 1
    issued = ""
    if points:
        expires_us = terms.expires_us
        if is_pending:
            head.pending += points
            if head.due_us is None or activates_us < head.due_us:
                head.due_us = activates_us
        else:
            head.available += points
        if expires_us is not None and (head.due_us is None or expires_us < head.due_us):
            head.due_us = expires_us
        issued = (
            f'[1,"{lot.hex()}","issue",{points},0,0,{terms.issue_form},{activates_us},'
            f"{'null' if expires_us is None else expires_us}]"
        )
    form = (
        f'["{head.wallet.hex()}",{head.sequence},"earn",{points},{terms.slip_form},'
        f"{'null' if receipt is None else _quoted(receipt)},{amount_minor},"
        f'"{terms.currency}",null,{occurred_us},{posted_us},null,'
        f"[{head.available},{head.pending},{head.held},{head.debt}],[{issued}]]"
    )
    head.hash = sha256(head.hash + form.encode()).digest()
    return is_pending


def _quoted(text: str) -> str:
    return f'"{text}"'
