"""Netting, fed from what is stored: slices with the rates of their contract versions, or lines."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from network.partners import service as partners
from network.partners.domain import Contract
from network.settlement.domain import (
    Clearing,
    Cycle,
    Flow,
    Line,
    LineKey,
    Netting,
    Reversal,
    Slice,
    charge,
    net,
    reversals,
    with_adjustments,
    with_penalties,
)
from network.settlement.repository import adjustments, folding
from network.settlement.service.charging import contracts_at_end, expired_of, tariffs_of
from network.settlement.service.penalties import penalties_due_in

_REVERSALS = (Clearing.UNISSUE, Clearing.UNDRAW)
_SIGNS = {Clearing.ISSUE: 1, Clearing.UNISSUE: 1, Clearing.DRAW: -1, Clearing.UNDRAW: -1}


def contracts_of(slices: Iterable[Slice]) -> dict[UUID, Contract]:
    """Every contract version that these slices name, read once each."""
    ids = {number for each in slices for number in (each.key.issuer_contract_id, each.key.redeemer_contract_id)}
    return {number: partners.contract_by_id(number) for number in ids if number is not None}


def netting_of_cycle(cycle: Cycle) -> Netting:
    """Net what has been folded into a cycle so far, with what contracts charge on it, and its adjustments."""
    return netting_of_slices(cycle, folding.slices_of(cycle.cycle_id))


def netting_of_slices(cycle: Cycle, slices: Sequence[Slice]) -> Netting:
    """Net these sums with what the partners' contracts charge on them, and a cycle's adjustments."""
    contracts = contracts_of(slices)
    return netting_under(cycle, slices, contracts, contracts_at_end(cycle, contracts))


def netting_under(
    cycle: Cycle, slices: Sequence[Slice], contracts: Mapping[UUID, Contract], at_end: Mapping[UUID, Contract]
) -> Netting:
    """Net slices under these contracts, by id, and by partner at the cycle's end; its penalties and adjustments.

    Expired points clear nothing but the share that a contract gives back: whoever funded them has paid, or never will.
    Points issued from prepaid blocks were paid with them. Penalties and adjustments come after all else: nothing is
    charged on them.
    """
    netting = net(cycle.currency, partners.ensure_operator().partner_id, _flows(slices, contracts))
    tariffs, expired = tariffs_of(slices, contracts, at_end), expired_of(slices, contracts)
    charged = with_penalties(charge(cycle.currency, netting, tariffs, expired), penalties_due_in(cycle))
    return with_adjustments(charged, adjustments.adjusted_of(cycle.cycle_id))


def flows_of(slices: Sequence[Slice]) -> list[Flow]:
    """What slices clear, whichever cycles they are of."""
    return _flows(slices, contracts_of(slices))


def reversals_of_cycle(cycle: Cycle) -> dict[LineKey, Reversal]:
    """What of each line of a cycle are reversals, as far as it is folded."""
    slices = [each for each in folding.slices_of(cycle.cycle_id) if each.key.kind in _REVERSALS]
    return reversals(cycle.currency, flows_of(slices))


def netting_of_lines(lines: Sequence[Line]) -> Netting:
    """What was netted, from its stored lines."""
    return Netting(partners.ensure_operator().partner_id, tuple(lines))


def _is_paid(part: Slice, contracts: Mapping[UUID, Contract]) -> bool:
    return part.key.redeemer_contract_id is None and contracts[part.key.issuer_contract_id].terms.prepaid


def _flows(slices: Sequence[Slice], contracts: Mapping[UUID, Contract]) -> list[Flow]:
    return [_flow(each, contracts) for each in slices if each.key.kind in _SIGNS and not _is_paid(each, contracts)]


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
        reimbursement_rate=Decimal(0) if redeemer is None else redeemer.reimbursement_of(issuer.point_type),
    )
