"""What contracts charge on a cycle: whose tariff, and which points expired under which version."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from network.partners import service as partners
from network.partners.domain import Contract, ContractLeg
from network.settlement.domain import Clearing, Cycle, Expired, Leg, Slice, Tariff

_INSTANT = timedelta(microseconds=1)
_OWN_TILLS = (Clearing.ISSUE, Clearing.UNISSUE)


def contracts_at_end(cycle: Cycle, contracts: Mapping[UUID, Contract]) -> dict[UUID, Contract]:
    """For each partner that these contracts are of, the version in force at the cycle's last instant.

    The same for ever once the cycle has ended: no later version begins in the past.
    """
    own = {contract.partner_id for contract in contracts.values()}
    found = partners.contracts_in_force(cycle.currency, cycle.ends_at - _INSTANT)
    return {partner_id: contract for partner_id, contract in found.items() if partner_id in own}


def charges_anything(contract: Contract) -> bool:
    """Whether a version has fees or taxes."""
    conditions = contract.terms.conditions
    return bool(
        conditions.fee_per_cycle_minor
        or conditions.fee_share_of_gross
        or any(each.tax_rate for each in conditions.legs)
    )


def tariffs_of(
    slices: Iterable[Slice], contracts: Mapping[UUID, Contract], at_end: Mapping[UUID, Contract]
) -> dict[UUID, Tariff]:
    """What each partner's contract charges in a cycle of these slices."""
    active = {contracts[number].partner_id for each in slices if (number := _at_till_of(each)) is not None}
    return {
        partner_id: Tariff(
            fee_per_cycle_minor=contract.terms.conditions.fee_per_cycle_minor,
            fee_share_of_gross=contract.terms.conditions.fee_share_of_gross,
            tax_rates={Leg(leg.value): contract.terms.conditions.leg(leg).tax_rate for leg in ContractLeg},
            is_active=partner_id in active,
        )
        for partner_id, contract in at_end.items()
    }


def expired_of(slices: Iterable[Slice], contracts: Mapping[UUID, Contract]) -> list[Expired]:
    """Points that expired in these slices, under the versions of their lots."""
    expired = ((contracts[each.key.issuer_contract_id], -each.points) for each in slices if _is_expired(each))
    return [
        Expired(
            issuer_id=contract.partner_id,
            points=points,
            funded_at_issue=contract.terms.funded_at_issue,
            redemption_element=contract.terms.redemption_element,
            breakage_share=contract.terms.conditions.breakage_share,
        )
        for contract, points in expired
    ]


def _is_expired(part: Slice) -> bool:
    return part.key.kind is Clearing.EXPIRE


def _at_till_of(part: Slice) -> UUID | None:
    """The contract of the partner at whose tills a slice's points moved; None for what expired."""
    return part.key.issuer_contract_id if part.key.kind in _OWN_TILLS else part.key.redeemer_contract_id
