"""What goes into a pool, what may be taken from it, and that it comes home to those who put it in, and to no others."""

import sys
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

import network.earning.service.across
import network.households.service
from network.households import service as households
from network.households.domain import Policy
from network.households.errors import ContributionCapReached, NothingToContribute, PoolHoldsOpen
from network.households.jobs import share
from network.infrastructure.database import db
from network.infrastructure.outbox import drain
from network.wallet.errors import InsufficientPoints
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, next_key
from tests.integration.households.people import CONSENT, follow, join, own, pool, spend


def test_a_contribution_takes_the_points_that_expire_first_and_the_lots_keep_what_they_are(
    coalition: Coalition, grocer: Till, sara: Customer, home: UUID
) -> None:
    short = coalition.join("short", months=2)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    short.earn(sara, 3_000)
    assert households.contribute(sara.member_id, 50) == 50
    assert (own(grocer, sara), pool(home)) == (80, 50)
    wallet_id = households.get_household(home)[0].wallet_id
    lots = db.session.execute(
        text(
            "SELECT p.code, l.remaining, o.expires_at = l.expires_at AND o.contract_id = l.contract_id"
            "   AND o.issued_at = l.issued_at AND o.activates_at = l.activates_at AS same"
            " FROM lot l JOIN partner p ON p.partner_id = l.issuer_id JOIN transfer_leg t USING (wallet_id, lot_id)"
            " JOIN lot o ON o.lot_id = t.other_lot_id WHERE l.wallet_id = :pool ORDER BY l.expires_at"
        ),
        {"pool": wallet_id},
    ).all()
    assert [tuple(row) for row in lots] == [("short", 30, True), ("grocer", 20, True)]


def test_no_more_is_contributed_than_there_is_and_at_least_one_point(sara: Customer, home: UUID) -> None:
    with pytest.raises(InsufficientPoints):
        households.contribute(sara.member_id, 101)
    with pytest.raises(NothingToContribute):
        households.contribute(sara.member_id, 0)
    assert pool(home) == 0


