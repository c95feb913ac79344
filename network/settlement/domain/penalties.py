"""Penalties for paying late: a year's simple interest on what was outstanding, for as many days as it was.

    penalty = rate x minor-days / 365

Minor-days are what was outstanding at the end of each day from the due date on, added up; what is paid on the due date
has none. This is simple interest by Actual/365 (Fixed), 2006 ISDA Definitions, section 4.16(d). The rate is that of the
payer's contract version in force at the last instant of the cycle whose net it is, and stays with the payment.

Each cut charges what has come to be since the cut before, so that no day is charged twice. A payment of which the bank
tells only afterwards gives days back. All payments of a partner make one line, rounded once, half to even; partner to
operator, whoever was to be paid. There is no tax on it: it is paid for no supply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from network.settlement.domain.netting import Leg, Line, Netting

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a partner is to pay by an instruction, in minor units, and what the bank has booked of it.

    `booked`: days and minor units, negative where it came back. `ended_on`: from when on it is owed no more, because
    another instruction took its place or its default was covered. `charged_minor_days`: by earlier cuts.
    """

    instruction_id: UUID
    cycle_id: UUID
    partner_id: UUID
    amount_minor: int
    due_on: date
    booked: tuple[tuple[date, int], ...]
    ended_on: date | None
    charged_minor_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePenalty:
    """What a cycle charges for one instruction: `minor_days` at a yearly `rate`; negative where days are given back."""

    cycle_id: UUID
    instruction_id: UUID
    partner_id: UUID
    minor_days: int
    rate: Decimal


def minor_days(owed: Owed, until: date) -> int:
    """Minor units times days late, before the day `until`."""
    end = until if owed.ended_on is None else min(until, owed.ended_on)
    total = owed.amount_minor * max(0, (end - owed.due_on).days)
    return total - sum(amount * max(0, (end - max(day, owed.due_on)).days) for day, amount in owed.booked)


def late_penalty(cycle_id: UUID, owed: Owed, rate: Decimal, until: date) -> LatePenalty | None:
    """What a cycle that ends on the day `until` charges for an instruction; None if that is nothing."""
    new = minor_days(owed, until) - owed.charged_minor_days
    if not new or not rate:
        return None
    return LatePenalty(
        cycle_id=cycle_id,
        instruction_id=owed.instruction_id,
        partner_id=owed.partner_id,
        minor_days=new,
        rate=rate,
    )


def penalties_due(penalties: Iterable[LatePenalty]) -> dict[UUID, int]:
    """What each partner owes for these, in minor units, rounded once, half to even; negative: it gets it back."""
    exact: dict[UUID, Fraction] = {}
    for each in penalties:
        exact[each.partner_id] = exact.get(each.partner_id, Fraction(0)) + each.minor_days * Fraction(each.rate)
    return {partner_id: round(total / YEAR_DAYS) for partner_id, total in exact.items()}


def with_penalties(netting: Netting, due: Mapping[UUID, int]) -> Netting:
    """The same netting with one line more for each partner that owes anything, after its other lines."""
    lines = (
        Line(
            leg=Leg.PENALTY,
            issuer_id=partner_id,
            redeemer_id=None,
            points=0,
            amount_minor=amount_minor,
            debtor_id=partner_id,
            creditor_id=netting.operator_id,
        )
        for partner_id, amount_minor in sorted(due.items())
        if amount_minor
    )
    return replace(netting, lines=(*netting.lines, *lines))
