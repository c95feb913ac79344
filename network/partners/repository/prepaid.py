"""Prepaid blocks, orders and levels. What is left of a block stands in the wallet's slots of the same id."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.partners.domain import Block, Level, OrderState, Stock, TopUp
from network.partners.models import PrepaidBlockRow, PrepaidLevelRow, PrepaidOrderRow
from network.wallet.domain import Slot

_SLOTS = """
SELECT s.allowance_id, s.slot, s.remaining, b.is_reserve, b.bought_at
FROM prepaid_block b JOIN allowance_slot s ON s.allowance_id = b.block_id
WHERE b.partner_id = %s AND b.currency = %s AND (s.remaining > 0 OR %s) ORDER BY s.allowance_id, s.slot
"""


def open_slots(connection: psycopg.Connection, partner_id: UUID, currency: str, *, lock: bool) -> list[Slot]:
    """The slots of all blocks that have points left, in the order in which they are used up.

    If so told, those of all blocks, locked in the order of their ids, whichever is used up first.
    """
    statement = _SLOTS + (" FOR UPDATE OF s" if lock else "")
    rows = connection.execute(statement, (partner_id, currency, lock)).fetchall()
    in_order = sorted(rows, key=lambda row: (row[3], row[4], row[0], row[1]))
    return [Slot(*row[:3]) for row in in_order]


def insert_block(block: Block, order_id: UUID | None) -> None:
    db.session.execute(insert(PrepaidBlockRow).values(**asdict(block), order_id=order_id))


def stock_of(partner_id: UUID, currency: str) -> Stock:
    """What is left of a partner's blocks."""
    row = db.session.execute(
        text(
            "SELECT coalesce(sum(s.remaining) FILTER (WHERE NOT b.is_reserve), 0)::bigint,"
            " coalesce(sum(s.remaining) FILTER (WHERE b.is_reserve), 0)::bigint"
            " FROM prepaid_block b JOIN allowance_slot s ON s.allowance_id = b.block_id"
            " WHERE b.partner_id = :partner_id AND b.currency = :currency"
        ),
        {"partner_id": partner_id, "currency": currency},
    ).one()
    return Stock(row[0], row[1])


def blocks_of(partner_id: UUID) -> list[tuple[Block, int]]:
    """A partner's blocks as they were bought, and how many points are left of each."""
    rows = db.session.execute(
        text(
            "SELECT b.*, (SELECT sum(remaining)::bigint FROM allowance_slot WHERE allowance_id = b.block_id) AS left"
            " FROM prepaid_block b WHERE b.partner_id = :partner_id ORDER BY b.bought_at, b.block_id"
        ),
        {"partner_id": partner_id},
    )
    return [(_block(row), row.left) for row in rows]


def prepaid_currencies() -> list[tuple[UUID, str]]:
    """Every partner that has not left and ever had a prepaid contract, with the currency."""
    rows = db.session.execute(
        text(
            "SELECT DISTINCT partner_id, currency FROM contract_version JOIN partner USING (partner_id)"
            " WHERE prepaid AND status <> 'left' ORDER BY partner_id, currency"
        )
    )
    return [(row.partner_id, row.currency) for row in rows]


def lock_level(partner_id: UUID, currency: str, now: datetime) -> Level:
    """The level that was last told of, kept to the end of the unit of work."""
    key = {"partner_id": partner_id, "currency": currency}
    made = insert_or_not(PrepaidLevelRow).values(**key, level=Level.ENOUGH.value, noticed_at=now)
    db.session.execute(made.on_conflict_do_nothing())
    query = select(PrepaidLevelRow.level).filter_by(**key).with_for_update()
    return Level(db.session.execute(query).scalar_one())


def set_level(partner_id: UUID, currency: str, level: Level, now: datetime) -> None:
    statement = update(PrepaidLevelRow).where(
        PrepaidLevelRow.partner_id == partner_id, PrepaidLevelRow.currency == currency
    )
    db.session.execute(statement.values(level=level.value, noticed_at=now))


def insert_order(order: TopUp) -> bool:
    """A new open order; False if there is one."""
    values = asdict(order) | {"state": order.state.value}
    statement = insert_or_not(PrepaidOrderRow).values(**values).on_conflict_do_nothing()
    return db.session.execute(statement.returning(PrepaidOrderRow.order_id)).first() is not None


def open_orders() -> list[TopUp]:
    """Orders for which no block was bought yet, oldest first."""
    query = select(*PrepaidOrderRow.__table__.c).where(PrepaidOrderRow.state == OrderState.OPEN.value)
    return [_order(row) for row in db.session.execute(query.order_by(PrepaidOrderRow.order_id))]


def close_order(order_id: UUID, state: OrderState) -> TopUp | None:
    """End an open order; None if there is none of this id."""
    statement = update(PrepaidOrderRow).where(
        PrepaidOrderRow.order_id == order_id, PrepaidOrderRow.state == OrderState.OPEN.value
    )
    row = db.session.execute(statement.values(state=state.value).returning(*PrepaidOrderRow.__table__.c)).first()
    return None if row is None else _order(row)


def _block(row: Any) -> Block:
    return Block(
        block_id=row.block_id,
        partner_id=row.partner_id,
        currency=row.currency,
        points=row.points,
        amount_minor=row.amount_minor,
        is_reserve=row.is_reserve,
        bought_at=as_utc(row.bought_at),
        bought_by=row.bought_by,
    )


def _order(row: Any) -> TopUp:
    return TopUp(
        order_id=row.order_id,
        partner_id=row.partner_id,
        currency=row.currency,
        points=row.points,
        amount_minor=row.amount_minor,
        ordered_at=as_utc(row.ordered_at),
        state=OrderState(row.state),
    )
