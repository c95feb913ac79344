"""Reading what was moved between wallets: where points of a lot went, where a lot came from, who spent what was shared.

None of it is read on the way of a plain earn or burn.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import psycopg

from network.infrastructure.network_clock import NETWORK_NOW
from network.kernel.clock import as_utc
from network.kernel.errors import PeyvandError
from network.wallet.domain import Debt, Head, Piece
from network.wallet.errors import MovedOn, WalletNotFound
from network.wallet.repository import HEAD_COLUMNS, head_of

# A lot that was made of another one's points names it in the movement that made it. Whatever came later on the same
# lots, home again or more of the same, made no lot.
_MADE = (
    " JOIN journal_side s ON s.wallet_id = t.wallet_id AND s.sequence = t.sequence"
    " JOIN lot piece ON piece.wallet_id = s.other_wallet_id AND piece.lot_id = t.other_lot_id"
    " AND piece.sequence = s.other_sequence"
)
_PIECES = f"""
WITH RECURSIVE found AS (
    SELECT piece.wallet_id, piece.lot_id, t.wallet_id AS home_wallet_id, t.lot_id AS home_lot_id, piece.sequence
    FROM transfer_leg t {_MADE} WHERE t.wallet_id = %(wallet)s AND {{which}}
    UNION ALL
    SELECT piece.wallet_id, piece.lot_id, t.wallet_id, t.lot_id, piece.sequence
    FROM found f JOIN transfer_leg t ON t.wallet_id = f.wallet_id AND t.lot_id = f.lot_id {_MADE}
)
SELECT wallet_id, lot_id, home_wallet_id, home_lot_id FROM found ORDER BY wallet_id, sequence DESC, lot_id
"""
_HOME = (
    " JOIN transfer_leg t ON t.wallet_id = l.wallet_id AND t.sequence = l.sequence AND t.lot_id = l.lot_id"
    " JOIN journal_side s ON s.wallet_id = t.wallet_id AND s.sequence = t.sequence"
)
_HOMES = f"""
WITH RECURSIVE found AS (
    SELECT l.wallet_id, l.lot_id, s.other_wallet_id AS home_wallet_id, t.other_lot_id AS home_lot_id
    FROM lot l {_HOME} WHERE l.wallet_id = %s AND l.lot_id = ANY(%s)
    UNION ALL
    SELECT l.wallet_id, l.lot_id, s.other_wallet_id, t.other_lot_id
    FROM found f JOIN lot l ON l.wallet_id = f.home_wallet_id AND l.lot_id = f.home_lot_id {_HOME}
)
SELECT wallet_id, lot_id, home_wallet_id, home_lot_id FROM found
"""


def find_heads(connection: psycopg.Connection, wallet_ids: Collection[UUID]) -> tuple[datetime, dict[UUID, Head]]:
    """The network's instant and the heads of some wallets, of one snapshot. Raises WalletNotFound."""
    rows = connection.execute(
        f"SELECT {NETWORK_NOW}, {HEAD_COLUMNS} FROM wallet w WHERE w.wallet_id = ANY(%s)", (list(wallet_ids),)
    ).fetchall()
    if len(rows) < len(wallet_ids):
        raise WalletNotFound
    heads = [head_of(row[1:]) for row in rows]
    return as_utc(rows[0][0]), {head.wallet_id: head for head in heads}


@contextmanager
def held_still(connection: psycopg.Connection, heads: Iterable[Head]) -> Iterator[None]:
    """A refusal in here counts only if these wallets held still, as it is decided from what several queries found.

    What is posted needs no such care: the save compares. Raises MovedOn instead of the refusal if one moved on.
    """
    try:
        yield
    except PeyvandError as refusal:
        sequences = {head.wallet_id: head.sequence for head in heads}
        _, found = find_heads(connection, sequences)
        if any(found[wallet_id].sequence != sequence for wallet_id, sequence in sequences.items()):
            raise MovedOn(sequences) from refusal
        raise


def pieces_of(connection: psycopg.Connection, wallet_id: UUID, lot_ids: Iterable[UUID]) -> list[Piece]:
    """All lots that were made of points of these, wherever they are, and of those again; the latest of each first."""
    query = _PIECES.format(which="t.lot_id = ANY(%(lots)s)")
    rows = connection.execute(query, {"wallet": wallet_id, "lots": list(lot_ids)}).fetchall()
    return [Piece(*row) for row in rows]


def pieces_from(connection: psycopg.Connection, wallet_id: UUID, other_wallet_id: UUID) -> list[Piece]:
    """All lots that were made in one wallet of points of another, which comes first here; and of those again."""
    query = _PIECES.format(which="piece.wallet_id = %(other)s")
    rows = connection.execute(query, {"wallet": wallet_id, "other": other_wallet_id}).fetchall()
    return [Piece(*row) for row in rows]


def homes_of(connection: psycopg.Connection, wallet_id: UUID, lot_ids: Iterable[UUID]) -> list[Piece]:
    """Of lots of a wallet: which came from where, and where those came from, back to where they were issued."""
    return [Piece(*row) for row in connection.execute(_HOMES, (wallet_id, list(lot_ids))).fetchall()]


