"""An open cycle with what no cut has reached yet, read by one statement, and so on one snapshot."""

from sqlalchemy import text

from network.infrastructure.database import db
from network.settlement.domain import Clearing, Cycle, Slice, SliceKey

# What is at or above the horizon falls into an open cycle if it was posted in it; or before it, unless the cycle
# before is open too and takes it.
_SUMS = text(
    """
    SELECT kind, issuer_contract_id, redeemer_contract_id, sum(points)::bigint AS points,
           sum(movements)::bigint AS movements
    FROM (
        SELECT kind, issuer_contract_id, redeemer_contract_id, points, movements
        FROM clearing_slice WHERE cycle_id = :cycle_id
        UNION ALL
        SELECT m.kind, m.issuer_contract_id, m.redeemer_contract_id, sum(m.points), count(*)
        FROM movement m
        WHERE m.currency = :currency AND m.kind = ANY(:kinds) AND m.posted_at < :ends_at
          AND m.xid >= coalesce((SELECT next_xid FROM settlement_horizon), 0)
          AND (m.posted_at >= :starts_at OR NOT EXISTS (
              SELECT FROM cycle WHERE currency = :currency AND starts_at < :starts_at AND state = 'open'
          ))
        GROUP BY 1, 2, 3
    ) sums GROUP BY 1, 2, 3
    """
)


def sums_as_of_now(cycle: Cycle) -> list[Slice]:
    """All sums that an open cycle would have if it were cut now and everything under way had ended. Writes nothing."""
    rows = db.session.execute(
        _SUMS,
        {
            "cycle_id": cycle.cycle_id,
            "currency": cycle.currency,
            "kinds": [kind.value for kind in Clearing],
            "starts_at": cycle.starts_at,
            "ends_at": cycle.ends_at,
        },
    )
    return [
        Slice(
            cycle.cycle_id,
            SliceKey(Clearing(row.kind), row.issuer_contract_id, row.redeemer_contract_id),
            row.points,
            row.movements,
        )
        for row in rows
    ]
