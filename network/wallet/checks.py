"""What must always hold in the ledger, as queries that return no row, and the walk along the hash chains."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from network.infrastructure.checks import Check
from network.wallet.domain import GENESIS, Entry, Rebuilt, entry_hash, rebuild
from network.wallet.history import wallets_with_entries

CHECKS = (
    Check(
        "wallet balance = its lots",
        "available + pending + held is what is left in the wallet's lots, each part by itself",
        """
        SELECT w.wallet_id, w.available, w.pending, w.held, l.available, l.pending, l.held
        FROM wallet w LEFT JOIN LATERAL (
            SELECT coalesce(sum(remaining - held) FILTER (WHERE NOT is_pending), 0) AS available,
                   coalesce(sum(remaining - held) FILTER (WHERE is_pending), 0) AS pending,
                   coalesce(sum(held), 0) AS held
            FROM lot WHERE lot.wallet_id = w.wallet_id
        ) l ON true
        WHERE (w.available, w.pending, w.held) IS DISTINCT FROM (l.available, l.pending, l.held)
        """,
    ),
    Check(
        "lot = its movements",
        "what is left in a lot is the sum of its movements, and what it was issued with is the one that made it",
        """
        SELECT l.wallet_id, l.lot_id, l.issued, l.remaining, l.held, m.issued, m.remaining, m.held
        FROM lot l LEFT JOIN (
            SELECT m.wallet_id, m.lot_id, sum(m.points) AS remaining, sum(m.held) AS held,
                   sum(m.points) FILTER (WHERE m.kind IN ('issue', 'transfer_in') AND m.sequence = made.sequence)
                       AS issued
            FROM movement m JOIN lot made USING (wallet_id, lot_id) GROUP BY m.wallet_id, m.lot_id
        ) m USING (wallet_id, lot_id)
        WHERE (l.issued, l.remaining, l.held) IS DISTINCT FROM (m.issued, m.remaining, m.held)
        """,
    ),
    Check(
        "no movement without its lot",
        "every movement of points names a lot that exists, with that lot's issuer, contract and currency",
        """
        SELECT m.wallet_id, m.sequence, m.line, m.lot_id FROM movement m
        LEFT JOIN lot l USING (wallet_id, lot_id)
        WHERE m.kind NOT IN ('debt_out', 'debt_in') AND (l.lot_id IS NULL OR (l.issuer_id, l.contract_id, l.currency)
            IS DISTINCT FROM (m.issuer_id, m.issuer_contract_id, m.currency))
        """,
    ),
    Check(
        "no movement without its entry",
        "every movement belongs to an entry of its wallet, posted at the same instant",
        """
        SELECT m.wallet_id, m.sequence, m.line FROM movement m LEFT JOIN journal j USING (wallet_id, sequence)
        WHERE j.wallet_id IS NULL OR j.posted_at <> m.posted_at
        """,
    ),
    Check(
        "entry = its movements",
        "an entry's movements are of the kinds its operation has, of its size, and draws are its partner's own",
        """
        SELECT j.wallet_id, j.sequence, j.operation, j.points, m.points FROM journal j LEFT JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN kind IN ('hold', 'owe', 'debt_out', 'debt_in')
                                          OR kind = 'release' AND j.operation <> 'capture'
                                     THEN abs(held) + abs(debt) ELSE abs(points) END), 0) AS points,
                   count(*) FILTER (WHERE kind <> ALL (CASE j.operation
                       WHEN 'earn' THEN '{issue}'::text[] WHEN 'redemption' THEN '{draw}' WHEN 'hold' THEN '{hold}'
                       WHEN 'capture' THEN '{draw,release}' WHEN 'void' THEN '{release}' WHEN 'lapse' THEN '{release}'
                       WHEN 'redemption_reversal' THEN '{undraw}' WHEN 'earn_reversal' THEN '{unissue,owe}'
                       WHEN 'repayment' THEN '{draw}' WHEN 'adjustment' THEN '{issue,unissue}'
                       WHEN 'transfer_out' THEN '{transfer_out,debt_out}'
                       WHEN 'transfer_in' THEN '{transfer_in,debt_in}'
                       WHEN 'expiry' THEN '{expire}' WHEN 'activation' THEN '{activate}'
                       WHEN 'extension' THEN '{extend}' ELSE '{}' END)) AS strange,
                   count(*) FILTER (WHERE kind = 'draw' AND redeemer_id IS DISTINCT FROM j.partner_id) AS elsewhere
            FROM movement m WHERE m.wallet_id = j.wallet_id AND m.sequence = j.sequence
        ) m ON true
        WHERE m.strange > 0 OR m.elsewhere > 0 OR CASE WHEN j.operation IN ('activation', 'extension') THEN false
            WHEN j.operation = 'earn_reversal' THEN j.points < m.points  -- what expired unspent is taken from nobody
            ELSE j.points <> m.points END
        """,
    ),
    Check(
        "an extension moves a date and no points",
        "extensions let lots expire later, and what expires by inactivity is such a lot",
        """
        SELECT wallet_id, sequence, line, 'extension' AS what FROM movement
        WHERE kind = 'extend' AND (points <> 0 OR held <> 0 OR debt <> 0 OR expires_at IS NULL)
        UNION ALL
        SELECT i.wallet_id, l.sequence, NULL, 'inactivity' FROM lot_inactivity i
        LEFT JOIN lot l USING (wallet_id, lot_id) WHERE l.expires_at IS NULL
        """,
    ),
    Check(
        "what goes out comes in",
        "each half of a transfer names the other: the same points of the same issuers, line by line, at one instant",
        """
        SELECT j.wallet_id, j.sequence, NULL AS line FROM journal j
        LEFT JOIN journal_side s USING (wallet_id, sequence)
        LEFT JOIN journal o ON o.wallet_id = s.other_wallet_id AND o.sequence = s.other_sequence
        LEFT JOIN journal_side b ON b.wallet_id = o.wallet_id AND b.sequence = o.sequence
        WHERE (j.operation IN ('transfer_out', 'transfer_in') OR s.other_wallet_id IS NOT NULL)
            AND (CASE j.operation WHEN 'transfer_out' THEN 'transfer_in' WHEN 'transfer_in' THEN 'transfer_out' END,
                 j.points, j.posted_at, j.wallet_id, j.sequence)
            IS DISTINCT FROM (o.operation, o.points, o.posted_at, b.other_wallet_id, b.other_sequence)
        UNION ALL
        SELECT coalesce(m.wallet_id, t.wallet_id), coalesce(m.sequence, t.sequence), coalesce(m.line, t.line) FROM (
            SELECT m.*, s.other_wallet_id, s.other_sequence FROM movement m
            LEFT JOIN journal_side s USING (wallet_id, sequence)
            WHERE m.kind IN ('transfer_out', 'transfer_in', 'debt_out', 'debt_in')
        ) m FULL JOIN transfer_leg t USING (wallet_id, sequence, line)
        LEFT JOIN movement o ON (o.wallet_id, o.sequence, o.line) = (m.other_wallet_id, m.other_sequence, m.line)
        LEFT JOIN transfer_leg u ON (u.wallet_id, u.sequence, u.line) = (o.wallet_id, o.sequence, o.line)
        WHERE (replace(replace(m.kind, '_out', '_in'), '_in', ''), -m.points, -m.debt, m.issuer_id,
               m.issuer_contract_id, m.currency, m.lot_id, t.lot_id, t.other_lot_id, t.root_lot_id, t.issued_at)
            IS DISTINCT FROM (replace(replace(o.kind, '_out', '_in'), '_in', ''), o.points, o.debt, o.issuer_id,
               o.issuer_contract_id, o.currency, u.other_lot_id, u.other_lot_id, o.lot_id, u.root_lot_id, u.issued_at)
            OR m.kind = o.kind
        """,
    ),
    Check(
        "journal is gapless",
        "a wallet's entries are numbered 1, 2, 3 up to the wallet's own sequence",
        """
        SELECT w.wallet_id, w.sequence, j.entries, j.latest FROM wallet w LEFT JOIN (
            SELECT wallet_id, count(*) AS entries, max(sequence) AS latest FROM journal GROUP BY wallet_id
        ) j USING (wallet_id)
        WHERE (w.sequence, w.sequence) IS DISTINCT FROM (coalesce(j.entries, 0), coalesce(j.latest, 0))
        """,
    ),
    Check(
        "no entry without its wallet",
        "every entry belongs to a wallet",
        "SELECT j.wallet_id, j.sequence FROM journal j LEFT JOIN wallet w USING (wallet_id) WHERE w.wallet_id IS NULL",
    ),
    Check(
        "balance after = balance before + movements",
        "each entry's balance follows from the one before it",
        """
        SELECT wallet_id, sequence FROM (
            SELECT j.wallet_id, j.sequence, j.available + j.pending + j.held
                - lag(j.available + j.pending + j.held, 1, 0::bigint)
                    OVER (PARTITION BY j.wallet_id ORDER BY j.sequence) AS change,
                (SELECT coalesce(sum(m.points), 0) FROM movement m
                 WHERE m.wallet_id = j.wallet_id AND m.sequence = j.sequence) AS moved
            FROM journal j
        ) steps WHERE change <> moved
        """,
    ),
    Check(
        "held = open holds",
        "what is held in a wallet's lots is what its open holds set aside",
        """
        SELECT w.wallet_id, w.held, h.points FROM wallet w LEFT JOIN LATERAL (
            SELECT coalesce(sum(points), 0) AS points FROM hold WHERE hold.wallet_id = w.wallet_id AND is_open
        ) h ON true WHERE w.held <> h.points
        """,
    ),
    Check(
        "debt = open debts = movements",
        "what a member owes is what reversals left unpaid and later earning has not repaid",
        """
        SELECT w.wallet_id, w.debt, d.remaining, m.debt FROM wallet w
        LEFT JOIN LATERAL (SELECT coalesce(sum(remaining), 0) AS remaining FROM debt
                           WHERE debt.wallet_id = w.wallet_id) d ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(debt), 0) AS debt FROM movement
                           WHERE movement.wallet_id = w.wallet_id AND debt <> 0) m ON true
        WHERE w.debt <> d.remaining OR w.debt <> m.debt
        """,
    ),
    Check(
        "nothing reversed beyond the original",
        "the reversals of an entry never add up to more than it",
        """
        SELECT j.wallet_id, j.sequence, j.points, sum(r.points) FROM journal r
        JOIN journal j ON j.wallet_id = r.wallet_id AND j.sequence = r.refers_to
        WHERE r.operation IN ('redemption_reversal', 'earn_reversal')
        GROUP BY j.wallet_id, j.sequence, j.points HAVING sum(r.points) > j.points
        """,
    ),
    Check(
        "latest entry = wallet",
        "the wallet's cached balance and hash are those of its latest entry",
        """
        SELECT w.wallet_id, w.sequence FROM wallet w JOIN journal j USING (wallet_id, sequence)
        WHERE (w.available, w.pending, w.held, w.debt, w.head_hash)
            IS DISTINCT FROM (j.available, j.pending, j.held, j.debt, j.hash)
        """,
    ),
    Check(
        "accepted request = one entry",
        "every answered request that names an entry names one that exists, of its partner, and no two name the same",
        """
        SELECT r.partner_id, r.idempotency_key FROM request r
        LEFT JOIN journal j ON (j.wallet_id, j.sequence) = (r.wallet_id, r.sequence)
        WHERE r.sequence IS NOT NULL AND (j.wallet_id IS NULL OR j.partner_id <> r.partner_id)
        UNION ALL
        SELECT min(partner_id::text)::uuid, min(idempotency_key) FROM request
        WHERE sequence IS NOT NULL GROUP BY wallet_id, sequence HAVING count(*) > 1
        """,
    ),
)


def broken_chains(connection: psycopg.Connection) -> Iterator[tuple[UUID, int]]:
    """Walk every wallet's chain: (wallet, sequence) of the first entry in each whose hash is not what it should be."""
    for wallet_id, entries in wallets_with_entries(connection):
        previous = GENESIS
        for entry in entries:
            if entry.hash != entry_hash(previous, entry):
                yield wallet_id, entry.sequence
                break
            previous = entry.hash


