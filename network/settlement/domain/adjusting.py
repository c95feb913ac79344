"""Adjustments of money: what no points stand for, between one partner and the operator."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAdjustment:
    """`amount_minor` that a partner is due (owes, if negative) in a cycle, and why; `dispute_id`: what granted it."""

    adjustment_id: UUID
    cycle_id: UUID
    partner_id: UUID
    amount_minor: int
    reason: str
    dispute_id: UUID | None
    made_by: str
    made_at: datetime
