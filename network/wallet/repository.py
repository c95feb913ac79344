"""All reading of the ledger's tables, by psycopg."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from network.infrastructure.calendars import CALENDARS
from network.infrastructure.network_clock import NETWORK_NOW
from network.infrastructure.prepared import Row, as_instant
from network.kernel.clock import as_utc
from network.kernel.identifiers import uuid_of
from network.wallet.domain import (
    ACTIVITY,
    GENESIS,
    Balance,
    Debt,
    Draft,
    Drawn,
    Entry,
    Head,
    Hold,
    Inactivity,
    Lot,
    Operation,
    Reversible,
    Slip,
)
from network.wallet.errors import MovedOn

HEAD_COLUMNS = "w.wallet_id, w.sequence, w.head_hash, w.available, w.pending, w.held, w.debt, w.posted_at, w.due_at"
"""The columns of a wallet's head, for `head_of`; `w` is the wallet."""

_LOT_ITEMS = (
    "lot_id, issuer_id, contract_id, currency, issued, remaining, held, is_pending, issued_at, activates_at, expires_at"
)
_WHOLE_LOT = (
    f"SELECT {_LOT_ITEMS}, i.months, i.calendar, i.time_zone FROM lot LEFT JOIN lot_inactivity i"
    " USING (wallet_id, lot_id) WHERE wallet_id = %s"
)
_DRAW_ORDER = "expires_at, issued_at, lot_id"

FIRST_LOTS = 4
"""How many of a wallet's first-expiring lots ride on a burn's first query; most burns need fewer.

To read no more than cover the points takes a running sum, which costs more than to read four.
"""


def first_lots_sql(currency: str) -> str:
    """SQL for the first of the wallet's lots that a burn could draw, as one JSON value for `lots_of`; without their
    rules of inactivity. `w` is the wallet; `currency`: SQL, such as a placeholder.
    """
    return (
        f"(SELECT json_agg(json_build_array({_LOT_ITEMS})) FROM (SELECT * FROM lot WHERE lot.wallet_id = w.wallet_id"
        f" AND is_open AND NOT is_pending AND currency = {currency} ORDER BY {_DRAW_ORDER} LIMIT {FIRST_LOTS}) AS lot)"
    )


def used_tickets(connection: psycopg.Connection, owner_ids: list[UUID]) -> dict[UUID, int]:
    """The last number of each of some owners that a posting used up; those are left out of which none was."""
    rows = connection.execute("SELECT owner_id, last FROM ticket WHERE owner_id = ANY(%s)", (owner_ids,)).fetchall()
    return dict(rows)


def insert_wallet(connection: psycopg.Connection, wallet_id: UUID, posted_at: datetime) -> None:
    """A new wallet with nothing in it."""
    connection.execute(
        "INSERT INTO wallet (wallet_id, sequence, head_hash, available, pending, held, debt, posted_at)"
        " VALUES (%s, 0, %s, 0, 0, 0, 0, %s)",
        (wallet_id, GENESIS, posted_at),
    )


def lock_wallet(connection: psycopg.Connection, wallet_id: UUID) -> None:
    """Wait for a wallet and keep it to the end of the transaction."""
    connection.execute("SELECT 1 FROM wallet WHERE wallet_id = %s FOR UPDATE", (wallet_id,))


def find_head(connection: psycopg.Connection, wallet_id: UUID) -> tuple[datetime, Head] | None:
    """The network's instant and a wallet's head."""
    row = connection.execute(
        f"SELECT {NETWORK_NOW}, {HEAD_COLUMNS} FROM wallet w WHERE w.wallet_id = %s", (wallet_id,)
    ).fetchone()
    return (as_utc(row[0]), head_of(row[1:])) if row else None


def head_of(columns: Sequence[Any]) -> Head:
    """A head from its columns (HEAD_COLUMNS)."""
    wallet_id, sequence, head_hash, available, pending, held, debt, posted_at, due_at = columns
    return Head(wallet_id, sequence, head_hash, Balance(available, pending, held, debt), posted_at, due_at)


