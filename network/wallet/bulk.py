"""Plain earns by the thousand, written as `service.post` writes one: heads, entries, movements, lots.

The wallets are locked first, in the order of their ids, and kept to the end of the transaction. What posts to them
one by one meanwhile waits, or finds that the wallet has moved on, and decides again.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, NamedTuple

import psycopg

from network.infrastructure.binary import (
    NULL,
    TO_2000_US,
    Bigints,
    Digests,
    Instants,
    Uuids,
    column,
    copy_rows,
    instant,
    int8,
    read_instant,
)
from network.wallet.domain.plain import PlainHead, PlainTerms, earn_plainly

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEADS = """
SELECT uuid_send(wallet_id), sequence, head_hash, available, pending, held, debt, timestamptz_send(posted_at),
    timestamptz_send(due_at)
FROM wallet WHERE wallet_id = ANY(%b) ORDER BY wallet_id FOR NO KEY UPDATE
"""
_UPDATE = """
UPDATE wallet w SET sequence = v.sequence, head_hash = v.head_hash, available = v.available, pending = v.pending,
    posted_at = greatest(w.posted_at, %(now)s), due_at = v.due_at
FROM unnest(%(wallets)b, %(sequences)b, %(hashes)b, %(available)b, %(pending)b, %(due)b)
    AS v (wallet_id, sequence, head_hash, available, pending, due_at)
WHERE w.wallet_id = v.wallet_id AND w.sequence < v.sequence
    AND w.wallet_id = ANY(%(wallets)b)  -- once more: a join alone would be made by reading all wallets
"""
# What is the same in thousands of rows comes first, and is put together once. Each column has its size before it.
_JOURNAL = (
    "operation, partner_id, store_id, currency, posted_at, wallet_id, sequence, points, amount_minor, occurred_at,"
    " available, pending, held, debt, hash, receipt"
)
_JOURNAL_ROW = Struct(">i16s iq iq iq iq iq iq iq iq i32s")
_MOVEMENT = (
    "line, kind, held, debt, issuer_id, issuer_contract_id, currency, expires_at, posted_at, xid,"
    " wallet_id, sequence, lot_id, points, activates_at"
)
_MOVEMENT_ROW = Struct(">i16s iq i16s iq iq")
_LOT = (
    "held, issuer_id, contract_id, currency, expires_at, issued_at, is_pending,"
    " wallet_id, lot_id, sequence, issued, remaining, activates_at"
)
_LOT_ROW = Struct(">i16s i16s iq iq iq iq")


def lock_heads(connection: psycopg.Connection, wallets: Iterable[bytes]) -> dict[bytes, PlainHead]:
    """Wait for wallets, in the order of their ids, and keep them to the end of the transaction; their heads."""
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(_HEADS, (Uuids.of(sorted(wallets)),)).fetchall()
    return {row[0]: _head(row) for row in rows}


class _Fixed(NamedTuple):
    """What rows of the same terms and instant of posting begin with."""

    journal: bytes
    movement: bytes
    lot: bytes
    pending_lot: bytes


class PlainEarns:
    """Earns decided one after the other and written together. Every head is locked, and plain when it earns."""

    def __init__(self, connection: psycopg.Connection, now_us: int) -> None:
        self._connection = connection
        self._now_us = now_us
        self._xid = int8(_transaction_id(connection))
        self._heads: dict[bytes, PlainHead] = {}
        self._fixed: dict[PlainTerms, _Fixed] = {}
        self._journal: list[bytes] = []
        self._movements: list[bytes] = []
        self._lots: list[bytes] = []

    def earn(
        self,
        head: PlainHead,
        terms: PlainTerms,
        points: int,
        amount_minor: int,
        receipt: str | None,
        occurred_us: int,
        activates_us: int,
        lot: bytes,
    ) -> None:
        """Enter an earn; `head` is as it is after it."""
        is_pending = earn_plainly(
            head, terms, points, amount_minor, receipt, occurred_us, activates_us, lot, self._now_us
        )
        wallet, sequence = head.wallet, head.sequence
        fixed = self._fixed_of(terms, head.posted_us)
        self._heads[wallet] = head
        self._journal.append(
            fixed.journal
            + _JOURNAL_ROW.pack(
                16, wallet, 8, sequence, 8, points, 8, amount_minor, 8, occurred_us - TO_2000_US,
                8, head.available, 8, head.pending, 8, head.held, 8, head.debt, 32, head.hash,
            )
            + (NULL if receipt is None else column(receipt.encode()))
        )  # fmt: skip
        if points:
            activates = activates_us - TO_2000_US
            self._movements.append(
                fixed.movement + _MOVEMENT_ROW.pack(16, wallet, 8, sequence, 16, lot, 8, points, 8, activates)
            )
            self._lots.append(
                (fixed.pending_lot if is_pending else fixed.lot)
                + _LOT_ROW.pack(16, wallet, 16, lot, 8, sequence, 8, points, 8, points, 8, activates)
            )

    def write(self) -> None:
        """Write all of them, in the transaction that locked the heads."""
        copy_rows(self._connection, "journal", _JOURNAL, self._journal)
        copy_rows(self._connection, "movement", _MOVEMENT, self._movements)
        copy_rows(self._connection, "lot", _LOT, self._lots)
        heads = sorted(self._heads.values(), key=lambda head: head.wallet)
        if not heads:
            return
        told = {
            "now": _EPOCH + self._now_us * _MICROSECOND,
            "wallets": Uuids.of([head.wallet for head in heads]),
            "sequences": Bigints.of([head.sequence for head in heads]),
            "hashes": Digests.of([head.hash for head in heads]),
            "available": Bigints.of([head.available for head in heads]),
            "pending": Bigints.of([head.pending for head in heads]),
            "due": Instants.of([head.due_us for head in heads]),
        }
        updated = self._connection.execute(_UPDATE, told).rowcount
        assert updated == len(heads), "a locked wallet can't have moved on"

    def _fixed_of(self, terms: PlainTerms, posted_us: int) -> _Fixed:
        if posted_us != self._now_us:  # the wallet's last entry is of an instant that this transaction hasn't reached
            return self._put_together(terms, posted_us)
        fixed = self._fixed.get(terms)
        if fixed is None:
            fixed = self._fixed[terms] = self._put_together(terms, posted_us)
        return fixed

    def _put_together(self, terms: PlainTerms, posted_us: int) -> _Fixed:
        partner, contract, currency = column(terms.partner), column(terms.contract), column(terms.currency.encode())
        posted = column(instant(posted_us))
        expires = NULL if terms.expires_us is None else column(instant(terms.expires_us))
        zero = column(int8(0))
        lot = zero + partner + contract + currency + expires + posted
        return _Fixed(
            column(b"earn") + partner + column(terms.store) + currency + posted,
            column(b"\0\1") + column(b"issue") + zero + zero + partner + contract + currency + expires + posted
            + column(self._xid),
            lot + column(b"\0"),
            lot + column(b"\1"),
        )  # fmt: skip


def _transaction_id(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    assert row is not None
    return int(row[0])


def _head(row: Sequence[Any]) -> PlainHead:
    wallet, sequence, head_hash, available, pending, held, debt, posted_at, due_at = row
    due_us = None if due_at is None else read_instant(due_at)
    posted_us = read_instant(posted_at)
    return PlainHead(wallet, sequence, head_hash, available, pending, held, debt, posted_us, due_us)
