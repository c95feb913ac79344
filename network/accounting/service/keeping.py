"""Keeping the books: each cycle once when it is approved, and once when it is paid; deposits as they come and go.

A cycle is one transaction that holds the lock of its currency's books and looks at what is booked first: run twice, by
two at once, or killed anywhere, everything is written once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from uuid import UUID

from network.accounting import repository
from network.accounting.domain import Entry, Figures, accrual, claims_of, payment, set_aside
from network.accounting.service.days import local_date
from network.accounting.service.deposits import keep_deposits
from network.accounting.service.state import standing
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.money import to_minor
from network.partners import service as partners
from network.partners.domain import Contract
from network.settlement import service as settlement
from network.settlement.domain import Clearing, Cycle, CycleCalendar, Leg, Line, Slice, State

_INSTANT = timedelta(microseconds=1)
_EXACT = Context(prec=200, traps=[Inexact])
_ACCRUAL, _PAYMENT = "accrual", "payment"


def keep_books() -> int:
    """Book every cycle that was approved or paid since, and what was paid ahead or put up; how many entries.

    Cycles are booked as approved in the order of time: one that is not approved yet keeps those after it waiting, since
    what is earned follows from all that went before. Must not be called inside a unit of work.
    """
    return sum(_keep(calendar) for calendar in settlement.calendars())


def _keep(calendar: CycleCalendar) -> int:
    cycles, written = settlement.cycles(calendar.currency), keep_deposits(calendar)
    booked = repository.phases_of(calendar.currency)
    for cycle in cycles:
        if not cycle.state.is_approved:
            break
        if (cycle.cycle_id, _ACCRUAL) not in booked:
            written += _once(cycle, calendar, _ACCRUAL)
    for cycle in cycles:
        if cycle.state.has_reached(State.PAID) and (cycle.cycle_id, _PAYMENT) not in booked:
            written += _once(cycle, calendar, _PAYMENT)
    return written


def _once(cycle: Cycle, calendar: CycleCalendar, phase: str) -> int:
    with transaction():
        repository.lock_books(cycle.currency)
        booked = repository.phases_of(cycle.currency)
        if (cycle.cycle_id, phase) in booked or (phase == _PAYMENT and (cycle.cycle_id, _ACCRUAL) not in booked):
            return 0
        now = network_now()
        entries = _accrual(cycle) if phase == _ACCRUAL else _payment(cycle, now)
        happened = cycle.ends_at - _INSTANT if phase == _ACCRUAL else cycle.paid_at or now
        repository.insert_entries(cycle.cycle_id, entries, local_date(happened, calendar), now)
        repository.mark_booked(cycle.cycle_id, phase, now)
        failpoint(f"accounting.in_{phase}")
    return len(entries)


def _accrual(cycle: Cycle) -> list[Entry]:
    cleared = settlement.cleared(cycle)
    repository.insert_cohorts(cycle.cycle_id, cleared.cohorts)
    books, operator_id = standing(cycle.currency, cycle), cleared.netting.operator_id
    service_fee = _deferred_service(cleared.slices, cleared.contracts, operator_id)
    return accrual(
        Figures(
            claims=claims_of(cleared.netting.lines, operator_id),
            element_minor=books.element_due(),
            from_blocks=_from_blocks(cycle, cleared.slices, cleared.contracts, cleared.netting.lines),
            deferred_service_minor=to_minor(service_fee, cycle.currency),
            revenue_minor=books.revenue_due(),
            buyout_minor=sum(
                each.amount_minor for each in settlement.buyouts(cycle.currency) if each.cycle_id == cycle.cycle_id
            ),
        )
    )


def _payment(cycle: Cycle, now: datetime) -> list[Entry]:
    booked = [each.entry for each in repository.entries_of(cycle_id=cycle.cycle_id)]
    return [*payment(booked), *set_aside(standing(cycle.currency).reserve_due(now))]


def _deferred_service(slices: Iterable[Slice], contracts: dict[UUID, Contract], operator_id: UUID) -> Decimal:
    """The service fee of what is called when points burn elsewhere: n·(1-f)·s, in major units."""
    total = Fraction(0)
    for each in slices:
        issuer = contracts[each.key.issuer_contract_id]
        redeemer_id = each.key.redeemer_contract_id
        if each.key.kind not in (Clearing.DRAW, Clearing.UNDRAW) or redeemer_id is None:
            continue
        if issuer.partner_id not in (operator_id, contracts[redeemer_id].partner_id):
            unfunded = 1 - Fraction(issuer.terms.funded_at_issue)
            total -= each.points * unfunded * Fraction(issuer.terms.service_fee)
    return _decimal(total)


def _from_blocks(
    cycle: Cycle, slices: Iterable[Slice], contracts: dict[UUID, Contract], lines: Sequence[Line]
) -> dict[UUID, int]:
    """The price of issue under prepaid contracts that no line bills, by issuer, in minor units."""
    priced: dict[UUID, Fraction] = {}
    prepaid: set[UUID] = set()
    for each in slices:
        contract = contracts[each.key.issuer_contract_id]
        if each.key.kind in (Clearing.ISSUE, Clearing.UNISSUE):
            price = Fraction(contract.terms.issuance_price) * Fraction(contract.terms.funded_at_issue)
            priced[contract.partner_id] = priced.get(contract.partner_id, Fraction(0)) + each.points * price
            if contract.terms.prepaid:
                prepaid.add(contract.partner_id)
    billed = {line.issuer_id: line.amount_minor for line in lines if line.leg is Leg.ISSUE}
    prepaid.discard(partners.ensure_operator().partner_id)
    return {each: to_minor(_decimal(priced[each]), cycle.currency) - billed.get(each, 0) for each in sorted(prepaid)}


def _decimal(amount: Fraction) -> Decimal:
    """Exact: points and rates are decimals, and so are their sums."""
    return _EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator))
