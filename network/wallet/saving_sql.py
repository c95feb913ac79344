"""The statement that writes a posting, and the one that writes several; the text of either depends only on how many
rows each of its parts has, so that PostgreSQL prepares each shape once.

Every part hangs on the wallets' rows: of a wallet that has moved on since it was loaded, nothing is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count as count_from

from network.infrastructure.prepared import value_rows

Shape = tuple[int, ...]
"""How many rows each of PARTS has."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that go into one table, written as `VALUES`; each column with the type in which its values are sent."""

    name: str
    columns: tuple[tuple[str, str], ...]
    statement: str  # with {names} for the columns, {values} for their values, and {rows} for where these are


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, kind) for name, kind in (item.split() for item in text.split(",")))


_INSERT = "INSERT INTO {table} (wallet_id, {names}) SELECT head.wallet_id, {values} FROM {rows}"
JOURNAL = Part(
    "journal",
    _columns(
        "sequence bigint, operation text, points bigint, partner_id uuid, store_id uuid, receipt text,"
        " amount_minor bigint, currency text, basket bigint[], occurred_at timestamptz, posted_at timestamptz,"
        " available bigint, pending bigint, held bigint, debt bigint, refers_to bigint, hash bytea"
    ),
    _INSERT,
)
MOVEMENT = Part(
    "movement",
    _columns(
        "sequence bigint, line bigint, lot_id uuid, kind text, points bigint, held bigint, debt bigint,"
        " issuer_id uuid, issuer_contract_id uuid, redeemer_id uuid, redeemer_contract_id uuid, currency text,"
        " activates_at timestamptz, expires_at timestamptz, posted_at timestamptz"
    ),
    _INSERT,
)
NEW_LOT = Part(
    "lot",
    _columns(
        "lot_id uuid, sequence bigint, issuer_id uuid, contract_id uuid, currency text, issued bigint,"
        " remaining bigint, held bigint, is_pending boolean, issued_at timestamptz, activates_at timestamptz,"
        " expires_at timestamptz"
    ),
    _INSERT,
)
_INACTIVITY = Part("lot_inactivity", _columns("lot_id uuid, months bigint, calendar text, time_zone text"), _INSERT)
LOT_CHANGE = Part(
    "lot_change",
    _columns("lot_id uuid, remaining bigint, held bigint, is_pending boolean, expires_at timestamptz"),
    "UPDATE lot SET remaining = v.remaining, held = v.held, is_pending = v.is_pending, expires_at = v.expires_at"
    " FROM {rows}"
    " WHERE lot.wallet_id = head.wallet_id AND lot.lot_id = v.lot_id",
)
_NEW_HOLD = Part(
    "hold",
    _columns("sequence bigint, partner_id uuid, points bigint, expires_at timestamptz, is_open boolean"),
    _INSERT,
)
_CLOSED_HOLD = Part(
    "closed_hold",
    _columns("sequence bigint"),
    "UPDATE hold SET is_open = false FROM {rows} WHERE hold.wallet_id = head.wallet_id AND hold.sequence = v.sequence",
)
_NEW_DEBT = Part(
    "debt",
    _columns(
        "sequence bigint, lot_id uuid, issuer_id uuid, contract_id uuid, currency text, owed bigint, remaining bigint"
    ),
    _INSERT,
)
_DEBT_CHANGE = Part(
    "debt_change",
    _columns("sequence bigint, remaining bigint"),
    "UPDATE debt SET remaining = v.remaining FROM {rows}"
    " WHERE debt.wallet_id = head.wallet_id AND debt.sequence = v.sequence",
)
_SIDE = Part(
    "journal_side",
    _columns("sequence bigint, other_wallet_id uuid, other_sequence bigint, bearer_id uuid"),
    _INSERT,
)
_LEG = Part(
    "transfer_leg",
    _columns("sequence bigint, line bigint, lot_id uuid, other_lot_id uuid, root_lot_id uuid, issued_at timestamptz"),
    _INSERT,
)
# A slot that has not enough left breaks its check, and with it the whole statement.
_TAKEN = Part(
    "taken",
    _columns("allowance_id uuid, slot bigint, amount bigint"),
    "UPDATE allowance_slot s SET remaining = s.remaining - v.amount FROM {rows}"
    " WHERE s.allowance_id = v.allowance_id AND s.slot = v.slot",
)
_USE = Part(
    "allowance_use",
    _columns("sequence bigint, allowance_id uuid, slot bigint, lot_id uuid, amount bigint"),
    _INSERT,
)
# A number that is not higher than the last one becomes null, which the column refuses, and with it the whole statement.
_TICKET = Part(
    "ticket",
    _columns("owner_id uuid, last bigint"),
    "INSERT INTO ticket ({names}) SELECT {values} FROM {rows} ON CONFLICT (owner_id) DO UPDATE"
    " SET last = CASE WHEN ticket.last < excluded.last THEN excluded.last END",
)
REQUEST = Part(
    "request",
    _columns("partner_id uuid, idempotency_key text, body_hash bytea, status bigint, answer text, sequence bigint"),
    _INSERT,
)
_SIGNATURE = Part(
    "request_signature",
    _columns("sequence bigint, partner_id uuid, idempotency_key text, kid text, salt bytea, document text"),
    _INSERT,
)
OUTBOX = Part(
    "outbox",
    _columns("fact_id uuid, topic text, payload text::jsonb"),
    "INSERT INTO outbox ({names}) SELECT {values} FROM {rows}",
)
PARTS = (
    JOURNAL,
    MOVEMENT,
    NEW_LOT,
    _INACTIVITY,
    LOT_CHANGE,
    _NEW_HOLD,
    _CLOSED_HOLD,
    _NEW_DEBT,
    _DEBT_CHANGE,
    _SIDE,
    _LEG,
    _TAKEN,
    _USE,
    _TICKET,
    REQUEST,
    _SIGNATURE,
    OUTBOX,
)

