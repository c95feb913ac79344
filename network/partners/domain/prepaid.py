"""Prepaid blocks: points that an issuer buys before it issues them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.kernel.money import times, to_minor
from network.partners.domain.conditions import Conditions
from network.partners.domain.terms import ContractTerms
from network.partners.errors import BadBlock, NotPrepaid

_MOST_POINTS = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Points bought at once, for `amount_minor`. Blocks are used up as they were bought; a reserve after all others."""

    block_id: UUID
    partner_id: UUID
    currency: str
    points: int
    amount_minor: int
    is_reserve: bool
    bought_at: datetime
    bought_by: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What is left of a partner's blocks, and of its reserve."""

    points: int
    reserve_points: int


class Level(StrEnum):
    """How much is left of what was bought, the reserve not counted; from enough on, each worse than the one before."""

    ENOUGH = "enough"
    LOW = "low"
    CRITICAL = "critical"

    def is_worse_than(self, other: "Level") -> bool:
        order = list(Level)
        return order.index(self) > order.index(other)


class OrderState(StrEnum):
    """An order of points is open until a block is bought for it, or it is cancelled."""

    OPEN = "open"
    FILLED = "filled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """Points that were ordered because blocks ran low, at the price of that day."""

    order_id: UUID
    partner_id: UUID
    currency: str
    points: int
    amount_minor: int
    ordered_at: datetime
    state: OrderState


def level_of(points: int, conditions: Conditions) -> Level:
    """The level of so many points, by the thresholds of a contract; a threshold of 0 tells of nothing."""
    if conditions.critical_points and points <= conditions.critical_points:
        return Level.CRITICAL
    return Level.LOW if conditions.low_points and points <= conditions.low_points else Level.ENOUGH


def price_of(points: int, terms: ContractTerms) -> int:
    """What a block costs, in minor units: n·p, rounded once, half to even. Raises NotPrepaid, BadBlock."""
    if not terms.prepaid:
        raise NotPrepaid
    if not 0 < points <= _MOST_POINTS:
        raise BadBlock(f"A block has 1 to {_MOST_POINTS} points.", field="points")
    return to_minor(times(points, terms.issuance_price), terms.currency)
