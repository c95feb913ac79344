"""Changes of contracts: proposed, signed by both sides, and only then in force."""

from dataclasses import replace
from uuid import UUID

from network.audit.service import record
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners.domain import (
    Contract,
    ContractTerms,
    Proposal,
    ProposalState,
    Side,
    Signature,
    check_name,
    check_open,
    sign_for,
)
from network.partners.errors import ProposalNotFound, SignaturesMissing
from network.partners.events import TermsProposed
from network.partners.repository import partners
from network.partners.repository import proposals as repository
from network.partners.service.find import locked
from network.partners.service.sign import check_next, sign_contract


def conclude_contract(partner_id: UUID, terms: ContractTerms) -> Contract:
    """The first version of a partner's contract in a currency, as both sides signed it when the partner joined.

    Raises SignaturesMissing if there is a version, and as `sign_contract`.
    """
    with transaction():
        locked(partner_id)
        if any(each.terms.currency == terms.currency for each in partners.contracts_of(partner_id)):
            raise SignaturesMissing
        return sign_contract(partner_id, terms)


def propose_terms(partner_id: UUID, terms: ContractTerms, *, person: str) -> Proposal:
    """Lay the next version of a contract before both sides. Nothing is in force by that.

    Raises BadPartner for the person, and as `sign_contract`: what could not be signed now is not proposed.
    """
    with transaction():
        check_next(partner_id, terms)
        proposal = Proposal(
            proposal_id=new_id(),
            partner_id=partner_id,
            terms=terms,
            proposed_by=check_name(person, field="person"),
            proposed_at=network_now(),
        )
        repository.insert_proposal(proposal)
        told = {"partner": show("par", partner_id), "currency": terms.currency}
        record("contracts.propose", "proposal", show("prp", proposal.proposal_id), after=told)
        announce(_proposed(proposal))
    return proposal


def sign_proposal(proposal_id: UUID, side: Side, *, person: str) -> Proposal:
    """Sign for one side. The second signature makes the version, which is in force from its `valid_from` on.

    Raises ProposalNotFound, ProposalClosed, AlreadySigned, SameSigner, BadPartner for the person; at the second
    signature as `sign_contract`: what the coalition would not take any more can't come into force, nor can what was to
    begin before it was signed.
    """
    with transaction():
        signature = Signature(check_name(person, field="person"), network_now())
        proposal = sign_for(_locked(proposal_id), side, signature)
        if proposal.has_both:
            contract = sign_contract(proposal.partner_id, proposal.terms)
            proposal = replace(proposal, state=ProposalState.SIGNED, contract_id=contract.contract_id)
        repository.change_proposal(proposal)
        after = {"side": side.value, "state": proposal.state.value}
        record("contracts.sign", "proposal", show("prp", proposal_id), after=after)
    return proposal


def withdraw_proposal(proposal_id: UUID) -> Proposal:
    """End a proposal that not both sides have signed. Raises ProposalNotFound, ProposalClosed."""
    with transaction():
        proposal = _locked(proposal_id)
        check_open(proposal)
        proposal = replace(proposal, state=ProposalState.WITHDRAWN)
        repository.change_proposal(proposal)
        record("contracts.withdraw", "proposal", show("prp", proposal_id))
    return proposal


def open_proposals() -> list[Proposal]:
    """Proposals that wait for a signature, oldest first."""
    return repository.open_proposals()


def _locked(proposal_id: UUID) -> Proposal:
    proposal = repository.lock_proposal(proposal_id)
    if proposal is None:
        raise ProposalNotFound
    return proposal


def _proposed(proposal: Proposal) -> TermsProposed:
    return TermsProposed(
        proposal_id=proposal.proposal_id,
        partner_id=proposal.partner_id,
        currency=proposal.terms.currency,
        valid_from=proposal.terms.valid_from,
        proposed_at=proposal.proposed_at,
    )
