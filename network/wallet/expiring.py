"""When points of a wallet expire, and which wallets have points that soon will."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import psycopg

from network.kernel.clock import as_utc
from network.wallet.domain import ACTIVITY, Lot, lasts_until
from network.wallet.repository import inactivity_of, last_active


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """Points of a lot that are left and not held, and when they expire, as far as anybody can tell now."""

    wallet_id: UUID
    contract_id: UUID
    points: int
    issued_at: datetime
    expires_at: datetime


def next_expiring(
    connection: psycopg.Connection, wallet_id: UUID, now: datetime, most: int
) -> list[tuple[int, datetime]]:
    """The next instants at which points of a wallet expire, and how many: (points, expires_at)."""
    rows = connection.execute(_NEXT, {"wallet": wallet_id, "now": now, "most": most}).fetchall()
    expiring: Counter[datetime] = Counter()
    for points, *when in rows:
        expires_at = _lasts_until(*when)
        if expires_at > now:
            expiring[expires_at] += points
    return [(points, expires_at) for expires_at, points in sorted(expiring.items())][:most]


def lots_with_dates(connection: psycopg.Connection, wallet_id: UUID, lots: Sequence[Lot]) -> list[Lot]:
    """Lots of a wallet with the dates that are to be expected, as far as anybody can tell now, for those on record."""
    if not any(lot.inactivity for lot in lots):
        return list(lots)
    active_at = last_active(connection, wallet_id)
    return [replace(lot, expires_at=lasts_until(lot, active_at)) for lot in lots]


def expiring_lots(
    connection: psycopg.Connection, until: datetime, *, after: UUID | None, most: int
) -> tuple[list[ExpiringLot], UUID | None]:
    """Lots that expire by an instant, of up to `most` wallets beyond one, in wallet order; and the last wallet seen.

    None: there are no more wallets. A wallet's own `due_at` leads to it, so that those with nothing due are not read.
    """
    rows = connection.execute(_OF_WALLETS, {"until": until, "after": after, "most": most}).fetchall()
    lots = [
        ExpiringLot(wallet_id, contract_id, points, as_utc(issued_at), expires_at)
        for wallet_id, contract_id, points, issued_at, *when in rows
        if contract_id is not None and (expires_at := _lasts_until(*when)) <= until
    ]
    return lots, rows[-1][0] if len({row[0] for row in rows}) == most else None


def wallets_expiring(
    connection: psycopg.Connection, issuer_id: UUID, until: datetime, *, after: UUID | None, most: int
) -> list[UUID]:
    """Wallets beyond one that have points of an issuer whose date is not later than an instant, in wallet order."""
    rows = connection.execute(
        "SELECT wallet_id FROM wallet w WHERE due_at <= %(until)s"
        " AND (%(after)s::uuid IS NULL OR wallet_id > %(after)s) AND EXISTS (SELECT FROM lot"
        "   WHERE lot.wallet_id = w.wallet_id AND is_open AND issuer_id = %(issuer)s AND expires_at <= %(until)s)"
        " ORDER BY wallet_id LIMIT %(most)s",
        {"issuer": issuer_id, "until": until, "after": after, "most": most},
    ).fetchall()
    return [row[0] for row in rows]


def _lasts_until(
    expires_at: datetime, months: int | None, calendar: str, time_zone: str, active_at: datetime | None
) -> datetime:
    """As `domain.lasts_until`, for what a query tells of a lot."""
    if months is None or active_at is None:
        return as_utc(expires_at)
    return max(as_utc(expires_at), inactivity_of(months, calendar, time_zone).ends(active_at))


# When the owner was last seen is asked only for lots that expire by inactivity; see `repository.last_active`.
_WHEN = f"""
l.expires_at, i.months, i.calendar, i.time_zone, CASE WHEN i.months IS NOT NULL THEN (
    SELECT j.posted_at FROM journal j WHERE j.wallet_id = l.wallet_id
      AND j.operation IN ({", ".join(f"'{each.value}'" for each in ACTIVITY)}) ORDER BY j.sequence DESC LIMIT 1) END
"""
# Dates that stand are added up and cut off by the database; lots with a rule of inactivity are few, and all are read.
_NEXT = f"""
(SELECT sum(l.remaining - l.held)::bigint, l.expires_at, NULL::smallint, NULL, NULL, NULL::timestamptz FROM lot l
 WHERE l.wallet_id = %(wallet)s AND l.is_open AND l.expires_at > %(now)s AND l.remaining > l.held
   AND NOT EXISTS (SELECT FROM lot_inactivity i WHERE i.wallet_id = l.wallet_id AND i.lot_id = l.lot_id)
 GROUP BY l.expires_at ORDER BY l.expires_at LIMIT %(most)s)
UNION ALL
SELECT l.remaining - l.held, {_WHEN} FROM lot_inactivity i JOIN lot l USING (wallet_id, lot_id)
WHERE i.wallet_id = %(wallet)s AND l.is_open AND l.remaining > l.held
"""
_OF_WALLETS = f"""
SELECT w.wallet_id, l.contract_id, l.remaining - l.held, l.issued_at, {_WHEN}
FROM (SELECT wallet_id FROM wallet WHERE due_at <= %(until)s
        AND (%(after)s::uuid IS NULL OR wallet_id > %(after)s) ORDER BY wallet_id LIMIT %(most)s) w
LEFT JOIN lot l ON l.wallet_id = w.wallet_id AND l.is_open AND l.expires_at <= %(until)s AND l.remaining > l.held
LEFT JOIN lot_inactivity i ON i.wallet_id = l.wallet_id AND i.lot_id = l.lot_id
ORDER BY w.wallet_id
"""
