"""The ledger's movements of one cycle, streamed: what is read does not have to fit into memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from network.infrastructure.database import db
from network.settlement.domain import Clearing, Cycle
from network.settlement.repository.cycles import cycle_before

_ROWS_AT_ONCE = 2000

# Points that were moved to another wallet are still of the lot as which they were issued; the auditor sees no wallets.
_ISSUED_AS = """
LEFT JOIN (SELECT DISTINCT lot_id, root_lot_id FROM transfer_leg WHERE root_lot_id <> lot_id) moved USING (lot_id)
"""
_LOTS = text(
    f"""
    SELECT * FROM (
        SELECT coalesce(moved.root_lot_id, m.lot_id) AS lot_id, m.issuer_id, m.issuer_contract_id,
               coalesce(sum(m.points) FILTER (WHERE m.posted_at < :starts_at AND m.xid < :late_from_xid), 0)::bigint
                   AS opening_remaining,
               bool_or(m.posted_at >= :starts_at OR m.xid >= :late_from_xid) AS has_moved
        FROM movement m {_ISSUED_AS}
        WHERE m.currency = :currency AND m.xid < :closed_at_xid AND m.posted_at < :ends_at AND m.kind = ANY(:kinds)
        GROUP BY coalesce(moved.root_lot_id, m.lot_id), m.issuer_id, m.issuer_contract_id
    ) lots WHERE opening_remaining <> 0 OR has_moved ORDER BY lot_id
    """
)
# The last condition is `domain.cycle_of` for a cycle that is closed, as are all before it: what was posted in it, and
# what was posted earlier but finished only after the cycle before had been cut.
_MOVEMENTS = text(
    f"""
    SELECT coalesce(moved.root_lot_id, m.lot_id), m.issuer_id, m.issuer_contract_id, m.redeemer_id,
           m.redeemer_contract_id, m.points
    FROM movement m {_ISSUED_AS}
    WHERE m.currency = :currency AND m.kind = ANY(:kinds) AND m.xid >= :folded_from_xid AND m.xid < :closed_at_xid
      AND m.posted_at < :ends_at AND (m.posted_at >= :starts_at OR m.xid >= :late_from_xid)
    ORDER BY m.posted_at, m.wallet_id, m.sequence, m.line
    """
)


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot that was open when the cycle began, or moved in it."""

    lot_id: UUID
    issuer_id: UUID
    contract_id: UUID
    opening_remaining: int


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One movement of the cycle; `points` signed as the lot's remaining points changed."""

    lot_id: UUID
    issuer_id: UUID
    issuer_contract_id: UUID
    redeemer_id: UUID | None
    redeemer_contract_id: UUID | None
    points: int


class CycleReader:
    """One closed cycle's part of the ledger, on one snapshot."""

    def __init__(self, connection: Connection, cycle: Cycle) -> None:
        before = cycle_before(cycle)
        self._connection = connection
        self._edges = {
            "currency": cycle.currency,
            "starts_at": cycle.starts_at,
            "ends_at": cycle.ends_at,
            "closed_at_xid": cycle.closed_at_xid,
            "late_from_xid": 0 if before is None else before.closed_at_xid,
        }
        self._folded_from_xid = cycle.folded_from_xid

    def lots(self) -> Iterator[LotLine]:
        """Lots by id, which is the order in which they were issued."""
        for row in self._stream(_LOTS, list(Clearing)):
            yield LotLine(row.lot_id, row.issuer_id, row.issuer_contract_id, row.opening_remaining)

    def movements(self, *kinds: Clearing) -> Iterator[MovementLine]:
        """Movements of some kinds in the order of posting."""
        if self._folded_from_xid is None:
            return
        for row in self._stream(_MOVEMENTS, list(kinds), folded_from_xid=self._folded_from_xid):
            yield MovementLine(*row)

    def _stream(self, query: Any, kinds: list[str], **more: int) -> Iterator[Any]:
        with self._connection.execute(query, {**self._edges, "kinds": kinds, **more}) as result:
            yield from result.yield_per(_ROWS_AT_ONCE)


@contextmanager
def reading(cycle: Cycle) -> Iterator[CycleReader]:
    """Read a closed cycle through a server-side cursor, on a connection of its own."""
    options: dict[str, Any] = {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
        "stream_results": True,
    }
    with db.engine.connect().execution_options(**options) as connection:
        yield CycleReader(connection, cycle)
