"""What the ledger tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.clock import show_instant
from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsMoved(Fact):
    """What all facts of the ledger tell: which entry, whose doing, how many points, when."""

    topic: ClassVar[str] = "wallet.points_moved"

    wallet_id: UUID
    sequence: int
    partner_id: UUID
    points: int
    posted_at: datetime

    def as_json(self) -> str:
        """As its base has it, put together by hand: every posting tells one."""
        return (
            f'{{"wallet_id":"{self.wallet_id.int:032x}","sequence":{self.sequence},'
            f'"partner_id":"{self.partner_id.int:032x}","points":{self.points},'
            f'"posted_at":"{show_instant(self.posted_at)}"}}'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(PointsMoved):
    """A purchase at `partner_id` became points."""

    topic: ClassVar[str] = "wallet.points_earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsBurned(PointsMoved):
    """Points were spent at `partner_id`."""

    topic: ClassVar[str] = "wallet.points_burned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpired(PointsMoved):
    """Points that `partner_id` had issued expired unspent."""

    topic: ClassVar[str] = "wallet.points_expired"
