"""Why an entry is as it is: which rule, which lots and contracts, who pays whom, and in which cycle."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from network.auth.domain import Principal
from network.earning import repository
from network.earning.domain import Rule
from network.infrastructure.database import statement_connection
from network.partners.domain import PointType
from network.partners.service import contract_by_id, get_partner
from network.settlement.service import Claim, ClearedMovement, claims_of, cleared_in
from network.wallet.domain import Entry, Kind, Movement, Operation
from network.wallet.errors import EntryNotFound
from network.wallet.history import entry_with_movements
from network.wallet.lineage import roots_of
from network.wallet.repository import transaction_of

_CLEARS_AS_DRAWN = (Kind.DRAW, Kind.UNDRAW)


@dataclass(frozen=True, slots=True)
class ExplainedClaim:
    """Who owes whom for one leg of one movement: codes of partners, exact amount in major units."""

    leg: str
    debtor: str
    creditor: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ExplainedMovement:
    """One movement: its lot, the contract versions that rule it and its points' type, and what they make due.

    `origin_lot_id`: of points that were moved between wallets, the lot as which they were issued.
    """

    lot_id: UUID
    kind: str
    points: int
    issuer: str
    issuer_contract_version: int
    point_type: PointType
    redeemer: str | None
    redeemer_contract_version: int | None
    claims: tuple[ExplainedClaim, ...]
    origin_lot_id: UUID | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entry with its reasons. `rule` is that of the purchase's own day; `cycle` the one it clears in."""

    entry: Entry
    rule: Rule | None
    cycle: str | None
    movements: tuple[ExplainedMovement, ...]


def explain(principal: Principal | None, wallet_id: UUID, sequence: int) -> Explanation:
    """Explain an entry; to a partner only its own, and only what it pays or is paid. Raises EntryNotFound."""
    connection = statement_connection()
    entry = entry_with_movements(connection, wallet_id, sequence)
    viewer = principal.partner_id if principal else None
    if entry is None or (viewer is not None and entry.slip.partner_id != viewer):
        raise EntryNotFound
    slip, rule, cycle = entry.slip, None, None
    if entry.operation == Operation.EARN and slip.currency:
        rule = repository.rule_at(connection, slip.partner_id, slip.currency, slip.occurred_at)
    if entry.movements:
        xid = transaction_of(connection, wallet_id, sequence)
        cycle = cleared_in(entry.movements[0].currency, entry.posted_at, xid)
    roots = roots_of(connection, wallet_id, [movement.lot_id for movement in entry.movements])
    movements = tuple(_explained(movement, viewer, roots.get(movement.lot_id)) for movement in entry.movements)
    return Explanation(entry, rule, cycle, movements)


def _explained(movement: Movement, viewer: UUID | None, origin_lot_id: UUID | None) -> ExplainedMovement:
    drawn = movement.kind in _CLEARS_AS_DRAWN
    cleared = ClearedMovement(
        movement.kind,
        -movement.points if drawn else movement.points,
        movement.issuer_id,
        movement.issuer_contract_id,
        movement.redeemer_id if drawn else None,
        movement.redeemer_contract_id if drawn else None,
    )
    claims = [claim for claim in claims_of(cleared) if viewer in (None, claim.partner_id)]
    issued_under, redeemed_under = contract_by_id(movement.issuer_contract_id), movement.redeemer_contract_id
    return ExplainedMovement(
        lot_id=movement.lot_id,
        kind=str(movement.kind),
        points=movement.points,
        issuer=_code(movement.issuer_id),
        issuer_contract_version=issued_under.version,
        point_type=issued_under.point_type,
        redeemer=_code(movement.redeemer_id) if movement.redeemer_id else None,
        redeemer_contract_version=contract_by_id(redeemed_under).version if redeemed_under else None,
        claims=tuple(_told(claim) for claim in claims),
        origin_lot_id=origin_lot_id,
    )


def _told(claim: Claim) -> ExplainedClaim:
    partner = _code(claim.partner_id)
    debtor, creditor = ("operator", partner) if claim.from_operator else (partner, "operator")
    return ExplainedClaim(claim.leg.value, debtor, creditor, claim.amount)


def _code(partner_id: UUID) -> str:
    return get_partner(partner_id).code
