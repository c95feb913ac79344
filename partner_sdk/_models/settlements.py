"""What clearing says between this partner and the coalition."""

from dataclasses import dataclass
from datetime import datetime

from ._base import Model

__all__ = ["Settlement", "SettlementLine", "SettlementSummary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementSummary(Model):
    """One clearing cycle's statement for this partner, without its lines, as lists show it.

    `net_minor` = redemption + breakage - issue - deferred - fee - tax - penalty + adjustment: positive means that this
    partner receives.
    """

    id: str
    cycle: str
    cycle_name: str
    currency: str
    starts_at: datetime
    ends_at: datetime
    status: str
    issue_minor: int
    redemption_minor: int
    deferred_minor: int
    breakage_minor: int
    fee_minor: int
    tax_minor: int
    penalty_minor: int
    adjustment_minor: int
    net_minor: int
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine(Model):
    """One line: `leg` is "issue", "redemption", "deferred", "breakage", "fee", "penalty", "adjustment" or "tax",
    which is on `base_leg`.

    `counterparty`: a partner's code or "operator"; `document`: "invoice", "self_billed" or "credit_note".
    """

    leg: str
    counterparty: str
    points: int
    amount_minor: int
    base_leg: str | None
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(SettlementSummary):
    """One clearing cycle's statement for this partner, line by line."""

    lines: tuple[SettlementLine, ...] = ()