def test_contributions_are_capped_by_member_and_month(
    coalition: Coalition, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.set_policy(Policy(contribute_cap=30))
    households.contribute(sara.member_id, 20)
    with pytest.raises(ContributionCapReached) as refusal:
        households.contribute(sara.member_id, 11)
    assert refusal.value.extra == {"contributable": 10}
    households.contribute(reza.member_id, 30)
    coalition.at(START + timedelta(days=31))
    households.contribute(sara.member_id, 30)
    households.set_caps(sara.member_id, spend_cap=None, contribute_cap=29)
    with pytest.raises(ContributionCapReached):
        households.contribute(sara.member_id, 1)


def test_any_member_spends_what_others_have_put_in_and_the_draw_is_the_issuers(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 60)
    paid = spend(fuel, reza, 45, receipt="F-1").json
    assert (paid["status"], paid["source"], paid["points"], paid["value_minor"]) == ("captured", "pool", 45, 45)
    assert paid["balance"] == {"available": 15, "pending": 0, "held": 0, "debt": 0}
    assert paid["member"] == reza.id
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (40, 40, 15)
    draws = db.session.execute(
        text(
            "SELECT i.code, r.code, -m.points FROM movement m JOIN partner i ON i.partner_id = m.issuer_id"
            " JOIN partner r ON r.partner_id = m.redeemer_id WHERE m.kind = 'draw'"
        )
    ).all()
    assert [tuple(row) for row in draws] == [("grocer", "fuel", 45)]
    assert fuel.get(f"/v1/redemptions/{paid['id']}").json == paid


def test_who_is_in_no_household_has_no_pool(grocer: Till, sara: Customer) -> None:
    assert_problem(spend(grocer, sara, 1), 402, "not_in_household", "#/source")


def test_the_pool_needs_the_members_own_card(fuel: Till, sara: Customer, reza: Customer, home: UUID) -> None:
    households.contribute(sara.member_id, 60)
    other = Customer(reza.id, sara.card_number)
    assert_problem(spend(fuel, other, 1), 403, "proof_refused", "#/proof")


def test_a_newcomer_may_put_in_at_once_and_spend_after_the_delay(
    coalition: Coalition, fuel: Till, sara: Customer, reza: Customer
) -> None:
    household = households.found(sara.member_id, CONSENT).household_id
    join(household, reza)
    households.contribute(sara.member_id, 50)
    households.contribute(reza.member_id, 10)
    refused = spend(fuel, reza, 5)
    assert_problem(refused, 402, "pool_delay", "#/source")
    assert refused.json["spendable_from"] == "2017-01-08T00:00:00Z"
    assert fuel.balance(reza).json["pool"] == {"available": 60, "spendable": 0}
    coalition.at(START + timedelta(days=7))
    assert spend(fuel, reza, 55).status_code == 201


def test_a_refusal_is_kept_under_its_key(coalition: Coalition, fuel: Till, sara: Customer, reza: Customer) -> None:
    household = households.found(sara.member_id, CONSENT).household_id
    join(household, reza)
    households.contribute(sara.member_id, 50)
    key = next_key()
    first = spend(fuel, reza, 5, key=key)
    coalition.at(START + timedelta(days=7))
    again = spend(fuel, reza, 5, key=key)
    assert (again.status_code, again.json, again.headers["Idempotent-Replayed"]) == (402, first.json, "true")


def test_spending_is_capped_by_member_and_month(
    coalition: Coalition, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.set_policy(Policy(spend_cap=30))
    households.contribute(sara.member_id, 90)
    assert fuel.balance(reza).json["pool"] == {"available": 90, "spendable": 30}
    spend(fuel, reza, 20)
    refused = spend(fuel, reza, 11)
    assert_problem(refused, 402, "pool_cap_reached", "#/points")
    assert refused.json["spendable"] == 10
    assert spend(fuel, sara, 30).status_code == 201
    coalition.at(START + timedelta(days=31))
    assert fuel.balance(reza).json["pool"] == {"available": 40, "spendable": 30}
    assert spend(fuel, reza, 30).status_code == 201


def test_a_member_may_have_a_lower_cap_of_its_own(fuel: Till, sara: Customer, reza: Customer, home: UUID) -> None:
    households.contribute(sara.member_id, 90)
    households.set_caps(reza.member_id, spend_cap=5, contribute_cap=None)
    assert_problem(spend(fuel, reza, 6), 402, "pool_cap_reached")
    assert spend(fuel, reza, 5).status_code == 201
    assert spend(fuel, sara, 6).status_code == 201


def test_a_hold_counts_towards_the_cap_until_it_is_over_and_a_return_gives_it_back(
    coalition: Coalition, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.set_policy(Policy(spend_cap=30))
    households.contribute(sara.member_id, 90)
    held = spend(fuel, reza, 25, capture=False).json
    assert (held["status"], held["source"], held["balance"]["held"]) == ("authorized", "pool", 25)
    assert_problem(spend(fuel, reza, 6), 402, "pool_cap_reached")
    captured = follow(fuel, held["id"], "capture", points=10).json
    assert (captured["captured_points"], captured["source"], captured["balance"]["available"]) == (10, "pool", 80)
    assert_problem(spend(fuel, reza, 21), 402, "pool_cap_reached")
    returned = follow(fuel, held["id"], "reverse", points=4).json
    assert (returned["points"], returned["balance"]["available"]) == (4, 84)
    assert fuel.balance(reza).json["pool"] == {"available": 84, "spendable": 24}
    voided = spend(fuel, reza, 24, capture=False).json["id"]
    assert follow(fuel, voided, "void").json["status"] == "voided"
    assert spend(fuel, reza, 24).status_code == 201
    lapsing = spend(fuel, sara, 30, capture=False, hold_seconds=60).json["id"]
    coalition.at(START + timedelta(days=7, minutes=2))
    assert fuel.get(f"/v1/redemptions/{lapsing}").json["status"] == "lapsed"
    assert spend(fuel, sara, 30).status_code == 201


def test_the_pool_is_told_to_members_of_a_household_only(
    grocer: Till, sara: Customer, reza: Customer, home: UUID, coalition: Coalition
) -> None:
    households.contribute(sara.member_id, 60)
    assert grocer.balance(reza).json["pool"] == {"available": 60, "spendable": 60}
    assert grocer.balance(coalition.enrol(grocer)).json["pool"] is None
    assert grocer.get(f"/v1/members/{sara.id}/balance", at="2017-01-07T00:00:00Z").json["pool"] is None


def test_what_has_nothing_to_do_with_pools_asks_nothing_of_them(
    grocer: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("who shares nothing pays for nothing")

    monkeypatch.setattr(network.households.repository, "find_access", forbidden)
    monkeypatch.setattr(network.earning.service.across, "post_together", forbidden)
    assert grocer.balance(sara).status_code == 200
    paid = grocer.redeem(sara, 5).json["id"]
    assert follow(grocer, paid, "reverse").status_code == 201
    held = grocer.redeem(sara, 5, capture=False).json["id"]
    assert follow(grocer, held, "capture").status_code == 201
    assert follow(grocer, grocer.entries(sara).json["data"][-1]["id"], "reverse").status_code == 201


def test_the_entries_of_the_pool_are_listed_to_the_partner_by_the_member_that_made_them(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 60)
    made = [spend(fuel, reza, points).json["id"] for points in (5, 6)]
    spend(fuel, sara, 7)
    spend(grocer, reza, 8)
    assert [entry["id"] for entry in fuel.entries(reza, source="pool").json["data"]] == list(reversed(made))
    assert fuel.entries(reza).json["data"] == []
    assert_problem(fuel.entries(reza, source="theirs"), 422, "validation_failed")


def test_who_leaves_gets_back_what_is_left_of_its_own_points_and_no_more(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 60)
    households.contribute(reza.member_id, 40)
    spend(fuel, reza, 70)  # Sara's lot was issued first: all of it, and 10 of Reza's
    assert households.leave(sara.member_id, person="Laleh") == 0
    assert households.leave(reza.member_id, person="Laleh") == 30
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (40, 30, 0)


def test_more_lots_than_one_posting_can_move_are_moved_all_the_same(
    coalition: Coalition, grocer: Till, sara: Customer, home: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (network.households.service.contribute, network.households.service.leave):
        monkeypatch.setattr(sys.modules[room.__module__], "MOST_PARTS", 2)
    for _ in range(6):
        grocer.earn(sara, 500)
    assert households.contribute(sara.member_id, 123) == 123
    assert (own(grocer, sara), pool(home)) == (7, 123)
    assert households.leave(sara.member_id, person="Laleh") == 123
    assert (own(grocer, sara), pool(home)) == (130, 0)


def test_nobody_takes_anothers_points_out_as_its_own(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 100)
    households.pass_headship(home, reza.member_id)
    assert households.leave(reza.member_id, person="Laleh") == 0
    assert own(grocer, reza) == 40
    assert households.leave(sara.member_id, person="Laleh") == 100
    assert (own(grocer, sara), pool(home)) == (100, 0)


def test_no_service_and_no_endpoint_moves_points_from_one_member_to_another(coalition: Coalition) -> None:
    routes = {rule.rule for rule in coalition.app.url_map.iter_rules()}
    assert [route for route in routes if any(word in route for word in ("transfer", "gift", "household", "pool"))] == []
    moving = {"contribute", "leave", "dissolve", "move_due_shares"}  # between a member and the pool that it shares
    assert {name for name in network.households.service.__all__ if "transfer" in name or "send" in name} == set()
    assert moving <= set(network.households.service.__all__)


def test_dissolving_gives_all_their_own(grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID) -> None:
    households.contribute(sara.member_id, 60)
    households.contribute(reza.member_id, 40)
    spend(fuel, sara, 10)
    assert households.dissolve(home, person="Laleh") == 90
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (90, 40, 0)
    assert_problem(spend(fuel, sara, 1), 402, "not_in_household")


def test_what_a_till_holds_of_a_leavers_points_or_for_it_has_to_be_over_first(
    fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 60)
    held = spend(fuel, reza, 20, capture=False).json["id"]
    for leaver in (sara, reza):
        with pytest.raises(PoolHoldsOpen):
            households.leave(leaver.member_id, person="Laleh")
    with pytest.raises(PoolHoldsOpen):
        households.dissolve(home, person="Laleh")
    follow(fuel, held, "void")
    assert households.leave(sara.member_id, person="Laleh") == 60


def test_points_that_expired_in_the_pool_do_not_come_home(
    coalition: Coalition, grocer: Till, sara: Customer, home: UUID
) -> None:
    short = coalition.join("short", months=1)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    short.earn(sara, 3_000)
    households.contribute(sara.member_id, 50)
    coalition.at(START + timedelta(days=40))
    assert pool(home) == 20
    assert households.leave(sara.member_id, person="Laleh") == 20
    assert own(grocer, sara) == 100


def test_a_standing_share_of_each_earn_goes_into_the_pool_once(
    grocer: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.set_share(sara.member_id, 25)
    grocer.earn(sara, 10_100)
    grocer.earn(reza, 10_000)
    drain()
    assert share() == 1
    assert share() == 0
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (176, 140, 25)
    db.session.execute(text("INSERT INTO share_due SELECT wallet_id, sequence FROM journal WHERE operation = 'earn'"))
    db.session.commit()
    share()
    assert pool(home) == 25 + 25, "the earn that had no share yet gave one; the other did not give a second"


def test_a_share_of_pending_points_is_pending_in_the_pool(coalition: Coalition, sara: Customer, home: UUID) -> None:
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": sara.card_number})
    households.set_share(sara.member_id, 50)
    slow.earn(sara, 4_000)
    drain()
    share()
    assert pool(home) == 0
    coalition.at(START + timedelta(days=22))
    assert pool(home) == 20


def test_pending_points_that_became_active_in_the_pool_come_home_active(
    coalition: Coalition, grocer: Till, sara: Customer, home: UUID
) -> None:
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": sara.card_number})
    households.set_share(sara.member_id, 100)
    slow.earn(sara, 4_000)
    drain()
    share()
    coalition.at(START + timedelta(days=22))
    assert pool(home) == 40
    assert households.leave(sara.member_id, person="Laleh") == 40
    assert (own(grocer, sara), grocer.balance(sara).json["pending"]) == (140, 0)


def test_a_share_stays_the_members_beyond_the_cap_after_leaving_and_once_it_is_ended(
    grocer: Till, sara: Customer, home: UUID
) -> None:
    households.set_share(sara.member_id, 50)
    households.set_caps(sara.member_id, spend_cap=None, contribute_cap=15)
    for amount in (2_000, 2_000):
        grocer.earn(sara, amount)
    drain()
    share()
    assert (own(grocer, sara), pool(home)) == (125, 15)
    grocer.earn(sara, 2_000)
    drain()
    households.leave(sara.member_id, person="Laleh")
    assert share() == 1
    assert (own(grocer, sara), pool(home)) == (160, 0)
