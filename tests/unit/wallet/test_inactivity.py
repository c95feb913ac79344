"""Points that expire by inactivity: a timer on each lot, set anew while their owner is seen. No database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.calendar import GREGORIAN
from network.kernel.identifiers import new_id
from network.wallet.domain import (
    GENESIS,
    Balance,
    Burn,
    Draft,
    Drawn,
    Earn,
    Entry,
    Head,
    Inactivity,
    Kind,
    Operation,
    Slip,
    as_of,
    burn,
    earn,
    entry_hash,
    lasts_until,
    rebuild,
    reverse_redemption,
    settle_due,
)
from network.wallet.errors import InsufficientPoints

START = datetime(2017, 1, 10, 12, tzinfo=UTC)
GROCER, FUEL, CONTRACT, WALLET = new_id(), new_id(), new_id(), new_id()
YEAR = Inactivity(12, GREGORIAN, ZoneInfo("UTC"))


class Ledger:
    """One wallet, as the tables would keep it between postings: nothing but its journal."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.lots = 0
        self.now = START

    def draft(self) -> Draft:
        """The wallet now, what is due settled; the due instant of the head is not needed to see that."""
        return as_of(rebuild(WALLET, self.entries, START), self.now)

    def keep(self, draft: Draft) -> None:
        self.entries += draft.posting().entries

    def earn(self, points: int, *, inactivity: Inactivity | None = YEAR, expires_at: datetime | None = None,
             issuer: UUID = GROCER, days_ago: int = 0) -> UUID:  # fmt: skip
        self.lots += 1
        draft, lot_id = self.draft(), UUID(int=self.lots)  # the same in every ledger: ties are broken by it
        at = self.now - timedelta(days=days_ago)
        earn(draft, Earn(points, Slip(issuer, at), lot_id, issuer, CONTRACT, "USD", at, expires_at, inactivity))
        self.keep(draft)
        return lot_id

    def burn(self, points: int) -> None:
        draft = self.draft()
        burn(draft, Burn(points, "USD", Slip(FUEL, self.now), FUEL, CONTRACT))
        self.keep(draft)

    def sweep(self) -> None:
        self.keep(self.draft())

    def wait(self, days: float) -> None:
        self.now += timedelta(days=days)

    def told(self, operation: Operation) -> list[tuple[int, datetime]]:
        return [(each.points, each.slip.occurred_at) for each in self.entries if each.operation == operation]

    @property
    def available(self) -> int:
        return self.draft().balance.available


def day(month: int, number: int, *, year: int = 2017) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def test_points_of_an_owner_who_is_not_seen_expire_at_the_end_of_the_day_so_many_months_on() -> None:
    ledger = Ledger()
    ledger.earn(100)
    ledger.now = day(1, 11, year=2018) - timedelta(microseconds=1)
    assert ledger.available == 100
    ledger.now = day(1, 11, year=2018)
    assert ledger.available == 0
    ledger.sweep()
    assert ledger.told(Operation.EXPIRY) == [(100, day(1, 11, year=2018))]


def test_an_owner_who_is_seen_keeps_them_and_the_timer_is_set_anew_only_when_it_runs_out() -> None:
    ledger = Ledger()
    lot_id = ledger.earn(100)
    ledger.now = day(6, 1)
    ledger.burn(10)
    ledger.sweep()
    assert ledger.told(Operation.EXTENSION) == []
    assert ledger.draft().lot(lot_id).expires_at == day(1, 11, year=2018)
    assert ledger.draft().lasts_until(ledger.draft().lot(lot_id)) == day(6, 2, year=2018)
    ledger.now = day(1, 11, year=2018)
    ledger.sweep()
    assert ledger.told(Operation.EXTENSION) == [(90, day(1, 11, year=2018))]
    assert ledger.draft().lot(lot_id).expires_at == day(6, 2, year=2018)
    ledger.now = day(6, 2, year=2018)
    ledger.sweep()
    assert ledger.told(Operation.EXPIRY) == [(90, day(6, 2, year=2018))]


def test_timers_of_a_wallet_are_set_anew_together_in_an_entry_for_each_issuer() -> None:
    ledger = Ledger()
    for issuer in (GROCER, FUEL, GROCER):
        ledger.earn(10, issuer=issuer)
        ledger.wait(7)
    ledger.burn(5)
    ledger.now = day(1, 11, year=2018)
    ledger.sweep()
    made = [(each.slip.partner_id, each.points) for each in ledger.entries if each.operation == Operation.EXTENSION]
    assert sorted(made) == sorted([(GROCER, 15), (FUEL, 10)])
    assert {lot.expires_at for lot in ledger.draft().lots} == {day(2, 1, year=2018)}
    ledger.now = day(2, 1, year=2018)
    ledger.sweep()
    assert [points for points, _ in ledger.told(Operation.EXPIRY)] == [5, 10, 10]


def test_a_lot_keeps_its_rule_whatever_is_taken_from_it() -> None:
    ledger = Ledger()
    lot_id = ledger.earn(100)
    draft = ledger.draft()
    burn(draft, Burn(40, "USD", Slip(FUEL, START), FUEL, CONTRACT))
    assert draft.lot(lot_id).inactivity == YEAR


def test_nothing_is_set_anew_for_points_with_a_date_or_for_ever() -> None:
    ledger = Ledger()
    ledger.earn(1, inactivity=None, expires_at=day(3, 1))
    ledger.earn(2, inactivity=None)
    ledger.now = day(2, 1)
    ledger.burn(1)
    ledger.now = day(1, 1, year=2030)
    ledger.sweep()
    assert ledger.told(Operation.EXTENSION) == []
    assert ledger.available == 2


