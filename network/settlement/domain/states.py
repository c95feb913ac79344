"""The life of a cycle."""

from enum import StrEnum


class State(StrEnum):
    """In this order, never back, but for a rejection, which takes a stated cycle back to cut to be netted anew.

    open        movements still fall into it
    cut         complete: its slices never change again
    netted      the lines are written: who owes whom, leg by leg
    stated      every partner has its statement
    """

    OPEN = "open"
    CUT = "cut"
    NETTED = "netted"
    STATED = "stated"

    @property
    def is_complete(self) -> bool:
        """Whether nothing can fall into the cycle any more."""
        return self is not State.OPEN

    @property
    def has_lines(self) -> bool:
        """Whether it is known who owes whom."""
        return self not in (State.OPEN, State.CUT)
