"""The life of a cycle: its states, and the only steps between them. The database holds the same table by a trigger."""

from collections.abc import Mapping
from enum import StrEnum

from network.settlement.errors import CycleNotReady


class State(StrEnum):
    """In this order, never back, but for a rejection, which takes a stated cycle back to cut to be netted anew.

    open        movements still fall into it
    cut         complete: its slices never change again
    netted      the lines are written: who owes whom, leg by leg
    stated      every partner has its statement; one person prepares it, another approves or rejects it
    approved    two persons stand for its amounts
    instructed  what is to be paid and called in has been told to the bank
    paid        all of it has happened
    closed      everything is matched; no row of it ever changes again
    """

    OPEN = "open"
    CUT = "cut"
    NETTED = "netted"
    STATED = "stated"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    PAID = "paid"
    CLOSED = "closed"

    @property
    def is_complete(self) -> bool:
        """Whether nothing can fall into the cycle any more."""
        return self is not State.OPEN

    @property
    def has_lines(self) -> bool:
        """Whether it is known who owes whom."""
        return self not in (State.OPEN, State.CUT)

    @property
    def is_approved(self) -> bool:
        """Whether the amounts are final: no rejection can change them any more."""
        return self in (State.APPROVED, State.INSTRUCTED, State.PAID, State.CLOSED)

    def has_reached(self, other: "State") -> bool:
        """Whether a cycle in this state has been in the other one, and is not on its way there again."""
        return _ORDER[self] >= _ORDER[other]


_ORDER = {state: place for place, state in enumerate(State)}

STEPS: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.CUT}),
    State.CUT: frozenset({State.NETTED}),
    State.NETTED: frozenset({State.STATED}),
    State.STATED: frozenset({State.APPROVED, State.CUT}),
    State.APPROVED: frozenset({State.INSTRUCTED}),
    State.INSTRUCTED: frozenset({State.PAID}),
    State.PAID: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}
"""Where a cycle can go from each state."""

STAMPS: Mapping[State, str] = {state: f"{state.value}_at" for state in State if state is not State.OPEN}
"""The column that says when a cycle came into each state; null again for those that a rejection took back."""


def check_step(before: State, after: State) -> None:
    """Raises CycleNotReady for a step that the table does not know."""
    if after not in STEPS[before]:
        raise CycleNotReady(f"A cycle that is {before.value} can't become {after.value}.", state=before.value)


def forgotten_stamps(before: State, after: State) -> list[str]:
    """The columns that a step back empties: of every state that is to be reached anew."""
    return [stamp for state, stamp in STAMPS.items() if _ORDER[after] < _ORDER[state] <= _ORDER[before]]
