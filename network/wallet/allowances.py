"""Allowances in the database: opened and filled by the rooms above, drawn on by postings.

A posting that takes from one slot needs no lock: its own statement takes, and the slot's check undoes all of it should
there not be enough any more. What takes from several slots, and what is part of a longer transaction, locks them first:
the wallet, and then all of the issuer's slots in the order of their ids, so that nobody waits in a circle.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

import psycopg

from network.infrastructure.transaction import in_transaction
from network.wallet.domain import Slot, Take, give_back, spread, take_from
from network.wallet.domain.allowance import SLOTS
from network.wallet.errors import MovedOn
from network.wallet.repository import lock_wallet

FindSlots = Callable[[psycopg.Connection, bool], Sequence[Slot]]
"""Slots in the order in which they are used up. If so told, all of the issuer's are locked to the transaction's end,
empty ones too, in an order that is always the same."""


def open_allowance(connection: psycopg.Connection, allowance_id: UUID, amount: int) -> None:
    """A new allowance; nothing happens if it is there."""
    connection.execute(
        "INSERT INTO allowance_slot (allowance_id, slot, remaining)"
        " SELECT %s, slot, remaining FROM unnest(%s::smallint[], %s::bigint[]) AS v (slot, remaining)"
        " ON CONFLICT DO NOTHING",
        (allowance_id, list(range(SLOTS)), spread(amount)),
    )


def lock_allowance(connection: psycopg.Connection, allowance_id: UUID) -> None:
    """Wait until no posting takes from an allowance, and let none before the transaction ends."""
    connection.execute("SELECT 1 FROM allowance_slot WHERE allowance_id = %s ORDER BY slot FOR UPDATE", (allowance_id,))


def refill_allowance(connection: psycopg.Connection, allowance_id: UUID, amount: int) -> None:
    """Let so much be left in an allowance that is locked."""
    connection.execute(
        "UPDATE allowance_slot s SET remaining = v.remaining"
        " FROM unnest(%s::smallint[], %s::bigint[]) AS v (slot, remaining)"
        " WHERE s.allowance_id = %s AND s.slot = v.slot AND s.remaining <> v.remaining",
        (list(range(SLOTS)), spread(amount), allowance_id),
    )


def draw_on(
    connection: psycopg.Connection, wallet_id: UUID, find: FindSlots, amount: int, *, choice: int, lot_id: UUID | None
) -> tuple[Take, ...] | None:
    """For an attempt to post: where it takes an amount from; None if there is not so much.

    Raises MovedOn where slots have to be locked, so that the attempt is repeated in a unit of work.
    """
    locks = in_transaction()
    if locks:
        lock_wallet(connection, wallet_id)
    takes = take_from(find(connection, locks), amount, choice=choice, lot_id=lot_id)
    if takes and len(takes) > 1 and not locks:
        raise MovedOn([wallet_id])
    return takes


def return_to(
    connection: psycopg.Connection, wallet_id: UUID, find: FindSlots, amount: int, *, lot_id: UUID
) -> tuple[Take, ...]:
    """For an attempt to post: how an amount goes back to the allowances that a lot was issued from.

    Raises MovedOn as `draw_on` does.
    """
    locks = in_transaction()
    if locks:
        lock_wallet(connection, wallet_id)
        find(connection, True)
    rows = connection.execute(
        "SELECT allowance_id, min(slot)::int, sum(amount)::bigint FROM allowance_use"
        " WHERE wallet_id = %s AND lot_id = %s GROUP BY allowance_id HAVING sum(amount) > 0 ORDER BY allowance_id DESC",
        (wallet_id, lot_id),
    ).fetchall()
    takes = give_back([(row[0], row[1], row[2]) for row in rows], amount, lot_id=lot_id)
    if len(takes) > 1 and not locks:
        raise MovedOn([wallet_id])
    return takes
