"""What time alone changes: pending lots become active, lots expire. Done by a sweeper, and by whoever posts first."""

from datetime import datetime

from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Lot, Operation, Slip


def settle_due(draft: Draft) -> None:
    """Activate and expire all lots that are due, an entry for each, in the order of time. Needs every open lot.

    Such an entry names the lot's issuer as its partner: nobody else was there. Activation comes first where both are due: a lot that is never active is never spendable, yet expires.
    """
    for lot in sorted(draft.lots, key=lambda each: each.activates_at):
        if lot.is_pending and lot.activates_at <= draft.now:
            points = draft.activate(lot)
            draft.enter(Operation.ACTIVATION, points, Slip(lot.issuer_id, lot.activates_at))
    for lot in draft.lots:
        if lot.expires_at is not None and lot.is_expired(draft.now) and lot.remaining > lot.held:
            points = draft.expire(lot)
            draft.enter(Operation.EXPIRY, points, Slip(lot.issuer_id, lot.expires_at))
    draft.know_due(next_due(draft.lots))


def next_due(lots: list[Lot]) -> datetime | None:
    """The earliest instant at which one of these lots activates or expires; None if none will."""
    instants = [
        lot.activates_at if lot.is_pending else lot.expires_at for lot in lots if lot.remaining > lot.held
    ]
    return min((instant for instant in instants if instant is not None), default=None)
