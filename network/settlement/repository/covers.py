"""Defaults that were covered: whose payments of which cycle nobody waits for any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from network.infrastructure.database import db
from network.settlement.banking import CoveredDefaultRow


def insert_cover(
    cycle_id: UUID, partner_id: UUID, amount_minor: int, *, covered_by: str, reason: str, covered_at: datetime
) -> None:
    """A new one; a partner's default of a cycle is covered once."""
    db.session.execute(
        insert(CoveredDefaultRow).values(
            cycle_id=cycle_id,
            partner_id=partner_id,
            amount_minor=amount_minor,
            covered_by=covered_by,
            reason=reason,
            covered_at=covered_at,
        )
    )


def in_default(cycle_id: UUID) -> frozenset[UUID]:
    """The partners whose default of a cycle was covered."""
    query = select(CoveredDefaultRow.partner_id).where(CoveredDefaultRow.cycle_id == cycle_id)
    return frozenset(db.session.execute(query).scalars())
