"""What the tills will do, worked out beforehand from the visits alone: pure, in time order, the same every time.

Purchases are the data set's; it knows no points, so that members burn, and when, is this file's rule. It looks at
nothing but earlier visits, and its only chance is a hash, so that a run can be told again visit by visit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zlib import crc32
from zoneinfo import ZoneInfo

from network.kernel.calendar import local_midnight
from network.kernel.money import minor_digits, to_major
from network.seeds.coalition import CURRENCY, MEMBER_VALUE, POINTS_PER_UNIT
from network.seeds.journey import Visit


@dataclass(frozen=True, slots=True)
class Enrol:
    """A household becomes a member at the till of its first visit."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Earn:
    """A visit is reported; `points` is what it should bring, which may be none."""

    visit: Visit
    points: int


@dataclass(frozen=True, slots=True)
class Burn:
    """Before paying, the member spends so many points on this visit."""

    visit: Visit
    points: int


Step = Enrol | Earn | Burn


@dataclass(frozen=True, slots=True)
class BurnRule:
    """When a member at the till burns, and how many points.

    Not where most of its points come from, and only once it has saved enough: `thresholds` are the patiences of
    different households (points). From then on it takes one chance in `one_visit_in`, and pays with whole `step`s
    (points) as much of the bill as it can.
    """

    thresholds: tuple[int, ...] = (200, 300, 500)
    one_visit_in: int = 2
    step: int = 10

    def threshold(self, household_id: int) -> int:
        """How many points this household saves up before it burns any."""
        return self.thresholds[_lot(household_id) % len(self.thresholds)]

    def points(self, book: "Book", visit: Visit) -> int:
        """How many points to burn at this visit; 0 for none."""
        if visit.partner_code == book.home() or book.available < self.threshold(visit.household_id):
            return 0
        if _lot(visit.household_id, visit.basket_id, visit.partner_code) % self.one_visit_in:
            return 0
        affordable = min(book.available, points_worth(visit.amount_minor))
        return affordable - affordable % self.step


@dataclass(slots=True)
class Book:
    """What the plan remembers of one household: points earned by partner, and points burned."""

    earned: Counter[str] = field(default_factory=Counter)
    burned: int = 0

    @property
    def available(self) -> int:
        """Points left to burn, expiry aside: the network's own answer is asked at the till."""
        return self.earned.total() - self.burned

    def home(self) -> str | None:
        """The partner where most of the points were earned (of equals, the first by code); None before any."""
        return min(self.earned, key=lambda code: (-self.earned[code], code), default=None)


def points_earned(amount_minor: int) -> int:
    """The points of a purchase, rounded down."""
    return int(to_major(amount_minor, CURRENCY) * POINTS_PER_UNIT)


def points_worth(amount_minor: int) -> int:
    """The most points that a bill can be paid with."""
    return int(Decimal(amount_minor) / MEMBER_VALUE.scaleb(minor_digits(CURRENCY)))


def plan(visits: Iterable[Visit], rule: BurnRule | None = None) -> Iterator[Step]:
    """The steps of these visits, which must come in time order. At one till: enrol, burn, then earn.

    Points of a purchase are earned on its whole amount, however it was paid, so that every amount in the ledger is
    one of the data set's.
    """
    rule = rule or BurnRule()
    books: dict[int, Book] = {}
    for visit in visits:
        if visit.household_id not in books:
            books[visit.household_id] = Book()
            yield Enrol(visit)
        book = books[visit.household_id]
        if burned := rule.points(book, visit):
            book.burned += burned
            yield Burn(visit, burned)
        earned = points_earned(visit.amount_minor)
        book.earned[visit.partner_code] += earned
        yield Earn(visit, earned)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day on the stores' calendar that an instant lies in."""
    return instant.astimezone(zone).date()


def closing_of(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a local day, in UTC: when its purchases are posted, still in its own month."""
    return local_midnight(day + timedelta(days=1), zone) - timedelta(seconds=1)


def _lot(*numbers: int | str) -> int:
    """A number that looks drawn by lot and is the same on every machine."""
    return crc32(":".join(map(str, numbers)).encode())
