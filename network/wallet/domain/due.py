"""What time alone changes: pending lots become active, lots expire or get another term, holds lapse.

Done by a sweeper, and by whoever posts first.
"""

from datetime import datetime

from network.wallet.domain.draft import Draft
from network.wallet.domain.hold import lapse
from network.wallet.domain.repay import repay
from network.wallet.domain.values import Lot, Operation, Slip


def settle_due(draft: Draft) -> None:
    """Lapse, activate and expire all that is due, an entry for each. Needs every open lot, hold and debt, and when the
    owner was last seen if a lot expires by inactivity.

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
    _extend_active(draft)
    for lot in draft.lots:
        if lot.is_expired(draft.now) and lot.remaining > lot.held:
            expired_at = draft.lasts_until(lot)
            assert expired_at is not None, "what never expires has not expired"
            points = draft.expire(lot)
            draft.enter(Operation.EXPIRY, points, Slip(lot.issuer_id, expired_at))
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


def next_due(draft: Draft) -> datetime | None:
    """The earliest instant at which a lot activates or expires, or a hold lapses; None if none will."""
    instants = [
        lot.activates_at if lot.is_pending else lot.expires_at for lot in draft.lots if lot.remaining > lot.held
    ]
    instants += [hold.expires_at for hold in draft.holds.values() if hold.is_open]
    return min((instant for instant in instants if instant is not None), default=None)
