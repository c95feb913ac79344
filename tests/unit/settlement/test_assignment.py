"""Which cycle a movement falls into."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import Window, cycle_of, first_open

STARTS = [datetime(2017, month, 1, tzinfo=UTC) for month in range(1, 7)]
SECOND = timedelta(seconds=1)


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
    """At each horizon everything below is folded and the next month is cut; what was decided then is never undone."""
    closed: list[int | None] = [None] * 5
    folded: dict[int, int] = {}
    edge = 0
    for cut, horizon in [*enumerate(horizons), (4, 100)]:
        for index, (posted_at, xid) in enumerate(movements):
            if edge <= xid < horizon:
                own = sum(posted_at >= start for start in STARTS[:5]) - 1
                window = first_open(windows(*closed), own)
                assert window is not None
                folded[index] = window.cycle_id.int
        if cut < 4:
            closed[cut] = horizon
        edge = horizon
    assert folded == {n: month(posted_at, xid, *closed) for n, (posted_at, xid) in enumerate(movements)}
