"""What members tell the rest of the house: ids and instants, nothing personal."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEnrolled(Fact):
    """A partner enrolled a new member."""

    topic: ClassVar[str] = "members.member_enrolled"

    member_id: UUID
    wallet_id: UUID
    partner_id: UUID
    enrolled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberForgotten(Fact):
    """A member's personal data were erased; the id stays, and stands for nobody."""

    topic: ClassVar[str] = "members.member_forgotten"

    member_id: UUID
    forgotten_at: datetime
