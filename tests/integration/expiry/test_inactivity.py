"""Inactivity in the tables: the timer, its extension as an entry, the sweep, and time travel that agrees."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.infrastructure.database import db
from network.members.service import wallet_of_member
from network.wallet.jobs import sweep
from network.wallet.service import balance_of
from network.wallet.timetravel import wallet_at
from tests.fixtures import Coalition, Customer, Till, day
from tests.integration.expiry.conftest import Decide


@pytest.fixture
def club(coalition: Coalition, decide: Decide) -> Till:
    """Its points expire a year after their owner was last seen."""
    decide("inactivity", 12, programme="club")
    return coalition.join("club", programme="club")


@pytest.fixture
def omid(coalition: Coalition, club: Till) -> Customer:
    """With 100 points of 1 January 2017."""
    found = coalition.enrol(club)
    club.earn(found, 100_00)
    return found


def journal() -> list[tuple[str, int]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(text("SELECT operation, points FROM journal ORDER BY sequence"))]


def test_the_sweep_lets_points_of_the_inactive_expire(coalition: Coalition, club: Till, omid: Customer) -> None:
    coalition.at(day(1, 2, 0, year=2018))
    assert club.balance(omid).json["available"] == 0
    assert sweep() == 1
    assert journal() == [("earn", 100), ("expiry", 100)]
    assert sweep() == 0


def test_the_sweep_sets_the_timer_of_the_active_anew_as_an_entry(
    coalition: Coalition, club: Till, omid: Customer
) -> None:
    coalition.at(day(6, 1))
    club.redeem(omid, 10)
    coalition.at(day(1, 2, year=2018))
    assert sweep() == 1
    assert journal() == [("earn", 100), ("redemption", 10), ("extension", 90)]
    assert sweep() == 0
    coalition.at(day(6, 2, year=2018))
    assert sweep() == 1
    assert journal()[3:] == [("expiry", 90)]


def test_members_see_the_date_that_their_last_visit_makes(coalition: Coalition, club: Till, omid: Customer) -> None:
    coalition.at(day(6, 1))
    club.redeem(omid, 10)
    expected = [{"points": 90, "expires_at": "2018-06-02T00:00:00Z"}]
    assert club.balance(omid).json["expiring"] == expected
    earned = club.entries(omid).json["data"][-1]["id"]
    assert club.get(f"/v1/earns/{earned}").json["lots"][0]["expires_at"] == "2018-06-02T00:00:00Z"
    coalition.at(day(1, 2, year=2018))
    assert club.balance(omid).json["expiring"] == expected
    past = club.get(f"/v1/members/{omid.id}/balance", at="2017-05-31T00:00:00Z").json
    assert past["expiring"] == [{"points": 100, "expires_at": "2018-01-02T00:00:00Z"}]


def test_a_hold_shows_its_owner_and_what_partners_do_alone_does_not(
    coalition: Coalition, club: Till, omid: Customer
) -> None:
    coalition.at(day(3, 1))
    held = club.redeem(omid, 10, capture=False, hold_seconds=86_400).json["id"]
    coalition.at(day(3, 2, 11))
    club.post(f"/v1/redemptions/{held}/capture", {}, "capture")
    assert club.balance(omid).json["expiring"] == [{"points": 90, "expires_at": "2018-03-02T00:00:00Z"}]


def test_dates_and_timers_stand_in_one_list_in_order(
    coalition: Coalition, club: Till, omid: Customer, grocer: Till
) -> None:
    grocer.post("/v1/members/lookup", {"card_number": omid.card_number})
    coalition.at(day(2, 1))
    grocer.earn(omid, 5_00)
    told = club.balance(omid).json["expiring"]
    assert [(each["points"], each["expires_at"]) for each in told] == [
        (100, "2018-02-02T00:00:00Z"),
        (5, "2019-02-02T00:00:00Z"),
    ]


def test_a_burn_draws_by_the_date_on_record(coalition: Coalition, club: Till, omid: Customer) -> None:
    short = coalition.join("short", months=13)
    short.post("/v1/members/lookup", {"card_number": omid.card_number})
    coalition.at(day(1, 3))
    short.earn(omid, 50_00)
    short.redeem(omid, 100)
    assert short.balance(omid).json["expiring"] == [{"points": 50, "expires_at": "2018-02-04T00:00:00Z"}]


def test_any_instant_looks_the_same_from_then_and_from_now(coalition: Coalition, club: Till, omid: Customer) -> None:
    wallet_id = wallet_of_member(omid.member_id)
    instants = [
        day(6, 1),
        day(1, 1, 23, year=2018),
        day(1, 2, 0, year=2018),
        day(3, 1, year=2018),
        day(7, 1, year=2018),
    ]
    seen = []
    for number, instant in enumerate(instants):
        coalition.at(instant)
        if number == 0:
            club.redeem(omid, 10)
        if number == 3:
            sweep()
        seen.append(balance_of(wallet_id)[1])
    assert [balance.available for balance in seen] == [90, 90, 90, 90, 0]
    assert [wallet_at(wallet_id, instant).balance for instant in instants] == seen


def test_points_returned_to_a_lot_whose_timer_ran_out_are_good_if_their_owner_was_seen(
    coalition: Coalition, club: Till, omid: Customer
) -> None:
    spent = club.redeem(omid, 100).json["id"]
    coalition.at(day(12, 1))
    club.earn(omid, 1_00)
    coalition.at(day(3, 1, year=2018))
    returned = club.post(f"/v1/redemptions/{spent}/reverse", {"points": 40}, "return")
    assert returned.json["balance"]["available"] == 41
    assert club.balance(omid).json["expiring"] == [{"points": 41, "expires_at": "2018-12-02T00:00:00Z"}]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lot_inactivity SET months = 120",
        "UPDATE lot_inactivity SET calendar = 'julian'",
        "UPDATE lot_inactivity SET time_zone = 'Nowhere/Never'",
        "DELETE FROM lot_inactivity",
    ],
)
def test_an_edited_rule_breaks_the_chain(omid: Customer, statement: str) -> None:
    before = db.session.execute(text("SELECT * FROM lot_inactivity")).one()
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # past the triggers, as a thief would
        connection.execute(text(statement))
    assert "hash chain is whole" in {each.check.name for each in check_everything() if not each.holds}
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM lot_inactivity"))
        connection.execute(
            text("INSERT INTO lot_inactivity VALUES (:a, :b, :c, :d, :e)"), dict(zip("abcde", before, strict=True))
        )


def test_the_rule_can_not_be_edited_by_mistake(omid: Customer) -> None:
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(text("UPDATE lot_inactivity SET months = 120"))
    db.session.rollback()
