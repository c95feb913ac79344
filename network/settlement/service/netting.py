"""Netting, fed from what is stored: slices with the rates of their contract versions, or lines."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from network.partners import service as partners
from network.partners.domain import Contract
from network.settlement.domain import Clearing, Cycle, Flow, Line, LineKey, Netting, Reversal, Slice, net, reversals
from network.settlement.repository import adjustments, folding

_REVERSALS = (Clearing.UNISSUE, Clearing.UNDRAW)
_SIGNS = {Clearing.ISSUE: 1, Clearing.UNISSUE: 1, Clearing.DRAW: -1, Clearing.UNDRAW: -1}


def contracts_of(slices: Iterable[Slice]) -> dict[UUID, Contract]:
    """Every contract version that these slices name, read once each."""
    ids = {number for each in slices for number in (each.key.issuer_contract_id, each.key.redeemer_contract_id)}
    return {number: partners.contract_by_id(number) for number in ids if number is not None}


def netting_of_cycle(cycle: Cycle) -> Netting:
    """Net what has been folded into a cycle so far, and its adjustments."""
    return netting_of_slices(cycle, folding.slices_of(cycle.cycle_id))


def netting_of_slices(cycle: Cycle, slices: Sequence[Slice]) -> Netting:
    """Net these sums, and a cycle's adjustments. Expired points clear nothing: whoever funded them has paid, or never
    will.
    """
    contracts = contracts_of(slices)
    flows = [_flow(each, contracts) for each in slices if each.key.kind in _SIGNS]
    adjusted = adjustments.adjusted_of(cycle.cycle_id)
    return net(cycle.currency, partners.ensure_operator().partner_id, flows, adjusted)


def reversals_of_cycle(cycle: Cycle) -> dict[LineKey, Reversal]:
    """What of each line of a cycle are reversals, as far as it is folded."""
    slices = [each for each in folding.slices_of(cycle.cycle_id) if each.key.kind in _REVERSALS]
    contracts = contracts_of(slices)
    return reversals(cycle.currency, [_flow(each, contracts) for each in slices])


def netting_of_lines(lines: Sequence[Line]) -> Netting:
    """What was netted, from its stored lines."""
    return Netting(partners.ensure_operator().partner_id, tuple(lines))


def _flow(part: Slice, contracts: Mapping[UUID, Contract]) -> Flow:
    """A slice counts what the lots lost or gained; a flow counts what was issued or drawn, reversals negative."""
    key = part.key
    issuer = contracts[key.issuer_contract_id]
    redeemer = None if key.redeemer_contract_id is None else contracts[key.redeemer_contract_id]
    return Flow(
        issuer_id=issuer.partner_id,
        redeemer_id=None if redeemer is None else redeemer.partner_id,
        points=part.points * _SIGNS[key.kind],
        issuance_price=issuer.terms.issuance_price,
        funded_at_issue=issuer.terms.funded_at_issue,
        reimbursement_rate=Decimal(0) if redeemer is None else redeemer.terms.reimbursement_rate,
    )
