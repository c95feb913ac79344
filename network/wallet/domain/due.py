"""What time alone changes: pending lots become active, lots expire or get another term, holds lapse.

Done by a sweeper, and by whoever posts first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from network.wallet.domain.draft import Draft
from network.wallet.domain.hold import lapse
from network.wallet.domain.lots import draw_order
from network.wallet.domain.repay import repay
from network.wallet.domain.values import Hold, Lot, Operation, Slip


def settle_due(draft: Draft) -> None:
    """Lapse, activate and expire all that is due, an entry for each. Needs every open lot, hold and debt, and when the
    owner was last seen if a lot expires by inactivity.

    Such an entry names the lot's issuer as its partner (a lapse: the hold's): nobody else was there. Each thing happens
    at its own time, one after the other, so that it comes to the same whenever somebody looks: a lot that became active
    first repays what the member owes, even if it has expired since. At one instant holds lapse first, then lots become
    active, then they expire. What a lapse releases into an expired lot expires with it.
    """
    _extend_active(draft)
    for _, _, happens in sorted(_due(draft), key=lambda each: each[:2]):
        happens()
    draft.know_due(next_due(draft))


def _extend_active(draft: Draft) -> None:
    """Set the timers of lots that expire by inactivity anew once one of them has run out on an active owner.

    All lots of one rule at once, in an entry for each issuer, so that a wallet of many lots is not extended lot by lot.
    Of another rule none: then what is on record, by which lots are drawn, would depend on who looked when.
    """
    later = [(lot, until) for lot in draft.lots if lot.inactivity and (until := _later(draft, lot))]
    rules = {lot.inactivity for lot, _ in later if lot.is_expired(draft.now)}
    later = [(lot, until) for lot, until in later if lot.inactivity in rules]
    for issuer_id in dict.fromkeys(lot.issuer_id for lot, _ in later):
        points = sum(draft.extend(lot, until) for lot, until in later if lot.issuer_id == issuer_id)
        draft.enter(Operation.EXTENSION, points, Slip(issuer_id, draft.now))


def _later(draft: Draft, lot: Lot) -> datetime | None:
    """Until when a lot is good though its timer says less; None if it isn't."""
    until = draft.lasts_until(lot)
    is_later = until is not None and until > draft.now and until != lot.expires_at
    return until if is_later and lot.remaining else None


def _due(draft: Draft) -> Iterator[tuple[datetime, int, Callable[[], None]]]:
    """What is due: when, in which place among what is due at once, and what to do."""
    for hold in draft.holds.values():
        if hold.is_open and hold.expires_at <= draft.now:
            yield hold.expires_at, 0, partial(_lapse, draft, hold)
    for lot in draft.lots:
        if lot.is_pending and lot.activates_at <= draft.now:
            yield lot.activates_at, 1, partial(_activate, draft, lot.lot_id)
        expires_at = draft.lasts_until(lot)
        if expires_at is not None and expires_at <= draft.now:
            yield expires_at, 2, partial(_expire, draft, lot.lot_id)


def _lapse(draft: Draft, hold: Hold) -> None:
    lapse(draft, hold)
    for lot in sorted((draft.lot(lot_id) for lot_id, _ in hold.parts), key=draw_order):
        if _is_over(draft, lot, hold.expires_at):
            _expire(draft, lot.lot_id)


def _activate(draft: Draft, lot_id: UUID) -> None:
    lot = draft.lot(lot_id)
    if lot.is_pending and lot.remaining:
        points = draft.activate(lot)
        draft.enter(Operation.ACTIVATION, points, Slip(lot.issuer_id, lot.activates_at))
        if not _is_over(draft, lot, lot.activates_at):
            repay(draft, draft.lot(lot_id), lot.activates_at)


def _is_over(draft: Draft, lot: Lot, at: datetime) -> bool:
    """Whether a lot has expired by an instant: its timer alone does not tell, if its owner was active."""
    expires_at = draft.lasts_until(lot)
    return expires_at is not None and expires_at <= at


def _expire(draft: Draft, lot_id: UUID) -> None:
    lot = draft.lot(lot_id)
    if lot.remaining > lot.held:
        expire(draft, lot)


def expire(draft: Draft, lot: Lot) -> None:
    """Take what is left in a lot that has expired, but for what is held."""
    expired_at = draft.lasts_until(lot)
    assert expired_at is not None, "what never expires has not expired"
    points = draft.expire(lot)
    draft.enter(Operation.EXPIRY, points, Slip(lot.issuer_id, expired_at))


def next_expiring(lots: Iterable[Lot], most: int) -> list[tuple[int, datetime]]:
    """The next instants at which points of lots expire, by the dates they have, and how many: (points, expires_at)."""
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
