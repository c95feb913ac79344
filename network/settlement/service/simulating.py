"""A default or an exit, tried out: reads what is there, and writes nothing."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from network.infrastructure.network_clock import network_now
from network.partners import service as partners
from network.settlement.domain import Cover, DefaultEffect, ExitEffect, State, TailPart, default_effect, exit_effect
from network.settlement.repository import cycles, tails
from network.settlement.repository.dry_run import sums_as_of_now
from network.settlement.service.netting import netting_of_cycle, netting_of_slices
from network.settlement.service.tails import tail_of


def simulate_default(partner_id: UUID, currency: str, *, expected_burn: Decimal, cover: Cover) -> DefaultEffect:
    """What it would mean if a partner paid nothing from now on. Raises BadExpectedBurn, BadCover."""
    return default_effect(
        partner_id,
        currency,
        parts=_tail(partner_id, currency),
        nets=_unpaid(currency),
        reimbursement_rate=_dearest(partner_id, currency),
        expected_burn=expected_burn,
        cover=cover,
    )


def simulate_exit(partner_id: UUID, currency: str, *, expected_burn: Decimal) -> ExitEffect:
    """What it would mean if a partner left now, and its tail were bought out. Raises BadExpectedBurn."""
    return exit_effect(
        currency,
        parts=_tail(partner_id, currency),
        reimbursement_rate=_dearest(partner_id, currency),
        expected_burn=expected_burn,
    )


def _tail(partner_id: UUID, currency: str) -> list[TailPart]:
    """Outstanding points; with nothing deferred where that was bought out already."""
    parts = tail_of(partner_id, currency)
    if any(each.partner_id == partner_id for each in tails.buyouts_of(currency)):
        return [replace(part, funded_at_issue=Decimal(1)) for part in parts]
    return parts


def _unpaid(currency: str) -> Counter[UUID]:
    """What each partner is due (owes, if negative) by statements that are not paid, and by cycles that have none."""
    nets = Counter(tails.unpaid_nets(currency))
    for cycle in cycles.cycles_of(currency):
        if cycle.state.has_reached(State.STATED):
            continue
        is_open = cycle.state is State.OPEN
        netting = netting_of_slices(cycle, sums_as_of_now(cycle)) if is_open else netting_of_cycle(cycle)
        for partner_id, position in netting.positions.items():
            nets[partner_id] += position.net_minor
    return nets


def _dearest(partner_id: UUID, currency: str) -> Decimal:
    """The highest reimbursement rate in force at the others, of any type of points."""
    now, others = network_now(), [each.partner_id for each in partners.list_partners() if each.partner_id != partner_id]
    found = (partners.find_contract_in_force(each, currency, now) for each in others)
    return max((contract.terms.highest_reimbursement for contract in found if contract), default=Decimal(0))
