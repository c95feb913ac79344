"""Adjustments of money between a partner and the operator."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, insert, select

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import MoneyAdjustment
from network.settlement.records import SettlementAdjustmentRow


def insert_adjustment(adjustment: MoneyAdjustment) -> None:
    """A new one. Its cycle is locked, and open."""
    db.session.execute(insert(SettlementAdjustmentRow).values(asdict(adjustment)))


def adjusted_of(cycle_id: UUID) -> dict[UUID, int]:
    """What each partner is due by the adjustments of a cycle, in minor units."""
    row = SettlementAdjustmentRow
    query = select(row.partner_id, func.sum(row.amount_minor)).where(row.cycle_id == cycle_id).group_by(row.partner_id)
    return {partner_id: int(amount_minor) for partner_id, amount_minor in db.session.execute(query)}


def adjustments_of(cycle_id: UUID, partner_id: UUID | None = None) -> list[MoneyAdjustment]:
    """The adjustments of a cycle, or a partner's among them, in the order in which they were made."""
    row = SettlementAdjustmentRow
    query = select(*row.__table__.c).where(row.cycle_id == cycle_id).order_by(row.made_at, row.adjustment_id)
    if partner_id is not None:
        query = query.where(row.partner_id == partner_id)
    return [MoneyAdjustment(**{**each._mapping, "made_at": as_utc(each.made_at)}) for each in db.session.execute(query)]