def head_of_binary(columns: Row) -> Head:
    """A head from its columns in binary, as `prepared.run` gives them."""
    wallet_id, sequence, head_hash, available, pending, held, debt, posted_at, due_at = columns
    assert wallet_id and sequence and head_hash and available and pending and held and debt
    posted = as_instant(posted_at)
    assert posted
    number = int.from_bytes  # never negative, as the table sees to
    balance = Balance(number(available), number(pending), number(held), number(debt))
    return Head(uuid_of(number(wallet_id)), number(sequence), head_hash, balance, posted, as_instant(due_at))


_of_few = lru_cache(maxsize=4096)(UUID)  # ids of partners and contracts, of which there are few


def lots_of(values: Iterable[list[Any]] | None) -> list[Lot]:
    """Lots from `first_lots_sql`."""
    return [
        Lot(
            uuid_of(int(lot_id.replace("-", ""), 16)),
            _of_few(issuer_id),
            _of_few(contract_id),
            currency,
            issued,
            remaining,
            held,
            is_pending,
            datetime.fromisoformat(issued_at),
            datetime.fromisoformat(activates_at),
            datetime.fromisoformat(expires_at) if expires_at else None,
        )
        for (
            lot_id,
            issuer_id,
            contract_id,
            currency,
            issued,
            remaining,
            held,
            is_pending,
            issued_at,
            activates_at,
            expires_at,
        ) in values or ()
    ]


def open_lots(connection: psycopg.Connection, wallet_id: UUID) -> list[Lot]:
    """Every lot of a wallet that still has points, in draw order."""
    rows = connection.execute(f"{_WHOLE_LOT} AND is_open ORDER BY {_DRAW_ORDER}", (wallet_id,)).fetchall()
    return [_whole_lot(row) for row in rows]


def open_holds(connection: psycopg.Connection, wallet_id: UUID) -> tuple[int, list[Hold]]:
    """Every hold of a wallet that is not over, and the wallet's sequence as of then."""
    row = connection.execute(_OPEN_HOLDS, (wallet_id,)).fetchone()
    assert row is not None, "a wallet that was found stays"
    return row[0], [
        _hold((sequence, UUID(partner_id), points, as_utc(datetime.fromisoformat(expires_at)), parts, True))
        for sequence, partner_id, points, expires_at, parts in row[1] or ()
    ]


