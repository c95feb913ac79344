"""One movement seen from settlement: what it makes due, between whom, and in which cycle it was cleared."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from network.partners.service import contract_by_id
from network.settlement.domain import Clearing, Flow, Leg, claims, cycle_of
from network.settlement.repository import cycles as repository


@dataclass(frozen=True, slots=True)
class Claim:
    """What a movement makes due, exact, in major units; `from_operator`: the operator owes it, else it is owed it."""

    leg: Leg
    partner_id: UUID
    from_operator: bool
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ClearedMovement:
    """What of a movement settlement reads: `points` as they clear, reversals negative."""

    kind: str
    points: int
    issuer_id: UUID
    issuer_contract_id: UUID
    redeemer_id: UUID | None
    redeemer_contract_id: UUID | None


def claims_of(movement: ClearedMovement) -> list[Claim]:
    """Who pays whom for a movement; nothing for one that does not clear (a hold, an expiry)."""
    if movement.kind not in (Clearing.ISSUE, Clearing.UNISSUE, Clearing.DRAW, Clearing.UNDRAW):
        return []
    issuer = contract_by_id(movement.issuer_contract_id)
    issued_under = issuer.terms
    if issued_under.prepaid and movement.redeemer_contract_id is None:
        return []  # paid with the block that it was issued from
    burned_under = contract_by_id(movement.redeemer_contract_id) if movement.redeemer_contract_id else None
    flow = Flow(
        issuer_id=movement.issuer_id,
        redeemer_id=movement.redeemer_id,
        points=movement.points,
        issuance_price=issued_under.issuance_price,
        funded_at_issue=issued_under.funded_at_issue,
        reimbursement_rate=burned_under.reimbursement_of(issuer.point_type) if burned_under else Decimal(0),
    )
    return [
        Claim(leg, movement.redeemer_id, True, amount)
        if leg is Leg.REDEMPTION and movement.redeemer_id
        else Claim(leg, movement.issuer_id, False, amount)
        for leg, amount in claims(flow)
    ]


def cleared_in(currency: str, posted_at: datetime, xid: int) -> str | None:
    """The name of the cycle that a movement falls into; None before there is one."""
    existing = repository.cycles_of(currency)
    window = cycle_of(posted_at, xid, [cycle.window for cycle in existing])
    return next((cycle.name for cycle in existing if window and cycle.cycle_id == window.cycle_id), None)
