"""Returns: points go back to where they came from, or become a debt."""

from datetime import timedelta
from typing import Any

import pytest

from network.cli.ledger import check_everything
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.wallet.domain import ReturnPolicy
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, next_key


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    return coalition.enrol(grocer)


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition):
    yield
    assert [finding.check.name for finding in check_everything() if not finding.holds] == []


def give_back(till: Till, entry: str, *, key: str | None = None, **body: object) -> Any:
    kind = "earns" if entry.startswith("ern_") else "redemptions"
    return till.post(f"/v1/{kind}/{entry}/reverse", body, key or next_key())


def balance(till: Till, customer: Customer) -> dict[str, int]:
    found = till.balance(customer).json
    return {name: found[name] for name in ("available", "pending", "held", "debt")}


def earn(till: Till, customer: Customer, amount_minor: int, **more: object) -> str:
    return str(till.earn(customer, amount_minor, **more).json["id"])


def redeem(till: Till, customer: Customer, points: int) -> str:
    answer = till.redeem(customer, points)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_redemption_is_returned_in_parts_and_never_beyond_the_whole(fuel: Till, grocer: Till, sara: Customer) -> None:
    earn(grocer, sara, 10_000)
    redemption = redeem(fuel, sara, 60)
    first = give_back(fuel, redemption, points=20)
    assert (first.status_code, first.json["points"], first.json["amount_minor"]) == (201, 20, 20)
    assert_problem(give_back(fuel, redemption, points=41), 402, "reversal_too_large", "#/points")
    assert give_back(fuel, redemption).json["points"] == 40
    assert_problem(give_back(fuel, redemption, points=1), 402, "reversal_too_large")
    assert_problem(give_back(fuel, redemption), 402, "reversal_too_large")
    assert balance(grocer, sara)["available"] == 100
    assert fuel.get(f"/v1/redemptions/{redemption}").json["reversed_points"] == 60


def test_points_go_back_to_the_lots_they_came_from(
    coalition: Coalition, fuel: Till, grocer: Till, sara: Customer
) -> None:
    short = coalition.join("short", months=2)
    short_sara = sara
    assert short.post("/v1/members/lookup", {"card_number": sara.card_number}).status_code == 200
    earn(short, short_sara, 3_000)
    earn(grocer, sara, 3_000)
    redemption = redeem(fuel, sara, 40)
    give_back(fuel, redemption, points=15)
    expiring = fuel.balance(sara).json["expiring"]
    assert [each["points"] for each in expiring] == [5, 30]


def test_the_same_key_returns_once(fuel: Till, grocer: Till, sara: Customer) -> None:
    earn(grocer, sara, 10_000)
    redemption, key = redeem(fuel, sara, 60), next_key()
    first = give_back(fuel, redemption, key=key, points=20)
    assert give_back(fuel, redemption, key=key, points=20).data == first.data
    assert balance(grocer, sara)["available"] == 60


def test_points_returned_to_an_expired_lot_live_a_little_longer(
    coalition: Coalition, fuel: Till, sara: Customer
) -> None:
    short = coalition.join("short", months=1)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    earn(short, sara, 3_000)
    redemption = redeem(fuel, sara, 30)
    coalition.at(START + timedelta(days=40))
    assert give_back(fuel, redemption).json["balance"]["available"] == 30
    assert fuel.balance(sara).json["expiring"] == [{"points": 30, "expires_at": "2017-03-12T00:00:00Z"}]


def test_where_the_policy_extends_nothing_they_expire_at_once(coalition: Coalition, fuel: Till, sara: Customer) -> None:
    short = coalition.join("short", months=1)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    set_earning_rule(fuel.partner_id, "USD", START + timedelta(days=1), Rule(extension_days=0))
    earn(short, sara, 3_000)
    redemption = redeem(fuel, sara, 30)
    coalition.at(START + timedelta(days=40))
    assert give_back(fuel, redemption).json["balance"]["available"] == 0


def test_a_purchase_is_returned_whole(grocer: Till, sara: Customer) -> None:
    purchase = earn(grocer, sara, 1_999)
    answer = give_back(grocer, purchase)
    assert (answer.json["points"], answer.json["amount_minor"], answer.json["owed_points"]) == (19, 1_999, 0)
    assert balance(grocer, sara)["available"] == 0
    assert_problem(give_back(grocer, purchase), 402, "return_too_large", "#/amount_minor")


def test_returns_by_amount_add_up_to_the_points_of_the_whole(grocer: Till, sara: Customer) -> None:
    purchase = earn(grocer, sara, 1_999)
    points = [give_back(grocer, purchase, amount_minor=amount).json["points"] for amount in (999, 500, 500)]
    assert sum(points) == 19
    assert balance(grocer, sara)["available"] == 0


