"""From movements to slices: what a cut adds to which cycle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.settlement.domain.assignment import Window, first_open


class Clearing(StrEnum):
    """The kinds of movement that change how many points of an issuer are outstanding; the others clear nothing."""

    ISSUE = "issue"
    UNISSUE = "unissue"
    DRAW = "draw"
    UNDRAW = "undraw"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class SliceKey:
    """What movements must have in common to be added up: whose points, spent where, on which terms."""

    kind: str
    issuer_id: UUID
    redeemer_id: UUID | None
    issuer_contract_id: UUID
    redeemer_contract_id: UUID | None


@dataclass(frozen=True, slots=True)
class Slice:
    """A sum of movements in one cycle; `points` is signed as the lots' remaining points changed."""

    cycle_id: UUID
    key: SliceKey
    points: int
    movements: int


@dataclass(frozen=True, slots=True)
class FoldedGroup:
    """A sum of movements before they have a cycle. `own`: the index of the cycle of their posting times among the
    currency's, -1 before the first, None if it has none; they were posted from `first_at` to `last_at`.
    """

    currency: str
    own: int | None
    key: SliceKey
    points: int
    movements: int
    first_at: datetime
    last_at: datetime


def assign_groups(groups: Iterable[FoldedGroup], windows: Mapping[str, Sequence[Window]]) -> list[Slice]:
    """Give every group its cycle and add up what falls together. `windows`: by currency, all cycles in order.

    Raises LookupError if a group's cycle does not exist: the caller opens it first.
    """
    sums: dict[tuple[UUID, SliceKey], tuple[int, int]] = {}
    for group in groups:
        window = None if group.own is None else first_open(windows[group.currency], group.own)
        if window is None:
            raise LookupError(f"no open cycle for {group.currency}")
        points, movements = sums.get((window.cycle_id, group.key), (0, 0))
        sums[window.cycle_id, group.key] = points + group.points, movements + group.movements
    return [Slice(cycle_id, key, *numbers) for (cycle_id, key), numbers in sums.items()]
