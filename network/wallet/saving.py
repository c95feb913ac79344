"""Writing a posting: by itself, or by one statement with those of other requests (see `together`)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from network.infrastructure.prepared import Row, run
from network.infrastructure.requests import Answer, RequestKey
from network.infrastructure.together import ask, padded
from network.wallet.domain import Entry, Kind, Posting, Ticket
from network.wallet.saving_sql import HEAD, PARTS, can_be_shared, one_posting, several_postings

_WALLET = [name for name, _ in HEAD].index("wallet_id")
_PREPARED_ROWS = 24  # shapes with more rows are rare and would only fill the server's memory


def save(
    connection: psycopg.Connection,
    posting: Posting,
    *,
    key: RequestKey | None = None,
    answer: Answer | None = None,
    entry: Entry | None = None,
    outbox: Sequence[tuple[UUID, str, str]] = (),
    tickets: Sequence[Ticket] = (),
) -> bool:
    """Write a posting, the answer to the request that `entry` fulfils, and its facts; says whether it was written.

    False: the wallet has moved on since it was loaded, and nothing was written. Raises psycopg's UniqueViolation if
    the key has been answered meanwhile, and NotNullViolation if somebody has used up one of `tickets`.
    """
    rows: tuple[Sequence[tuple[Any, ...]], ...] = (
        _journal_rows(posting),
        _movement_rows(posting),
        _lot_rows(posting),
        _inactivity_rows(posting),
        [(c.lot_id, c.remaining, c.held, c.is_pending, c.expires_at) for c in posting.lot_changes],
        [(h.sequence, h.partner_id, h.points, h.expires_at, h.is_open) for h in posting.new_holds],
        [(h.sequence,) for h in posting.closed_holds],
        [
            (d.sequence, d.lot_id, d.issuer_id, d.contract_id, d.currency, d.owed, d.remaining)
            for d in posting.new_debts
        ],
        [(d.sequence, d.remaining) for d in posting.debt_changes],
        _side_rows(posting),
        _leg_rows(posting),
        _taken_rows(posting),
        _use_rows(posting),
        [(ticket.owner_id, ticket.number) for ticket in tickets],
        _request_rows(key, answer, entry),
        _signature_rows(key, entry),
        outbox,
    )
    return ask(_Saving(connection, _head_values(posting), rows))


def _head_values(posting: Posting) -> tuple[Any, ...]:
    before, after, balance = posting.before, posting.after, posting.after.balance
    return (
        after.sequence,
        after.hash,
        balance.available,
        balance.pending,
        balance.held,
        balance.debt,
        after.posted_at,
        after.due_at,
        before.wallet_id,
        before.sequence,
    )


class _Saving:
    """A posting to be saved, as a question: was it? `rows`: those of each part of the statement."""

    def __init__(
        self, connection: psycopg.Connection, head: tuple[Any, ...], rows: Sequence[Sequence[tuple[Any, ...]]]
    ) -> None:
        self.connection = connection
        self.head = head
        self.rows = rows
        self.shape = tuple([len(part) for part in rows])

    @property
    def kind(self) -> str | None:
        return "saving" if can_be_shared(self.shape) else None

    @property
    def wallet_id(self) -> UUID:
        wallet_id: UUID = self.head[_WALLET]
        return wallet_id

    def alone(self) -> bool:
        values = [*self.head, *(value for part in self.rows for row in part for value in row)]
        return bool(run(self.connection, one_posting(self.shape), values, prepare=sum(self.shape) <= _PREPARED_ROWS))

    @classmethod
    def statement(cls, questions: "Sequence[_Saving]") -> tuple[str, list[Any]]:
        first = {each.wallet_id: each for each in reversed(questions)}.values()
        heads = padded(len(first))
        values: list[Any] = []
        for each in first:
            values += each.head
        values += [None] * (len(HEAD) * (heads - len(first)))
        shape = []
        for number, part in enumerate(PARTS):
            rows = [(each.wallet_id, *row) for each in first for row in each.rows[number]]
            size = padded(len(rows)) if rows else 0
            for row in rows:
                values += row
            values += [None] * ((1 + len(part.columns)) * (size - len(rows)))
            shape.append(size)
        return several_postings(heads, tuple(shape)), values

    @classmethod
    def answers(cls, questions: "Sequence[_Saving]", rows: Sequence[Row]) -> list[bool]:
        """Of several of one wallet the first was saved, if any was; the wallet has moved on for the others."""
        saved = {row[0] for row in rows}
        told = []
        for each in questions:
            wallet_id = each.wallet_id.bytes
            told.append(wallet_id in saved)
            saved.discard(wallet_id)
        return told


def columns_of(table: str) -> list[str]:
    """The columns of `rows_of`, in order, without the wallet's id. `table`: one of its names."""
    return [name for part in PARTS if part.name == table for name, _ in part.columns]


