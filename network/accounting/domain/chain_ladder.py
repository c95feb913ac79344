"""The chain ladder: how many points of each cohort will burn, from how those of older cohorts went on burning.

T. Mack, "Distribution-free calculation of the standard error of chain ladder reserve estimates", ASTIN Bulletin 23
(1993), pages 213 to 225: the factors, their variances, and the standard errors of each row and of all together. Burned
points stand for the claims that are paid. The triangle of the paper is a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import pairwise

from network.accounting.errors import BadTriangle

_PRECISION = Context(prec=40)  # roots are not exact; everything that is told is rounded to far less
Triangle = Sequence[Sequence[int]]
"""Cumulative points: a row for each cohort, oldest first, by age. A row is no longer than the one before it."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A cohort's points that have burned, those that will have in the end, and the standard error of the latter."""

    burned: int
    ultimate: Decimal
    standard_error: Decimal


@dataclass(frozen=True, slots=True)
class Ladder:
    """The factors from each age to the next, each cohort's projection, and the standard error of all together."""

    factors: tuple[Decimal, ...]
    projections: tuple[Projection, ...]
    total_standard_error: Decimal


def chain_ladder(triangle: Triangle) -> Ladder:
    """Estimate what each row will come to at the greatest age that any row has reached. Raises BadTriangle.

    With f_k = sum C_{i,k+1} / sum C_{i,k} over the rows that know both, and
    sigma²_k = 1/(n_k - 1) sum C_{i,k} (C_{i,k+1}/C_{i,k} - f_k)², where n_k rows know both; for the last age, known to
    one row alone, Mack's min(sigma⁴_{k-1}/sigma²_{k-2}, min(sigma²_{k-2}, sigma²_{k-1})).
    """
    _check(triangle)
    with localcontext(_PRECISION):
        ages = len(triangle[0])
        pairs = [
            [(Decimal(row[age]), Decimal(row[age + 1])) for row in triangle if len(row) > age + 1]
            for age in range(ages - 1)
        ]
        bases = [sum((before for before, _ in known), Decimal(0)) for known in pairs]
        factors = [_factor(known) for known in pairs]
        variances = _variances(pairs, factors)
        # the part of a relative error that an age contributes; the same in every formula of the paper
        weights = [each / factor**2 if factor else Decimal(0) for each, factor in zip(variances, factors, strict=True)]
        rows = [_project(row, factors, weights, bases) for row in triangle]
        return Ladder(tuple(factors), tuple(rows), _total_error(triangle, rows, weights, bases))


def _check(triangle: Triangle) -> None:
    lengths = [len(row) for row in triangle]
    falling = all(after <= before for before, after in pairwise(lengths))
    if len(triangle) < 2 or not falling or lengths[-1] < 1:
        raise BadTriangle


def _factor(known: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    before = sum((each for each, _ in known), Decimal(0))
    return sum((each for _, each in known), Decimal(0)) / before if before > 0 else Decimal(1)


def _variances(pairs: Sequence[Sequence[tuple[Decimal, Decimal]]], factors: Sequence[Decimal]) -> list[Decimal]:
    told: list[Decimal] = []
    for known, factor in zip(pairs, factors, strict=True):
        usable = [(before, after) for before, after in known if before > 0]
        if len(usable) > 1:
            spread = sum((before * (after / before - factor) ** 2 for before, after in usable), Decimal(0))
            told.append(spread / (len(usable) - 1))
        else:
            told.append(_extrapolated(told))
    return told


def _extrapolated(known: Sequence[Decimal]) -> Decimal:
    if len(known) < 2:
        return known[-1] if known else Decimal(0)
    earlier, later = known[-2:]
    return min(later**2 / earlier, earlier, later) if earlier else Decimal(0)


def _project(
    row: Sequence[int], factors: Sequence[Decimal], weights: Sequence[Decimal], bases: Sequence[Decimal]
) -> Projection:
    reached, value, relative = len(row) - 1, Decimal(row[-1]), Decimal(0)
    for age in range(reached, len(factors)):
        relative += weights[age] * (_inverse(value) + _inverse(bases[age]))
        value *= factors[age]
    return Projection(row[-1], value, value * relative.sqrt())


def _total_error(
    triangle: Triangle, rows: Sequence[Projection], weights: Sequence[Decimal], bases: Sequence[Decimal]
) -> Decimal:
    squares = Decimal(0)
    for place, (row, projected) in enumerate(zip(triangle, rows, strict=True)):
        shared = sum((2 * weights[age] * _inverse(bases[age]) for age in range(len(row) - 1, len(weights))), Decimal(0))
        younger = sum((each.ultimate for each in rows[place + 1 :]), Decimal(0))
        squares += projected.standard_error**2 + projected.ultimate * younger * shared
    return squares.sqrt()


def _inverse(value: Decimal) -> Decimal:
    return 1 / value if value else Decimal(0)
