"""What time alone changes: pending lots become active, lots expire, holds lapse.

Done by a sweeper, and by whoever posts first.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from network.wallet.domain.draft import Draft
from network.wallet.domain.hold import lapse
from network.wallet.domain.repay import repay
from network.wallet.domain.values import Lot, Operation, Slip


def settle_due(draft: Draft) -> None:
    """Lapse, activate and expire all that is due, an entry for each. Needs every open lot, hold and debt.

    Such an entry names the lot's issuer as its partner (a lapse: the hold's): nobody else was there. Activation comes
    before expiry where both are due: a lot that is never active is never spendable, yet expires. What a lapse releases
    into an expired lot expires with it. A lot that becomes active first repays what the member owes.
    """
    for hold in list(draft.holds.values()):
        if hold.is_open and hold.expires_at <= draft.now:
            lapse(draft, hold)
    for lot in sorted(draft.lots, key=lambda each: each.activates_at):
        if lot.is_pending and lot.activates_at <= draft.now and lot.remaining:
            points = draft.activate(lot)
            draft.enter(Operation.ACTIVATION, points, Slip(lot.issuer_id, lot.activates_at))
            if not lot.is_expired(draft.now):
                repay(draft, draft.lot(lot.lot_id))
    for lot in draft.lots:
        if lot.is_expired(draft.now) and lot.remaining > lot.held:
            expire(draft, lot)
    draft.know_due(next_due(draft))


def expire(draft: Draft, lot: Lot) -> None:
    """Take what is left in a lot that has expired, but for what is held."""
    assert lot.expires_at is not None, "a lot that lasts for ever does not expire"
    points = draft.expire(lot)
    draft.enter(Operation.EXPIRY, points, Slip(lot.issuer_id, lot.expires_at))


def next_expiring(lots: Iterable[Lot], most: int) -> list[tuple[int, datetime]]:
    """The next instants at which points expire, and how many of them: (points, expires_at)."""
    expiring: Counter[datetime] = Counter()
    for lot in lots:
        if lot.expires_at is not None and lot.remaining > lot.held:
            expiring[lot.expires_at] += lot.remaining - lot.held
    return [(expiring[instant], instant) for instant in sorted(expiring)[:most]]


def next_due(draft: Draft) -> datetime | None:
    """The earliest instant at which a lot activates or expires, or a hold lapses; None if none will."""
    instants = [
        lot.activates_at if lot.is_pending else lot.expires_at for lot in draft.lots if lot.remaining > lot.held
    ]
    instants += [hold.expires_at for hold in draft.holds.values() if hold.is_open]
    return min((instant for instant in instants if instant is not None), default=None)
