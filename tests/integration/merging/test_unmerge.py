"""A merge that was a mistake: each account gets its own back, wherever it has gone to meanwhile."""

from __future__ import annotations

import sys

import pytest

from network.households import service as households
from network.infrastructure.outbox import drain
from network.members import service as members
from network.members.domain import MergeState
from network.members.errors import (
    HoldsOpen,
    MemberMerged,
    MemberNotFound,
    MergeOver,
)
from network.members.events import MembersMerged, MembersUnmerged
from tests.fixtures import Coalition, Customer, Till, assert_problem, next_key
from tests.integration.households.people import CONSENT, follow, join
from tests.integration.merging.cases import PHONE, balance, merge, points, unmerge
from tests.integration.partners.listening import listen


def test_partners_know_the_account_that_stays_as_well_as_they_knew_the_other(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    kiosk = coalition.join("kiosk")
    kiosk.post("/v1/members/lookup", {"phone": PHONE})
    made = merge(old, sara)
    assert balance(grocer, sara) == points(140)
    assert kiosk.earn(sara, 100).json["balance"] is None
    unmerge(made)
    assert_problem(grocer.balance(sara), 404, "member_not_found")
    assert_problem(kiosk.earn(sara, 100), 404, "member_not_found")
    assert balance(fuel, sara)["available"] == 41
    assert balance(grocer, old) == points(100)


def test_a_mistake_gives_each_account_its_own_back(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    made = merge(old, sara)
    fuel.redeem(sara, 30)  # of the lot that was issued first: the old account's
    assert unmerge(made).state is MergeState.UNMERGED
    assert balance(grocer, old) == points(70)
    assert balance(fuel, sara) == points(40)
    assert fuel.post("/v1/members/lookup", {"phone": PHONE}).json["id"] == old.id
    assert_problem(fuel.redeem(Customer(sara.id, old.card_number), 1), 403, "proof_refused")
    assert grocer.earn(old, 1_000).status_code == 201


def test_what_is_left_of_a_debt_goes_back_to_the_debt_that_it_was(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    purchase = grocer.entries(old).json["data"][0]["id"]
    fuel.redeem(old, 70)
    follow(grocer, purchase, "reverse")
    made = merge(old, sara)
    fuel.earn(sara, 3_000)
    unmerge(made)
    assert balance(grocer, old) == points(debt=40)
    assert balance(fuel, sara) == points(40)
    assert grocer.earn(old, 5_000).json["balance"] == points(10)


def test_more_lots_than_one_posting_can_move_go_over_and_back_all_the_same(
    grocer: Till, fuel: Till, old: Customer, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[members.approve_merge.__module__], "MOST_PARTS", 2)
    for _ in range(6):
        grocer.earn(old, 500)
    made = merge(old, sara)
    assert balance(fuel, sara) == points(170)
    household = households.found(sara.member_id, CONSENT).household_id
    households.contribute(sara.member_id, 115)
    unmerge(made)
    assert balance(grocer, old) == points(130)
    households.dissolve(household, person="Laleh")
    assert balance(fuel, sara) == points(40)


def test_a_merge_is_undone_once_and_can_be_made_anew(grocer: Till, fuel: Till, old: Customer, sara: Customer) -> None:
    made = merge(old, sara)
    unmerge(made)
    with pytest.raises(MergeOver):
        members.propose_unmerge(made.merge_id, reason="again", person="Omid")
    again = merge(old, sara)
    assert balance(fuel, sara) == points(140)
    unmerge(again)
    assert balance(grocer, old) == points(100)


def test_a_debt_that_arose_after_the_merge_goes_back_with_it(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    purchase = grocer.entries(old).json["data"][0]["id"]
    made = merge(old, sara)
    fuel.redeem(sara, 70)
    follow(grocer, purchase, "reverse")
    unmerge(made)
    assert balance(grocer, old) == points(debt=70)
    assert balance(fuel, sara) == points(40)


def test_a_redemption_of_the_joint_account_is_returned_to_whose_points_it_drew(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    made = merge(old, sara)
    paid = fuel.redeem(sara, 110).json["id"]  # 100 of the old account's, 10 of Sara's
    unmerge(made)
    returned = follow(fuel, paid, "reverse").json
    assert returned["points"] == 110
    assert balance(grocer, old) == points(100)
    assert balance(fuel, sara) == points(40)


def test_what_goes_on_to_a_third_does_not_tell_its_balance(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    """Its points were spent by an account that was merged on since."""
    third = coalition.enrol(fuel)
    fuel.earn(third, 300)
    made = merge(old, sara)
    paid = fuel.redeem(sara, 30).json["id"]
    unmerge(made)
    merge(sara, third)
    returned = follow(fuel, paid, "reverse").json
    assert (returned["member"], returned["balance"]) == (third.id, points(43))
    assert balance(grocer, old) == points(100)


def test_accounts_merged_one_into_the_other_and_on_lead_to_the_last(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    third = coalition.enrol(grocer)
    paid = fuel.redeem(old, 30).json["id"]
    purchase = grocer.entries(old).json["data"][0]["id"]
    first, second = merge(old, sara), merge(sara, third)
    assert grocer.get(f"/v1/members/{old.id}").json["id"] == third.id
    assert balance(grocer, third) == balance(grocer, old) == points(110)
    assert follow(fuel, paid, "reverse").json["balance"] == points(140)
    fuel.redeem(Customer(third.id, old.card_number), 90)
    assert follow(grocer, purchase, "reverse").json["owed_points"] == 90
    assert balance(grocer, third) == points(40, debt=90)
    members.propose_unmerge(first.merge_id, reason="out of order", person="Omid")
    with pytest.raises(MemberMerged):
        members.approve_merge(first.merge_id, person="Laleh")
    unmerge(second)
    members.approve_merge(first.merge_id, person="Laleh")
    assert (balance(grocer, old), balance(fuel, sara)) == (points(debt=90), points(40))
    assert balance(grocer, third) == points()


def test_points_that_went_on_into_a_pool_come_home_with_an_undone_merge(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    made = merge(old, sara)
    reza = coalition.enrol(fuel)
    household = households.found(sara.member_id, CONSENT).household_id
    join(household, reza)
    households.contribute(sara.member_id, 120)  # all of the old account's, and 20 of Sara's
    held = fuel.redeem(sara, 15, source="pool", capture=False).json["id"]
    members.propose_unmerge(made.merge_id, reason="two persons", person="Omid")
    with pytest.raises(HoldsOpen):
        members.approve_merge(made.merge_id, person="Laleh")
    follow(fuel, held, "capture", points=10)
    members.approve_merge(made.merge_id, person="Laleh")
    assert balance(grocer, old) == points(90)
    told = fuel.balance(sara).json
    assert (told["available"], told["pool"]) == (20, {"available": 20, "spendable": 20})


def test_an_empty_account_merges_too(coalition: Coalition, grocer: Till, fuel: Till, sara: Customer) -> None:
    empty = coalition.enrol(grocer)
    made = merge(empty, sara)
    assert_problem(grocer.earn(empty, 1_000), 409, "member_merged")
    unmerge(made)
    assert grocer.earn(empty, 1_000).status_code == 201


def test_who_was_told_that_an_account_is_merged_stays_told_so_under_the_key(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    empty, key = coalition.enrol(grocer), next_key()
    made = merge(empty, sara)
    first = grocer.earn(empty, 1_000, key=key)
    unmerge(made)
    late = grocer.earn(empty, 1_000, key=key)
    assert (late.status_code, late.data, late.headers["Idempotent-Replayed"]) == (409, first.data, "true")


def test_points_held_of_the_old_accounts_lots_have_to_be_over_before_it_is_undone(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    made = merge(old, sara)
    held = fuel.redeem(sara, 5, capture=False).json["id"]
    members.propose_unmerge(made.merge_id, reason="two persons", person="Omid")
    with pytest.raises(HoldsOpen):
        members.approve_merge(made.merge_id, person="Laleh")
    follow(fuel, held, "void")
    members.approve_merge(made.merge_id, person="Laleh")
    assert balance(grocer, old) == points(100)


def test_whoever_is_forgotten_is_forgotten_with_all_its_accounts(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    made = merge(old, sara)
    members.propose_unmerge(made.merge_id, reason="two persons", person="Omid")
    members.forget(sara.member_id)
    for customer in (old, sara):
        assert_problem(grocer.get(f"/v1/members/{customer.id}"), 404, "member_not_found")
        assert_problem(
            grocer.post("/v1/members/lookup", {"card_number": customer.card_number}), 404, "member_not_found"
        )
    with pytest.raises(MemberNotFound):
        members.approve_merge(made.merge_id, person="Laleh")
    with pytest.raises(MemberNotFound):
        members.forget(old.member_id)


def test_both_are_announced(old: Customer, sara: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    merged, unmerged = listen(monkeypatch, MembersMerged), listen(monkeypatch, MembersUnmerged)
    made = merge(old, sara)
    unmerge(made)
    drain()
    assert [(fact.merge_id, fact.points) for fact in merged if isinstance(fact, MembersMerged)] == [
        (made.merge_id, 100)
    ]
    assert [(fact.into_id, fact.points) for fact in unmerged if isinstance(fact, MembersUnmerged)] == [
        (sara.member_id, 100)
    ]
