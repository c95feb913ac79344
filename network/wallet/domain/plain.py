"""Plain earns by the thousand: what `earn` decides for a wallet without debt in which nothing is due.

The same entry, lot and hash, without the objects that say so; tests hold the two to each other.
"""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(slots=True)
class PlainHead:
    """A wallet's head while it is posted to. `wallet`: 32 hexadecimal digits; instants: microseconds since 1970."""

    wallet: str
    sequence: int
    hash: bytes
    available: int
    pending: int
    held: int
    debt: int
    posted_us: int
    due_us: int | None
    before: int = 0
    """The sequence that was loaded."""

    def is_plain(self, now_us: int) -> bool:
        """Whether the next earn is: it has nothing to repay, and nothing has to be settled before it."""
        return not self.debt and (self.due_us is None or self.due_us > now_us)


PlainEarn = tuple[int, str, str | None, str | None, int, str, int, str, str, int, int | None]
"""Points to issue, as `Earn` and its slip: points, partner, store, receipt, amount_minor, currency, occurred_us, lot,
contract, activates_us, expires_us. Identifiers are 32 hexadecimal digits. Names would cost as much as the deciding."""


def earn_plainly(head: PlainHead, command: PlainEarn, now_us: int) -> bool:
    """Enter an earn: the head moves on to it. Returns whether its lot is pending. Needs a plain head.

    The hash is that of `chain.entry_hash`. Receipts and currencies hold nothing that JSON would escape.
    """
    posted_us = head.posted_us = max(now_us, head.posted_us)
    points, partner, store, receipt, amount_minor, currency, occurred_us, lot, contract, activates_us, expires_us = (
        command
    )
    is_pending = activates_us > posted_us
    movement = ""
    head.sequence += 1
    if points:
        if is_pending:
            head.pending += points
            due_us: int | None = activates_us
        else:
            head.available += points
            due_us = expires_us
        if due_us is not None and (head.due_us is None or due_us < head.due_us):
            head.due_us = due_us
        movement = (
            f'[1,"{lot}","issue",{points},0,0,"{partner}","{contract}",null,null,'
            f'"{currency}",{activates_us},{"null" if expires_us is None else expires_us}]'
        )
    form = (
        f'["{head.wallet}",{head.sequence},"earn",{points},"{partner}",{_json(store)},{_json(receipt)},'
        f'{amount_minor},"{currency}",null,{occurred_us},{posted_us},null,'
        f"[{head.available},{head.pending},{head.held},{head.debt}],[{movement}]]"
    )
    head.hash = sha256(head.hash + form.encode()).digest()
    return is_pending


def _json(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'
