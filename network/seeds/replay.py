"""The plan, sent through the partners' tills: day by day, each household's steps in order, households side by side.

Before a day's visits the network's clock is set to the last second of that day: a purchase may not lie in the clock's
future, and the instant of posting decides the cycle. So each visit keeps its own time of purchase, is posted on its
own day, and falls into its own month. The rest is the network's affair: its scheduler sees a month end and closes it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from network.seeds.coalition import ZONE
from network.seeds.plan import Burn, Earn, Enrol, Step, closing_of, local_day
from network.seeds.till import Card, Till, TillRefused


@dataclass(slots=True)
class Tally:
    """What the tills have done so far. `calls` counts API calls, not the SDK's own retries and token requests."""

    enrolments: int = 0
    earns: int = 0
    burns: int = 0
    points_issued: int = 0
    points_burned: int = 0
    calls: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def steps(self) -> int:
        """How many steps of the plan are behind us, refused ones included."""
        return self.enrolments + self.earns + self.burns + self.refusals.total()

    def add(self, other: "Tally") -> None:
        self.enrolments += other.enrolments
        self.earns += other.earns
        self.burns += other.burns
        self.points_issued += other.points_issued
        self.points_burned += other.points_burned
        self.calls += other.calls
        self.refusals.update(other.refusals)


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """The end of a replay. `refusals` counts by the network's code; `members` is each household's member id."""

    enrolments: int
    earns: int
    burns: int
    points_issued: int
    points_burned: int
    calls: int
    seconds: float
    refusals: Mapping[str, int]
    members: Mapping[int, str]

    @property
    def calls_per_second(self) -> float:
        return self.calls / self.seconds if self.seconds else 0.0


def replay(
    steps: Iterable[Step],
    tills: Mapping[str, Till],
    *,
    advance: Callable[[datetime], None],
    on_day: Callable[[date, Tally], None] = lambda day, tally: None,
    workers: int = 8,
) -> ReplayResult:
    """Send every step through the till of its partner (`tills`, by partner code) and count what came of it.

    `advance` sets the network's clock to an instant, once per day of the plan; `on_day` is told after each day. What
    the network refuses is counted by its code and the replay goes on; what the SDK could not deliver after its own
    retries ends it, as does a household that could not be enrolled.
    """
    started = time.perf_counter()
    shards = [_Shard(tills) for _ in range(workers)]
    total = Tally()
    with ThreadPoolExecutor(workers, thread_name_prefix="till") as pool:
        for day, todays in _by_day(steps):
            advance(closing_of(day, ZONE))
            for tally in pool.map(_Shard.run, shards, _dealt(todays, workers)):
                total.add(tally)
            on_day(day, total)
    return ReplayResult(
        enrolments=total.enrolments,
        earns=total.earns,
        burns=total.burns,
        points_issued=total.points_issued,
        points_burned=total.points_burned,
        calls=total.calls,
        seconds=time.perf_counter() - started,
        refusals=dict(total.refusals),
        members={household: card.member for shard in shards for household, card in shard.cards.items()},
    )


class _Shard:
    """Some of the households, played by one thread at a time, so that each one's steps keep their order."""

    def __init__(self, tills: Mapping[str, Till]) -> None:
        self.cards: dict[int, Card] = {}
        self._tills = tills
        self._known: set[tuple[int, str]] = set()

    def run(self, steps: Sequence[Step]) -> Tally:
        tally = Tally()
        for step in steps:
            try:
                self._play(step, tally)
            except TillRefused as refusal:
                if isinstance(step, Enrol):
                    raise
                tally.refusals[refusal.code] += 1
        return tally

    def _play(self, step: Step, tally: Tally) -> None:
        visit = step.visit
        till = self._tills[visit.partner_code]
        if isinstance(step, Enrol):
            tally.calls += 1
            self.cards[visit.household_id] = till.enrol(visit)
            self._known.add((visit.household_id, visit.partner_code))
            tally.enrolments += 1
            return
        card = self._shown(step, till, tally)
        if isinstance(step, Earn):
            tally.calls += 1
            tally.points_issued += till.earn(card, visit)
            tally.earns += 1
        else:
            self._burn(step, card, till, tally)

    def _burn(self, step: Burn, card: Card, till: Till, tally: Tally) -> None:
        """Asks the network first, as a till does: expiry, which the plan does not know, may have taken points."""
        tally.calls += 1
        points = min(step.points, till.redeemable(card, step.visit))
        if not points:
            raise TillRefused("nothing_redeemable")
        tally.calls += 1
        tally.points_burned += till.burn(card, step.visit, points)
        tally.burns += 1

    def _shown(self, step: Step, till: Till, tally: Tally) -> Card:
        """The member's card. A partner knows a member from the first time on that the card was shown to it."""
        visit = step.visit
        card = self.cards[visit.household_id]
        if (visit.household_id, visit.partner_code) not in self._known:
            tally.calls += 1
            till.recognise(card)
            self._known.add((visit.household_id, visit.partner_code))
        return card


def _by_day(steps: Iterable[Step]) -> Iterator[tuple[date, list[Step]]]:
    for day, todays in groupby(steps, key=lambda step: local_day(step.visit.purchased_at, ZONE)):
        yield day, list(todays)


def _dealt(steps: Iterable[Step], hands: int) -> list[list[Step]]:
    """The steps dealt out by household, in order within each hand."""
    dealt: list[list[Step]] = [[] for _ in range(hands)]
    for step in steps:
        dealt[step.visit.household_id % hands].append(step)
    return dealt
