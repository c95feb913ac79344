"""Two accounts of one person become one: points, debts, cards and phones go over, by two of staff."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from network.adjustments import service as adjustments
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.households import service as households
from network.kernel.identifiers import new_id
from network.members import service as members
from network.members.domain import Merge, MergeState
from network.members.errors import (
    HoldsOpen,
    InHousehold,
    MemberMerged,
    MemberNotFound,
    MergeNotFound,
    MergeOver,
    ReasonMissing,
    SameMember,
    SecondPersonNeeded,
)
from network.wallet.domain import ReturnPolicy
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, next_key
from tests.integration.households.people import CONSENT, follow
from tests.integration.merging.cases import PHONE, balance, merge, points, unmerge


def test_all_points_go_over_and_can_be_spent_with_either_card(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    assert merge(old, sara).state is MergeState.MERGED
    assert balance(fuel, sara) == points(140)
    with_old_card = Customer(sara.id, old.card_number)
    assert fuel.redeem(with_old_card, 60).status_code == 201
    assert fuel.redeem(sara, 60).status_code == 201
    assert balance(fuel, sara) == points(20)


def test_the_old_card_and_phone_lead_to_the_account_that_stays(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    merge(old, sara)
    for shown in ({"card_number": old.card_number}, {"phone": PHONE}, {"card_number": sara.card_number}):
        assert fuel.post("/v1/members/lookup", shown).json["id"] == sara.id
    assert_problem(fuel.post("/v1/members", {"phone": PHONE}, next_key()), 409, "account_exists")


def test_the_old_id_reads_as_the_account_that_stays_and_refuses_to_be_posted_to(
    grocer: Till, old: Customer, sara: Customer
) -> None:
    merge(old, sara)
    assert grocer.get(f"/v1/members/{old.id}").json["id"] == sara.id
    told = grocer.balance(old).json
    assert (told["member"], told["available"]) == (sara.id, 140)
    quote = {"member": old.id, "currency": "USD", "points": 5}
    for refused in (grocer.earn(old, 1_000), grocer.redeem(old, 5), grocer.post("/v1/quotes", quote)):
        assert_problem(refused, 409, "member_merged", "#/member")
        assert refused.json["merged_into"] == sara.id


def test_who_did_not_know_the_old_account_does_not_learn_of_it(
    coalition: Coalition, grocer: Till, old: Customer, sara: Customer
) -> None:
    merge(old, sara)
    stranger = coalition.join("stranger")
    assert_problem(stranger.earn(old, 1_000), 404, "member_not_found", "#/member")
    assert_problem(stranger.balance(old), 404, "member_not_found")
    assert_problem(stranger.get(f"/v1/members/{old.id}"), 404, "member_not_found")
    assert_problem(stranger.balance(sara), 404, "member_not_found")


def test_the_old_entries_are_listed_under_the_old_id_and_read_by_their_own(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    before = grocer.entries(old).json["data"]
    earn = grocer.get(f"/v1/earns/{before[0]['id']}").json
    merge(old, sara)
    assert grocer.entries(old).json["data"] == before
    assert grocer.entries(sara).json["data"] == []
    assert grocer.get(f"/v1/earns/{before[0]['id']}").json["points"] == earn["points"]


def test_pending_points_go_over_and_become_active_there(
    coalition: Coalition, old: Customer, sara: Customer, fuel: Till
) -> None:
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": old.card_number})
    slow.earn(old, 2_000)
    merge(old, sara)
    assert balance(fuel, sara) == points(140, pending=20)
    coalition.at(START + timedelta(days=15))
    assert balance(fuel, sara) == points(160)


def test_a_debt_goes_over_unpaid_and_is_repaid_to_its_issuer_by_the_next_earning(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    purchase = grocer.entries(old).json["data"][0]["id"]
    fuel.redeem(old, 70)
    follow(grocer, purchase, "reverse")
    merge(old, sara)
    assert balance(fuel, sara) == points(40, debt=70)
    assert fuel.earn(sara, 3_000).json["balance"] == points(40, debt=40)


def test_a_purchase_of_the_old_account_is_returned_from_wherever_its_points_are(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    purchase = grocer.entries(old).json["data"][0]["id"]
    merge(old, sara)
    fuel.redeem(sara, 70)
    returned = follow(grocer, purchase, "reverse").json
    assert (returned["points"], returned["owed_points"], returned["member"]) == (100, 70, sara.id)
    assert returned["balance"] == balance(fuel, sara) == points(40, debt=70)


def test_a_redemption_of_the_old_account_is_returned_to_the_account_that_stays(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    paid = fuel.redeem(old, 70).json["id"]
    made = merge(old, sara)
    returned = follow(fuel, paid, "reverse", points=50).json
    assert (returned["points"], returned["member"], returned["balance"]) == (50, sara.id, points(120))
    assert balance(fuel, sara) == points(120)
    unmerge(made)
    assert balance(grocer, old) == points(80)


def test_it_takes_two_and_a_reason(old: Customer, sara: Customer) -> None:
    with pytest.raises(ReasonMissing):
        members.propose_merge(old.member_id, sara.member_id, reason="  ", person="Omid")
    made = members.propose_merge(old.member_id, sara.member_id, reason="one person", person="Omid")
    assert [each.merge_id for each in members.merges_waiting()] == [made.merge_id]
    for decide in (members.approve_merge, members.reject_merge):
        with pytest.raises(SecondPersonNeeded):
            decide(made.merge_id, person="OMID")
    members.approve_merge(made.merge_id, person="Laleh")
    with pytest.raises(MergeOver):
        members.approve_merge(made.merge_id, person="Kamran")
    members.propose_unmerge(made.merge_id, reason="two persons", person="Kamran")
    with pytest.raises(SecondPersonNeeded):
        members.approve_merge(made.merge_id, person="Kamran")
    assert members.merges_waiting()[0].state is MergeState.UNMERGE_PROPOSED


def test_what_is_rejected_changes_nothing(grocer: Till, fuel: Till, old: Customer, sara: Customer) -> None:
    made = members.propose_merge(old.member_id, sara.member_id, reason="one person", person="Omid")
    assert members.reject_merge(made.merge_id, person="Laleh").state is MergeState.REJECTED
    assert (balance(grocer, old), balance(fuel, sara)) == (points(100), points(40))
    with pytest.raises(MergeOver):
        members.propose_unmerge(made.merge_id, reason="what?", person="Omid")
    made = merge(old, sara)
    members.propose_unmerge(made.merge_id, reason="two persons", person="Omid")
    assert members.reject_merge(made.merge_id, person="Laleh").state is MergeState.MERGED
    assert balance(fuel, sara) == points(140)
    unmerge(made)
    assert balance(grocer, old) == points(100)


def test_what_can_not_be_merged_is_refused(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    def propose(one: Any, other: Any) -> Merge:
        return members.propose_merge(one, other, reason="one person", person="Omid")

    with pytest.raises(SameMember):
        propose(old.member_id, old.member_id)
    with pytest.raises(MemberNotFound):
        propose(old.member_id, new_id())
    with pytest.raises(MergeNotFound):
        members.approve_merge(new_id(), person="Laleh")
    household = households.found(old.member_id, CONSENT).household_id
    with pytest.raises(InHousehold):
        propose(old.member_id, sara.member_id)
    households.dissolve(household, person="Laleh")
    held = fuel.redeem(old, 5, capture=False).json["id"]
    made = propose(old.member_id, sara.member_id)
    with pytest.raises(HoldsOpen):
        members.approve_merge(made.merge_id, person="Laleh")
    follow(fuel, held, "void")
    members.approve_merge(made.merge_id, person="Laleh")
    with pytest.raises(MemberMerged):
        propose(old.member_id, sara.member_id)
    with pytest.raises(MemberMerged):
        members.wallet_of_member(old.member_id)


def test_what_waited_for_a_second_person_is_not_given_to_an_account_that_was_merged_meanwhile(
    old: Customer, sara: Customer, grocer: Till, fuel: Till
) -> None:
    """Nobody would have found it there."""
    adjustments.set_limit("Omid", 0)
    waiting = adjustments.propose(
        wallet_id=members.wallet_of_member(old.member_id),
        issuer_id=grocer.partner_id,
        currency="USD",
        points=5,
        reason="goodwill",
        person="Omid",
    )
    made = merge(old, sara)
    with pytest.raises(MemberMerged):
        adjustments.approve(waiting.adjustment_id, person="Laleh")
    assert balance(fuel, sara) == points(140)
    unmerge(made)
    adjustments.approve(waiting.adjustment_id, person="Laleh")
    assert balance(grocer, old) == points(105)


def test_an_account_that_is_under_some_law_is_merged_and_is_under_it_again_afterwards(
    grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    members.set_jurisdiction(old.member_id, "IR")
    wallet_id = members.wallet_of_member(old.member_id)
    made = merge(old, sara)
    assert balance(fuel, sara) == points(140)
    unmerge(made)
    assert members.homes_of([wallet_id])[wallet_id].jurisdiction == "IR"


def test_a_return_that_takes_no_points_tells_the_balance_of_the_account_that_stays(
    grocer: Till, old: Customer, sara: Customer
) -> None:
    purchase = grocer.earn(old, 1_040).json["id"]
    merge(old, sara)
    returned = follow(grocer, purchase, "reverse", amount_minor=1).json
    assert (returned["points"], returned["member"]) == (0, sara.id)
    assert returned["balance"] == points(150)


def test_what_became_active_elsewhere_is_not_pending_at_home(
    coalition: Coalition, fuel: Till, old: Customer, sara: Customer
) -> None:
    slow = coalition.join("slow")
    rule = Rule(Decimal(1), 14, ReturnPolicy.PENDING_ONLY)
    set_earning_rule(slow.partner_id, "USD", START + timedelta(days=1), rule)
    slow.post("/v1/members/lookup", {"card_number": old.card_number})
    purchase = slow.earn(old, 2_000).json["id"]
    merge(old, sara)
    coalition.at(START + timedelta(days=16))
    fuel.redeem(sara, 160)
    assert_problem(follow(slow, purchase, "reverse"), 402, "earn_not_pending")


def test_what_repaid_a_debt_elsewhere_just_now_is_spent(
    coalition: Coalition, grocer: Till, fuel: Till, old: Customer, sara: Customer
) -> None:
    """Nobody has written down yet that it became active and repaid the debt."""
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": old.card_number})
    bought, pending = grocer.entries(old).json["data"][0]["id"], slow.earn(old, 2_000).json["id"]
    fuel.redeem(old, 70)
    follow(grocer, bought, "reverse")
    merge(old, sara)
    coalition.at(START + timedelta(days=16))
    returned = follow(slow, pending, "reverse").json
    assert (returned["points"], returned["owed_points"]) == (20, 20)
    assert balance(fuel, sara) == points(40, debt=70)


def test_points_can_be_given_to_the_account_that_stays_alone(old: Customer, sara: Customer, grocer: Till) -> None:
    merge(old, sara)
    given = {"issuer_id": grocer.partner_id, "currency": "USD", "points": 5, "reason": "goodwill", "person": "Omid"}
    with pytest.raises(MemberMerged):
        adjustments.propose(wallet_id=members.wallet_of_member(old.member_id), **given)
    adjustments.propose(wallet_id=members.wallet_of_member(sara.member_id), **given)
    assert balance(grocer, sara) == points(145)
