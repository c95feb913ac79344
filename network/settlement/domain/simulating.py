"""What a default, or an exit, would do to members, partners and operator; nothing is decided by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from network.settlement.domain.tail import TailPart, outstanding, redemption_minor, tail_minor, value_minor
from network.settlement.domain.waterfall import Cover, Covered, waterfall


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is the same, whoever stops and why; amounts in minor units.

    points, value_minor    what members keep, and what it buys: they burn it as before
    redeemed_minor         what redeemers will be paid for those that are expected to burn, at the highest rate
    tail_minor             what is deferred of these, and called as they burn
    """

    points: int
    value_minor: int
    redeemed_minor: int
    tail_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultEffect(Effect):
    """A partner pays nothing any more.

    owed_minor             what it owes by what is stated and not paid, and by cycles under way; never less than 0
    covered                who bears this and the tail
    due_minor              what the other partners are due meanwhile, and get: the operator owes it
    """

    owed_minor: int
    covered: Covered
    due_minor: Mapping[UUID, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitEffect(Effect):
    """A partner leaves.

    buyout_minor           what it pays for its tail at the expected burn; `tail_minor` is then the operator's to bear
    worst_minor, best_minor  what the operator gains by that (loses, if negative) if all burns, and if nothing does
    """

    buyout_minor: int
    worst_minor: int
    best_minor: int


def default_effect(
    partner_id: UUID,
    currency: str,
    *,
    parts: list[TailPart],
    nets: Mapping[UUID, int],
    reimbursement_rate: Decimal,
    expected_burn: Decimal,
    cover: Cover,
) -> DefaultEffect:
    """`nets`: what each partner is due (owes, if negative) and has not been paid. Raises BadExpectedBurn, BadCover."""
    owed, tail = max(0, -nets.get(partner_id, 0)), tail_minor(currency, parts, expected_burn)
    return DefaultEffect(
        points=outstanding(parts),
        value_minor=value_minor(currency, parts),
        redeemed_minor=redemption_minor(currency, outstanding(parts), reimbursement_rate, expected_burn),
        tail_minor=tail,
        owed_minor=owed,
        covered=waterfall(owed + tail, cover),
        due_minor={each: net for each, net in nets.items() if each != partner_id and net > 0},
    )


def exit_effect(
    currency: str, *, parts: list[TailPart], reimbursement_rate: Decimal, expected_burn: Decimal
) -> ExitEffect:
    """Raises BadExpectedBurn."""
    buyout, whole = tail_minor(currency, parts, expected_burn), tail_minor(currency, parts)
    return ExitEffect(
        points=outstanding(parts),
        value_minor=value_minor(currency, parts),
        redeemed_minor=redemption_minor(currency, outstanding(parts), reimbursement_rate, expected_burn),
        tail_minor=buyout,
        buyout_minor=buyout,
        worst_minor=buyout - whole,
        best_minor=buyout,
    )
