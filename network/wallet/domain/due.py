"""What time alone changes: pending lots become active, lots expire, holds lapse.

Done by a sweeper, and by whoever posts first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from network.wallet.domain.draft import Draft, draw_order
from network.wallet.domain.hold import lapse
from network.wallet.domain.repay import repay
from network.wallet.domain.values import Hold, Lot, Operation, Slip


def settle_due(draft: Draft) -> None:
    """Lapse, activate and expire all that is due, an entry for each. Needs every open lot, hold and debt.

    Such an entry names the lot's issuer as its partner (a lapse: the hold's): nobody else was there. Each thing happens
    at its own time, one after the other, so that it comes to the same whenever somebody looks: a lot that became active
    first repays what the member owes, even if it has expired since. At one instant holds lapse first, then lots become
    active, then they expire. What a lapse releases into an expired lot expires with it.
    """
    for _, _, happens in sorted(_due(draft), key=lambda each: each[:2]):
        happens()
    draft.know_due(next_due(draft))


def _due(draft: Draft) -> Iterator[tuple[datetime, int, Callable[[], None]]]:
    """What is due: when, in which place among what is due at once, and what to do."""
    for hold in draft.holds.values():
        if hold.is_open and hold.expires_at <= draft.now:
            yield hold.expires_at, 0, partial(_lapse, draft, hold)
    for lot in draft.lots:
        if lot.is_pending and lot.activates_at <= draft.now:
            yield lot.activates_at, 1, partial(_activate, draft, lot.lot_id)
        if lot.expires_at is not None and lot.is_expired(draft.now):
            yield lot.expires_at, 2, partial(_expire, draft, lot.lot_id)


def _lapse(draft: Draft, hold: Hold) -> None:
    lapse(draft, hold)
    for lot in sorted((draft.lot(lot_id) for lot_id, _ in hold.parts), key=draw_order):
        if lot.is_expired(hold.expires_at):
            _expire(draft, lot.lot_id)


def _activate(draft: Draft, lot_id: UUID) -> None:
    lot = draft.lot(lot_id)
    if lot.is_pending and lot.remaining:
        points = draft.activate(lot)
        draft.enter(Operation.ACTIVATION, points, Slip(lot.issuer_id, lot.activates_at))
        if not lot.is_expired(lot.activates_at):
            repay(draft, draft.lot(lot_id), lot.activates_at)


def _expire(draft: Draft, lot_id: UUID) -> None:
    lot = draft.lot(lot_id)
    if lot.remaining > lot.held:
        expire(draft, lot)


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
    lots = [lot for lot in draft.lots if lot.remaining > lot.held]
    instants = [lot.expires_at for lot in lots]
    instants += [lot.activates_at for lot in lots if lot.is_pending]
    instants += [hold.expires_at for hold in draft.holds.values() if hold.is_open]
    return min((instant for instant in instants if instant is not None), default=None)
