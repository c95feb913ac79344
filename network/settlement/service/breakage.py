"""Breakage: points that expired unused, per issuer and month; a fact once the month is closed.

The month is the cycle of the currency's own calendar in which the expiry was posted, so that breakage adds up with all
else that is told of a cycle: issued = outstanding + burned + expired + reversed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.partners import service as partners
from network.settlement.domain import Cycle
from network.settlement.events import BreakageRecorded
from network.settlement.repository import cycles, folding


@dataclass(frozen=True, slots=True)
class Breakage:
    """Points of an issuer that expired in a month. While `is_final` is false the month is open, and more may come."""

    issuer_id: UUID
    issuer: str
    currency: str
    month: str
    points: int
    is_final: bool


def breakage(currency: str | None = None, *, issuer_id: UUID | None = None) -> list[Breakage]:
    """What expired in each month, of a currency or of all, of an issuer or of all; by month and the issuer's code.

    Of an open month what has been folded so far, which the recurring cut keeps some seconds behind the ledger.
    """
    codes = {partner.partner_id: partner.code for partner in partners.list_partners()}
    rows = [
        Breakage(issuer, codes[issuer], cycle.currency, cycle.period_name, points, cycle.state.is_complete)
        for cycle in cycles.cycles_of(currency)
        for issuer, points in folding.breakage_of(cycle.cycle_id).items()
        if issuer_id in (None, issuer)
    ]
    return sorted(rows, key=lambda each: (each.month, each.currency, each.issuer))


def breakage_facts(cycle: Cycle, recorded_at: datetime) -> list[BreakageRecorded]:
    """The facts that tell of a cycle's breakage, for the unit of work that closes it to anything more."""
    return [
        BreakageRecorded(
            cycle_id=cycle.cycle_id,
            issuer_id=issuer_id,
            currency=cycle.currency,
            month=cycle.period_name,
            points=points,
            recorded_at=recorded_at,
        )
        for issuer_id, points in folding.breakage_of(cycle.cycle_id).items()
    ]
