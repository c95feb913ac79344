"""Against tills that keep their own books in memory: what is at stake here is order, time and counting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from threading import Lock

import pytest
from rich.console import Console

from network.seeds.coalition import ZONE
from network.seeds.journey import Visit
from network.seeds.plan import BurnRule, Step, closing_of, local_day, plan
from network.seeds.progress import ReplayProgress
from network.seeds.replay import ReplayResult, replay
from network.seeds.till import Card, Till, TillRefused
from tests.unit.seeds.visits import visit

ALWAYS = BurnRule(thresholds=(200,), one_visit_in=1)


@dataclass
class Books:
    """What all tills share: the clock, the balances, and what happened in which order."""

    now: datetime | None = None
    balances: dict[str, int] = field(default_factory=dict)
    log: list[tuple[str, str, Visit | None]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def advance(self, instant: datetime) -> None:
        assert self.now is None or instant > self.now
        self.now = instant


@dataclass
class PaperTill:
    """A till that writes in the shared books."""

    code: str
    books: Books
    refuses: str | None = None
    known: set[str] = field(default_factory=set)

    def enrol(self, visit: Visit) -> Card:
        card = Card(f"card-{visit.household_id}", f"mbr-{visit.household_id}")
        self._write("enrol", visit)
        self.known.add(card.number)
        self.books.balances[card.member] = 0
        return card

    def recognise(self, card: Card) -> None:
        assert card.number not in self.known
        self.known.add(card.number)
        self._write("recognise", None)

    def redeemable(self, card: Card, visit: Visit) -> int:
        assert card.number in self.known
        return min(self.books.balances[card.member], visit.amount_minor)

    def burn(self, card: Card, visit: Visit, points: int) -> int:
        assert 0 < points <= self.books.balances[card.member]
        self._write("burn", visit)
        self.books.balances[card.member] -= points
        return points

    def earn(self, card: Card, visit: Visit) -> int:
        assert card.number in self.known
        self._write("earn", visit)
        if self.refuses:
            raise TillRefused(self.refuses)
        self.books.balances[card.member] += visit.amount_minor // 100
        return visit.amount_minor // 100

    def _write(self, what: str, visit: Visit | None) -> None:
        with self.books.lock:
            if visit:
                assert self.books.now
                assert visit.purchased_at <= self.books.now
            self.books.log.append((what, self.code, visit))


HOUSEHOLDS = range(1, 21)
VISITS = sorted(
    (
        visit("market" if (day // 2 + household) % 3 else "fuel", 9_999 + day, household=household, day=day)
        for household in HOUSEHOLDS
        for day in range(0, 40, 2)
    ),
    key=lambda each: (each.purchased_at, each.basket_id),
)


@pytest.fixture
def books() -> Books:
    return Books()


def tills(books: Books, *, refuses: str | None = None) -> Mapping[str, Till]:
    return {code: PaperTill(code, books, refuses if code == "fuel" else None) for code in ("market", "fuel")}


def steps(visits: list[Visit] = VISITS) -> list[Step]:
    return list(plan(visits, ALWAYS))


def test_each_visit_is_posted_with_the_clock_at_the_last_second_of_its_own_day(books: Books) -> None:
    instants: list[datetime] = []

    def advance(instant: datetime) -> None:
        instants.append(instant)
        books.advance(instant)

    replay(steps(), tills(books), advance=advance)
    days = sorted({local_day(each.purchased_at, ZONE) for each in VISITS})
    assert instants == [closing_of(day, ZONE) for day in days]


def test_a_household_s_steps_keep_their_order_while_households_run_side_by_side(books: Books) -> None:
    replay(steps(), tills(books), advance=books.advance, workers=5)
    for household in HOUSEHOLDS:
        done = [(what, v) for what, _, v in books.log if v and v.household_id == household]
        assert done == [(type(s).__name__.lower(), s.visit) for s in steps() if s.visit.household_id == household]


def test_the_result_counts_what_the_tills_answered(books: Books) -> None:
    result = replay(steps(), tills(books), advance=books.advance)
    assert (result.enrolments, result.earns, result.refusals) == (20, len(VISITS), {})
    assert result.burns > 0
    assert result.points_issued - result.points_burned == sum(books.balances.values())
    recognised = sum(what == "recognise" for what, _, _ in books.log)
    assert result.calls == 20 + recognised + len(VISITS) + 2 * result.burns
    assert result.members[7] == "mbr-7"


def test_a_refused_earn_is_counted_by_its_code_and_the_replay_goes_on(books: Books) -> None:
    result = replay(steps(), tills(books, refuses="no_contract"), advance=books.advance)
    assert result.refusals["no_contract"] == sum(each.partner_code == "fuel" for each in VISITS)
    assert result.earns == sum(each.partner_code == "market" for each in VISITS)


def test_a_burn_is_cut_to_what_the_network_says_is_redeemable(books: Books) -> None:
    class Forgetful(PaperTill):
        def redeemable(self, card: Card, visit: Visit) -> int:
            return 30

    two = {"market": PaperTill("market", books), "fuel": Forgetful("fuel", books)}
    visits = [visit("market", 50_000), visit("fuel", 5_000, day=1)]
    assert replay(plan(visits, ALWAYS), two, advance=books.advance).points_burned == 30


def test_a_burn_of_points_that_have_expired_meanwhile_is_told_as_a_refusal(books: Books) -> None:
    class Empty(PaperTill):
        def redeemable(self, card: Card, visit: Visit) -> int:
            return 0

    two = {"market": PaperTill("market", books), "fuel": Empty("fuel", books)}
    visits = [visit("market", 50_000), visit("fuel", 5_000, day=1)]
    result = replay(plan(visits, ALWAYS), two, advance=books.advance)
    assert (result.burns, result.refusals) == (0, {"nothing_redeemable": 1})


def test_a_household_that_cannot_be_enrolled_ends_the_replay(books: Books) -> None:
    class Closed(PaperTill):
        def enrol(self, visit: Visit) -> Card:
            raise TillRefused("insufficient_scope")

    with pytest.raises(TillRefused, match="insufficient_scope"):
        replay(plan([visit()]), {"market": Closed("market", books)}, advance=books.advance)


def test_without_a_terminal_progress_is_one_line_a_month(books: Books) -> None:
    out = StringIO()
    console = Console(file=out, width=160)
    with ReplayProgress(console, len(steps())) as progress:
        result: ReplayResult = replay(steps(), tills(books), advance=books.advance, on_day=progress)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["2017-01-30", "2017-02-09"]
    assert f"{result.earns:,} earns, {result.burns:,} burns" in lines[-1]


def test_on_a_terminal_progress_shows_the_date_and_the_counts(books: Books) -> None:
    out = StringIO()
    console = Console(file=out, width=160, force_terminal=True)
    with ReplayProgress(console, len(steps())) as progress:
        replay(steps(), tills(books), advance=books.advance, on_day=progress)
    assert "2017-02-09" in out.getvalue()
    assert "points issued" in out.getvalue()
