"""Everything at once on the same wallets: nobody waits in a circle, and no point is made, lost or spent twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from network.earning.commands import FollowUp
from network.earning.presenting import present_redemption
from network.earning.service import capture_hold, return_purchase
from network.households import service as households
from network.infrastructure.database import db, drop_statement_connection
from network.infrastructure.requests import Answer, RequestKey
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read_entry, show_entry
from network.members import service as members
from network.signin.service import till_code
from network.wallet.service import balance_of
from network.web.idempotency import asked, body_hash
from tests.fixtures import Coalition, Customer, Till, day
from tests.integration.households.people import follow, own, pool, spend
from tests.integration.partners.side_by_side import side_by_side, wait_for_lock

TURNS = 12


def burned() -> int:
    """Points that tills took and did not give back, as the ledger has it."""
    db.session.rollback()
    query = "SELECT coalesce(-sum(points), 0)::int FROM movement WHERE kind IN ('draw', 'undraw')"
    return int(db.session.execute(text(query)).scalar_one())


def again(call: Callable[[], Any], turns: int = TURNS) -> Callable[[], Counter[str]]:
    """Do it so many times; what came of it: the code of a refusal, the status of an answer, or `done`."""

    def run() -> Counter[str]:
        told: Counter[str] = Counter()
        for _ in range(turns):
            try:
                made = call()
                told[made.json["code"] if getattr(made, "status_code", 0) >= 400 else "done"] += 1
            except PeyvandError as refusal:
                told[refusal.code] += 1
        return told

    return run


def test_tills_burn_pool_and_own_while_members_contribute_and_leave(
    app: Flask, coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 40)
    households.contribute(reza.member_id, 20)
    outcomes = side_by_side(
        app,
        [
            again(lambda: spend(fuel, sara, 3)),
            again(lambda: spend(grocer, reza, 3)),
            again(lambda: fuel.redeem(sara, 2)),
            again(lambda: grocer.redeem(reza, 2)),
            again(lambda: households.contribute(sara.member_id, 2)),
            again(lambda: households.contribute(reza.member_id, 1)),
            again(lambda: households.leave(reza.member_id, person="Laleh")),
            again(lambda: grocer.earn(sara, 100)),
        ],
    )
    assert all(isinstance(outcome, Counter) for outcome in outcomes), outcomes
    told = sum(outcomes, Counter())
    assert set(told) <= {"done", "insufficient_points", "not_in_household", "wallet_busy"}, told
    assert outcomes[6]["done"] == 1
    assert own(grocer, sara) + own(grocer, reza) + pool(home) == 140 + outcomes[7]["done"] - burned()


def test_the_last_points_of_a_pool_are_spent_once(
    app: Flask, fuel: Till, grocer: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 50)
    calls = [lambda till=till, who=who: spend(till, who, 50) for till in (fuel, grocer) for who in (sara, reza)]
    answers = side_by_side(app, calls)
    assert sorted(answer.status_code for answer in answers) == [201, 402, 402, 402]
    assert pool(home) == 0


def test_a_cap_holds_against_tills_at_once(
    app: Flask, fuel: Till, grocer: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 90)
    households.set_caps(reza.member_id, spend_cap=30, contribute_cap=None)
    calls = [lambda till=till, held=held: spend(till, reza, 10, capture=held) for till in (fuel, grocer) for held in
             (True, False, True)]  # fmt: skip
    answers = side_by_side(app, calls)
    assert Counter(answer.status_code for answer in answers) == {201: 3, 402: 3}
    assert {answer.json["code"] for answer in answers if answer.status_code == 402} == {"pool_cap_reached"}


def test_contributions_at_once_keep_to_the_cap(app: Flask, sara: Customer, home: UUID) -> None:
    households.set_caps(sara.member_id, spend_cap=None, contribute_cap=30)
    outcomes = side_by_side(app, [again(lambda: households.contribute(sara.member_id, 10), 1)] * 6)
    assert sum(outcomes, Counter()) == {"done": 3, "contribution_cap_reached": 3}
    assert pool(home) == 30


def test_a_purchase_is_returned_once_while_its_points_are_being_moved_and_spent(
    app: Flask, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    purchase = str(grocer.entries(sara).json["data"][-1]["id"])
    outcomes = side_by_side(
        app,
        [
            again(lambda: follow(grocer, purchase, "reverse", amount_minor=1_000)),
            again(lambda: follow(grocer, purchase, "reverse", amount_minor=700)),
            again(lambda: households.contribute(sara.member_id, 5)),
            again(lambda: spend(fuel, reza, 4)),
        ],
    )
    assert all(isinstance(outcome, Counter) for outcome in outcomes), outcomes
    told = sum(outcomes, Counter())
    assert set(told) <= {"done", "insufficient_points", "return_too_large", "wallet_busy"}, told
    returned = 10 * outcomes[0]["done"] + 7 * outcomes[1]["done"]
    debt = int(grocer.balance(sara).json["debt"])
    assert 90 < returned <= 100
    assert own(grocer, sara) + own(grocer, reza) + pool(home) == 140 - returned + debt - burned()


def test_a_capture_from_a_pool_that_its_twin_overtakes_is_answered_as_its_twin(
    coalition: Coalition, fuel: Till, sara: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 50)
    redemption = spend(fuel, sara, 40, capture=False).json["id"]
    coalition.sign(fuel.partner_id, valid_from=day(3, 1))  # so that its terms have to be read again
    path, body = f"/v1/redemptions/{redemption}/capture", {"points": 30}
    asks = asked(RequestKey(fuel.partner_id, "key", body_hash("POST", path, body)), present_redemption)
    wallet_id, sequence = read_entry("rdm", redemption)
    with ThreadPoolExecutor(1) as till:
        with transaction():
            db.session.execute(text("LOCK TABLE earning_rule"))  # the late one has found no answer, and waits for terms
            late = till.submit(fuel.post, path, body, "key")
            wait_for_lock()
            first = capture_hold(fuel.principal, FollowUp(wallet_id=wallet_id, sequence=sequence, points=30), asks)
        assert isinstance(first, Answer)
        assert (late.result().status_code, late.result().text) == (201, first.body)
        till.submit(drop_statement_connection)


def test_the_rest_of_a_purchase_is_returned_though_another_return_overtakes_it_while_it_reads(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    wallet_id, sequence = read_entry("ern", str(grocer.entries(sara).json["data"][-1]["id"]))
    with ThreadPoolExecutor(1) as till:
        with transaction():
            db.session.execute(text("LOCK TABLE earning_rule"))  # the late one knows the money, but not yet the points
            late = till.submit(follow, grocer, show_entry("ern", wallet_id, sequence), "reverse")
            wait_for_lock()
            return_purchase(grocer.principal, FollowUp(wallet_id=wallet_id, sequence=sequence, amount_minor=1_000))
        assert (late.result().status_code, late.result().json["points"]) == (201, 90)
        till.submit(drop_statement_connection)


def test_two_accounts_merge_while_tills_post_to_both(
    app: Flask, coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer
) -> None:
    made = members.propose_merge(sara.member_id, reza.member_id, reason="one person", person="Omid")
    wallet_id = members.wallet_of_member(sara.member_id)
    merged = threading.Event()

    def merge() -> Any:
        try:
            return members.approve_merge(made.merge_id, person="Laleh")
        finally:
            merged.set()

    def earn_until_merged() -> int:
        earned = 0
        while (answer := grocer.earn(sara, 100)).status_code == 201:
            earned += 1
        assert merged.wait(30)
        assert answer.json["code"] == "member_merged"
        return earned

    outcomes = side_by_side(app, [earn_until_merged, earn_until_merged, merge, again(lambda: fuel.redeem(reza, 3))])
    assert not isinstance(outcomes[2], PeyvandError), outcomes
    earned = outcomes[0] + outcomes[1]
    assert balance_of(wallet_id)[1].available == 0, "nothing is left behind with an account that is no more"
    assert own(fuel, reza) == 140 + earned - burned()


def test_one_code_pays_from_the_pool_or_from_the_member_s_own_and_not_from_both(
    app: Flask, coalition: Coalition, grocer: Till, sara: Customer, home: UUID
) -> None:
    """Two wallets, and so no row of the ledger's that both burns would have to move on: the code itself is used up."""
    households.contribute(sara.member_id, 40)
    for _ in range(10):
        with transaction():
            db.session.execute(text("DELETE FROM ticket"))
            db.session.execute(text("UPDATE member_guard SET wrong_codes = 0"))
        code = till_code(sara.member_id).code
        proof = {"type": "till_code", "code": code, "card_number": sara.card_number}
        calls = [lambda: spend(grocer, sara, 1, proof=proof), lambda: grocer.redeem(sara, 1, proof=proof)]  # noqa: B023
        answers = side_by_side(app, calls * 3)
        assert sorted(answer.status_code for answer in answers) == [201] + [403] * 5
    assert burned() == 10
