"""From movements to slices: what a cut adds to which cycle."""

from bisect import bisect_right
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
    """What movements must have in common to be added up. A contract version names its partner, so the two stand for
    issuer and redeemer too; only draws have a redeemer.
    """

    kind: Clearing
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
    """A sum of movements before they have a cycle, all posted from `first_at` to `last_at`."""

    currency: str
    key: SliceKey
    points: int
    movements: int
    first_at: datetime
    last_at: datetime


def boundaries(windows: Iterable[Window]) -> list[datetime]:
    """The instants at which sums have to be kept apart: where one open cycle follows another of its currency."""
    return sorted({window.starts_at for window in windows if window.is_open})


def lacks_cycles(groups: Iterable[FoldedGroup], windows: Sequence[Window]) -> bool:
    """Whether these groups of one currency reach beyond its cycles, of which one must be open; in order."""
    if not windows or not windows[-1].is_open:
        return True
    first, last = windows[0].starts_at, windows[-1].ends_at
    return any(group.first_at < first or group.last_at >= last for group in groups)


def assign_groups(groups: Iterable[FoldedGroup], windows: Mapping[str, Sequence[Window]]) -> list[Slice]:
    """Give every group its cycle, and add up what falls together.

    `windows`: by currency, all cycles in order, the last one open. The groups must have been kept apart at their
    `boundaries`, so that what is true of a group's first movement is true of all.
    """
    sums: dict[tuple[UUID, SliceKey], tuple[int, int]] = {}
    for group in groups:
        window = _window_of(group, windows)
        points, movements = sums.get((window.cycle_id, group.key), (0, 0))
        sums[window.cycle_id, group.key] = points + group.points, movements + group.movements
    return [Slice(cycle_id, key, *numbers) for (cycle_id, key), numbers in sums.items()]


def first_instants(groups: Iterable[FoldedGroup], windows: Mapping[str, Sequence[Window]]) -> dict[UUID, datetime]:
    """When the earliest movement was posted of those that fall into each cycle; before its start, if it was late."""
    found: dict[UUID, datetime] = {}
    for group in groups:
        number = _window_of(group, windows).cycle_id
        found[number] = min(found.get(number, group.first_at), group.first_at)
    return found


def _window_of(group: FoldedGroup, windows: Mapping[str, Sequence[Window]]) -> Window:
    existing = windows[group.currency]
    own = bisect_right(existing, group.first_at, key=lambda window: window.starts_at) - 1
    window = first_open(existing, own)
    if window is None:
        raise LookupError(f"the last cycle of {group.currency} is not open")
    return window
