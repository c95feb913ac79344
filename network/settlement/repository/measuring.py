"""A closed cycle measured once more: from the ledger's movements to lines, by the database alone.

Nothing that the close has written is read but the edges of the cycle: not its slices, not its lines. Amounts are
PostgreSQL's own arithmetic.
"""

from sqlalchemy import text

from network.infrastructure.database import db
from network.settlement.domain import Clearing, Cycle, Leg, Measure
from network.settlement.repository.cycles import cycle_before
from network.settlement.repository.formulas import HALF_EVEN, LEGS

# Which movements are the cycle's: see `repository.export`.
_LINES = text(
    f"""
    WITH s AS (
        SELECT m.kind, m.issuer_id, m.redeemer_id, m.issuer_contract_id, m.redeemer_contract_id,
               sum(m.points) AS points
        FROM movement m
        WHERE m.currency = :currency AND m.kind = ANY(:kinds) AND m.xid >= :folded_from_xid AND m.xid < :closed_at_xid
          AND m.posted_at < :ends_at AND (m.posted_at >= :starts_at OR m.xid >= :late_from_xid)
        GROUP BY 1, 2, 3, 4, 5
    ), claims AS (
        SELECT leg.leg, s.issuer_id, CASE leg.leg WHEN 'issue' THEN NULL ELSE s.redeemer_id END AS redeemer_id,
               leg.points, leg.amount * power(10::numeric, k.minor_digits) AS minor
        FROM s JOIN cycle_calendar k ON k.currency = :currency
        JOIN contract_version i ON i.contract_id = s.issuer_contract_id
        LEFT JOIN contract_version r ON r.contract_id = s.redeemer_contract_id
        CROSS JOIN LATERAL ({LEGS}) leg
        UNION ALL
        SELECT 'adjustment', partner_id, NULL, 0, amount_minor
        FROM settlement_adjustment WHERE cycle_id = :cycle_id
    ), sums AS (
        SELECT leg, issuer_id, redeemer_id, sum(points)::bigint AS points, sum(minor) AS minor
        FROM claims GROUP BY 1, 2, 3
    )
    SELECT leg, issuer_id, redeemer_id, points, ({HALF_EVEN})::bigint AS amount_minor FROM sums
    """
)


def measured_lines(cycle: Cycle) -> frozenset[Measure]:
    """What the lines of a cut cycle have to be."""
    before = cycle_before(cycle)
    rows = db.session.execute(
        _LINES,
        {
            "cycle_id": cycle.cycle_id,
            "currency": cycle.currency,
            "kinds": [kind.value for kind in Clearing],
            "folded_from_xid": cycle.closed_at_xid if cycle.folded_from_xid is None else cycle.folded_from_xid,
            "closed_at_xid": cycle.closed_at_xid,
            "starts_at": cycle.starts_at,
            "ends_at": cycle.ends_at,
            "late_from_xid": 0 if before is None else before.closed_at_xid,
        },
    )
    return frozenset(
        Measure(Leg(row.leg), row.issuer_id, row.redeemer_id, row.points, row.amount_minor)
        for row in rows
        if row.points or row.amount_minor
    )
