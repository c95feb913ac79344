"""A purchase becomes points."""

from datetime import datetime
from uuid import UUID

from network.kernel.values import value
from network.wallet.domain.draft import Draft
from network.wallet.domain.due import expire
from network.wallet.domain.repay import repay
from network.wallet.domain.values import Entry, Inactivity, Lot, Operation, Slip


@value(frozen=True, slots=True)
class Earn:
    """Points to issue: by which issuer, under which contract version, active and expiring when.

    With `inactivity` they expire by it, but not before `expires_at`.
    """

    points: int
    slip: Slip
    lot_id: UUID
    issuer_id: UUID
    contract_id: UUID
    currency: str
    activates_at: datetime
    expires_at: datetime | None
    inactivity: Inactivity | None = None

    def timer(self, now: datetime) -> datetime | None:
        """When points that are issued now expire, unless their owner is seen again."""
        if self.inactivity is None:
            return self.expires_at
        ends = self.inactivity.ends(now)
        return ends if self.expires_at is None else max(self.expires_at, ends)


def earn(draft: Draft, command: Earn) -> Entry:
    """Issue the points as one lot, and repay with it what the member owes.

    A purchase too small for a point is entered too, so that it can be explained.

    A purchase reported late keeps the dates of its own day: points that would have expired meanwhile are issued and
    expire at once, so that nobody is told of points that are gone. Inactivity is counted from the report, by which the
    owner was seen. Needs every open debt.
    """
    if command.points:
        draft.issue(
            Lot(
                lot_id=command.lot_id,
                issuer_id=command.issuer_id,
                contract_id=command.contract_id,
                currency=command.currency,
                issued=command.points,
                remaining=command.points,
                held=0,
                is_pending=command.activates_at > draft.now,
                issued_at=draft.now,
                activates_at=command.activates_at,
                expires_at=command.timer(draft.now),
                inactivity=command.inactivity,
            )
        )
    entry = draft.enter(Operation.EARN, command.points, command.slip)
    if command.points and (lot := draft.lot(command.lot_id)).is_expired(draft.now):
        expire(draft, lot)
    elif command.points and command.activates_at <= draft.now:
        repay(draft, lot, draft.now)
    return entry
