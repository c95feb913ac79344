"""Which cycle a movement falls into."""

from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import (
    Clearing,
    FoldedGroup,
    SliceKey,
    Window,
    assign_groups,
    boundaries,
    cycle_of,
    lacks_cycles,
)

STARTS = [datetime(2017, month, 1, tzinfo=UTC) for month in range(1, 7)]
SECOND = timedelta(seconds=1)
KEY = SliceKey(Clearing.ISSUE, UUID(int=7), None)


def windows(*closed_at: int | None) -> list[Window]:
    """January, February and so on, closed at these horizons."""
    return [Window(UUID(int=n + 1), STARTS[n], STARTS[n + 1], xid) for n, xid in enumerate(closed_at)]


def month(posted_at: datetime, xid: int, *closed_at: int | None) -> int | None:
    window = cycle_of(posted_at, xid, windows(*closed_at))
    return window and window.cycle_id.int


def test_a_movement_falls_into_the_cycle_of_its_posting_time() -> None:
    assert month(STARTS[0], 5, None, None) == 1
    assert month(STARTS[1] - SECOND, 5, None, None) == 1
    assert month(STARTS[1], 5, None, None) == 2


def test_what_finished_before_the_cut_is_in_the_cycle_and_what_came_later_in_the_next() -> None:
    assert month(STARTS[0], 99, 100, None) == 1
    assert month(STARTS[0], 100, 100, None) == 2


def test_what_comes_after_several_cuts_falls_into_the_first_open_cycle() -> None:
    assert month(STARTS[0], 250, 100, 200, None) == 3


def test_a_movement_posted_before_the_first_cycle_falls_into_the_first() -> None:
    assert month(STARTS[0] - SECOND, 5, None, None) == 1


def test_a_movement_waits_for_a_cycle_that_does_not_exist_yet() -> None:
    assert month(STARTS[1], 5, None) is None
    assert month(STARTS[0], 100, 100) is None


instants = st.integers(-10, 150).map(lambda days: STARTS[0] + timedelta(days=days))


@given(
    st.lists(st.tuples(instants, st.integers(1, 99)), max_size=60),
    st.lists(st.integers(1, 100), min_size=4, max_size=4).map(sorted),
)
def test_folding_from_horizon_to_horizon_agrees_with_the_pure_function_for_ever(
    movements: list[tuple[datetime, int]], horizons: list[int]
) -> None:
    """At each horizon everything below is folded, and the next month is cut; what was decided then is never undone."""
    closed: list[int | None] = [None] * 5
    folded: Counter[UUID] = Counter()
    edge = 0
    for cut, horizon in [*enumerate(horizons), (4, 100)]:
        existing = windows(*closed)
        finished = [posted_at for posted_at, xid in movements if edge <= xid < horizon]
        for part in assign_groups(grouped(finished, boundaries(existing)), {"USD": existing}):
            folded[part.cycle_id] += part.movements
        if cut < 4:
            closed[cut] = horizon
        edge = horizon
    assert folded == Counter(UUID(int=month(posted_at, xid, *closed) or 0) for posted_at, xid in movements)


def grouped(posted: list[datetime], apart_at: list[datetime]) -> list[FoldedGroup]:
    """What the database makes of movements: one group for all that lie between the same boundaries."""
    groups: dict[int, list[datetime]] = {}
    for posted_at in posted:
        groups.setdefault(bisect_right(apart_at, posted_at), []).append(posted_at)
    return [FoldedGroup("USD", KEY, len(each), len(each), min(each), max(each)) for each in groups.values()]


def test_groups_of_one_cycle_are_added_up() -> None:
    groups = [FoldedGroup("USD", KEY, 5, 1, STARTS[0], STARTS[0]), FoldedGroup("USD", KEY, 7, 2, STARTS[1], STARTS[1])]
    (part,) = assign_groups(groups, {"USD": windows(100, None)})
    assert (part.cycle_id.int, part.points, part.movements) == (2, 12, 3)


def test_sums_are_kept_apart_only_where_open_cycles_meet() -> None:
    assert boundaries(windows(100, 200, None, None)) == [STARTS[2], STARTS[3]]


@pytest.mark.parametrize(
    ("first", "last", "lacking"),
    [
        (STARTS[0], STARTS[2] - SECOND, False),
        (STARTS[0] - SECOND, STARTS[1], True),
        (STARTS[0], STARTS[2], True),
    ],
)
def test_groups_that_reach_beyond_the_cycles_there_are_need_more(
    first: datetime, last: datetime, lacking: bool
) -> None:
    assert lacks_cycles([FoldedGroup("USD", KEY, 1, 2, first, last)], windows(None, None)) is lacking


def test_a_currency_without_an_open_cycle_at_its_end_needs_one() -> None:
    within = [FoldedGroup("USD", KEY, 1, 1, STARTS[0], STARTS[0])]
    assert lacks_cycles(within, [])
    assert lacks_cycles(within, windows(100))
    with pytest.raises(LookupError):
        assign_groups(within, {"USD": windows(100)})
