"""Reading the ledger's movements into sums, and keeping the sums."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert as insert_plainly
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.kernel.identifiers import new_id
from network.settlement.domain import Clearing, FoldedGroup, Slice, SliceKey
from network.settlement.models import ClearingSliceRow, SettlementCutRow

# One pass over the movements between two horizons. The cycles go in as one sorted array per currency, which
# width_bucket searches by halves: a join on ranges would compare every movement with every cycle.
_FOLD = text(
    """
    SELECT m.currency, width_bucket(m.posted_at, c.starts) - 1 AS own, m.kind, m.issuer_id, m.redeemer_id,
           m.issuer_contract_id, m.redeemer_contract_id, sum(m.points)::bigint AS points, count(*) AS movements,
           min(m.posted_at) AS first_at, max(m.posted_at) AS last_at
    FROM movement m LEFT JOIN (
        SELECT currency, array_agg(starts_at ORDER BY starts_at) AS starts FROM cycle GROUP BY currency
    ) c ON c.currency = m.currency
    WHERE m.xid >= :from_xid AND m.xid < :to_xid AND m.kind = ANY(:kinds)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    """
)
_KEY = ("cycle_id", "kind", "issuer_id", "redeemer_id", "issuer_contract_id", "redeemer_contract_id")


def fold(from_xid: int, to_xid: int) -> list[FoldedGroup]:
    """Sum the movements of transactions from one id up to, without, another, by the cycle of their posting time."""
    rows = db.session.execute(_FOLD, {"from_xid": from_xid, "to_xid": to_xid, "kinds": list(Clearing)})
    return [
        FoldedGroup(
            currency=row.currency,
            own=row.own,
            key=_key(row),
            points=row.points,
            movements=row.movements,
            first_at=as_utc(row.first_at),
            last_at=as_utc(row.last_at),
        )
        for row in rows
    ]


def add_slices(slices: Sequence[Slice]) -> None:
    """Add sums to the slices of their cycles; what is not there yet is made."""
    if not slices:
        return
    statement = insert(ClearingSliceRow)
    statement = statement.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={
            "points": ClearingSliceRow.points + statement.excluded.points,
            "movements": ClearingSliceRow.movements + statement.excluded.movements,
        },
    )
    db.session.execute(
        statement,
        [
            {
                "slice_id": new_id(),
                "cycle_id": each.cycle_id,
                "kind": each.key.kind,
                "issuer_id": each.key.issuer_id,
                "redeemer_id": each.key.redeemer_id,
                "issuer_contract_id": each.key.issuer_contract_id,
                "redeemer_contract_id": each.key.redeemer_contract_id,
                "points": each.points,
                "movements": each.movements,
            }
            for each in slices
        ],
    )


def log_cut(from_xid: int, to_xid: int, movements: int, closes_cycle_id: UUID | None, cut_at: datetime) -> None:
    db.session.execute(
        insert_plainly(SettlementCutRow).values(
            to_xid=to_xid, from_xid=from_xid, movements=movements, closes_cycle_id=closes_cycle_id, cut_at=cut_at
        )
    )


def slices_of(cycle_id: UUID) -> list[Slice]:
    """All sums of a cycle."""
    query = select(*ClearingSliceRow.__table__.c).where(ClearingSliceRow.cycle_id == cycle_id)
    return [Slice(row.cycle_id, _key(row), row.points, row.movements) for row in db.session.execute(query)]


def outstanding_before(currency: str, starts_at: datetime) -> dict[UUID, int]:
    """Each issuer's points outstanding when a cycle opens: all that fell into the cycles before it."""
    rows = db.session.execute(
        text(
            "SELECT s.issuer_id, sum(s.points)::bigint AS points FROM clearing_slice s JOIN cycle c USING (cycle_id)"
            " WHERE c.currency = :currency AND c.starts_at < :starts_at GROUP BY s.issuer_id"
        ),
        {"currency": currency, "starts_at": starts_at},
    )
    return {row.issuer_id: row.points for row in rows}


def _key(row: Any) -> SliceKey:
    return SliceKey(row.kind, row.issuer_id, row.redeemer_id, row.issuer_contract_id, row.redeemer_contract_id)
