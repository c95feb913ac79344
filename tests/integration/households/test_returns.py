"""Returns of what was shared: points come home before a purchase is returned, and go to whom they belong now."""

from datetime import timedelta
from uuid import UUID

import pytest

from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.households import service as households
from network.households.jobs import share
from network.infrastructure.outbox import drain
from network.wallet.domain import ReturnPolicy
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, day, next_key
from tests.integration.households.people import follow, own, pool, spend


def first_earn(till: Till, customer: Customer) -> str:
    return str(till.entries(customer).json["data"][-1]["id"])


def test_a_returned_purchase_first_calls_home_what_is_needed_of_its_points(
    grocer: Till, fuel: Till, sara: Customer, home: UUID
) -> None:
    purchase = first_earn(grocer, sara)
    households.contribute(sara.member_id, 70)
    returned = follow(grocer, purchase, "reverse", amount_minor=2_000).json
    assert (returned["points"], returned["owed_points"]) == (20, 0)
    assert (own(grocer, sara), pool(home)) == (10, 70)
    returned = follow(grocer, purchase, "reverse", amount_minor=3_000).json
    assert (returned["points"], returned["owed_points"]) == (30, 0)
    assert (own(grocer, sara), pool(home)) == (0, 50)


def test_what_others_have_spent_of_it_is_the_givers_debt(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase = first_earn(grocer, sara)
    households.contribute(sara.member_id, 70)
    spend(fuel, reza, 45)
    returned = follow(grocer, purchase, "reverse").json
    assert (returned["points"], returned["owed_points"], returned["balance"]["debt"]) == (100, 45, 45)
    assert (own(grocer, sara), pool(home)) == (0, 0)
    assert grocer.earn(sara, 6_000).json["balance"] == {"available": 15, "pending": 0, "held": 0, "debt": 0}


def test_parts_returned_one_after_the_other_owe_what_is_spent_once(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase = first_earn(grocer, sara)
    households.contribute(sara.member_id, 100)
    spend(fuel, reza, 60)
    owed = [
        follow(grocer, purchase, "reverse", amount_minor=amount).json["owed_points"] for amount in (3_000, 3_000, 4_000)
    ]
    assert owed == [0, 20, 40]


def test_what_a_till_holds_in_the_pool_counts_as_spent(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase = first_earn(grocer, sara)
    households.contribute(sara.member_id, 100)
    held = spend(fuel, reza, 30, capture=False).json["id"]
    assert follow(grocer, purchase, "reverse").json["owed_points"] == 30
    assert follow(fuel, held, "void").status_code == 201
    assert (own(grocer, sara), pool(home)) == (0, 30)


def test_what_has_expired_is_owed_by_nobody_and_what_is_held_is_owed_once(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase = first_earn(grocer, sara)
    households.contribute(sara.member_id, 40)
    coalition.at(day(12, 30, year=2018))
    assert fuel.redeem(sara, 10, capture=False, hold_seconds=604_800).status_code == 201
    assert spend(fuel, reza, 25, capture=False, hold_seconds=60).status_code == 201  # lapses, and nobody sweeps
    coalition.at(day(1, 3, year=2019))
    returned = follow(grocer, purchase, "reverse").json
    assert (returned["points"], returned["owed_points"]) == (100, 10)


def test_a_policy_that_allows_no_debt_refuses_and_calls_nothing_home(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase = first_earn(grocer, sara)
    set_earning_rule(grocer.partner_id, "USD", START + timedelta(days=1), Rule(return_policy=ReturnPolicy.WITHIN_LOT))
    households.contribute(sara.member_id, 70)
    spend(fuel, reza, 45)
    assert_problem(follow(grocer, purchase, "reverse"), 402, "points_already_spent")
    assert (own(grocer, sara), pool(home)) == (30, 25)


def test_pending_points_that_were_shared_are_cancelled_by_a_return(
    coalition: Coalition, sara: Customer, home: UUID
) -> None:
    slow = coalition.join("slow", pending_days=14)
    set_earning_rule(
        slow.partner_id,
        "USD",
        START + timedelta(days=1),
        Rule(pending_days=14, return_policy=ReturnPolicy.PENDING_ONLY),
    )
    slow.post("/v1/members/lookup", {"card_number": sara.card_number})
    households.set_share(sara.member_id, 50)
    purchase = slow.earn(sara, 4_000).json["id"]
    drain()
    share()
    assert follow(slow, purchase, "reverse", amount_minor=3_000).json["owed_points"] == 0
    assert slow.balance(sara).json["pending"] == 0
    coalition.at(START + timedelta(days=22))
    assert pool(home) == 10
    assert_problem(follow(slow, purchase, "reverse"), 402, "earn_not_pending")


def test_the_same_key_returns_once_across_wallets(grocer: Till, sara: Customer, home: UUID) -> None:
    purchase, key = first_earn(grocer, sara), next_key()
    households.contribute(sara.member_id, 70)
    path, body = f"/v1/earns/{purchase}/reverse", {"amount_minor": 5_000}
    first = grocer.post(path, body, key)
    again = grocer.post(path, body, key)
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.data == again.data
    assert (own(grocer, sara), pool(home)) == (0, 50)


def test_a_refused_return_across_wallets_is_kept_under_its_key(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase, key = first_earn(grocer, sara), next_key()
    set_earning_rule(grocer.partner_id, "USD", START + timedelta(days=1), Rule(return_policy=ReturnPolicy.WITHIN_LOT))
    households.contribute(sara.member_id, 70)
    paid = spend(fuel, reza, 45).json["id"]
    first = grocer.post(f"/v1/earns/{purchase}/reverse", {}, key)
    follow(fuel, paid, "reverse")
    again = grocer.post(f"/v1/earns/{purchase}/reverse", {}, key)
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (402, 402, "true")


def test_points_spent_from_the_pool_come_back_to_the_pool(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 70)
    paid = spend(fuel, reza, 45).json["id"]
    returned = follow(fuel, paid, "reverse", points=20).json
    assert (returned["points"], returned["member"], returned["balance"]["available"]) == (20, reza.id, 45)
    assert follow(fuel, paid, "reverse").json["points"] == 25
    assert_problem(follow(fuel, paid, "reverse", points=1), 402, "reversal_too_large")
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (30, 40, 70)


def test_points_that_come_back_after_their_giver_has_left_go_home_to_it(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 70)
    households.contribute(reza.member_id, 10)
    paid = spend(fuel, reza, 75).json["id"]
    households.leave(sara.member_id, person="Laleh")
    assert follow(fuel, paid, "reverse").json["points"] == 75
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (100, 30, 10)


def test_points_that_come_back_after_the_household_ended_go_home_to_their_givers(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 50)
    households.contribute(reza.member_id, 30)
    paid = spend(fuel, sara, 80).json["id"]
    households.dissolve(home, person="Laleh")
    follow(fuel, paid, "reverse")
    assert (own(grocer, sara), own(grocer, reza), pool(home)) == (100, 40, 0)


def test_points_that_come_back_to_an_expired_lot_live_a_little_longer_at_home_too(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, home: UUID
) -> None:
    short = coalition.join("short", months=1)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    short.earn(sara, 3_000)
    households.contribute(sara.member_id, 30)
    paid = spend(fuel, sara, 30).json["id"]
    households.leave(sara.member_id, person="Laleh")
    coalition.at(START + timedelta(days=40))
    follow(fuel, paid, "reverse")
    assert own(grocer, sara) == 130
    assert grocer.balance(sara).json["expiring"][0] == {"points": 30, "expires_at": "2017-03-12T00:00:00Z"}


def test_only_the_partner_that_took_the_points_can_return_or_see_it(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 70)
    paid = spend(fuel, reza, 45).json["id"]
    assert_problem(follow(grocer, paid, "reverse"), 404, "entry_not_found")
    assert_problem(grocer.get(f"/v1/redemptions/{paid}"), 404, "entry_not_found")
    assert_problem(follow(fuel.only("points:read"), paid, "reverse"), 403, "insufficient_scope")
    assert_problem(follow(fuel.anonymous(), paid, "reverse"), 401, "unauthenticated")


def test_a_draw_from_the_pool_is_explained_with_the_lot_as_which_its_points_were_issued(
    grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    issued = grocer.get(f"/v1/earns/{first_earn(grocer, sara)}").json["lots"][0]["id"]
    households.contribute(sara.member_id, 70)
    paid = spend(fuel, reza, 45).json["id"]
    (movement,) = fuel.get(f"/v1/entries/{paid}/explanation").json["movements"]
    assert movement["origin_lot"] == issued
    assert movement["lot"] != issued
    assert (movement["issuer"], movement["redeemer"], movement["points"]) == ("grocer", "fuel", -45)
    assert [claim["leg"] for claim in movement["claims"]] == ["redemption"]
    plain = fuel.redeem(sara, 5).json["id"]
    assert fuel.get(f"/v1/entries/{plain}/explanation").json["movements"][0]["origin_lot"] is None


@pytest.mark.parametrize("which", ["ern", "ent"])
def test_a_transfer_is_no_partners_entry(grocer: Till, sara: Customer, home: UUID, which: str) -> None:
    households.contribute(sara.member_id, 70)
    earn = first_earn(grocer, sara)
    assert [entry["operation"] for entry in grocer.entries(sara).json["data"]] == ["earn"]
    answer = grocer.get(f"/v1/entries/{which}{earn[3:-1]}2/explanation")
    assert_problem(answer, 404, "entry_not_found")
