"""Credit lines. What is left of one stands in the wallet's slots of the same id."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from network.infrastructure.database import db
from network.kernel.identifiers import new_id
from network.settlement.domain import FoldedGroup
from network.settlement.models import CreditLineRow
from network.settlement.repository import folding
from network.wallet.domain import Slot

_NEVER = 2**62  # above all transaction ids
_SLOTS = """
SELECT s.allowance_id, s.slot, s.remaining FROM credit_line l JOIN allowance_slot s ON s.allowance_id = l.line_id
WHERE l.partner_id = %s AND l.currency = %s ORDER BY s.slot
"""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Whose credit it is, in which currency, and what it owed when that was last measured."""

    line_id: UUID
    partner_id: UUID
    currency: str
    owed_minor: int


def insert_line(partner_id: UUID, currency: str, now: datetime) -> None:
    """A partner's credit line, unless it has one."""
    values = {"line_id": new_id(), "partner_id": partner_id, "currency": currency, "measured_at": now}
    db.session.execute(insert(CreditLineRow).values(**values).on_conflict_do_nothing())


def lines_of(currency: str | None = None) -> list[CreditLine]:
    """Every credit line of a currency, or of all, by id."""
    query = select(*CreditLineRow.__table__.c).order_by(CreditLineRow.line_id)
    if currency is not None:
        query = query.where(CreditLineRow.currency == currency)
    return [CreditLine(row.line_id, row.partner_id, row.currency, row.owed_minor) for row in db.session.execute(query)]


def note_owed(line_id: UUID, owed_minor: int, now: datetime) -> None:
    statement = update(CreditLineRow).where(CreditLineRow.line_id == line_id)
    db.session.execute(statement.values(owed_minor=owed_minor, measured_at=now))


def credit_slots(connection: psycopg.Connection, partner_id: UUID, currency: str, *, lock: bool) -> list[Slot]:
    """The slots of a partner's credit line, empty ones too; none if it has no line."""
    rows = connection.execute(_SLOTS + (" FOR UPDATE OF s" if lock else ""), (partner_id, currency)).fetchall()
    return [Slot(*row) for row in rows]


def not_folded(from_xid: int) -> list[FoldedGroup]:
    """What has been posted since the last cut."""
    return folding.fold(from_xid, _NEVER, ())
