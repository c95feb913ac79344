"""A cycle measured again, from two sources that do not know of each other, and compared with what is stated."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from network.settlement.domain.netting import Line, Netting, Position


def differing(
    stated: Sequence[Line],
    statements: Mapping[UUID, Position],
    *,
    from_slices: Netting,
    from_ledger: Netting,
) -> list[str]:
    """What does not agree with the lines that were stated; empty if all does.

    `statements`: each partner's statement. `from_slices`: netted anew from what was folded. `from_ledger`: netted from
    sums of the ledger's movements themselves.
    """
    told = []
    if tuple(stated) != from_slices.lines:
        told.append("the folded sums")
    if tuple(stated) != from_ledger.lines:
        told.append("the ledger's movements")
    if statements != Netting(from_slices.operator_id, tuple(stated)).positions:
        told.append("the partners' statements")
    return told
