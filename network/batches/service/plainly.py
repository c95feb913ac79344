"""Plain earns of a part: decided one after the other, written together with their answers and their facts."""

from functools import lru_cache
from struct import Struct
from uuid import UUID

import psycopg

from network.batches.answers import earn_answer, four_letters, letters_of
from network.batches.domain import Book, EarnLine, Plan, show_us
from network.infrastructure.binary import column, copy_rows
from network.infrastructure.outbox import insert_facts, is_heard, rows_for_many
from network.kernel.identifiers import new_id
from network.wallet.bulk import PlainEarns
from network.wallet.domain.plain import PlainHead
from network.wallet.events import PointsEarned

_REQUEST = "partner_id, status, idempotency_key, body_hash, answer, wallet_id, sequence"
_FACT = ("wallet_id", "sequence", "points")
_PLAIN_INSTANT = len("2017-01-03T12:00:00Z")  # as the API writes it, if in UTC
_CREATED = (201).to_bytes(2)


class Plainly:
    """The earns of one partner. Which lines come here, and that they may, is decided before."""

    def __init__(self, connection: psycopg.Connection, partner_id: UUID, book: Book) -> None:
        self._connection = connection
        self._partner_id = str(partner_id)
        self._ledger = PlainEarns(connection, book.now_us)
        self._request = column(partner_id.bytes) + column(_CREATED)
        self._requests: list[bytes] = []
        self._facts: dict[str, list[str]] = {}
        self._ids = _Ids()
        self._now_us, self._now = book.now_us, show_us(book.now_us)
        self._is_heard = is_heard(PointsEarned)

    def earn(
        self, line: EarnLine, plan: Plan, head: PlainHead, member: str, body_hash: bytes, *, sees_balance: bool
    ) -> None:
        """Enter the earn of a line."""
        _, key, _, _, amount_minor, _, told, at_us, receipt, _, point_type = line
        points = plan.points(amount_minor)
        lot, lot_letters = self._ids.next()
        self._ledger.earn(head, plan.terms, points, amount_minor, receipt, at_us, at_us + plan.pending_us, lot)
        wallet, sequence = head.wallet, head.sequence
        occurred_at = told if len(told) == _PLAIN_INSTANT and told[-1] == "Z" else show_us(at_us)
        posted_at = self._now if head.posted_us == self._now_us else show_us(head.posted_us)
        activates_at = show_us(at_us + plan.pending_us) if plan.pending_us else occurred_at
        answer = earn_answer(
            line,
            letters_of(int.from_bytes(wallet)),
            sequence,
            member,
            points,
            (occurred_at, posted_at),
            _lot(lot_letters, points, point_type, activates_at, plan.expires_at) if points else "",
            _balance(head) if sees_balance else "null",
        )
        kept, under = answer.encode(), key.encode()
        self._requests.append(
            self._request
            + _request_row(len(under), len(kept)).pack(
                len(under), under, 32, body_hash, len(kept), kept, 16, wallet, 8, sequence
            )
        )
        if points and self._is_heard:
            self._facts.setdefault(posted_at, []).append(f'["{wallet.hex()}",{sequence},{points}]')

    def write(self) -> None:
        """Write them all."""
        self._ledger.write()
        copy_rows(self._connection, "request", _REQUEST, self._requests)
        for posted_at, facts in self._facts.items():
            alike = {"partner_id": self._partner_id, "posted_at": posted_at}
            insert_facts(self._connection, rows_for_many(PointsEarned, alike, _FACT, facts))


class _Ids:
    """UUIDv7 for rows that are written together: a random start, then counting (RFC 9562, 6.2), as bytes and letters.

    `kernel.identifiers.new_id` by the thousand. The last four letters, which are the last 20 bits, count.
    """

    def __init__(self) -> None:
        self._next = _LAST

    def next(self) -> tuple[bytes, str]:
        """The 16 bytes of an id, and its 26 letters."""
        if self._next == _LAST:
            self._base = new_id().int & ~_LAST
            self._letters = letters_of(self._base)[:22]
            self._next = 0
        number = self._next = self._next + 1
        return (self._base | number).to_bytes(16), self._letters + four_letters(number)


_LAST = (1 << 20) - 1


@lru_cache(maxsize=1024)
def _request_row(key: int, answer: int) -> Struct:
    """What follows the first columns of a request, by the size of its key and of its answer."""
    return Struct(f">i{key}s i32s i{answer}s i16s iq")


def _lot(letters: str, points: int, point_type: str | None, activates_at: str, expires_at: str | None) -> str:
    expires = f'"{expires_at}"' if expires_at else "null"
    return (
        f'{{"id":"lot_{letters}","points":{points},"point_type":"{point_type or "base"}",'
        f'"activates_at":"{activates_at}","expires_at":{expires}}}'
    )


def _balance(head: PlainHead) -> str:
    return f'{{"available":{head.available},"pending":{head.pending},"held":{head.held},"debt":{head.debt}}}'
