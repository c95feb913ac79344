"""Breakage: estimated by whoever asks, recognised by a person; only then does it move money."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from network.accounting import repository
from network.accounting.domain import TRUE_UP, Cohort, Entry, Sums, check_rate, cohorts_of, entry_of, estimate, release
from network.accounting.errors import CohortNotFound, NothingToEstimate
from network.accounting.service.days import local_date
from network.accounting.service.state import parts_of, standing
from network.audit.service import record
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners.service import contract_by_id
from network.settlement import service as settlement
from network.settlement.domain import Clearing, Cycle, check_person, check_reason
from network.settlement.errors import CalendarMissing


@dataclass(frozen=True, slots=True)
class Told:
    """A cohort's estimate for people. `recognised`: the rate that the books go by."""

    cohort_id: UUID
    month: str
    issued: int
    burned: int
    expired: int
    rate: Decimal
    standard_error: Decimal
    recognised: Decimal


def estimates(currency: str) -> list[Told]:
    """Breakage by month of issue, estimated from all that is booked, oldest first. Moves no money.

    Raises NothingToEstimate.
    """
    rows = repository.cohort_slices(None, currency)
    burned: dict[tuple[UUID, UUID], int] = {}
    for row in rows:
        if row.kind in (Clearing.DRAW, Clearing.UNDRAW):
            key = (row.cohort_id, row.cycle_id)
            burned[key] = burned.get(key, 0) - row.points
    cycles, rates = _booked(currency), standing(currency).rates
    names = {cycle.cycle_id: cycle.period_name for cycle in cycles}
    return [
        Told(
            each.cohort_id,
            names[each.cohort_id],
            each.issued,
            each.burned,
            each.expired,
            each.rate,
            each.standard_error,
            Decimal(rates[each.cohort_id].numerator) / rates[each.cohort_id].denominator,
        )
        for each in estimate(list(names), burned, cohorts_of(parts_of(rows)))
    ]


def expected_burn(partner_id: UUID, currency: str) -> Decimal:
    """Which part of a partner's outstanding points will burn, 0 to 1 in 6 decimals, by month of issue.

    By the estimates where there are any, else by the rates that are recognised; 1 where nothing is booked.
    """
    rows = repository.cohort_slices(None, currency)
    cohorts, rates = cohorts_of(parts_of(rows)), dict(standing(currency).rates)
    with suppress(NothingToEstimate):
        rates |= {each.cohort_id: Fraction(each.rate) for each in estimates(currency)}
    left: dict[UUID, int] = {}
    for row in rows:
        if contract_by_id(row.issuer_contract_id).partner_id == partner_id:
            left[row.cohort_id] = left.get(row.cohort_id, 0) + row.points
    total = sum(left.values())
    burning = sum((points * _burning(cohorts[each].points, rates[each]) for each, points in left.items()), Fraction(0))
    return Decimal(round(burning * 10**6 / total)).scaleb(-6) if total else Decimal(1)


def _burning(points: Sums, breakage: Fraction) -> Fraction:
    """Which part of a cohort's outstanding points will burn."""
    return (points.expected(breakage) - points.burned) / points.outstanding if points.outstanding else Fraction(0)


def recognise(currency: str, rate: Decimal, *, month: str | None = None, person: str, reason: str) -> Entry | None:
    """Let the books go by a breakage rate from now on: a month's points, or all, those to come included.

    What was recognised of cycles that are booked is trued up by an entry in the last of them; returns it, None if
    nothing changes. Raises BadRate, PersonMissing, ReasonMissing, CohortNotFound, CalendarMissing.
    """
    checked = check_rate(rate)
    with transaction():
        repository.lock_books(currency)
        cohort_id = None if month is None else _cohort(currency, month)
        return _recognise(currency, [(cohort_id, checked, None)], person, reason)


def recognise_estimates(currency: str, *, person: str, reason: str) -> Entry | None:
    """Let the books go by the present estimates of all months that have one. As `recognise`; NothingToEstimate."""
    with transaction():
        repository.lock_books(currency)
        found = [(each.cohort_id, each.rate, each.standard_error) for each in estimates(currency)]
        return _recognise(currency, found, person, reason)


def _recognise(
    currency: str, rates: Iterable[tuple[UUID | None, Decimal, Decimal | None]], person: str, reason: str
) -> Entry | None:
    by, why, now = check_person(person), check_reason(reason), network_now()
    calendar = next((each for each in settlement.calendars() if each.currency == currency), None)
    if calendar is None:
        raise CalendarMissing(field="currency")
    for cohort_id, rate, error in rates:
        repository.insert_recognition(currency, cohort_id, rate, error, reason=why, by=by, at=now)
        cohort = None if cohort_id is None else show("cyc", cohort_id)
        record("books.recognise", "currency", currency, after={"rate": str(rate), "cohort": cohort})
    booked = _booked(currency)
    if not booked:
        return None
    last = booked[-1]
    earlier = [each for each in repository.entries_of(cycle_id=last.cycle_id) if each.entry.step.startswith(TRUE_UP)]
    entries = entry_of(f"{TRUE_UP} {len(earlier) + 1}", release(standing(currency).revenue_due()))
    repository.insert_entries(last.cycle_id, entries, local_date(now, calendar), now)
    return entries[0] if entries else None


def _booked(currency: str) -> list[Cycle]:
    """The cycles that are booked as approved, in order."""
    accrued = {cycle_id for cycle_id, phase in repository.phases_of(currency) if phase == "accrual"}
    return [cycle for cycle in settlement.cycles(currency) if cycle.cycle_id in accrued]


def _cohort(currency: str, month: str) -> UUID:
    cohorts: dict[UUID, Cohort] = standing(currency).cohorts
    for cycle in settlement.cycles(currency):
        if cycle.period_name == month and cycle.cycle_id in cohorts:
            return cycle.cycle_id
    raise CohortNotFound(field="month")
