"""The life of a cycle."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import STAMPS, STEPS, State, check_step, forgotten_stamps
from network.settlement.errors import CycleNotReady

ORDER = list(State)
states = st.sampled_from(ORDER)


def test_a_cycle_goes_from_open_to_closed_and_nowhere_else_but_back_to_cut_by_a_rejection() -> None:
    steps = {(before, after) for before, afters in STEPS.items() for after in afters}
    onwards = set(pairwise(ORDER))
    assert steps == onwards | {(State.STATED, State.CUT)}
    assert STEPS[State.CLOSED] == frozenset()


@given(states, states)
def test_a_step_that_is_not_in_the_table_is_refused_with_the_state_that_stands_in_its_way(
    before: State, after: State
) -> None:
    if after in STEPS[before]:
        check_step(before, after)
    else:
        with pytest.raises(CycleNotReady) as refusal:
            check_step(before, after)
        assert refusal.value.extra == {"state": before.value}


@given(st.lists(states, max_size=40))
def test_whatever_is_tried_a_cycle_has_the_instants_of_the_states_it_has_reached_and_no_others(
    tries: list[State],
) -> None:
    state, stamped = State.OPEN, set[str]()
    for after in tries:
        if after not in STEPS[state]:
            continue
        forgotten = set(forgotten_stamps(state, after))
        stamped = stamped - forgotten if forgotten else stamped | {STAMPS[after]}
        state = after
        assert stamped == {stamp for reached, stamp in STAMPS.items() if state.has_reached(reached)}


@given(states, states)
def test_a_state_is_reached_once_its_place_is_passed(state: State, other: State) -> None:
    assert state.has_reached(other) == (ORDER.index(state) >= ORDER.index(other))
    assert state.is_complete == state.has_reached(State.CUT)
    assert state.has_lines == state.has_reached(State.NETTED)
    assert state.is_approved == state.has_reached(State.APPROVED)
