"""A closed cycle measured once more: its sums from the ledger's movements, without what its close has written.

Nothing is read but the edges of the cycle and the movements between them, by comparing each movement with those edges;
folding never comes into it.
"""

from sqlalchemy import text

from network.infrastructure.database import db
from network.settlement.domain import Clearing, Cycle, Slice, SliceKey
from network.settlement.repository.cycles import cycle_before

# Which movements are the cycle's: see `repository.export`.
_SUMS = text(
    """
    SELECT m.kind, m.issuer_contract_id, m.redeemer_contract_id, sum(m.points)::bigint AS points, count(*) AS movements
    FROM movement m
    WHERE m.currency = :currency AND m.kind = ANY(:kinds) AND m.xid >= :folded_from_xid AND m.xid < :closed_at_xid
      AND m.posted_at < :ends_at AND (m.posted_at >= :starts_at OR m.xid >= :late_from_xid)
    GROUP BY m.kind, m.issuer_contract_id, m.redeemer_contract_id
    """
)


def measured_sums(cycle: Cycle) -> list[Slice]:
    """What the slices of a cut cycle have to be; in one pass over its movements."""
    before = cycle_before(cycle)
    rows = db.session.execute(
        _SUMS,
        {
            "currency": cycle.currency,
            "kinds": [kind.value for kind in Clearing],
            "folded_from_xid": cycle.closed_at_xid if cycle.folded_from_xid is None else cycle.folded_from_xid,
            "closed_at_xid": cycle.closed_at_xid,
            "starts_at": cycle.starts_at,
            "ends_at": cycle.ends_at,
            "late_from_xid": 0 if before is None else before.closed_at_xid,
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
