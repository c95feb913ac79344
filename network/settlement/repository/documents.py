"""What documents show beside a statement itself: the numbers of its lines, what was open before, journal entries."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import Clearing, Cycle
from network.settlement.models import CycleRow, SettlementLineRow, StatementRow
from network.settlement.repository.cycles import cycle_before

# Strictly before and strictly after: at a standing clock something may still be approved or paid at the very instant
# at which the statement was made, and what a document says must not depend on when it is asked for.
_OPENING = text(
    """
    SELECT coalesce(sum(s.net_minor), 0)::bigint
    FROM statement s
    JOIN cycle c ON c.cycle_id = s.cycle_id AND c.version = s.version
    LEFT JOIN statement_paid p ON p.statement_id = s.statement_id
    WHERE s.partner_id = :partner_id AND s.currency = :currency AND c.starts_at < :starts_at
      AND c.approved_at < :stated_at AND coalesce(least(p.paid_at, c.paid_at) >= :stated_at, true)
    """
)
# Which movements are the cycle's: see `repository.export`. Points from prepaid blocks were paid with them, and of those
# that expired, those of contracts that give nothing back clear nothing (`service.netting`, `charges`). The two indexes
# on movement are in the order of a page: it costs its own length, and what was late (posted before the cycle began).
# Contracts are an array and no join, so that nothing disturbs that order; and it is planned anew for each page, since
# a plan for any instant takes every page for a short one, and sorts all that follows.
_ENTRIES = """
SELECT m.posted_at, m.wallet_id, m.sequence, m.line, m.lot_id, m.kind, m.points, m.issuer_id, m.issuer_contract_id,
       m.redeemer_id, m.redeemer_contract_id, j.operation, j.partner_id, j.receipt
FROM (
    SELECT m.* FROM movement m
    WHERE m.issuer_id = :issuer_id AND {redeemer} AND m.posted_at < :ends_at
      AND m.posted_at >= :from_at
      AND (m.posted_at >= :starts_at OR m.xid >= :late_from_xid)
      AND m.xid >= :folded_from_xid AND m.xid < :closed_at_xid AND m.currency = :currency AND m.kind = ANY(:kinds)
      AND m.issuer_contract_id = ANY(ARRAY(
          SELECT contract_id FROM contract_version WHERE partner_id = :issuer_id
              AND NOT (prepaid AND 'issue' = ANY(:kinds)) AND (breakage_share > 0 OR NOT 'expire' = ANY(:kinds))
      ))
      AND (CAST(:after_wallet AS uuid) IS NULL OR (m.posted_at, m.wallet_id, m.sequence, m.line) >
           (CAST(:after_at AS timestamptz), CAST(:after_wallet AS uuid), CAST(:after_sequence AS bigint),
            CAST(:after_line AS smallint)))
    ORDER BY m.posted_at, m.wallet_id, m.sequence, m.line LIMIT :most
) m LEFT JOIN journal j ON j.wallet_id = m.wallet_id AND j.sequence = m.sequence
ORDER BY m.posted_at, m.wallet_id, m.sequence, m.line
"""
_OF_ISSUER = text(_ENTRIES.format(redeemer="m.redeemer_id IS NULL"))
_OF_PAIR = text(_ENTRIES.format(redeemer="m.redeemer_id = :redeemer_id"))

EntryKey = tuple[datetime, UUID, int, int]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One movement of a line, with the entry it is of; `points` signed as the lot's remaining points changed."""

    posted_at: datetime
    wallet_id: UUID
    sequence: int
    line: int
    lot_id: UUID
    kind: str
    points: int
    issuer_id: UUID
    issuer_contract_id: UUID
    redeemer_id: UUID | None
    redeemer_contract_id: UUID | None
    operation: str | None
    partner_id: UUID | None
    receipt: str | None

    @property
    def key(self) -> EntryKey:
        """Its place in the order of posting."""
        return self.posted_at, self.wallet_id, self.sequence, self.line


def line_numbers_of(cycle_id: UUID, version: int, partner_id: UUID) -> list[int]:
    """The numbers of the lines that a partner pays or is paid, in the order of `statements.lines_of`."""
    row = SettlementLineRow
    query = select(row.line).where(row.cycle_id == cycle_id, row.version == version).order_by(row.line)
    return list(db.session.scalars(query.where(or_(row.debtor_id == partner_id, row.creditor_id == partner_id))))


def opening_minor(partner_id: UUID, currency: str, *, starts_at: datetime, stated_at: datetime) -> int:
    """The nets of a partner's statements of earlier cycles that were approved by an instant, and not paid."""
    values = {"partner_id": partner_id, "currency": currency, "starts_at": starts_at, "stated_at": stated_at}
    return int(db.session.execute(_OPENING, values).scalar_one())


def partner_of_statement(statement_id: UUID) -> UUID | None:
    """Whose statement this is."""
    query = select(StatementRow.partner_id).where(StatementRow.statement_id == statement_id)
    found: UUID | None = db.session.scalars(query).first()
    return found


def statements_of_cycle(cycle_id: UUID, version: int) -> dict[UUID, UUID]:
    """Every partner's statement of one version of a cycle."""
    row = StatementRow
    query = select(row.partner_id, row.statement_id).where(row.cycle_id == cycle_id, row.version == version)
    return {each.partner_id: each.statement_id for each in db.session.execute(query)}


def entries_of(
    cycle: Cycle,
    kinds: tuple[Clearing, ...],
    issuer_id: UUID,
    redeemer_id: UUID | None,
    *,
    after: EntryKey | None,
    most: int,
) -> list[EntryRow]:
    """Movements of these kinds in a cut cycle, of one issuer and one redeemer (None: of points that nobody drew), as
    posted.
    """
    if cycle.folded_from_xid is None:
        return []
    before = cycle_before(cycle)
    after_at, after_wallet, after_sequence, after_line = after or (None, None, None, None)
    values: dict[str, Any] = {
        "from_at": after_at or _first_posted_at(cycle),
        "currency": cycle.currency,
        "kinds": [kind.value for kind in kinds],
        "folded_from_xid": cycle.folded_from_xid,
        "closed_at_xid": cycle.closed_at_xid,
        "starts_at": cycle.starts_at,
        "ends_at": cycle.ends_at,
        "late_from_xid": 0 if before is None else before.closed_at_xid,
        "issuer_id": issuer_id,
        "after_at": after_at,
        "after_wallet": after_wallet,
        "after_sequence": after_sequence,
        "after_line": after_line,
        "most": most,
    }
    db.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    if redeemer_id is None:
        rows = db.session.execute(_OF_ISSUER, values)
    else:
        rows = db.session.execute(_OF_PAIR, values | {"redeemer_id": redeemer_id})
    return [EntryRow(as_utc(row[0]), *row[1:]) for row in rows]


def _first_posted_at(cycle: Cycle) -> datetime:
    """No movement of a cycle was posted before. Of one that was folded before this was kept, nobody knows."""
    query = select(CycleRow.first_posted_at).where(CycleRow.cycle_id == cycle.cycle_id)
    found: datetime | None = db.session.execute(query).scalar_one()
    return found or _EVER


_EVER = datetime(1, 1, 1, tzinfo=UTC)
