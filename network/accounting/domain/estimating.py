"""From what is in the books to an estimate of breakage for each cohort."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from network.accounting.domain.chain_ladder import chain_ladder
from network.accounting.domain.cohorts import Cohort
from network.accounting.errors import BadRate, NothingToEstimate

_PLACES = Decimal("0.000001")
_MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A cohort's breakage as a part of what was issued (6 decimals), and the standard error of it."""

    cohort_id: UUID
    issued: int
    burned: int
    expired: int
    rate: Decimal
    standard_error: Decimal


def estimate(
    cycles: Sequence[UUID], burned: Mapping[tuple[UUID, UUID], int], cohorts: Mapping[UUID, Cohort]
) -> list[Estimate]:
    """Breakage of every cohort of which something has burned, oldest first. Raises NothingToEstimate.

    `cycles`: all that are booked, in order; `burned`: points by cohort and the cycle of the burn. Burning beyond the
    greatest age that any cohort has reached is not foreseen; what can burn at most is outstanding.
    """
    known = [each for each in cycles if each in cohorts and cohorts[each].points.issued > 0]
    first = cycles.index(known[0]) if known else len(cycles)
    triangle = [_row(cohort_id, cycles[cycles.index(cohort_id) :], burned) for cohort_id in known]
    if len(cycles) - first < 2 or len(known) < 2 or not any(row[-1] for row in triangle):
        raise NothingToEstimate
    ladder = chain_ladder(triangle)
    return [
        _estimate(cohort_id, cohorts[cohort_id], projected.ultimate, projected.standard_error)
        for cohort_id, projected in zip(known, ladder.projections, strict=True)
        if projected.burned > 0
    ]


def check_rate(rate: Decimal) -> Decimal:
    """A rate that somebody typed. Raises BadRate."""
    exponent = rate.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > _MOST_DECIMALS or not 0 <= rate <= 1:
        raise BadRate(field="rate")
    return rate


def _row(cohort_id: UUID, cycles: Sequence[UUID], burned: Mapping[tuple[UUID, UUID], int]) -> list[int]:
    row, so_far = [], 0
    for cycle_id in cycles:
        so_far += burned.get((cohort_id, cycle_id), 0)
        row.append(so_far)
    return row


def _estimate(cohort_id: UUID, cohort: Cohort, ultimate: Decimal, standard_error: Decimal) -> Estimate:
    points = cohort.points
    issued, burned, expired = (int(each) for each in (points.issued, points.burned, points.expired))
    burning = min(max(ultimate, Decimal(burned)), Decimal(issued - expired))
    return Estimate(
        cohort_id,
        issued,
        burned,
        expired,
        rate=((issued - burning) / issued).quantize(_PLACES),
        standard_error=(standard_error / issued).quantize(_PLACES),
    )
