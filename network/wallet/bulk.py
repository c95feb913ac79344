"""Plain earns by the thousand, written as `service.post` writes one: heads, entries, movements, lots.

The wallets are locked first, in the order of their ids, and kept to the end of the transaction. What posts to them
one by one meanwhile waits, or finds that the wallet has moved on, and decides again.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import psycopg

from network.wallet.domain.plain import PlainEarn, PlainHead, earn_plainly

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEADS = """
SELECT encode(uuid_send(wallet_id), 'hex'), sequence, head_hash, available, pending, held, debt, posted_at, due_at
FROM wallet WHERE wallet_id = ANY(%s::uuid[]) ORDER BY wallet_id FOR NO KEY UPDATE
"""
_JOURNAL = (
    "COPY journal (wallet_id, sequence, operation, points, partner_id, store_id, receipt, amount_minor, currency,"
    " occurred_at, posted_at, available, pending, held, debt, hash) FROM STDIN"
)
_MOVEMENT = (
    "COPY movement (wallet_id, sequence, line, lot_id, kind, points, held, debt, issuer_id, issuer_contract_id,"
    " currency, activates_at, expires_at, posted_at) FROM STDIN"
)
_LOT = (
    "COPY lot (wallet_id, lot_id, sequence, issuer_id, contract_id, currency, issued, remaining, held, is_pending,"
    " issued_at, activates_at, expires_at) FROM STDIN"
)
_UPDATE = """
UPDATE wallet w SET sequence = v.sequence, head_hash = decode(v.head_hash, 'hex'), available = v.available,
    pending = v.pending, posted_at = v.posted_at, due_at = v.due_at
FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[],
            %s::bigint[])
    AS v (wallet_id, sequence, head_hash, available, pending, posted_at, due_at, before)
WHERE w.wallet_id = v.wallet_id AND w.sequence = v.before AND w.wallet_id = ANY(%s::uuid[])
"""


def lock_heads(connection: psycopg.Connection, wallets: Iterable[str]) -> dict[str, PlainHead]:
    """Wait for wallets, in the order of their ids, and keep them to the end of the transaction; their heads.

    Wallets are told by 32 hexadecimal digits: thousands of UUIDs cost more than what is done with them.
    """
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(_HEADS, (array_text(wallets),)).fetchall()
    return {row[0]: _head(row) for row in rows}


class PlainEarns:
    """Earns decided one after the other and written together. Every head is locked, and plain when it earns."""

    def __init__(self, now_us: int) -> None:
        self._now_us = now_us
        self._now = _text(now_us)
        self._heads: dict[str, PlainHead] = {}
        self._journal: list[str] = []
        self._movements: list[str] = []
        self._lots: list[str] = []

    def earn(
        self, head: PlainHead, command: PlainEarn, *, occurred_at: str, activates_at: str, expires_at: str | None
    ) -> str:
        """Enter an earn; `head` is as it is after it. The instants are told once more, as PostgreSQL reads them.

        Returns the instant of posting likewise.
        """
        is_pending = earn_plainly(head, command, self._now_us)
        posted_at = self._text_of(head.posted_us)
        points, partner, store, receipt, amount_minor, currency, _, lot, contract, _, _ = command
        wallet, sequence = head.wallet, head.sequence
        self._heads[wallet] = head
        self._journal.append(
            f"{wallet}\t{sequence}\tearn\t{points}\t{partner}\t{store or _NULL}\t"
            f"{receipt or _NULL}\t{amount_minor}\t{currency}\t{occurred_at}\t{posted_at}\t"
            f"{head.available}\t{head.pending}\t{head.held}\t{head.debt}\t\\\\x{head.hash.hex()}\n"
        )
        if points:
            issuer = f"{partner}\t{contract}\t{currency}\t"
            dates = f"{activates_at}\t{expires_at or _NULL}"
            self._movements.append(
                f"{wallet}\t{sequence}\t1\t{lot}\tissue\t{points}\t0\t0\t{issuer}{dates}\t{posted_at}\n"
            )
            self._lots.append(
                f"{wallet}\t{lot}\t{sequence}\t{issuer}{points}\t{points}\t0\t{'t' if is_pending else 'f'}\t"
                f"{posted_at}\t{dates}\n"
            )
        return posted_at

    def write(self, connection: psycopg.Connection) -> None:
        """Write all of them, in the transaction that locked the heads."""
        copy_text(connection, _JOURNAL, self._journal)
        copy_text(connection, _MOVEMENT, self._movements)
        copy_text(connection, _LOT, self._lots)
        heads = sorted(self._heads.values(), key=lambda head: head.wallet)
        if heads:
            wallets = array_text([head.wallet for head in heads])
            columns = (
                wallets,
                array_text([str(head.sequence) for head in heads]),
                array_text([head.hash.hex() for head in heads]),
                array_text([str(head.available) for head in heads]),
                array_text([str(head.pending) for head in heads]),
                array_text([self._text_of(head.posted_us) for head in heads]),
                array_text(["NULL" if head.due_us is None else _midnight_text(head.due_us) for head in heads]),
                array_text([str(head.before) for head in heads]),
                wallets,  # once more: a join alone would be made by reading all wallets
            )
            updated = connection.execute(_UPDATE, columns).rowcount
            assert updated == len(heads), "a locked wallet can't have moved on"

    def _text_of(self, posted_us: int) -> str:
        return self._now if posted_us == self._now_us else _text(posted_us)


_NULL = "\\N"


def array_text(items: Iterable[str]) -> str:
    """Items without anything to escape as PostgreSQL's text of an array."""
    return f"{{{','.join(items)}}}"


def copy_text(connection: psycopg.Connection, statement: str, lines: Sequence[str]) -> None:
    """COPY lines in PostgreSQL's text format, each with its line break."""
    if lines:
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write("".join(lines))


def _head(row: Sequence[Any]) -> PlainHead:
    wallet, sequence, head_hash, available, pending, held, debt, posted_at, due_at = row
    due_us = None if due_at is None else (due_at - _EPOCH) // _MICROSECOND
    posted_us = (posted_at - _EPOCH) // _MICROSECOND
    return PlainHead(wallet, sequence, head_hash, available, pending, held, debt, posted_us, due_us, before=sequence)


@lru_cache(maxsize=4096)
def _midnight_text(instant_us: int) -> str:
    """As `_text`, of instants of which there are few: points expire at midnight."""
    return _text(instant_us)


def _text(instant_us: int) -> str:
    return (_EPOCH + instant_us * _MICROSECOND).isoformat()[:-6] + "Z"
