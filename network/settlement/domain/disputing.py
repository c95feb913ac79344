"""Disputes: what a partner holds against a statement, or against one line of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.settlement.domain.netting import Leg
from network.settlement.errors import DisputeDecided, DisputeTooLate, NothingGranted


class DisputeVerdict(StrEnum):
    """Where a dispute stands; it is decided once."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute:
    """What a partner says. `leg` and `counterparty` name one line of the statement; without both, all of it.
    `base_leg`: of a tax, what it is on; without it, the first tax is meant.

    `claimed_minor`: how much more it is due than stated, in minor units; less, if negative. `evidence`: text;
    `attachment`: where more is to be found, such as a ticket or the name of a file that was handed over.
    """

    claimed_minor: int
    reason: str
    leg: Leg | None = None
    counterparty: str | None = None
    base_leg: Leg | None = None
    evidence: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A dispute and, once decided, its outcome: `granted_minor` lands as an adjustment in the cycle open then."""

    dispute_id: UUID
    statement_id: UUID
    cycle_id: UUID
    partner_id: UUID
    currency: str
    line: int | None
    leg: Leg | None
    counterparty: str | None
    claimed_minor: int
    reason: str
    evidence: str | None
    attachment: str | None
    opened_at: datetime
    verdict: DisputeVerdict = DisputeVerdict.OPEN
    granted_minor: int | None = None
    answer: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    base_leg: Leg | None = None


def check_in_time(until: datetime, now: datetime) -> None:
    """Raises DisputeTooLate from the instant on at which the window has closed."""
    if now >= until:
        raise DisputeTooLate


def check_undecided(dispute: Dispute) -> None:
    """Raises DisputeDecided."""
    if dispute.verdict is not DisputeVerdict.OPEN:
        raise DisputeDecided


def granted_amount(dispute: Dispute, amount_minor: int | None) -> int:
    """What is granted: what was claimed, unless told otherwise. Raises NothingGranted: that would be a rejection."""
    granted = dispute.claimed_minor if amount_minor is None else amount_minor
    if not granted:
        raise NothingGranted(field="amount_minor")
    return granted


def parties_of_line(leg: Leg, partner_id: UUID, counterparty_id: UUID | None) -> tuple[UUID, UUID | None]:
    """Issuer and redeemer of the line that a partner calls by its leg and its counterparty (None: the operator, where
    the points have no other end).
    """
    if leg is Leg.REDEMPTION:
        return counterparty_id or partner_id, partner_id
    if leg is Leg.DEFERRED:
        return partner_id, counterparty_id
    return partner_id, None
