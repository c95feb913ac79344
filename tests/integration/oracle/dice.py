"""What a step is made of, thrown from one number: mostly something sensible, now and then something that is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

_LATE_DAYS = [34, 36, 60, 399, 401]  # on either side of how late a burn, and a purchase, may be told
_AHEAD_MINUTES = [4, 6]  # and of how far a till's clock may run ahead
_HOLD_SECONDS = [60, 1800, 86_400, 604_800, 604_800, 604_800]


class Dice(Random):
    """Chance, with a till's habits."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __repr__(self) -> str:
        return f"Dice({self.number})"

    def thrown(self, time: int) -> Dice:
        """The same dice, thrown for the so manieth time: Hypothesis likes to repeat itself."""
        return Dice(hash((self.number, time)))

    def one_in(self, times: int) -> bool:
        """Once in so many times."""
        return self.randrange(times) == 0

    def pick(self, of: Sequence[T]) -> T:
        """One of them."""
        return of[self.randrange(len(of))]

    def amount_minor(self) -> int:
        """A purchase: small, round, or neither."""
        if self.one_in(10):
            return self.randint(1, 150)
        return self.randint(1, 300) * 100 if self.one_in(2) else self.randint(100, 30_000)

    def share(self, of: int) -> int:
        """Some of it, all of it, or, now and then, too much; at least one."""
        percent = 100 if self.one_in(5) else self.randint(1, 80)
        return max(1, of * percent // 100) + (1 if self.one_in(15) else 0)

    def ago(self) -> timedelta | None:
        """How long ago a till says that it was; less than nothing, if its clock runs ahead. None: it says nothing."""
        if self.one_in(2):
            return None
        if self.one_in(8):
            return -timedelta(minutes=self.pick(_AHEAD_MINUTES))
        return timedelta(days=self.pick(_LATE_DAYS) if self.one_in(6) else self.randint(0, 34))

    def basket(self, amount_minor: int) -> tuple[int, ...]:
        """The amounts of up to four lines; they add up, mostly."""
        cuts = sorted({0, amount_minor, *(self.randint(1, amount_minor) for _ in range(self.randint(0, 3)))})
        lines = [high - low for low, high in pairwise(cuts)]
        if self.one_in(15):
            lines[0] += 1
        return tuple(lines)

    def lines(self, basket: tuple[int, ...]) -> tuple[int, ...]:
        """Some lines of a basket, seldom one that it has not."""
        numbers = range(1, len(basket) + (2 if self.one_in(8) else 1))
        return tuple(sorted(self.sample(numbers, self.randint(1, len(numbers)))))

    def hold_seconds(self) -> int:
        return self.pick(_HOLD_SECONDS)

    def step_of_time(self) -> timedelta:
        """Hours mostly, or weeks; seldom more than a year."""
        if self.one_in(40):
            return timedelta(days=self.randint(200, 420))
        return timedelta(days=self.randint(1, 45)) if self.one_in(3) else timedelta(minutes=self.randint(0, 1440))


dice: st.SearchStrategy[Any] = st.integers(0, 2**48).map(Dice)