HEAD = (
    ("sequence", "bigint"),
    ("hash", "bytea"),
    ("available", "bigint"),
    ("pending", "bigint"),
    ("held", "bigint"),
    ("debt", "bigint"),
    ("posted_at", "timestamptz"),
    ("due_at", "timestamptz"),
    ("wallet_id", "uuid"),
    ("was", "bigint"),
)
"""What a wallet's row becomes; the last two say of which wallet, and which sequence it has to have until then."""

_ONE_HEAD = (
    "WITH head AS (UPDATE wallet SET sequence = $1, head_hash = $2, available = $3, pending = $4, held = $5,"
    " debt = $6, posted_at = $7, due_at = $8 WHERE wallet_id = $9 AND sequence = $10 RETURNING wallet_id)"
)
# Whoever's wallet somebody else holds just now is left out, so that no group ever waits for another.
_HEADS = (
    "WITH v_head ({names}) AS (VALUES {rows}), free AS MATERIALIZED (SELECT v.*, w.ctid AS place FROM v_head v"
    " JOIN wallet w ON w.wallet_id = v.wallet_id AND w.sequence = v.was FOR UPDATE OF w SKIP LOCKED),"
    " head AS (UPDATE wallet SET sequence = v.sequence, head_hash = v.hash, available = v.available,"
    " pending = v.pending, held = v.held, debt = v.debt, posted_at = v.posted_at, due_at = v.due_at FROM free v"
    " WHERE wallet.ctid = v.place RETURNING wallet.wallet_id)"
)
_SHARED = {JOURNAL, MOVEMENT, NEW_LOT, LOT_CHANGE, REQUEST, OUTBOX}
_MOST_SHARED_ROWS = 24


@lru_cache(maxsize=512)
def can_be_shared(shape: Shape) -> bool:
    """Whether a posting can be written with others: it answers a request, is small, and touches no row but its
    wallet's own.
    """
    rows = dict(zip(PARTS, shape, strict=True))
    is_plain = all(part in _SHARED for part, count in rows.items() if count)
    return is_plain and rows[REQUEST] == 1 and sum(shape) <= _MOST_SHARED_ROWS


@lru_cache(maxsize=512)
def one_posting(shape: Shape) -> str:
    """Parameters: HEAD, then the rows of each part. Gives a row if it was written."""
    return _written(_ONE_HEAD, shape, count_from(len(HEAD) + 1), is_shared=False)


@lru_cache(maxsize=256)
def several_postings(heads: int, shape: Shape) -> str:
    """Parameters: so many times HEAD, then the rows of each part, each with its wallet's id before it; any may be null
    throughout. Gives the ids of the wallets of which something was written.
    """
    numbers = count_from(1)
    head = _HEADS.format(
        names=", ".join(name for name, _ in HEAD), rows=value_rows([kind for _, kind in HEAD], heads, numbers)
    )
    return _written(head, shape, numbers, is_shared=True)


def _written(head: str, shape: Shape, numbers: Iterator[int], *, is_shared: bool) -> str:
    told = [head]
    for part, count in zip(PARTS, shape, strict=True):
        if count:
            names = ", ".join(name for name, _ in part.columns)
            types = [kind for _, kind in part.columns]
            rows = value_rows(["uuid", *types] if is_shared else types, count, numbers)
            told.append(f"v_{part.name} ({'wallet_id, ' if is_shared else ''}{names}) AS (VALUES {rows})")
            joined = f"head JOIN v_{part.name} v USING (wallet_id)" if is_shared else f"head, v_{part.name} v"
            values = ", ".join(f"v.{name}" for name, _ in part.columns)
            statement = part.statement.format(table=part.name, names=names, values=values, rows=joined)
            told.append(f"do_{part.name} AS ({statement})")
    return ", ".join(told) + " SELECT wallet_id FROM head"
