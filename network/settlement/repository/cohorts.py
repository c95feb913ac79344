"""A cut cycle's movements by the cycle in which their points were issued: what slices do not know."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from network.infrastructure.database import db
from network.settlement.domain import Clearing, Cycle
from network.settlement.repository.cycles import cycle_before

# Which movements are the cycle's: see `repository.export`. A lot that came by a transfer keeps its instant of issue.
# Points older than all cycles are the first one's; no cohort is younger than the cycle itself.
_COHORTS = text(
    """
    SELECT coalesce(k.cycle_id, CASE WHEN m.issued_at >= :ends_at THEN CAST(:cycle_id AS uuid) ELSE (
               SELECT cycle_id FROM cycle WHERE currency = :currency ORDER BY starts_at LIMIT 1
           ) END) AS cohort_id, m.issuer_contract_id, m.kind, sum(m.points)::bigint AS points
    FROM (
        SELECT m.issuer_contract_id, m.kind, m.points, l.issued_at
        FROM movement m JOIN lot l USING (wallet_id, lot_id)
        WHERE m.currency = :currency AND m.kind = ANY(:kinds) AND m.xid >= :folded_from_xid AND m.xid < :closed_at_xid
          AND m.posted_at < :ends_at AND (m.posted_at >= :starts_at OR m.xid >= :late_from_xid)
    ) m
    LEFT JOIN cycle k ON k.currency = :currency AND k.starts_at <= m.issued_at AND m.issued_at < k.ends_at
        AND k.ends_at <= :ends_at
    GROUP BY 1, 2, 3
    """
)


@dataclass(frozen=True, slots=True)
class CohortSum:
    """Points that moved in a cycle, of those issued in another (or the same) one; signed as lots change."""

    cohort_id: UUID
    issuer_contract_id: UUID
    kind: Clearing
    points: int


def cohort_sums(cycle: Cycle) -> list[CohortSum]:
    """All movements of a cut cycle by cohort. One pass over them."""
    if cycle.folded_from_xid is None:
        return []
    before = cycle_before(cycle)
    rows = db.session.execute(
        _COHORTS,
        {
            "cycle_id": cycle.cycle_id,
            "currency": cycle.currency,
            "kinds": [kind.value for kind in Clearing],
            "folded_from_xid": cycle.folded_from_xid,
            "closed_at_xid": cycle.closed_at_xid,
            "starts_at": cycle.starts_at,
            "ends_at": cycle.ends_at,
            "late_from_xid": 0 if before is None else before.closed_at_xid,
        },
    )
    return [CohortSum(row.cohort_id, row.issuer_contract_id, Clearing(row.kind), row.points) for row in rows]
