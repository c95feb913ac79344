"""What settlement tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCut(Fact):
    """Nothing will be added to this cycle any more; what comes late falls into the next."""

    topic: ClassVar[str] = "settlement.cycle_cut"

    cycle_id: UUID
    currency: str
    cut_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakageRecorded(Fact):
    """So many points of an issuer expired unused in a month (`2017-01`), in which nothing can expire any more."""

    topic: ClassVar[str] = "settlement.breakage_recorded"

    cycle_id: UUID
    issuer_id: UUID
    currency: str
    month: str
    points: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleStated(Fact):
    """Every partner that had part in this cycle has its statement."""

    topic: ClassVar[str] = "settlement.cycle_stated"

    cycle_id: UUID
    currency: str
    version: int
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementIssued(Fact):
    """One partner's statement of a cycle. Positive `net_minor`: it receives."""

    topic: ClassVar[str] = "settlement.statement_issued"

    statement_id: UUID
    cycle_id: UUID
    partner_id: UUID
    version: int
    currency: str
    net_minor: int
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleSubmitted(Fact):
    """Somebody put this version of a cycle's statements up for approval by somebody else."""

    topic: ClassVar[str] = "settlement.cycle_submitted"

    cycle_id: UUID
    currency: str
    version: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleApproved(Fact):
    """Two persons stand for the amounts of this cycle: they are final."""

    topic: ClassVar[str] = "settlement.cycle_approved"

    cycle_id: UUID
    currency: str
    version: int
    approved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRejected(Fact):
    """This version of a cycle's statements was rejected; it is netted anew."""

    topic: ClassVar[str] = "settlement.cycle_rejected"

    cycle_id: UUID
    currency: str
    version: int
    rejected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleInstructed(Fact):
    """All payments of this cycle have been told to the bank."""

    topic: ClassVar[str] = "settlement.cycle_instructed"

    cycle_id: UUID
    currency: str
    version: int
    instructed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePaid(Fact):
    """All payments of this cycle have happened."""

    topic: ClassVar[str] = "settlement.cycle_paid"

    cycle_id: UUID
    currency: str
    version: int
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleClosed(Fact):
    """All of this cycle is matched; nothing of it changes any more."""

    topic: ClassVar[str] = "settlement.cycle_closed"

    cycle_id: UUID
    currency: str
    version: int
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNoticed(Fact):
    """A partner is to be told of a payment: `advice` when it is final, `reminder` before it is due, `dunning` after.

    Positive `net_minor`: it receives. `level` counts the dunnings from 1, and is 0 else. Told once each.
    """

    topic: ClassVar[str] = "settlement.payment_noticed"

    statement_id: UUID
    cycle_id: UUID
    partner_id: UUID
    currency: str
    net_minor: int
    kind: str
    level: int
    due_at: datetime
    noticed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(Fact):
    """A partner disputes its statement, or a line of it."""

    topic: ClassVar[str] = "settlement.dispute_opened"

    dispute_id: UUID
    statement_id: UUID
    partner_id: UUID
    currency: str
    claimed_minor: int
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(Fact):
    """The operator has decided on a dispute; `granted_minor` is 0 where it was rejected."""

    topic: ClassVar[str] = "settlement.dispute_settled"

    dispute_id: UUID
    statement_id: UUID
    partner_id: UUID
    currency: str
    verdict: str
    granted_minor: int
    decided_at: datetime
