"""The one statement that writes a posting. Its parts hang on the wallet's row; if that has moved on, none is written.

The text depends only on how many rows each part has, so that PostgreSQL prepares each shape once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count as count_from
from typing import Any
from uuid import UUID

import psycopg

from network.infrastructure.prepared import run
from network.infrastructure.requests import Answer, RequestKey
from network.wallet.domain import Entry, Kind, Posting, Ticket


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that go into one table, written as `VALUES`; each column with the type in which its values are sent."""

    name: str
    columns: tuple[tuple[str, str], ...]
    statement: str  # with {names} for the columns and {head} for the row it hangs on


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, kind) for name, kind in (item.split() for item in text.split(",")))


_INSERT = "INSERT INTO {table} (wallet_id, {names}) SELECT head.wallet_id, v.* FROM head, v_{table} v"
_JOURNAL = _Part(
    "journal",
    _columns(
        "sequence bigint, operation text, points bigint, partner_id uuid, store_id uuid, receipt text,"
        " amount_minor bigint, currency text, basket bigint[], occurred_at timestamptz, posted_at timestamptz,"
        " available bigint, pending bigint, held bigint, debt bigint, refers_to bigint, hash bytea"
    ),
    _INSERT,
)
_MOVEMENT = _Part(
    "movement",
    _columns(
        "sequence bigint, line bigint, lot_id uuid, kind text, points bigint, held bigint, debt bigint,"
        " issuer_id uuid, issuer_contract_id uuid, redeemer_id uuid, redeemer_contract_id uuid, currency text,"
        " activates_at timestamptz, expires_at timestamptz, posted_at timestamptz"
    ),
    _INSERT,
)
_NEW_LOT = _Part(
    "lot",
    _columns(
        "lot_id uuid, sequence bigint, issuer_id uuid, contract_id uuid, currency text, issued bigint,"
        " remaining bigint, held bigint, is_pending boolean, issued_at timestamptz, activates_at timestamptz,"
        " expires_at timestamptz"
    ),
    _INSERT,
)
_INACTIVITY = _Part("lot_inactivity", _columns("lot_id uuid, months bigint, calendar text, time_zone text"), _INSERT)
_LOT_CHANGE = _Part(
    "lot_change",
    _columns("lot_id uuid, remaining bigint, held bigint, is_pending boolean, expires_at timestamptz"),
    "UPDATE lot SET remaining = v.remaining, held = v.held, is_pending = v.is_pending, expires_at = v.expires_at"
    " FROM head, v_{table} v"
    " WHERE lot.wallet_id = head.wallet_id AND lot.lot_id = v.lot_id",
)
_NEW_HOLD = _Part(
    "hold",
    _columns("sequence bigint, partner_id uuid, points bigint, expires_at timestamptz, is_open boolean"),
    _INSERT,
)
_CLOSED_HOLD = _Part(
    "closed_hold",
    _columns("sequence bigint"),
    "UPDATE hold SET is_open = false FROM head, v_{table} v"
    " WHERE hold.wallet_id = head.wallet_id AND hold.sequence = v.sequence",
)
_NEW_DEBT = _Part(
    "debt",
    _columns(
        "sequence bigint, lot_id uuid, issuer_id uuid, contract_id uuid, currency text, owed bigint, remaining bigint"
    ),
    _INSERT,
)
_DEBT_CHANGE = _Part(
    "debt_change",
    _columns("sequence bigint, remaining bigint"),
    "UPDATE debt SET remaining = v.remaining FROM head, v_{table} v"
    " WHERE debt.wallet_id = head.wallet_id AND debt.sequence = v.sequence",
)
_SIDE = _Part(
    "journal_side",
    _columns("sequence bigint, other_wallet_id uuid, other_sequence bigint, bearer_id uuid"),
    _INSERT,
)
_LEG = _Part(
    "transfer_leg",
    _columns("sequence bigint, line bigint, lot_id uuid, other_lot_id uuid, root_lot_id uuid, issued_at timestamptz"),
    _INSERT,
)
# A slot that has not enough left breaks its check, and with it the whole statement.
_TAKEN = _Part(
    "taken",
    _columns("allowance_id uuid, slot bigint, amount bigint"),
    "UPDATE allowance_slot s SET remaining = s.remaining - v.amount FROM head, v_{table} v"
    " WHERE s.allowance_id = v.allowance_id AND s.slot = v.slot",
)
_USE = _Part(
    "allowance_use",
    _columns("sequence bigint, allowance_id uuid, slot bigint, lot_id uuid, amount bigint"),
    _INSERT,
)
# A number that is not higher than the last one becomes null, which the column refuses, and with it the whole statement.
_TICKET = _Part(
    "ticket",
    _columns("owner_id uuid, last bigint"),
    "INSERT INTO ticket ({names}) SELECT v.* FROM head, v_{table} v ON CONFLICT (owner_id) DO UPDATE"
    " SET last = CASE WHEN ticket.last < excluded.last THEN excluded.last END",
)
_REQUEST = _Part(
    "request",
    _columns("partner_id uuid, idempotency_key text, body_hash bytea, status bigint, answer text, sequence bigint"),
    _INSERT,
)
_SIGNATURE = _Part(
    "request_signature",
    _columns("sequence bigint, partner_id uuid, idempotency_key text, kid text, salt bytea, document text"),
    _INSERT,
)
_OUTBOX = _Part(
    "outbox",
    _columns("fact_id uuid, topic text, payload text::jsonb"),
    "INSERT INTO outbox ({names}) SELECT v.* FROM head, v_{table} v",
)
_PARTS = (
    _JOURNAL,
    _MOVEMENT,
    _NEW_LOT,
    _INACTIVITY,
    _LOT_CHANGE,
    _NEW_HOLD,
    _CLOSED_HOLD,
    _NEW_DEBT,
    _DEBT_CHANGE,
    _SIDE,
    _LEG,
    _TAKEN,
    _USE,
    _TICKET,
    _REQUEST,
    _SIGNATURE,
    _OUTBOX,
)
_HEAD = (
    "WITH head AS (UPDATE wallet SET sequence = $1, head_hash = $2, available = $3, pending = $4, held = $5,"
    " debt = $6, posted_at = $7, due_at = $8 WHERE wallet_id = $9 AND sequence = $10 RETURNING wallet_id)"
)
_HEAD_VALUES = 10
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
    before, after, balance = posting.before, posting.after, posting.after.balance
    values: list[Any] = [
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
    ]
    for part in rows:
        for row in part:
            values.extend(row)
    shape = tuple(len(part) for part in rows)
    return bool(run(connection, _statement(shape), values, prepare=sum(shape) <= _PREPARED_ROWS))