def differing_wallets(connection: psycopg.Connection) -> Iterator[tuple[UUID, str]]:
    """Rebuild every wallet from its journal and compare: (wallet, what differs) of each that is not what it must be."""
    with connection.transaction(), connection.cursor(name="cached") as cursor:
        cursor.itersize = 1000
        cursor.execute(_CACHED)
        journals = wallets_with_entries(connection)
        upcoming = next(journals, None)
        for wallet_id, opened_at, *cached in cursor:
            entries: list[Entry] = []
            if upcoming is not None and upcoming[0] == wallet_id:
                entries, upcoming = upcoming[1], next(journals, None)
            rebuilt = rebuild(wallet_id, entries, opened_at)
            for name, expected, found in zip(_PARTS, _told(rebuilt), cached, strict=True):
                if expected != found:
                    yield wallet_id, f"{name}: the journal says {expected}, the table {found}"


def _told(rebuilt: Rebuilt) -> tuple[Any, ...]:
    """What the tables should say of a wallet, in the form in which `_CACHED` reads them."""
    balance = rebuilt.head.balance
    return (
        [rebuilt.head.sequence, balance.available, balance.pending, balance.held, balance.debt],
        sorted(
            [str(lot.lot_id), lot.issued, lot.remaining, lot.held, lot.is_pending, _seconds(lot.expires_at)]
            for lot in rebuilt.lots.values()
        ),
        sorted([hold.sequence, hold.points, hold.is_open] for hold in rebuilt.holds.values()),
        sorted([debt.sequence, debt.owed, debt.remaining] for debt in rebuilt.debts.values()),
    )


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp())


_PARTS = ("wallet", "lots", "holds", "debts")
_CACHED = """
SELECT w.wallet_id, w.posted_at, json_build_array(w.sequence, w.available, w.pending, w.held, w.debt),
       (SELECT coalesce(json_agg(json_build_array(lot_id, issued, remaining, held, is_pending,
                                                  floor(extract(epoch FROM expires_at))::bigint)
                                 ORDER BY lot_id::text), '[]') FROM lot l WHERE l.wallet_id = w.wallet_id),
       (SELECT coalesce(json_agg(json_build_array(sequence, points, is_open) ORDER BY sequence), '[]')
        FROM hold h WHERE h.wallet_id = w.wallet_id),
       (SELECT coalesce(json_agg(json_build_array(sequence, owed, remaining) ORDER BY sequence), '[]')
        FROM debt d WHERE d.wallet_id = w.wallet_id)
FROM wallet w ORDER BY w.wallet_id
"""
