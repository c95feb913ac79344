"""Plain earns of a part: decided one after the other, written together with their answers and their facts."""

import os
import time
from collections.abc import Mapping
from uuid import UUID

import psycopg

from network.batches.answers import earn_answer, letters_of
from network.batches.domain import Book, EarnLine, Version, show_us
from network.infrastructure.outbox import rows_for
from network.kernel.identifiers import new_id
from network.wallet.bulk import PlainEarns, copy_text
from network.wallet.domain.plain import PlainEarn, PlainHead
from network.wallet.events import PointsEarned

_REQUEST = "COPY request (partner_id, idempotency_key, body_hash, status, answer, wallet_id, sequence) FROM STDIN"
_PLAIN_INSTANT = len("2017-01-03T12:00:00Z")  # as the API writes it, if in UTC
_OUTBOX = "COPY outbox (fact_id, topic, payload) FROM STDIN"


class Plainly:
    """The earns of one partner. Which lines come here, and that they may, is decided before."""

    def __init__(self, partner_id: UUID, book: Book, stores: Mapping[str, UUID]) -> None:
        self.book = book
        self._partner_id = str(partner_id)
        self._partner = partner_id.hex
        self._stores = {code: store_id.hex for code, store_id in stores.items()}
        self._ledger = PlainEarns(book.now_us)
        self._requests: list[str] = []
        self._facts: list[str] = []
        self._ids = _Ids()
        self._is_heard = _somebody_listens(partner_id, book)

    def earn(
        self, line: EarnLine, head: PlainHead, member: str, body_hash: bytes, version: Version, *, sees_balance: bool
    ) -> None:
        """Enter the earn of a line."""
        _, key, _, _, amount_minor, currency, told, at_us, receipt, store = line
        book = self.book
        rule = book.rule_at(currency, at_us)
        points = book.points(rule, amount_minor, currency)
        occurred_at = told if len(told) == _PLAIN_INSTANT and told[-1] == "Z" else show_us(at_us)
        dates = book.dates(version, rule, at_us, occurred_at)
        lot = self._ids.next()
        command: PlainEarn = (
            points,
            self._partner,
            self._stores[store] if store else None,
            receipt,
            amount_minor,
            currency,
            at_us,
            f"{lot:032x}",
            version.contract,
            dates.activates_us,
            dates.expires_us,
        )
        posted_at = self._ledger.earn(
            head, command, occurred_at=occurred_at, activates_at=dates.activates_at, expires_at=dates.expires_at
        )
        answer = earn_answer(
            line,
            letters_of(int(head.wallet, 16)),
            head.sequence,
            member,
            points,
            occurred_at,
            posted_at,
            _lot(lot, points, dates.activates_at, dates.expires_at) if points else "",
            _balance(head) if sees_balance else "null",
        )
        self._requests.append(
            f"{self._partner}\t{key}\t\\\\x{body_hash.hex()}\t201\t{answer}\t{head.wallet}\t{head.sequence}\n"
        )
        if points and self._is_heard:
            w = head.wallet
            wallet_id = f"{w[:8]}-{w[8:12]}-{w[12:16]}-{w[16:20]}-{w[20:]}"
            self._facts.append(
                f'{lot:032x}\t{PointsEarned.topic}\t{{"wallet_id": "{wallet_id}", "sequence":'
                f' {head.sequence}, "partner_id": "{self._partner_id}", "points": {points}, "posted_at":'
                f' "{posted_at[:-1]}+00:00"}}\n'
            )

    def write(self, connection: psycopg.Connection) -> None:
        """Write them all."""
        self._ledger.write(connection)
        copy_text(connection, _REQUEST, self._requests)
        copy_text(connection, _OUTBOX, self._facts)


class _Ids:
    """UUIDv7 as numbers, for rows that are written together: `kernel.identifiers.new_id` by the thousand."""

    def __init__(self) -> None:
        self._pool = b""
        self._place = 0

    def next(self) -> int:
        if self._place == len(self._pool):
            self._pool, self._place = os.urandom(10 * 1024), 0
            self._time = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | 0x2 << 62
        random = int.from_bytes(self._pool[self._place : self._place + 10])
        self._place += 10
        return self._time | random & _RANDOM_BITS


_RANDOM_BITS = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)


def _somebody_listens(partner_id: UUID, book: Book) -> bool:
    fact = PointsEarned(wallet_id=new_id(), sequence=1, partner_id=partner_id, points=1, posted_at=book.now)
    return bool(rows_for([fact]))


def _lot(lot: int, points: int, activates_at: str, expires_at: str | None) -> str:
    expires = f'"{expires_at}"' if expires_at else "null"
    return f'{{"id":"lot_{letters_of(lot)}","points":{points},"activates_at":"{activates_at}","expires_at":{expires}}}'


def _balance(head: PlainHead) -> str:
    return f'{{"available":{head.available},"pending":{head.pending},"held":{head.held},"debt":{head.debt}}}'
