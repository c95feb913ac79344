"""A statement, as its partner sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.partners.domain import Conditions, ContractLeg, Document
from network.settlement.domain.netting import Leg, Line, Position
from network.settlement.domain.states import State


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line. `counterparty`: whose points it redeemed, who redeemed its own, or, for what it issued, the operator;
    a code. The money itself always goes to or comes from the operator. `base_leg`: of a tax, what it is on; `document`
    is what tells of the line, and of the tax on it.
    """

    leg: Leg
    counterparty: str
    points: int
    amount_minor: int
    base_leg: Leg | None
    document: Document


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


def document_of(line: Line, conditions: Conditions) -> Document:
    """Which document tells of a line: as the contract says; of adjustments and of what is negative, a credit note.

    A penalty has an invoice: it is no supply, and so no leg that a contract has a document for.
    """
    if line.amount_minor < 0 or line.leg is Leg.ADJUSTMENT:
        return Document.CREDIT_NOTE
    if line.leg is Leg.PENALTY:
        return Document.INVOICE
    return conditions.leg(ContractLeg((line.base_leg or line.leg).value)).document
