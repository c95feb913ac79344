"""Adjustments of money: what no points stand for, between one partner and the operator."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from network.settlement.domain.netting import Leg, Line, Netting


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


def with_adjustments(netting: Netting, due: Mapping[UUID, int]) -> Netting:
    """The same netting with one line more for each partner that is due anything (owes, if negative), last.

    `due`: in minor units, the sums of a cycle's adjustments. Each line is between the partner and the operator, so that
    all nets and the operator's still add up to nothing.
    """
    lines = (
        Line(
            leg=Leg.ADJUSTMENT,
            issuer_id=partner_id,
            redeemer_id=None,
            points=0,
            amount_minor=amount_minor,
            debtor_id=netting.operator_id,
            creditor_id=partner_id,
        )
        for partner_id, amount_minor in sorted(due.items())
        if amount_minor
    )
    return replace(netting, lines=(*netting.lines, *lines))
