"""What households tell the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFounded(Fact):
    """A member founded a household, and is its head."""

    topic: ClassVar[str] = "households.founded"

    household_id: UUID
    member_id: UUID
    founded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdInvited(Fact):
    """A household would like to have a member."""

    topic: ClassVar[str] = "households.invited"

    household_id: UUID
    member_id: UUID
    invited_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdJoined(Fact):
    """A member consented and joined; it may spend from the pool from `spends_from` on."""

    topic: ClassVar[str] = "households.joined"

    household_id: UUID
    member_id: UUID
    joined_at: datetime
    spends_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsContributed(Fact):
    """A member put points into the pool."""

    topic: ClassVar[str] = "households.points_contributed"

    household_id: UUID
    member_id: UUID
    points: int
    contributed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdLeft(Fact):
    """A member left, and got back what was left of its points."""

    topic: ClassVar[str] = "households.left"

    household_id: UUID
    member_id: UUID
    points: int
    left_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadshipPassed(Fact):
    """Another member is the head of the household."""

    topic: ClassVar[str] = "households.headship_passed"

    household_id: UUID
    member_id: UUID
    passed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdDissolved(Fact):
    """The household is no more."""

    topic: ClassVar[str] = "households.dissolved"

    household_id: UUID
    dissolved_at: datetime
