"""Points given and taken, and who may."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from network.adjustments.errors import (
    AlreadyDecided,
    NotEnoughOfIssuer,
    NothingToAdjust,
    SamePerson,
    UnknownReason,
)
from network.partners.domain import PointType
from network.wallet.domain import Draft, Earn, Entry, Lot, Operation, Slip

REASONS: Mapping[str, str] = {
    "goodwill": "a gift after a complaint or a mishap",
    "missing_points": "a purchase that was never reported",
    "correction": "an entry that was wrong",
    "fraud": "points that were obtained by deceit",
    "relief": "points that members could not use in time",
}
"""Reason codes: stable words, for people to choose from and for reports to count by."""

_TYPES: Mapping[str, PointType] = {"goodwill": PointType.GOODWILL}

DEFAULT_LIMIT_POINTS = 1_000
"""How many points, given or taken, a person may post alone, unless told otherwise."""


class Decision(StrEnum):
    """Where an adjustment stands. `posted` is in the ledger; `proposed` waits for a second person.

    `approved`: of an extension that a job has yet to carry out, wallet by wallet.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    POSTED = "posted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points to give (positive) or take (negative), paid for by an issuer, for a reason, by a person."""

    adjustment_id: UUID
    wallet_id: UUID
    issuer_id: UUID
    currency: str
    points: int
    reason: str
    prepared_by: str
    prepared_at: datetime
    decision: Decision
    decided_by: str | None = None
    sequence: int | None = None


def check_new(points: int, reason: str) -> None:
    """Raises NothingToAdjust, UnknownReason."""
    if not points:
        raise NothingToAdjust(field="points")
    check_reason(reason)


def check_reason(reason: str) -> None:
    """Raises UnknownReason."""
    if reason not in REASONS:
        raise UnknownReason(field="reason")


def type_given(reason: str) -> PointType:
    """Of which type points are that are given for a reason: what puts right a purchase gives base points."""
    return _TYPES.get(reason, PointType.BASE)


def needs_second_person(points: int, limit_points: int) -> bool:
    """Whether an adjustment is beyond what one person may post alone."""
    return abs(points) > limit_points


class Proposal(Protocol):
    """What one person prepares and, where it is large, another decides on."""

    @property
    def prepared_by(self) -> str: ...
    @property
    def decision(self) -> Decision: ...


def check_decider(proposal: Proposal, person: str) -> None:
    """Raises AlreadyDecided, SamePerson."""
    if proposal.decision is not Decision.PROPOSED:
        raise AlreadyDecided
    if proposal.prepared_by.casefold() == person.casefold():
        raise SamePerson


def adjust(draft: Draft, adjustment: Adjustment, given: Earn, slip: Slip) -> Entry:
    """Give the points as a lot of the issuer, or take them from its lots of that currency, those drawn last first.

    `given` holds the new lot's terms. Needs every open lot. Raises NotEnoughOfIssuer.
    """
    if adjustment.points > 0:
        draft.issue(
            Lot(
                lot_id=given.lot_id,
                issuer_id=given.issuer_id,
                contract_id=given.contract_id,
                currency=given.currency,
                issued=adjustment.points,
                remaining=adjustment.points,
                held=0,
                is_pending=False,
                issued_at=draft.now,
                activates_at=draft.now,
                expires_at=given.timer(draft.now),
                inactivity=given.inactivity,
            )
        )
        return draft.enter(Operation.ADJUSTMENT, adjustment.points, slip)
    left = -adjustment.points
    for lot in reversed(draft.lots):
        is_meant = lot.issuer_id == adjustment.issuer_id and lot.currency == adjustment.currency
        taken = min(lot.free, left) if is_meant else 0
        if taken:
            draft.unissue(lot, taken)
            left -= taken
    if left:
        raise NotEnoughOfIssuer(field="points", available=-adjustment.points - left)
    return draft.enter(Operation.ADJUSTMENT, -adjustment.points, slip)
