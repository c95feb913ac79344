"""Taking turns: what is compared runs in alternation, so that a busy moment of the machine falls on all sides alike."""

import statistics
from collections.abc import Callable, Mapping

Samples = Mapping[str, list[float]]


def interleave(
    rounds: int, sides: Mapping[str, Callable[[], float]], between: Callable[[], None] = lambda: None
) -> dict[str, list[float]]:
    """Run every side once a round, each round beginning with another one; the samples of each side."""
    samples: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            between()
            samples[name].append(sides[name]())
    return samples


def median(samples: list[float]) -> float:
    """The middle one."""
    return statistics.median(samples)
