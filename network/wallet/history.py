"""Whole entries, with their movements: of one wallet, or of all of them in one pass."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg

from network.kernel.clock import as_utc
from network.wallet.domain import Across, Balance, Entry, Inactivity, Movement, Slip
from network.wallet.repository import inactivity_of

_ROWS_AT_ONCE = 5000
_ENTRIES = """
SELECT j.wallet_id, j.sequence, j.operation, j.points, j.partner_id, j.store_id, j.receipt, j.amount_minor, j.currency,
       j.basket, j.occurred_at, j.posted_at, j.available, j.pending, j.held, j.debt, j.refers_to, j.hash,
       (SELECT json_agg(json_build_array(m.line, m.lot_id, m.kind, m.points, m.held, m.debt, m.issuer_id,
                                         m.issuer_contract_id, m.redeemer_id, m.redeemer_contract_id, m.currency,
                                         m.activates_at, m.expires_at,
                                         CASE WHEN m.activates_at IS NOT NULL AND m.points > 0 THEN (
                                             SELECT json_build_array(i.months, i.calendar, i.time_zone)
                                             FROM lot_inactivity i
                                             WHERE i.wallet_id = m.wallet_id AND i.lot_id = m.lot_id) END)
                        ORDER BY m.line)
        FROM movement m WHERE m.wallet_id = j.wallet_id AND m.sequence = j.sequence),
       s.other_wallet_id, s.other_sequence, s.bearer_id,
       CASE WHEN s.other_wallet_id IS NOT NULL THEN
           (SELECT json_object_agg(t.line, json_build_array(t.other_lot_id, t.root_lot_id, t.issued_at))
            FROM transfer_leg t WHERE t.wallet_id = j.wallet_id AND t.sequence = j.sequence) END
FROM journal j LEFT JOIN journal_side s ON s.wallet_id = j.wallet_id AND s.sequence = j.sequence
"""


def entries_of_wallet(connection: psycopg.Connection, wallet_id: UUID, until: datetime | None = None) -> list[Entry]:
    """A wallet's entries with their movements, oldest first: those posted by `until`."""
    rows = connection.execute(
        f"{_ENTRIES} WHERE j.wallet_id = %(wallet)s AND (%(until)s::timestamptz IS NULL OR j.posted_at <= %(until)s)"
        " ORDER BY j.sequence",
        {"wallet": wallet_id, "until": until},
    ).fetchall()
    return [_entry(row) for row in rows]


def entry_with_movements(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> Entry | None:
    """One entry with its movements."""
    row = connection.execute(f"{_ENTRIES} WHERE j.wallet_id = %s AND j.sequence = %s", (wallet_id, sequence)).fetchone()
    return _entry(row) if row else None


def wallets_with_entries(connection: psycopg.Connection) -> Iterator[tuple[UUID, list[Entry]]]:
    """Every wallet that has entries, in the order of ids, with all of them.

    Reads the journal once through a server-side cursor: memory grows with the longest wallet, not with the ledger.
    """
    with connection.transaction(), connection.cursor(name="journals") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(f"{_ENTRIES} ORDER BY j.wallet_id, j.sequence")
        for wallet_id, rows in groupby(cursor, key=lambda row: row[0]):
            yield wallet_id, [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> Entry:
    wallet_id, sequence, operation, points, partner_id, store_id, receipt, amount_minor, currency = row[:9]
    basket, occurred_at, posted_at, available, pending, held, debt, refers_to, entry_hash, movements = row[9:19]
    other_wallet_id, other_sequence, bearer_id, legs = row[19:]
    slip = Slip(
        partner_id,
        as_utc(occurred_at),
        store_id,
        receipt,
        amount_minor,
        currency,
        None if basket is None else tuple(basket),
        bearer_id,
    )
    return Entry(
        wallet_id=wallet_id,
        sequence=sequence,
        operation=operation,  # as it stands, known or not: what was tampered with must be found, not fail to be read
        points=points,
        slip=slip,
        posted_at=as_utc(posted_at),
        balance=Balance(available, pending, held, debt),
        movements=tuple(_movement(values, (legs or {}).get(str(values[0]))) for values in movements or ()),
        refers_to=refers_to,
        hash=bytes(entry_hash),
        counterpart=None if other_wallet_id is None else (other_wallet_id, other_sequence),
    )


def _movement(values: list[Any], leg: list[Any] | None) -> Movement:
    line, lot, kind, points, held, debt, issuer, contract, redeemer, redeemer_contract, currency = values[:11]
    activates_at, expires_at, inactivity = values[11:]
    return Movement(
        line,
        UUID(lot),
        kind,
        points,
        held,
        debt,
        UUID(issuer),
        UUID(contract),
        UUID(redeemer) if redeemer else None,
        UUID(redeemer_contract) if redeemer_contract else None,
        currency,
        as_utc(datetime.fromisoformat(activates_at)) if activates_at else None,
        as_utc(datetime.fromisoformat(expires_at)) if expires_at else None,
        _inactivity(inactivity) if inactivity else None,
        Across(UUID(leg[0]), UUID(leg[1]), as_utc(datetime.fromisoformat(leg[2]))) if leg else None,
    )


def _inactivity(values: list[Any]) -> Inactivity | None:
    try:
        return inactivity_of(*values)
    except (KeyError, ValueError):  # tampered with: the hash will tell
        return None
