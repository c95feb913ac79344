"""Changes of terms that wait for signatures."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.partners.domain import Conditions, ContractTerms, Proposal, ProposalState, Signature
from network.partners.models import ContractProposalRow
from network.partners.repository.conditions import columns_of, conditions_of
from network.partners.repository.type_rates import rates_by_type_of, told_of_types

_APART = ("valid_from", "conditions", "rates_by_type")
_PLAIN = tuple(field.name for field in fields(ContractTerms) if field.name not in _APART)
_DECIMALS = {field.name for kind in (ContractTerms, Conditions) for field in fields(kind) if field.type is Decimal}
_COLUMNS = select(*ContractProposalRow.__table__.c)


def insert_proposal(proposal: Proposal) -> None:
    values = {"proposal_id": proposal.proposal_id, "partner_id": proposal.partner_id, **_changing(proposal)}
    values |= {"terms": _told(proposal.terms), "proposed_by": proposal.proposed_by, "proposed_at": proposal.proposed_at}
    db.session.execute(insert(ContractProposalRow).values(**values))


def change_proposal(proposal: Proposal) -> None:
    """Write the state and the signatures of a proposal that the caller has locked."""
    statement = update(ContractProposalRow).where(ContractProposalRow.proposal_id == proposal.proposal_id)
    db.session.execute(statement.values(**_changing(proposal)))


def lock_proposal(proposal_id: UUID) -> Proposal | None:
    """A proposal, kept as it is until the unit of work ends."""
    query = _COLUMNS.where(ContractProposalRow.proposal_id == proposal_id).with_for_update()
    row = db.session.execute(query).first()
    return None if row is None else _proposal(row)


def open_proposals() -> list[Proposal]:
    """Proposals that wait for a signature, oldest first."""
    query = _COLUMNS.where(ContractProposalRow.state == ProposalState.OPEN.value)
    return [_proposal(row) for row in db.session.execute(query.order_by(ContractProposalRow.proposal_id))]


def _changing(proposal: Proposal) -> dict[str, Any]:
    operator, partner = proposal.operator, proposal.partner
    return {
        "state": proposal.state.value,
        "operator_signed_by": operator and operator.person,
        "operator_signed_at": operator and operator.signed_at,
        "partner_signed_by": partner and partner.person,
        "partner_signed_at": partner and partner.signed_at,
        "contract_id": proposal.contract_id,
    }


def _told(terms: ContractTerms) -> dict[str, Any]:
    """Terms as JSON: decimals and the instant as strings."""
    values = {name: getattr(terms, name) for name in _PLAIN} | columns_of(terms.conditions)
    exact = {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in values.items()}
    types = told_of_types(terms.rates_by_type)
    return exact | {"valid_from": terms.valid_from.isoformat(), "type_rates": types}


def _terms(told: dict[str, Any]) -> ContractTerms:
    values: dict[str, Any] = {name: Decimal(value) if name in _DECIMALS else value for name, value in told.items()}
    return ContractTerms(
        **{name: values[name] for name in _PLAIN},
        valid_from=datetime.fromisoformat(told["valid_from"]),
        conditions=conditions_of(SimpleNamespace(**values)),
        rates_by_type=rates_by_type_of(told.get("type_rates")),
    )


def _proposal(row: Any) -> Proposal:
    return Proposal(
        proposal_id=row.proposal_id,
        partner_id=row.partner_id,
        terms=_terms(row.terms),
        proposed_by=row.proposed_by,
        proposed_at=as_utc(row.proposed_at),
        state=ProposalState(row.state),
        operator=_signature(row.operator_signed_by, row.operator_signed_at),
        partner=_signature(row.partner_signed_by, row.partner_signed_at),
        contract_id=row.contract_id,
    )


def _signature(person: str | None, signed_at: datetime | None) -> Signature | None:
    return None if person is None or signed_at is None else Signature(person, as_utc(signed_at))