def rows_of(posting: Posting) -> dict[str, Sequence[tuple[Any, ...]]]:
    """What a posting adds to the ledger's tables, for those who write many postings at once."""
    return {
        "journal": _journal_rows(posting),
        "movement": _movement_rows(posting),
        "lot": _lot_rows(posting),
        "lot_inactivity": _inactivity_rows(posting),
    }


def _journal_rows(posting: Posting) -> list[tuple[Any, ...]]:
    return [
        (
            entry.sequence,
            entry.operation.value,
            entry.points,
            entry.slip.partner_id,
            entry.slip.store_id,
            entry.slip.receipt,
            entry.slip.amount_minor,
            entry.slip.currency,
            entry.slip.basket,
            entry.slip.occurred_at,
            entry.posted_at,
            entry.balance.available,
            entry.balance.pending,
            entry.balance.held,
            entry.balance.debt,
            entry.refers_to,
            entry.hash,
        )
        for entry in posting.entries
    ]


def _movement_rows(posting: Posting) -> list[tuple[Any, ...]]:
    return [
        (
            entry.sequence,
            m.line,
            m.lot_id,
            m.kind.value,
            m.points,
            m.held,
            m.debt,
            m.issuer_id,
            m.issuer_contract_id,
            m.redeemer_id,
            m.redeemer_contract_id,
            m.currency,
            m.activates_at,
            m.expires_at,
            entry.posted_at,
        )
        for entry in posting.entries
        for m in entry.movements
    ]


def _lot_rows(posting: Posting) -> list[tuple[Any, ...]]:
    made = ("issue", "transfer_in")
    # from the last to the first, for a new lot may be added to once it is there
    sequence_of = {m.lot_id: e.sequence for e in reversed(posting.entries) for m in e.movements if m.kind in made}
    return [
        (
            lot.lot_id,
            sequence_of[lot.lot_id],
            lot.issuer_id,
            lot.contract_id,
            lot.currency,
            lot.issued,
            lot.remaining,
            lot.held,
            lot.is_pending,
            lot.issued_at,
            lot.activates_at,
            lot.expires_at,
        )
        for lot in posting.new_lots
    ]


def _inactivity_rows(posting: Posting) -> list[tuple[Any, ...]]:
    return [
        (lot.lot_id, rule.months, rule.calendar.name, rule.zone.key)
        for lot in posting.new_lots
        if (rule := lot.inactivity)
    ]


def _side_rows(posting: Posting) -> list[tuple[Any, ...]]:
    return [
        (entry.sequence, *(entry.counterpart or (None, None)), entry.slip.bearer_id)
        for entry in posting.entries
        if entry.counterpart or entry.slip.bearer_id
    ]


def _leg_rows(posting: Posting) -> list[tuple[Any, ...]]:
    return [
        (entry.sequence, m.line, m.lot_id, m.across.other_lot_id, m.across.root_lot_id, m.across.issued_at)
        for entry in posting.entries
        if entry.counterpart
        for m in entry.movements
        if m.across
    ]


def _taken_rows(posting: Posting) -> list[tuple[Any, ...]]:
    if not posting.takes:
        return []
    amounts: dict[tuple[UUID, int], int] = {}
    for take in posting.takes:
        amounts[take.allowance_id, take.slot] = amounts.get((take.allowance_id, take.slot), 0) + take.amount
    return [(*slot, amount) for slot, amount in sorted(amounts.items())]


def _use_rows(posting: Posting) -> list[tuple[Any, ...]]:
    return [
        (_sequence_of(posting, take.lot_id), take.allowance_id, take.slot, take.lot_id, take.amount)
        for take in posting.takes
        if take.lot_id
    ]


def _sequence_of(posting: Posting, lot_id: UUID) -> int:
    """Of the entry by which points of a lot were issued or taken back."""
    moved = ((entry.sequence, movement) for entry in posting.entries for movement in entry.movements)
    return next(at for at, each in moved if each.lot_id == lot_id and each.kind in (Kind.ISSUE, Kind.UNISSUE))


def _request_rows(key: RequestKey | None, answer: Answer | None, entry: Entry | None) -> list[tuple[Any, ...]]:
    if key is None or answer is None or entry is None:
        return []
    sequence = entry.sequence
    return [(key.partner_id, key.idempotency_key, key.body_hash, answer.status, answer.body, sequence)]


def _signature_rows(key: RequestKey | None, entry: Entry | None) -> list[tuple[Any, ...]]:
    if key is None or key.signature is None or entry is None:
        return []
    signature = key.signature
    return [(entry.sequence, key.partner_id, key.idempotency_key, signature.kid, signature.salt, signature.document)]
