"""A statement, as its partner sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.settlement.domain.netting import Leg, Position
from network.settlement.domain.states import State


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line. `counterparty`: whose points it redeemed, who redeemed its own, or, for what it issued, the operator;
    a code. The money itself always goes to or comes from the operator.
    """

    leg: Leg
    counterparty: str
    points: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One partner's statement of one cycle. `lines` are empty where they were not asked for."""

    statement_id: UUID
    cycle_id: UUID
    cycle_name: str
    partner_id: UUID
    version: int
    currency: str
    starts_at: datetime
    ends_at: datetime
    status: State
    position: Position
    stated_at: datetime
    lines: tuple[StatementLine, ...] = ()
