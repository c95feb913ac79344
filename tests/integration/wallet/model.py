"""What balances should be, in a page of plain Python: a list of lots, and the rules of docs/economics.md."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Draws = dict[tuple[str, str], int]


@dataclass
class ModelLot:
    """Points of one issuer."""

    issuer: str
    points: int
    issued_at: datetime
    activates_at: datetime
    expires_at: datetime
    lot_id: UUID


@dataclass
class ModelWallet:
    """A member's lots, and who drew whose points so far."""

    lots: list[ModelLot] = field(default_factory=list)
    draws: Draws = field(default_factory=dict)

    def available(self, now: datetime) -> int:
        return sum(lot.points for lot in self._alive(now) if lot.activates_at <= now)

    def pending(self, now: datetime) -> int:
        return sum(lot.points for lot in self._alive(now) if lot.activates_at > now)

    def burn(self, redeemer: str, points: int, now: datetime) -> bool:
        """Whether it was covered; if so, the points are gone, first expiring first."""
        if points > self.available(now):
            return False
        for lot in sorted(self._alive(now), key=lambda each: (each.expires_at, each.issued_at, each.lot_id)):
            taken = min(points, lot.points) if lot.activates_at <= now else 0
            if taken:
                lot.points -= taken
                points -= taken
                self.draws[lot.issuer, redeemer] = self.draws.get((lot.issuer, redeemer), 0) + taken
        return True

    def _alive(self, now: datetime) -> list[ModelLot]:
        return [lot for lot in self.lots if lot.expires_at > now]
