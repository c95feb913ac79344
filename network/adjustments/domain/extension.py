"""Points that live longer than they were to: a member's, for goodwill, or all of an issuer's, in hard times.

An extension moves everything that expires within a window to one later instant outside of it. So whoever does it twice
does it once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.adjustments.domain.points import Decision, check_reason
from network.adjustments.errors import BadExtension
from network.wallet.domain import Draft, Lot, Operation, Slip


@dataclass(frozen=True, slots=True)
class Extension:
    """Points that expire after one instant and by another are to expire at `extended_to`, for a reason, by a person.

    `wallet_id` None: in all wallets; `issuer_id` None: whoever issued them. One of the two is told. `wallets`,
    `points`: in how many wallets how many points have been extended.
    """

    extension_id: UUID
    wallet_id: UUID | None
    issuer_id: UUID | None
    expires_after: datetime
    expires_by: datetime
    extended_to: datetime
    reason: str
    prepared_by: str
    prepared_at: datetime
    decision: Decision
    decided_by: str | None = None
    wallets: int = 0
    points: int = 0


def check_extension(extension: Extension) -> None:
    """Raises BadExtension, UnknownReason."""
    check_reason(extension.reason)
    if extension.wallet_id is None and extension.issuer_id is None:
        raise BadExtension("Name a member, an issuer, or both.", field="issuer_id")
    if extension.expires_after >= extension.expires_by:
        raise BadExtension("The window ends before it begins.", field="expires_by")
    if extension.extended_to <= max(extension.expires_by, extension.prepared_at):
        raise BadExtension("The new date lies after the window, and ahead.", field="extended_to")


def concerned(draft: Draft, extension: Extension) -> list[Lot]:
    """The lots that an extension moves, by the dates that members see. Needs every open lot, what was due settled."""
    return [lot for lot in draft.lots if lot.remaining and _is_concerned(draft, lot, extension)]


def extend(draft: Draft, extension: Extension, receipt: str) -> int:
    """Move the dates of the lots concerned, in an entry for each issuer; how many points are in them."""
    lots = concerned(draft, extension)
    for issuer_id in dict.fromkeys(lot.issuer_id for lot in lots):
        points = sum(draft.extend(lot, extension.extended_to) for lot in lots if lot.issuer_id == issuer_id)
        draft.enter(Operation.EXTENSION, points, Slip(issuer_id, draft.now, receipt=receipt))
    return sum(lot.remaining for lot in lots)


def _is_concerned(draft: Draft, lot: Lot, extension: Extension) -> bool:
    until = draft.lasts_until(lot)
    if until is None or extension.issuer_id not in (None, lot.issuer_id):
        return False
    return extension.expires_after < until <= extension.expires_by
