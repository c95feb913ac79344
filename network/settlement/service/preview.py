"""New terms, tried on the last cycles before anybody signs them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from network.partners.domain import Contract, ContractTerms, check_terms
from network.partners.service import get_partner
from network.settlement.domain import Cycle, Position
from network.settlement.repository import cycles as repository
from network.settlement.repository import folding
from network.settlement.service.charging import contracts_at_end
from network.settlement.service.netting import contracts_of, netting_under


@dataclass(frozen=True, slots=True)
class Preview:
    """One cycle: the partner's and the operator's positions as they were, and as new terms would have made them."""

    cycle: str
    before: Position
    after: Position
    operator_before: Position
    operator_after: Position

    @property
    def change_minor(self) -> int:
        """By how much the partner's net would have been better (positive) or worse."""
        return self.after.net_minor - self.before.net_minor


def preview_terms(partner_id: UUID, terms: ContractTerms, *, cycles: int = 3) -> list[Preview]:
    """What new terms would have come to in the last cycles of their currency that are cut, newest first.

    The same points are netted once more: all that the partner issued and redeemed in them under these terms, whatever
    its versions said, and all others' as it was. Whether more or fewer points had moved then, nobody can tell. Nothing
    is written. Raises PartnerNotFound, BadTerms.
    """
    check_terms(terms)
    get_partner(partner_id)
    cut = [cycle for cycle in repository.cycles_of(terms.currency) if cycle.state.is_complete]
    return [_preview(cycle, partner_id, terms) for cycle in reversed(cut[max(0, len(cut) - cycles) :])]


def _preview(cycle: Cycle, partner_id: UUID, terms: ContractTerms) -> Preview:
    slices = folding.slices_of(cycle.cycle_id)
    contracts = contracts_of(slices)
    at_end = contracts_at_end(cycle, contracts)
    before = netting_under(cycle, slices, contracts, at_end)
    after = netting_under(cycle, slices, _under(contracts, partner_id, terms), _under(at_end, partner_id, terms))
    return Preview(cycle.name, before.position(partner_id), after.position(partner_id), before.operator, after.operator)


def _under(contracts: Mapping[UUID, Contract], partner_id: UUID, terms: ContractTerms) -> dict[UUID, Contract]:
    """The same contracts, a partner's all with these terms, each with the rates of its type of points."""
    return {
        key: replace(contract, terms=terms.of(contract.point_type)) if contract.partner_id == partner_id else contract
        for key, contract in contracts.items()
    }
