"""Time as it is: local midnights, leap days, daylight saving, and clocks that are wrong or step back."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.wallet.jobs import sweep
from tests.fixtures import Coalition, Customer, Till, assert_problem, day

INSTANT = timedelta(microseconds=1)


@pytest.fixture
def florist(coalition: Coalition) -> Till:
    """Its points live a month."""
    return coalition.join("florist", months=1)


@pytest.fixture
def sara(coalition: Coalition, florist: Till) -> Customer:
    return coalition.enrol(florist)


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition) -> Iterator[None]:
    yield
    assert {each.check.name: each.rows for each in check_everything() if not each.holds} == {}


def live_in(coalition: Coalition, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setitem(coalition.app.extensions, "peyvand.zone", ZoneInfo(zone))


def step_back(to: datetime) -> None:
    """What `set_clock` refuses and a server's clock does all the same."""
    db.session.execute(text("UPDATE network_clock SET frozen_at = :to"), {"to": to})
    db.session.commit()


MIDNIGHTS = {
    # zone, bought at noon of this day, gone at this instant
    "Greenwich": ("UTC", day(1, 10), datetime(2017, 2, 11, tzinfo=UTC)),
    "Tehran": ("Asia/Tehran", day(1, 10), datetime(2017, 2, 10, 20, 30, tzinfo=UTC)),
    "New York": ("America/New_York", day(1, 10), datetime(2017, 2, 11, 5, tzinfo=UTC)),
    "Berlin, a day of 23 hours": ("Europe/Berlin", day(2, 26), datetime(2017, 3, 26, 22, tzinfo=UTC)),
    "Berlin, a day of 25 hours": ("Europe/Berlin", day(9, 29), datetime(2017, 10, 29, 23, tzinfo=UTC)),
    "Tehran, when its clocks jumped over midnight": (
        "Asia/Tehran",
        day(2, 21),
        datetime(2017, 3, 21, 20, 30, tzinfo=UTC),
    ),
    "Tehran, the day after": ("Asia/Tehran", day(2, 22), datetime(2017, 3, 22, 19, 30, tzinfo=UTC)),
    "Tehran, since it has no summer time": (
        "Asia/Tehran",
        day(2, 22, year=2023),
        datetime(2023, 3, 22, 20, 30, tzinfo=UTC),
    ),
    "a leap day": ("UTC", day(1, 29, year=2020), datetime(2020, 3, 1, tzinfo=UTC)),
    "a year without one": ("UTC", day(1, 29, year=2021), datetime(2021, 3, 1, tzinfo=UTC)),
}


@pytest.mark.parametrize(("zone", "bought_at", "gone_at"), MIDNIGHTS.values(), ids=MIDNIGHTS.keys())
def test_points_are_there_to_the_last_instant_of_their_last_local_day_and_gone_in_the_next(
    coalition: Coalition, florist: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch,
    zone: str, bought_at: datetime, gone_at: datetime,
) -> None:  # fmt: skip
    live_in(coalition, monkeypatch, zone)
    coalition.at(bought_at)
    (lot,) = florist.earn(sara, 10_00).json["lots"]
    assert datetime.fromisoformat(lot["expires_at"]) == gone_at
    coalition.at(gone_at - INSTANT)
    assert florist.balance(sara).json["available"] == 10
    assert florist.redeem(sara, 4).status_code == 201
    coalition.at(gone_at)
    told = florist.balance(sara).json
    assert (told["available"], told["expiring"]) == (0, [])
    assert_problem(florist.redeem(sara, 1), 402, "insufficient_points")
    sweep()
    rows = db.session.execute(text("SELECT points, occurred_at FROM journal WHERE operation = 'expiry'")).all()
    assert [tuple(row) for row in rows] == [(6, gone_at)]


def test_a_year_from_a_leap_day_is_the_last_of_february(coalition: Coalition) -> None:
    grocer = coalition.join("grocer", months=12)
    sara = coalition.enrol(grocer)
    coalition.at(day(2, 29, year=2020))
    (lot,) = grocer.earn(sara, 10_00).json["lots"]
    assert lot["expires_at"] == "2021-03-01T00:00:00Z"


def test_a_sweep_before_midnight_does_nothing_and_one_after_it_everything(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 10))
    florist.earn(sara, 10_00)
    coalition.at(day(2, 11, 0) - INSTANT)
    assert sweep() == 0
    coalition.at(day(2, 11, 0))
    assert sweep() == 1


