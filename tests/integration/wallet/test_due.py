"""What time alone changes counts at once, and is written by whoever comes first: a posting, or the sweep."""

import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.infrastructure.database import db
from network.wallet.jobs import sweep
from tests.fixtures import Coalition, Customer, Till, day


@pytest.fixture
def florist(coalition: Coalition) -> Till:
    """Its points expire after a month."""
    return coalition.join("florist", months=1)


@pytest.fixture
def fashion(coalition: Coalition) -> Till:
    """Its points wait two weeks."""
    return coalition.join("fashion", pending_days=14)


@pytest.fixture
def sara(coalition: Coalition, florist: Till, fashion: Till) -> Customer:
    """With 100 points until 11 February, 50 until the 16th, and 30 from 24 January on."""
    coalition.at(day(1, 10))
    found = coalition.enrol(florist)
    fashion.post("/v1/members/lookup", {"card_number": found.card_number})
    florist.earn(found, 100_00)
    fashion.earn(found, 30_00)
    coalition.at(day(1, 15))
    florist.earn(found, 50_00)
    return found


def journal() -> list[tuple[str, int, int, int]]:
    db.session.rollback()
    rows = db.session.execute(text("SELECT operation, points, available, pending FROM journal ORDER BY sequence"))
    return [tuple(row) for row in rows]


def test_a_balance_counts_what_is_due_though_nothing_is_written_yet(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    before = journal()
    seen = {}
    for instant in (day(1, 20), day(1, 24), day(2, 11, 0), day(2, 16, 0)):
        coalition.at(instant)
        told = florist.balance(sara).json
        seen[instant] = (told["available"], told["pending"])
    assert list(seen.values()) == [(150, 30), (180, 0), (80, 0), (30, 0)]
    assert journal() == before


def test_the_balance_names_the_next_points_to_expire(coalition: Coalition, florist: Till, sara: Customer) -> None:
    told = florist.balance(sara).json
    assert [(each["points"], each["expires_at"]) for each in told["expiring"]] == [
        (100, "2017-02-11T00:00:00Z"),
        (50, "2017-02-16T00:00:00Z"),
        (30, "2019-01-11T00:00:00Z"),
    ]
    coalition.at(day(2, 12))
    assert [each["points"] for each in florist.balance(sara).json["expiring"]] == [50, 30]


def test_the_sweep_posts_what_the_balance_had_counted(coalition: Coalition, florist: Till, sara: Customer) -> None:
    coalition.at(day(2, 12))
    counted = florist.balance(sara).json
    assert sweep() == 1
    assert journal()[3:] == [("activation", 30, 180, 0), ("expiry", 100, 80, 0)]
    assert florist.balance(sara).json == counted
    assert sweep() == 0
    assert all(finding.holds for finding in check_everything())


def test_a_burn_settles_what_is_due_before_it_takes_points(coalition: Coalition, florist: Till, sara: Customer) -> None:
    coalition.at(day(2, 12))
    florist.redeem(sara, 60)
    assert journal()[3:] == [("activation", 30, 180, 0), ("expiry", 100, 80, 0), ("redemption", 60, 20, 0)]
    assert sweep() == 0


def test_an_expiry_names_the_issuer_that_keeps_the_breakage(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(2, 12))
    sweep()
    rows = db.session.execute(text("SELECT partner_id, occurred_at FROM journal WHERE operation = 'expiry'")).all()
    assert [tuple(row) for row in rows] == [(florist.partner_id, day(2, 11, 0))]


def test_sweeping_two_wallets_touches_each_once(coalition: Coalition, florist: Till, sara: Customer) -> None:
    other = coalition.enrol(florist)
    florist.earn(other, 10_00)
    coalition.at(day(3, 1))
    assert sweep() == 2
    assert florist.balance(other).json["available"] == 0


def test_points_that_came_too_late_to_live_are_issued_and_expire_at_once(
    coalition: Coalition, florist: Till, sara: Customer
) -> None:
    coalition.at(day(3, 1))
    sweep()
    earned = florist.earn(sara, 40_00, occurred_at="2017-01-20T12:00:00Z").json
    assert earned["points"] == 40
    assert earned["balance"]["available"] == florist.balance(sara).json["available"] == 30
    assert journal()[-2:] == [("earn", 40, 70, 0), ("expiry", 40, 30, 0)]
    assert florist.redeem(sara, 31).status_code == 402
    assert all(finding.holds for finding in check_everything())


def test_points_that_came_too_late_to_live_repay_no_debt(coalition: Coalition, florist: Till, sara: Customer) -> None:
    spent = florist.earn(sara, 20_00).json["id"]
    florist.redeem(sara, 170)
    coalition.at(day(3, 1))
    assert florist.post(f"/v1/earns/{spent}/reverse", {}, "return").json["owed_points"] == 20
    assert florist.earn(sara, 40_00, occurred_at="2017-01-20T12:00:00Z").json["balance"]["debt"] == 20
    assert all(finding.holds for finding in check_everything())


def test_points_repay_a_debt_when_they_become_active_whether_or_not_anybody_looks_before_they_expire(
    coalition: Coalition, florist: Till
) -> None:
    slow = coalition.join("slow", pending_days=14, months=1)
    anna = coalition.enrol(florist)
    slow.post("/v1/members/lookup", {"card_number": anna.card_number})
    spent = florist.earn(anna, 20_00).json["id"]
    florist.redeem(anna, 20)
    florist.post(f"/v1/earns/{spent}/reverse", {}, "return")
    slow.earn(anna, 50_00)
    coalition.at(day(6, 1))
    assert florist.get(f"/v1/members/{anna.id}/balance", at="2017-02-01T00:00:00Z").json["debt"] == 0
    assert florist.balance(anna).json["debt"] == 0
    assert sweep() == 1
    assert journal()[-3:] == [("activation", 50, 50, 0), ("repayment", 20, 30, 0), ("expiry", 30, 0, 0)]
    assert all(finding.holds for finding in check_everything())