def test_a_purchase_is_returned_by_lines_of_its_basket(grocer: Till, sara: Customer) -> None:
    purchase = earn(grocer, sara, 1_000, lines=[500, 300, 200])
    answer = give_back(grocer, purchase, lines=[2])
    assert (answer.json["amount_minor"], answer.json["points"]) == (300, 3)
    assert_problem(give_back(grocer, purchase, lines=[2]), 422, "no_such_line", "#/lines")
    assert_problem(give_back(grocer, purchase, lines=[4]), 422, "no_such_line", "#/lines")
    assert give_back(grocer, purchase, lines=[1, 3]).json["points"] == 7


def test_lines_that_do_not_add_up_are_refused(grocer: Till, sara: Customer) -> None:
    assert_problem(grocer.earn(sara, 1_000, lines=[500, 499]), 422, "basket_mismatch", "#/lines")


def test_points_already_spent_become_a_debt_that_later_earning_repays_to_the_issuer(
    fuel: Till, grocer: Till, sara: Customer
) -> None:
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    purchase = earn(grocer, sara, 10_000)
    redeem(fuel, sara, 70)
    answer = give_back(grocer, purchase)
    assert (answer.json["points"], answer.json["owed_points"]) == (100, 70)
    assert balance(grocer, sara) == {"available": 0, "pending": 0, "held": 0, "debt": 70}
    assert fuel.earn(sara, 5_000).json["balance"] == {"available": 0, "pending": 0, "held": 0, "debt": 20}
    assert fuel.earn(sara, 5_000).json["balance"] == {"available": 30, "pending": 0, "held": 0, "debt": 0}


def test_points_whose_hold_has_lapsed_are_not_owed_though_nobody_has_swept(
    coalition: Coalition, fuel: Till, sara: Customer
) -> None:
    short = coalition.join("short", months=1)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    purchase = earn(short, sara, 10_000)
    coalition.at(START + timedelta(days=30))
    fuel.redeem(sara, 60, capture=False, hold_seconds=604_800)
    coalition.at(START + timedelta(days=60))
    assert balance(short, sara) == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert give_back(short, purchase).json["owed_points"] == 0


def test_points_that_repaid_a_debt_when_they_became_active_are_owed_though_nobody_has_swept(
    coalition: Coalition, fuel: Till, grocer: Till, sara: Customer
) -> None:
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": sara.card_number})
    spent = earn(grocer, sara, 10_000)
    redeem(fuel, sara, 70)
    give_back(grocer, spent)
    purchase = earn(slow, sara, 10_000)
    coalition.at(START + timedelta(days=14))
    answer = give_back(slow, purchase)
    assert (answer.json["points"], answer.json["owed_points"]) == (100, 70)
    assert balance(slow, sara) == {"available": 0, "pending": 0, "held": 0, "debt": 70}


def test_pending_points_are_cancelled_by_a_return(coalition: Coalition, sara: Customer) -> None:
    slow = coalition.join("slow", pending_days=14)
    slow.post("/v1/members/lookup", {"card_number": sara.card_number})
    purchase = earn(slow, sara, 1_000)
    assert balance(slow, sara)["pending"] == 10
    give_back(slow, purchase, amount_minor=400)
    assert balance(slow, sara)["pending"] == 6
    coalition.at(START + timedelta(days=14))
    assert balance(slow, sara) == {"available": 6, "pending": 0, "held": 0, "debt": 0}


@pytest.mark.parametrize(
    ("policy", "code"),
    [(ReturnPolicy.PENDING_ONLY, "earn_not_pending"), (ReturnPolicy.WITHIN_LOT, "points_already_spent")],
)
def test_a_partner_may_refuse_returns_that_its_policy_does_not_allow(
    fuel: Till, grocer: Till, sara: Customer, coalition: Coalition, policy: ReturnPolicy, code: str
) -> None:
    coalition.at(START + timedelta(days=1))
    set_earning_rule(grocer.partner_id, "USD", START + timedelta(days=1), Rule(return_policy=policy))
    purchase = earn(grocer, sara, 10_000)
    redeem(fuel, sara, 70)
    assert_problem(give_back(grocer, purchase), 402, code)
    assert balance(grocer, sara)["available"] == 30


def test_a_captured_hold_is_returned_like_a_redemption(fuel: Till, grocer: Till, sara: Customer) -> None:
    earn(grocer, sara, 10_000)
    held = fuel.redeem(sara, 60, capture=False).json["id"]
    assert_problem(give_back(fuel, held), 404, "entry_not_found")
    fuel.post(f"/v1/redemptions/{held}/capture", {"points": 50}, next_key())
    assert give_back(fuel, held, points=30).json["points"] == 30
    assert balance(grocer, sara)["available"] == 80


def test_only_the_partner_that_made_an_entry_can_return_it(fuel: Till, grocer: Till, sara: Customer) -> None:
    purchase = earn(grocer, sara, 10_000)
    redemption = redeem(fuel, sara, 10)
    assert_problem(give_back(fuel, purchase), 404, "entry_not_found")
    assert_problem(give_back(grocer, redemption), 404, "entry_not_found")
