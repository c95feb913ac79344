"""A change of terms, until both sides have signed it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.partners.domain.terms import ContractTerms
from network.partners.errors import AlreadySigned, ProposalClosed, SameSigner


class Side(StrEnum):
    """Who signs: somebody of the operator's, or somebody of the partner's."""

    OPERATOR = "operator"
    PARTNER = "partner"


class ProposalState(StrEnum):
    """A proposal is open until the second signature makes it a version, or somebody withdraws it."""

    OPEN = "open"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and when."""

    person: str
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Terms that are to be a partner's next version; `contract_id` is that version's, once both sides have signed."""

    proposal_id: UUID
    partner_id: UUID
    terms: ContractTerms
    proposed_by: str
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    operator: Signature | None = None
    partner: Signature | None = None
    contract_id: UUID | None = None

    @property
    def has_both(self) -> bool:
        """Whether both sides have signed."""
        return self.operator is not None and self.partner is not None


def sign_for(proposal: Proposal, side: Side, signature: Signature) -> Proposal:
    """The proposal with one side's signature. Raises ProposalClosed, AlreadySigned, SameSigner."""
    check_open(proposal)
    other = proposal.partner if side is Side.OPERATOR else proposal.operator
    if (proposal.operator if side is Side.OPERATOR else proposal.partner) is not None:
        raise AlreadySigned
    if other is not None and other.person.casefold() == signature.person.casefold():
        raise SameSigner(field="person")
    if side is Side.OPERATOR:
        return replace(proposal, operator=signature)
    return replace(proposal, partner=signature)


def check_open(proposal: Proposal) -> None:
    """Raises ProposalClosed for one that is signed by both, or withdrawn."""
    if proposal.state is not ProposalState.OPEN:
        raise ProposalClosed
