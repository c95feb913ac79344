"""Outstanding points by contract version, tails that were bought out, and nets that nobody has paid."""

from dataclasses import asdict, fields
from uuid import UUID

from sqlalchemy import func, insert, select, text

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import Cycle, State, TailBuyout
from network.settlement.models import CycleRow, StatementRow
from network.settlement.records import TailBuyoutRow
from network.settlement.repository.notices import waits_for_payment


def outstanding_when_cut(issuer_id: UUID, currency: str) -> dict[UUID, int]:
    """An issuer's points by contract version, as all cycles that are cut leave them."""
    rows = db.session.execute(
        text(
            "SELECT s.issuer_contract_id, sum(s.points)::bigint AS points FROM clearing_slice s"
            " JOIN cycle c USING (cycle_id) WHERE c.currency = :currency AND c.state <> 'open'"
            " AND s.issuer_id = :issuer_id GROUP BY 1"
        ),
        {"currency": currency, "issuer_id": issuer_id},
    )
    return {row.issuer_contract_id: row.points for row in rows}


def unpaid_nets(currency: str) -> dict[UUID, int]:
    """What each partner is due (owes, if negative) by statements that are not paid, in minor units."""
    row, cycle = StatementRow, CycleRow
    stands = [state.value for state in (State.STATED, State.APPROVED, State.INSTRUCTED)]
    query = (
        select(row.partner_id, func.sum(row.net_minor))
        .join(cycle, (cycle.cycle_id == row.cycle_id) & (cycle.version == row.version))
        .where(cycle.currency == currency, cycle.state.in_(stands), waits_for_payment())
        .group_by(row.partner_id)
    )
    return {partner_id: int(net_minor) for partner_id, net_minor in db.session.execute(query)}


def insert_buyout(buyout: TailBuyout) -> None:
    """Its cycle is locked, and open."""
    db.session.execute(insert(TailBuyoutRow).values(asdict(buyout)))


def buyouts_of(currency: str) -> list[TailBuyout]:
    """Every tail that was bought out in a currency."""
    columns = [TailBuyoutRow.__table__.c[field.name] for field in fields(TailBuyout)]
    query = select(*columns).where(TailBuyoutRow.currency == currency).order_by(TailBuyoutRow.bought_at)
    return [TailBuyout(**{**row._mapping, "bought_at": as_utc(row.bought_at)}) for row in db.session.execute(query)]


def taken_over(cycle: Cycle) -> set[UUID]:
    """The partners whose deferred part the operator bears in a cycle."""
    rows = db.session.execute(
        text(
            "SELECT b.partner_id FROM tail_buyout b JOIN cycle c USING (cycle_id)"
            " WHERE b.currency = :currency AND c.starts_at <= :starts_at"
        ),
        {"currency": cycle.currency, "starts_at": cycle.starts_at},
    )
    return {row.partner_id for row in rows}
