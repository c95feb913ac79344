"""What partners tell the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerJoined(Fact):
    """A partner, or the operator itself, became part of the coalition."""

    topic: ClassVar[str] = "partners.partner_joined"

    partner_id: UUID
    code: str
    is_operator: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSigned(Fact):
    """A partner signed a contract version; its rates are read by `contract_id`."""

    topic: ClassVar[str] = "partners.contract_signed"

    partner_id: UUID
    contract_id: UUID
    version: int
    currency: str
    valid_from: datetime
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockBought(Fact):
    """A partner bought points to issue, for `amount_minor`."""

    topic: ClassVar[str] = "partners.block_bought"

    block_id: UUID
    partner_id: UUID
    currency: str
    points: int
    amount_minor: int
    is_reserve: bool
    bought_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidRunsLow(Fact):
    """What is left of a partner's blocks, `points` besides its reserve, has fallen to `level`: `low` or `critical`."""

    topic: ClassVar[str] = "partners.prepaid_runs_low"

    partner_id: UUID
    currency: str
    level: str
    points: int
    reserve_points: int
    noticed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpOrdered(Fact):
    """Points were ordered because a partner's blocks ran low; a block has to be paid for and bought."""

    topic: ClassVar[str] = "partners.top_up_ordered"

    order_id: UUID
    partner_id: UUID
    currency: str
    points: int
    amount_minor: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsProposed(Fact):
    """A change of a partner's contract waits for the signatures of both sides."""

    topic: ClassVar[str] = "partners.terms_proposed"

    proposal_id: UUID
    partner_id: UUID
    currency: str
    valid_from: datetime
    proposed_at: datetime