def test_a_tills_clock_that_runs_ahead_makes_nobody_wait(coalition: Coalition, florist: Till, sara: Customer) -> None:
    coalition.at(day(1, 10))
    earned = florist.earn(sara, 10_00, occurred_at="2017-01-10T12:05:00Z").json
    assert (earned["balance"]["available"], earned["balance"]["pending"]) == (10, 0)
    assert (earned["occurred_at"], earned["posted_at"]) == ("2017-01-10T12:05:00Z", "2017-01-10T12:00:00Z")
    assert florist.redeem(sara, 10, occurred_at="2017-01-10T12:05:00Z").status_code == 201
    too_far = florist.earn(sara, 10_00, occurred_at="2017-01-10T12:05:00.000001Z")
    assert_problem(too_far, 422, "purchase_in_future", "#/occurred_at")


def test_a_tills_clock_that_runs_ahead_over_midnight_makes_it_the_next_days_purchase(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 11, 0) - timedelta(minutes=1))
    lots = [florist.earn(sara, 10_00, **more).json["lots"][0] for more in ({}, {"occurred_at": "2017-01-11T00:03:00Z"})]
    assert [lot["expires_at"] for lot in lots] == ["2017-02-11T00:00:00Z", "2017-02-12T00:00:00Z"]


def test_a_tills_clock_that_is_behind_dates_the_purchase_and_not_the_entry(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 10))
    earned = florist.earn(sara, 10_00, occurred_at="2017-01-09T12:00:00Z").json
    assert (earned["posted_at"], earned["lots"][0]["expires_at"]) == ("2017-01-10T12:00:00Z", "2017-02-10T00:00:00Z")


def test_what_is_reported_out_of_order_expires_in_the_order_of_its_own_days(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 20))
    florist.earn(sara, 10_00, occurred_at="2017-01-20T12:00:00Z")
    florist.earn(sara, 5_00, occurred_at="2017-01-15T12:00:00Z")
    florist.redeem(sara, 5)
    told = florist.balance(sara).json["expiring"]
    assert told == [{"points": 10, "expires_at": "2017-02-21T00:00:00Z"}]


def test_a_servers_clock_that_steps_back_never_takes_a_wallets_journal_back(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 10))
    florist.earn(sara, 10_00)
    step_back(day(1, 10, 10))
    second = florist.earn(sara, 5_00).json
    redeemed = florist.redeem(sara, 12).json
    assert (second["posted_at"], redeemed["posted_at"]) == ("2017-01-10T12:00:00Z", "2017-01-10T12:00:00Z")
    assert second["occurred_at"] == "2017-01-10T10:00:00Z"
    coalition.at(day(1, 10, 13))
    assert florist.redeem(sara, 3).json["posted_at"] == "2017-01-10T13:00:00Z"


def test_what_has_expired_stays_expired_when_the_clock_steps_back(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 10))
    florist.earn(sara, 10_00)
    coalition.at(day(2, 11))
    sweep()
    step_back(day(2, 10))
    assert florist.balance(sara).json["available"] == 0
    earned = florist.earn(sara, 4_00).json
    assert (earned["posted_at"], earned["balance"]["available"]) == ("2017-02-11T12:00:00Z", 4)
    assert_problem(florist.redeem(sara, 5), 402, "insufficient_points")


def test_a_hold_lapses_by_the_wallets_own_time_when_the_clock_steps_back(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(1, 10))
    florist.earn(sara, 10_00)
    step_back(day(1, 10, 10))
    held = florist.redeem(sara, 4, capture=False, hold_seconds=600).json
    assert held["hold_expires_at"] == "2017-01-10T12:10:00Z"
    coalition.at(day(1, 10, 13))
    assert florist.balance(sara).json["available"] == 10


def test_the_machines_zone_says_nothing(
    coalition: Coalition, florist: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    coalition.at(day(1, 10, 22))
    told = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Tehran"):
        monkeypatch.setitem(os.environ, "TZ", zone)
        time.tzset()
        earned = florist.earn(sara, 1_00).json
        told.append((earned["posted_at"], earned["lots"][0]["expires_at"]))
    monkeypatch.undo()
    time.tzset()
    assert set(told) == {("2017-01-10T22:00:00Z", "2017-02-11T00:00:00Z")}


def test_entries_are_dated_by_the_databases_clock_alone(coalition: Coalition, florist: Till, sara: Customer) -> None:
    set_clock(None)
    before, after = "SELECT clock_timestamp()", "SELECT clock_timestamp()"
    began = db.session.execute(text(before)).scalar_one()
    posted_at = datetime.fromisoformat(florist.earn(sara, 1_00).json["posted_at"])
    db.session.rollback()
    assert began < posted_at < db.session.execute(text(after)).scalar_one()
    coalition.at(day(1, 1, year=2090))  # sixty years ahead of this process
    assert florist.earn(sara, 1_00).json["posted_at"] == "2090-01-01T12:00:00Z"
