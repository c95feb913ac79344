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