def test_what_a_sweep_missed_for_long_expired_when_it_did_and_not_when_somebody_looked() -> None:
    ledger = Ledger()
    ledger.earn(100)
    ledger.now = day(6, 1)
    ledger.burn(10)
    ledger.now = day(1, 1, year=2020)
    ledger.sweep()
    assert ledger.told(Operation.EXTENSION) == []
    assert ledger.told(Operation.EXPIRY) == [(90, day(6, 2, year=2018))]


def test_a_burn_that_comes_too_late_does_not_bring_points_back() -> None:
    ledger = Ledger()
    ledger.earn(100)
    ledger.now = day(1, 11, year=2018)
    with pytest.raises(InsufficientPoints):
        ledger.burn(1)


def test_a_purchase_reported_late_shows_its_owner_by_the_report() -> None:
    ledger = Ledger()
    ledger.now = day(6, 1)
    lot_id = ledger.earn(100, days_ago=90)
    assert ledger.draft().lot(lot_id).expires_at == day(6, 2, year=2018)


def test_a_floor_keeps_points_of_the_inactive() -> None:
    ledger = Ledger()
    ledger.earn(100, expires_at=day(1, 1, year=2020))
    ledger.now = day(12, 31, year=2019)
    assert ledger.available == 100
    ledger.now = day(1, 1, year=2020)
    assert ledger.available == 0


def test_points_that_come_back_to_a_lot_whose_timer_ran_out_are_good_if_their_owner_was_seen() -> None:
    ledger = Ledger()
    lot_id = ledger.earn(100)
    ledger.burn(100)
    ledger.now = day(12, 1)
    ledger.earn(1)
    ledger.now = day(3, 1, year=2018)
    draft = as_of(rebuild(WALLET, ledger.entries, START), ledger.now)
    lot = rebuild(WALLET, ledger.entries, START).lots[lot_id]
    draft = Draft(
        draft.head, [*(each for each in draft.lots if each.lot_id != lot_id), lot], ledger.now,
        active_at=draft.active_at,
    )  # fmt: skip
    drawn = Drawn(lot_id, 100, FUEL, CONTRACT)
    extended_to = ledger.now + timedelta(days=30)
    reverse_redemption(draft, [drawn], 40, Slip(FUEL, ledger.now), refers_to=2, extended_to=extended_to)
    settle_due(draft)
    assert draft.balance.available == 41
    assert draft.lot(lot_id).expires_at == day(12, 2, year=2018)


def test_the_rule_is_in_the_hash_of_the_issue_and_of_no_other_movement() -> None:
    ledger = Ledger()
    ledger.earn(100)
    (issue,) = ledger.entries
    assert [movement.kind for movement in issue.movements if movement.inactivity] == [Kind.ISSUE]
    plain = Ledger()
    plain.earn(100, inactivity=None, expires_at=issue.movements[0].expires_at)
    other = plain.entries[0]
    assert _like(issue, other) != issue.hash
    ledger.burn(1)
    assert [movement.inactivity for movement in ledger.entries[1].movements] == [None]


def _like(one: Entry, other: Entry) -> bytes:
    """The hash of an entry with the other's rules of inactivity, all else the same."""
    movements = tuple(
        replace(mine, inactivity=theirs.inactivity) for mine, theirs in zip(one.movements, other.movements, strict=True)
    )
    return entry_hash(GENESIS, replace(one, movements=movements, hash=b""))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(1, 100), st.sampled_from([1, 3, 6, None])),
        st.tuples(st.just("burn"), st.integers(1, 150)),
        st.tuples(st.just("wait"), st.floats(0.01, 200)),
        st.tuples(st.just("sweep")),
    ),
    min_size=1,
    max_size=40,
)


@given(steps)
def test_who_sweeps_how_often_makes_no_difference_to_anybody(history: Iterable[tuple[object, ...]]) -> None:
    swept, lazy = Ledger(), Ledger()
    for name, *arguments in history:
        for ledger in (swept, lazy):
            if name == "earn":
                points, months = arguments
                rule = Inactivity(months, GREGORIAN, ZoneInfo("UTC")) if isinstance(months, int) else None
                ledger.earn(int(str(points)), inactivity=rule)
            elif name == "burn":
                if ledger.available >= (points := int(str(arguments[0]))):
                    ledger.burn(points)
            elif name == "wait":
                ledger.wait(float(str(arguments[0])))
        swept.sweep()
        assert swept.draft().balance == lazy.draft().balance
        assert timers(swept) == timers(lazy)
        assert sorted(swept.told(Operation.EXPIRY)) == sorted(lazy.told(Operation.EXPIRY) + _untold(lazy))


def timers(ledger: Ledger) -> list[tuple[int, datetime | None]]:
    """What is left of each lot, and until when by the date on record, in the order in which lots are drawn."""
    return [(lot.remaining, lot.expires_at) for lot in ledger.draft().lots if lot.remaining]


def _untold(ledger: Ledger) -> list[tuple[int, datetime]]:
    """What has expired and is not entered yet."""
    entries = ledger.draft().posting().entries
    return [(each.points, each.slip.occurred_at) for each in entries if each.operation == Operation.EXPIRY]


def test_a_lot_without_a_timer_has_no_date_whatever_its_owner_does() -> None:
    head = Head(WALLET, 0, GENESIS, Balance(), START, None)
    draft = Draft(head, [], START)
    lot_id = new_id()
    earn(draft, Earn(5, Slip(GROCER, START), lot_id, GROCER, CONTRACT, "USD", START, None))
    assert lasts_until(draft.lot(lot_id), START) is None