def find_hold(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> Hold | None:
    """A hold, over or not."""
    row = connection.execute(f"{_HOLD} WHERE h.wallet_id = %s AND h.sequence = %s", (wallet_id, sequence)).fetchone()
    return _hold(row) if row else None


def open_debts(connection: psycopg.Connection, wallet_id: UUID) -> list[Debt]:
    """What a wallet's owner still owes, oldest first."""
    rows = connection.execute(
        "SELECT sequence, lot_id, issuer_id, contract_id, currency, owed, remaining FROM debt"
        " WHERE wallet_id = %s AND remaining > 0 ORDER BY sequence",
        (wallet_id,),
    ).fetchall()
    return [Debt(*row) for row in rows]


def lots_by_id(connection: psycopg.Connection, wallet_id: UUID, lot_ids: Iterable[UUID]) -> list[Lot]:
    """Some lots of a wallet, open or not."""
    rows = connection.execute(f"{_WHOLE_LOT} AND lot_id = ANY(%s)", (wallet_id, list(lot_ids))).fetchall()
    return [_whole_lot(row) for row in rows]


def last_active(connection: psycopg.Connection, wallet_id: UUID) -> datetime | None:
    """When a wallet's owner was last seen: the latest of its entries that a member makes. None if there is none.

    Asked of the journal, not kept with the wallet: few wallets have points that expire by inactivity, and every
    posting would have to write it.
    """
    row = connection.execute(
        "SELECT posted_at FROM journal WHERE wallet_id = %s AND operation = ANY(%s) ORDER BY sequence DESC LIMIT 1",
        (wallet_id, [each.value for each in ACTIVITY]),
    ).fetchone()
    return as_utc(row[0]) if row else None


def draft_of_wallet(connection: psycopg.Connection, head: Head, now: datetime, *, also: Iterable[UUID] = ()) -> Draft:
    """A working copy of a whole wallet: every open lot, hold and debt, and the lots `also` named.

    They fit together, and with all that was read since the head was: nobody has posted in between. Raises MovedOn.
    """
    wallet_id = head.wallet_id
    lots = {lot.lot_id: lot for lot in open_lots(connection, wallet_id)}
    missing = [lot_id for lot_id in also if lot_id not in lots]
    whole = [*lots.values(), *(lots_by_id(connection, wallet_id, missing) if missing else ())]
    debts = open_debts(connection, wallet_id) if head.balance.debt else ()
    active_at = last_active(connection, wallet_id) if any(lot.inactivity for lot in whole) else None
    sequence, holds = open_holds(connection, wallet_id)  # the last to be read: it tells whether the others are one
    if sequence != head.sequence:
        raise MovedOn([wallet_id])
    return Draft(head, whole, now, holds=holds, debts=debts, active_at=active_at)


def draws_left(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> list[Drawn]:
    """What an entry drew and later entries have not returned, by lot, in the order of the draws."""
    rows = connection.execute(
        "SELECT d.lot_id, -d.points - coalesce((SELECT sum(u.points) FROM movement u JOIN journal j"
        "   ON j.wallet_id = u.wallet_id AND j.sequence = u.sequence"
        "   WHERE u.wallet_id = d.wallet_id AND u.lot_id = d.lot_id AND u.kind = 'undraw'"
        "     AND j.wallet_id = d.wallet_id AND j.refers_to = d.sequence), 0)::bigint,"
        " d.redeemer_id, d.redeemer_contract_id, EXISTS (SELECT FROM lot JOIN transfer_leg t"
        "   USING (wallet_id, sequence, lot_id) WHERE lot.wallet_id = d.wallet_id AND lot.lot_id = d.lot_id)"
        " FROM movement d"
        " WHERE d.wallet_id = %s AND d.sequence = %s AND d.kind = 'draw' ORDER BY d.line",
        (wallet_id, sequence),
    ).fetchall()
    return [Drawn(*row) for row in rows if row[1]]


def reversible_earn(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> Reversible | None:
    """What is left to reverse of an earn's lot; None if it made no lot.

    Spent is what draws took out of the lot for good, less what has become a debt already.
    """
    lots = lots_issued_by(connection, wallet_id, sequence)
    if not lots:
        return None
    (lot,) = lots
    reversed_points, spent, has_left = connection.execute(
        "SELECT (SELECT coalesce(sum(points), 0)::bigint FROM journal"
        "   WHERE wallet_id = %s AND refers_to = %s AND operation = 'earn_reversal'),"
        " (SELECT coalesce(-sum(points) FILTER (WHERE kind IN ('draw', 'undraw')), 0)::bigint"
        "   - coalesce(sum(debt) FILTER (WHERE kind = 'owe'), 0)::bigint"
        "   FROM movement WHERE wallet_id = %s AND lot_id = %s),"
        " EXISTS (SELECT FROM transfer_leg WHERE wallet_id = %s AND lot_id = %s)",
        (wallet_id, sequence, wallet_id, lot.lot_id, wallet_id, lot.lot_id),
    ).fetchone() or (0, 0, False)
    return Reversible(sequence, lot, lot.issued - reversed_points, spent, has_left)


def entry_referring_to(
    connection: psycopg.Connection, wallet_id: UUID, sequence: int, operations: Sequence[Operation]
) -> Entry | None:
    """The first entry of one of these operations that completes or corrects an entry."""
    row = connection.execute(
        f"SELECT {_ENTRY_COLUMNS} FROM journal WHERE wallet_id = %s AND refers_to = %s AND operation = ANY(%s)"
        " ORDER BY sequence LIMIT 1",
        (wallet_id, sequence, [each.value for each in operations]),
    ).fetchone()
    return _entry(row) if row else None


def transaction_of(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> int:
    """The id of the transaction that wrote an entry's movements."""
    row = connection.execute(
        "SELECT xid FROM movement WHERE wallet_id = %s AND sequence = %s LIMIT 1", (wallet_id, sequence)
    ).fetchone()
    return row[0] if row else 0


def due_wallets(connection: psycopg.Connection, now: datetime, most: int) -> list[UUID]:
    """Wallets in which something may activate or expire by now, in wallet order."""
    rows = connection.execute(
        "SELECT wallet_id FROM wallet WHERE due_at <= %s ORDER BY wallet_id LIMIT %s", (now, most)
    ).fetchall()
    return [row[0] for row in rows]


def find_entry(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> Entry | None:
    """One entry, without its movements."""
    row = connection.execute(
        f"SELECT {_ENTRY_COLUMNS} FROM journal WHERE wallet_id = %s AND sequence = %s", (wallet_id, sequence)
    ).fetchone()
    return _entry(row) if row else None


def entries_of_partner(
    connection: psycopg.Connection,
    wallet_id: UUID,
    partner_id: UUID,
    operations: Sequence[Operation],
    before: int | None,
    most: int,
    *,
    bearer_id: UUID | None = None,
) -> list[Entry]:
    """A partner's own entries in a wallet, newest first, those below sequence `before`; of one bearer, if told."""
    own = (
        " AND EXISTS (SELECT FROM journal_side s WHERE s.wallet_id = journal.wallet_id"
        " AND s.sequence = journal.sequence AND s.bearer_id = %s)"
    )
    rows = connection.execute(
        f"SELECT {_ENTRY_COLUMNS} FROM journal WHERE wallet_id = %s AND partner_id = %s"
        f" AND operation = ANY(%s) AND sequence < %s{own if bearer_id else ''} ORDER BY sequence DESC LIMIT %s",
        (
            wallet_id,
            partner_id,
            [each.value for each in operations],
            before or 2**62,
            *([bearer_id] if bearer_id else []),
            most,
        ),
    ).fetchall()
    return [_entry(row) for row in rows]


def lots_issued_by(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> list[Lot]:
    """The lots that an entry issued, as they are now."""
    rows = connection.execute(
        f"{_WHOLE_LOT} AND lot_id IN"
        " (SELECT m.lot_id FROM movement m WHERE m.wallet_id = %s AND m.sequence = %s AND m.kind = 'issue')"
        " ORDER BY lot_id",
        (wallet_id, wallet_id, sequence),
    ).fetchall()
    return [_whole_lot(row) for row in rows]


def inactivity_of(months: int, calendar: str, time_zone: str) -> Inactivity:
    """A lot's rule of inactivity from its columns."""
    return Inactivity(months, CALENDARS[calendar], ZoneInfo(time_zone))


def _whole_lot(row: Sequence[Any]) -> Lot:
    lot, (months, calendar, time_zone) = Lot(*row[:-3]), row[-3:]
    return lot if months is None else replace(lot, inactivity=inactivity_of(months, calendar, time_zone))


_PARTS = (
    "(SELECT json_agg(json_build_array(m.lot_id, m.held) ORDER BY m.line) FROM movement m"
    " WHERE m.wallet_id = h.wallet_id AND m.sequence = h.sequence AND m.kind = 'hold')"
)
_OPEN_HOLDS = (
    "SELECT w.sequence, (SELECT json_agg(json_build_array(h.sequence, h.partner_id, h.points, h.expires_at,"
    f" {_PARTS}) ORDER BY h.sequence) FROM hold h WHERE h.wallet_id = w.wallet_id AND h.is_open)"
    " FROM wallet w WHERE w.wallet_id = %s"
)
_HOLD = f"SELECT h.sequence, h.partner_id, h.points, h.expires_at, {_PARTS}, h.is_open FROM hold h"


def _hold(row: Sequence[Any]) -> Hold:
    sequence, partner_id, points, expires_at, parts, is_open = row
    return Hold(
        sequence, partner_id, points, expires_at, tuple((UUID(lot_id), held) for lot_id, held in parts), is_open
    )


_ENTRY_COLUMNS = (
    "wallet_id, sequence, operation, points, partner_id, store_id, receipt, amount_minor, currency, basket,"
    " occurred_at, posted_at, available, pending, held, debt, refers_to, hash"
)


def _entry(row: Sequence[Any]) -> Entry:
    wallet_id, sequence, operation, points, partner_id, store_id, receipt, amount_minor, currency = row[:9]
    basket, occurred_at, posted_at, available, pending, held, debt, refers_to, entry_hash = row[9:]
    return Entry(
        wallet_id=wallet_id,
        sequence=sequence,
        operation=Operation(operation),
        points=points,
        slip=Slip(
            partner_id,
            as_utc(occurred_at),
            store_id,
            receipt,
            amount_minor,
            currency,
            None if basket is None else tuple(basket),
        ),
        posted_at=as_utc(posted_at),
        balance=Balance(available, pending, held, debt),
        movements=(),
        refers_to=refers_to,
        hash=entry_hash,
    )
