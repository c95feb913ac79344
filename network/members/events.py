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
class MembersMerged(Fact):
    """Two accounts turned out to be one person's: the first is the second now."""

    topic: ClassVar[str] = "members.members_merged"

    merge_id: UUID
    member_id: UUID
    into_id: UUID
    points: int
    merged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersUnmerged(Fact):
    """A merge was a mistake: the two are two again."""

    topic: ClassVar[str] = "members.members_unmerged"

    merge_id: UUID
    member_id: UUID
    into_id: UUID
    points: int
    unmerged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberForgotten(Fact):
    """A member's personal data were erased; the id stays, and stands for nobody."""

    topic: ClassVar[str] = "members.member_forgotten"

    member_id: UUID
    forgotten_at: datetime
