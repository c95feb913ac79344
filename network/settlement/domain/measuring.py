"""A cycle measured again, by two ways that do not know of each other, and compared with what is stated."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from network.settlement.domain.netting import Leg, Line, Netting, Position


class Measure(NamedTuple):
    """What of a line follows from the ledger: whose points, how many, and what they come to."""

    leg: Leg
    issuer_id: UUID
    redeemer_id: UUID | None
    points: int
    amount_minor: int


def measures(lines: Iterable[Line]) -> frozenset[Measure]:
    """The lines, without order, and without who pays whom."""
    return frozenset(
        Measure(line.leg, line.issuer_id, line.redeemer_id, line.points, line.amount_minor) for line in lines
    )


def differing(
    stated: Sequence[Line],
    statements: Mapping[UUID, Position],
    *,
    from_slices: Netting,
    from_ledger: frozenset[Measure],
) -> list[str]:
    """What does not agree with the lines that were stated; empty if all does.

    `statements`: each partner's statement. `from_slices`: netted anew from what was folded. `from_ledger`: computed by
    the database from the movements alone.
    """
    told = []
    if tuple(stated) != from_slices.lines:
        told.append("the folded sums")
    if measures(stated) != from_ledger:
        told.append("the ledger's movements")
    if statements != Netting(from_slices.operator_id, tuple(stated)).positions:
        told.append("the partners' statements")
    return told
