"""All reading of the ledger's tables, by psycopg."""


from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from network.infrastructure.network_clock import NETWORK_NOW
from network.infrastructure.prepared import Row, as_instant
from network.kernel.clock import as_utc
from network.wallet.domain import GENESIS, Balance, Entry, Head, Lot, Operation, Slip

HEAD_COLUMNS = "w.wallet_id, w.sequence, w.head_hash, w.available, w.pending, w.held, w.debt, w.posted_at, w.due_at"
"""The columns of a wallet's head, for `head_of`; `w` is the wallet."""

_LOT_ITEMS = (
    "lot_id, issuer_id, contract_id, currency, issued, remaining, held, is_pending, issued_at, activates_at, expires_at"
)
_DRAW_ORDER = "expires_at, issued_at, lot_id"

FIRST_LOTS = 8
"""How many of a wallet's first-expiring lots ride on a burn's first query; most burns need fewer."""

LOTS_AS_JSON = (
    f"(SELECT json_agg(json_build_array({_LOT_ITEMS})) FROM (SELECT * FROM lot WHERE lot.wallet_id = w.wallet_id"
    f" AND is_open ORDER BY {_DRAW_ORDER} LIMIT {FIRST_LOTS}) AS lot)"
)
"""The wallet's first-expiring open lots as one JSON value, for `lots_of`."""


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


def head_of_text(columns: Row) -> Head:
    """A head from its columns as text, as `prepared.run` gives them."""
    wallet_id, sequence, head_hash, available, pending, held, debt, posted_at, due_at = columns
    assert wallet_id and sequence and head_hash and available and pending and held and debt and posted_at
    return Head(
        UUID(wallet_id.decode()),
        int(sequence),
        bytes.fromhex(head_hash[2:].decode()),
        Balance(int(available), int(pending), int(held), int(debt)),
        datetime.fromisoformat(posted_at.decode()),
        as_instant(due_at),
    )


def lots_of(values: Iterable[list[Any]] | None) -> list[Lot]:
    """Lots from LOTS_AS_JSON."""
    return [
        Lot(
            UUID(lot_id),
            UUID(issuer_id),
            UUID(contract_id),
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
    rows = connection.execute(
        f"SELECT {_LOT_ITEMS} FROM lot WHERE wallet_id = %s AND is_open ORDER BY {_DRAW_ORDER}", (wallet_id,)
    ).fetchall()
    return [Lot(*row) for row in rows]


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
) -> list[Entry]:
    """A partner's own entries in a wallet, newest first, those below sequence `before`."""
    rows = connection.execute(
        f"SELECT {_ENTRY_COLUMNS} FROM journal WHERE wallet_id = %s AND partner_id = %s"
        " AND operation = ANY(%s) AND sequence < %s ORDER BY sequence DESC LIMIT %s",
        (wallet_id, partner_id, [each.value for each in operations], before or 2**62, most),
    ).fetchall()
    return [_entry(row) for row in rows]


def lots_issued_by(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> list[Lot]:
    """The lots that an entry issued, as they are now."""
    rows = connection.execute(
        f"SELECT {_LOT_ITEMS} FROM lot WHERE wallet_id = %s AND lot_id IN"
        " (SELECT lot_id FROM movement WHERE wallet_id = %s AND sequence = %s AND kind = 'issue') ORDER BY lot_id",
        (wallet_id, wallet_id, sequence),
    ).fetchall()
    return [Lot(*row) for row in rows]


def next_expiring(
    connection: psycopg.Connection, wallet_id: UUID, now: datetime, most: int
) -> list[tuple[int, datetime]]:
    """The next instants at which points of a wallet expire, and how many: (points, expires_at)."""
    rows = connection.execute(
        "SELECT sum(remaining - held)::bigint, expires_at FROM lot WHERE wallet_id = %s AND is_open"
        " AND expires_at > %s AND remaining > held GROUP BY expires_at ORDER BY expires_at LIMIT %s",
        (wallet_id, now, most),
    ).fetchall()
    return [(points, as_utc(expires_at)) for points, expires_at in rows]


_ENTRY_COLUMNS = (
    "wallet_id, sequence, operation, points, partner_id, store_id, receipt, amount_minor, currency, occurred_at,"
    " posted_at, available, pending, held, debt, reverses, hash"
)


def _entry(row: Sequence[Any]) -> Entry:
    wallet_id, sequence, operation, points, partner_id, store_id, receipt, amount_minor, currency = row[:9]
    occurred_at, posted_at, available, pending, held, debt, reverses, entry_hash = row[9:]
    return Entry(
        wallet_id=wallet_id,
        sequence=sequence,
        operation=Operation(operation),
        points=points,
        slip=Slip(partner_id, as_utc(occurred_at), store_id, receipt, amount_minor, currency),
        posted_at=as_utc(posted_at),
        balance=Balance(available, pending, held, debt),
        movements=(),
        reverses=reverses,
        hash=entry_hash,
    )