def open_pieces(connection: psycopg.Connection, wallet_id: UUID, home_wallet_id: UUID) -> list[Piece]:
    """Lots of a wallet that came from another one and still have points, in draw order."""
    rows = connection.execute(
        f"SELECT l.wallet_id, l.lot_id, s.other_wallet_id, t.other_lot_id FROM lot l {_HOME}"
        " WHERE l.wallet_id = %s AND l.is_open AND s.other_wallet_id = %s ORDER BY l.expires_at, l.issued_at, l.lot_id",
        (wallet_id, home_wallet_id),
    ).fetchall()
    return [Piece(*row) for row in rows]


def roots_of(connection: psycopg.Connection, wallet_id: UUID, lot_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of lots that came from other wallets: the lot as which each was issued."""
    rows = connection.execute(
        "SELECT DISTINCT lot_id, root_lot_id FROM transfer_leg"
        " WHERE wallet_id = %s AND lot_id = ANY(%s) AND root_lot_id <> lot_id",
        (wallet_id, list(lot_ids)),
    ).fetchall()
    return dict(rows)


def spent_of(connection: psycopg.Connection, lots: Sequence[tuple[UUID, UUID]]) -> int:
    """Points that draws took out of some lots (wallet and id) for good, less debts made of them."""
    row = connection.execute(
        "SELECT coalesce(sum((SELECT coalesce(-sum(m.points) FILTER (WHERE m.kind IN ('draw', 'undraw')), 0)"
        "   - coalesce(sum(m.debt) FILTER (WHERE m.kind = 'owe'), 0) FROM movement m"
        "   WHERE m.wallet_id = l.wallet_id AND m.lot_id = l.lot_id)), 0)::bigint"
        " FROM unnest(%s::uuid[], %s::uuid[]) l (wallet_id, lot_id)",
        ([wallet_id for wallet_id, _ in lots], [lot_id for _, lot_id in lots]),
    ).fetchone()
    return int(row[0]) if row else 0


def bearer_of(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> UUID | None:
    """In a wallet that several share: the own wallet of whoever made an entry."""
    row = connection.execute(
        "SELECT bearer_id FROM journal_side WHERE wallet_id = %s AND sequence = %s", (wallet_id, sequence)
    ).fetchone()
    return row[0] if row else None


def spent_by(connection: psycopg.Connection, wallet_id: UUID, bearer_id: UUID, since: datetime, now: datetime) -> int:
    """Points of a shared wallet that one bearer has spent since an instant and not returned, and those on hold now."""
    row = connection.execute(
        "SELECT coalesce(sum(CASE WHEN j.operation = 'hold' THEN coalesce(h.points, 0) ELSE j.points - coalesce(("
        "   SELECT sum(r.points) FROM journal r WHERE r.wallet_id = j.wallet_id AND r.refers_to = j.sequence"
        "   AND r.operation = 'redemption_reversal'), 0) END), 0)::bigint"
        " FROM journal_side s JOIN journal j USING (wallet_id, sequence)"
        " LEFT JOIN hold h ON h.wallet_id = j.wallet_id AND h.sequence = j.sequence AND h.is_open AND h.expires_at > %s"
        " WHERE s.wallet_id = %s AND s.bearer_id = %s"
        " AND (j.operation = 'hold' OR j.operation IN ('redemption', 'capture') AND j.posted_at >= %s)",
        (now, wallet_id, bearer_id, since),
    ).fetchone()
    return int(row[0]) if row else 0


def sent_to(connection: psycopg.Connection, wallet_id: UUID, other_wallet_id: UUID, since: datetime) -> int:
    """Points that a wallet has sent to another one since an instant, whatever became of them."""
    row = connection.execute(
        "SELECT coalesce(sum(j.points), 0)::bigint FROM journal_side s JOIN journal j USING (wallet_id, sequence)"
        " WHERE s.wallet_id = %s AND s.other_wallet_id = %s AND j.operation = 'transfer_out' AND j.posted_at >= %s",
        (wallet_id, other_wallet_id, since),
    ).fetchone()
    return int(row[0]) if row else 0


def shareable_earn(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> tuple[UUID, int] | None:
    """The lot and the points of an earn of which nothing was moved on as its share yet; None otherwise."""
    row = connection.execute(
        "SELECT m.lot_id, m.points FROM movement m WHERE m.wallet_id = %s AND m.sequence = %s AND m.kind = 'issue'"
        " AND NOT EXISTS (SELECT FROM journal j WHERE j.wallet_id = m.wallet_id AND j.refers_to = m.sequence"
        "                 AND j.operation = 'transfer_out')",
        (wallet_id, sequence),
    ).fetchone()
    return (row[0], row[1]) if row else None


def debts_from(connection: psycopg.Connection, wallet_id: UUID, home_wallet_id: UUID) -> Mapping[int, Debt]:
    """Of a wallet's open debts that came from another one: the debt there that each came from, by its own sequence."""
    rows = connection.execute(
        "SELECT d.sequence, o.sequence, o.lot_id, o.issuer_id, o.contract_id, o.currency, o.owed, o.remaining"
        " FROM debt d JOIN journal_side s ON s.wallet_id = d.wallet_id AND s.sequence = d.sequence"
        " JOIN journal j ON j.wallet_id = s.other_wallet_id AND j.sequence = s.other_sequence"
        " JOIN debt o ON o.wallet_id = j.wallet_id AND o.sequence = j.refers_to"
        " WHERE d.wallet_id = %s AND d.remaining > 0 AND s.other_wallet_id = %s",
        (wallet_id, home_wallet_id),
    ).fetchall()
    return {row[0]: Debt(*row[1:]) for row in rows}
