"""What is told of points that are about to expire."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpiringSoon(Fact):
    """So many points of a member expire at an instant, of which notice is given so many days ahead. Told once."""

    topic: ClassVar[str] = "expiry.points_expiring_soon"

    wallet_id: UUID
    member_id: UUID
    points: int
    expires_at: datetime
    notice_days: int
    noticed_at: datetime
