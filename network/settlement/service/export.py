"""A cycle for an auditor: everything needed to compute it again, as NDJSON. See docs/settlement-export.md."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from network.kernel.identifiers import show
from network.partners import service as partners
from network.partners.domain import Contract, PointType
from network.settlement.domain import Clearing, Cycle, LatePenalty, MoneyAdjustment, Position, Slice
from network.settlement.errors import CycleNotNetted
from network.settlement.repository import adjustments, folding, penalties, statements
from network.settlement.repository.export import CycleReader, MovementLine, reading
from network.settlement.service.charging import charges_anything, contracts_at_end
from network.settlement.service.cycles import get_cycle
from network.settlement.service.netting import contracts_of, netting_of_lines

Codes = dict[UUID | None, str]
Versions = dict[UUID | None, Contract]


def export_cycle(told: UUID | str) -> Iterator[str]:
    """The lines of a netted cycle's export, each a JSON object without its line end; `told` as in `get_cycle`.

    In this order: contracts, tariffs, lots, issues, draws, expiries, penalties, adjustments, nets. Streams: memory does
    not grow with the cycle. Raises CycleNotFound, CycleNotNetted, MalformedId, before the first line.
    """
    cycle = get_cycle(told)
    if not cycle.state.has_lines:
        raise CycleNotNetted(f"{cycle.name} is {cycle.state.value}; it can be exported once it is netted.")
    return (json.dumps(line, separators=(",", ":")) for line in _lines(cycle))


def _lines(cycle: Cycle) -> Iterator[dict[str, Any]]:
    codes: Codes = {partner.partner_id: partner.code for partner in partners.list_partners()}
    slices = folding.slices_of(cycle.cycle_id)
    at_end = contracts_at_end(cycle, contracts_of(slices)).values()
    tariffs = [contract for contract in at_end if charges_anything(contract)]
    ids = {*folding.contracts_until(cycle), *(contract.contract_id for contract in tariffs)}
    contracts = [partners.contract_by_id(contract_id) for contract_id in ids]
    versions: Versions = {contract.contract_id: contract for contract in contracts}
    general = {(codes[each.partner_id], each.version): _general(each) for each in contracts}
    yield from (_contract(general[version], codes) for version in sorted(general))
    yield from sorted((_tariff(contract, codes) for contract in tariffs), key=lambda line: str(line["partner"]))
    netting = netting_of_lines(statements.lines_of(cycle.cycle_id, cycle.version))
    with reading(cycle) as reader:
        for lot in reader.lots():
            yield {
                "type": "lot",
                "lot": show("lot", lot.lot_id),
                "issuer": codes[lot.issuer_id],
                "contract_version": versions[lot.contract_id].version,
                "point_type": versions[lot.contract_id].point_type.value,
                "opening_remaining": lot.opening_remaining,
            }
        yield from _movements(reader, codes, versions)
    yield from _expiries(slices, codes, versions)
    yield from (_penalty(each, codes) for each in penalties.penalties_of(cycle.cycle_id))
    yield from (_adjustment(each, codes) for each in adjustments.adjustments_of(cycle.cycle_id))
    nets = sorted((codes[partner_id], position) for partner_id, position in netting.positions.items())
    for code, position in [*nets, (codes[netting.operator_id], netting.operator)]:
        yield _net(code, cycle.currency, position)


def _movements(reader: CycleReader, codes: Codes, versions: Versions) -> Iterator[dict[str, Any]]:
    for issue in reader.movements(Clearing.ISSUE, Clearing.UNISSUE):
        yield {
            "type": "issue",
            "lot": show("lot", issue.lot_id),
            "issuer": codes[issue.issuer_id],
            "contract_version": versions[issue.issuer_contract_id].version,
            "point_type": versions[issue.issuer_contract_id].point_type.value,
            "points": issue.points,
        }
    for draw in reader.movements(Clearing.DRAW, Clearing.UNDRAW):
        yield _draw(draw, codes, versions)


def _draw(draw: MovementLine, codes: Codes, versions: Versions) -> dict[str, Any]:
    return {
        "type": "draw",
        "lot": show("lot", draw.lot_id),
        "issuer": codes[draw.issuer_id],
        "issuer_contract_version": versions[draw.issuer_contract_id].version,
        "point_type": versions[draw.issuer_contract_id].point_type.value,
        "redeemer": codes[draw.redeemer_id],
        "redeemer_contract_version": versions[draw.redeemer_contract_id].version,
        "points": -draw.points,
    }


def _expiries(slices: Sequence[Slice], codes: Codes, versions: Versions) -> list[dict[str, Any]]:
    """Points that expired under versions which give a share of them back."""
    contracts = contracts_of(slices)
    expired = [each for each in slices if each.key.kind is Clearing.EXPIRE]
    lines = [
        {
            "type": "expiry",
            "issuer": codes[contracts[each.key.issuer_contract_id].partner_id],
            "contract_version": versions[each.key.issuer_contract_id].version,
            "point_type": versions[each.key.issuer_contract_id].point_type.value,
            "points": -each.points,
        }
        for each in expired
        if contracts[each.key.issuer_contract_id].terms.conditions.breakage_share
    ]
    return sorted(lines, key=lambda line: (line["issuer"], line["contract_version"], line["point_type"]))


def _tariff(contract: Contract, codes: Codes) -> dict[str, Any]:
    conditions = contract.terms.conditions
    return {
        "type": "tariff",
        "partner": codes[contract.partner_id],
        "contract_version": contract.version,
        "fee_per_cycle_minor": conditions.fee_per_cycle_minor,
        "fee_share_of_gross": f"{conditions.fee_share_of_gross:f}",
        "tax_rates": {each.leg.value: f"{each.tax_rate:f}" for each in conditions.legs},
    }


def _penalty(penalty: LatePenalty, codes: Codes) -> dict[str, Any]:
    return {
        "type": "penalty",
        "partner": codes[penalty.partner_id],
        "minor_days": penalty.minor_days,
        "yearly_rate": f"{penalty.rate:f}",
    }


def _adjustment(adjustment: MoneyAdjustment, codes: Codes) -> dict[str, Any]:
    return {
        "type": "adjustment",
        "partner": codes[adjustment.partner_id],
        "amount_minor": adjustment.amount_minor,
    }


def _general(contract: Contract) -> Contract:
    """The version as it is for base points."""
    return partners.contract_for(contract, PointType.BASE)


def _contract(contract: Contract, codes: Codes) -> dict[str, Any]:
    terms = contract.terms
    return {
        "type": "contract",
        "partner": codes[contract.partner_id],
        "version": contract.version,
        "valid_from": terms.valid_from.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "issuance_price": f"{terms.issuance_price:f}",
        "redemption_element": f"{terms.redemption_element:f}",
        "service_fee": f"{terms.service_fee:f}",
        "reimbursement_rate": f"{terms.reimbursement_rate:f}",
        "funded_at_issue": f"{terms.funded_at_issue:f}",
        "prepaid": terms.prepaid,
        "breakage_share": f"{terms.conditions.breakage_share:f}",
        "currency": terms.currency,
        "rates_by_type": {
            each.point_type.value: {
                "issuance_price": f"{each.issuance_price:f}",
                "redemption_element": f"{each.redemption_element:f}",
                "service_fee": f"{each.service_fee:f}",
                "reimbursement_rate": f"{each.reimbursement_rate:f}",
                "funded_at_issue": f"{each.funded_at_issue:f}",
            }
            for each in terms.rates_by_type
        },
    }


def _net(code: str, currency: str, position: Position) -> dict[str, Any]:
    return {
        "type": "net",
        "partner": code,
        "currency": currency,
        "issue_minor": position.issue_minor,
        "redemption_minor": position.redemption_minor,
        "deferred_minor": position.deferred_minor,
        "breakage_minor": position.breakage_minor,
        "fee_minor": position.fee_minor,
        "tax_minor": position.tax_minor,
        "penalty_minor": position.penalty_minor,
        "adjustment_minor": position.adjustment_minor,
        "net_minor": position.net_minor,
    }