def columns_of(table: str) -> list[str]:
    """The columns of `rows_of`, in order, without the wallet's id. `table`: one of its names."""
    return [name for part in _PARTS if part.name == table for name, _ in part.columns]


def rows_of(posting: Posting) -> dict[str, Sequence[tuple[Any, ...]]]:
    """What a posting adds to the ledger's tables, for those who write many postings at once."""
    return {
        "journal": _journal_rows(posting),
        "movement": _movement_rows(posting),
        "lot": _lot_rows(posting),
        "lot_inactivity": _inactivity_rows(posting),
    }


@lru_cache(maxsize=512)
def _statement(shape: tuple[int, ...]) -> str:
    parts = [_HEAD]
    numbers = count_from(_HEAD_VALUES + 1)
    for part, count in zip(_PARTS, shape, strict=True):
        if count:
            parts.append(_values(part, count, numbers))
            names = ", ".join(name for name, _ in part.columns)
            parts.append(f"do_{part.name} AS ({part.statement.format(table=part.name, names=names)})")
    return ", ".join(parts) + " SELECT 1 FROM head"


def _values(part: _Part, count: int, numbers: Iterator[int]) -> str:
    """The rows of a part, every value with its type."""
    rows = (", ".join(f"${next(numbers)}::{kind}" for _, kind in part.columns) for _ in range(count))
    names = ", ".join(name for name, _ in part.columns)
    return f"v_{part.name} ({names}) AS (VALUES {', '.join(f'({row})' for row in rows)})"


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
