"""What the till gives and takes: whose points burn, who may see what, who may still issue."""

from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.outbox import drain
from network.kernel.identifiers import read
from network.members.service import acquaintance as known_by
from network.members.service import activity_of
from network.partners.service import add_store, reinstate_partner, suspend_partner
from tests.fixtures import Coalition, Customer, Till, assert_problem, day


def test_points_are_whole_and_rounded_down(grocer: Till, sara: Customer) -> None:
    earned = [grocer.earn(sara, amount).json["points"] for amount in (99, 100, 199, 12_345)]
    assert earned == [0, 1, 1, 123]


def test_a_purchase_too_small_for_a_point_is_entered_without_a_lot(grocer: Till, sara: Customer) -> None:
    answer = grocer.earn(sara, 99).json
    assert answer["lots"] == []
    assert grocer.get(f"/v1/earns/{answer['id']}").json == answer
    assert [entry["points"] for entry in grocer.entries(sara).json["data"]] == [0]


def test_points_expire_at_the_end_of_the_day_after_the_contracts_months(grocer: Till, sara: Customer) -> None:
    (lot,) = grocer.earn(sara, 100_00).json["lots"]
    assert (lot["activates_at"], lot["expires_at"]) == ("2017-01-10T12:00:00Z", "2019-01-11T00:00:00Z")


def test_a_purchase_reported_late_keeps_the_rule_the_contract_and_the_expiry_of_its_day(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    coalition.sign(grocer.partner_id, valid_from=day(2, 1, 0), price="0.0120", months=1)
    coalition.at(day(2, 3))
    late = grocer.earn(sara, 100_00, occurred_at="2017-01-31T23:59:59Z").json
    prompt = grocer.earn(sara, 100_00).json
    assert late["lots"][0]["expires_at"] == "2019-02-01T00:00:00Z"
    assert prompt["lots"][0]["expires_at"] == "2017-03-04T00:00:00Z"
    assert (late["occurred_at"], late["posted_at"]) == ("2017-01-31T23:59:59Z", "2017-02-03T12:00:00Z")
    versions = db.session.execute(
        text("SELECT c.version FROM lot JOIN contract_version c USING (contract_id) ORDER BY lot_id")
    ).scalars()
    assert list(versions) == [1, 2]


def test_a_burn_draws_the_first_expiring_lots_whoever_issued_them(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer
) -> None:
    coffee = coalition.join("coffee", months=2, paid="0.0080")
    for till in (fuel, coffee):
        till.post("/v1/members/lookup", {"card_number": sara.card_number})
    grocer.earn(sara, 100_00)  # until January 2019
    coffee.earn(sara, 50_00)  # until March 2017
    coalition.at(day(1, 11))
    fuel.earn(sara, 30_00, occurred_at="2017-01-02T10:00:00Z")  # until 3 January 2019, before the grocer's
    burned = fuel.redeem(sara, 100).json
    assert (burned["value_minor"], burned["balance"]["available"]) == (1_00, 80)
    draws = db.session.execute(
        text(
            "SELECT p.code, -m.points, r.code, c.version FROM movement m JOIN partner p ON p.partner_id = m.issuer_id"
            " JOIN partner r ON r.partner_id = m.redeemer_id"
            " JOIN contract_version c ON c.contract_id = m.redeemer_contract_id"
            " WHERE kind = 'draw' ORDER BY sequence, line"
        )
    ).all()
    assert [tuple(row) for row in draws] == [
        ("coffee", 50, "fuel", 1),
        ("fuel", 30, "fuel", 1),
        ("grocer", 20, "fuel", 1),
    ]


def test_a_burn_over_more_lots_than_ride_on_the_first_query_draws_them_all(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    for number in range(12):
        coalition.at(day(1, 11 + number))
        grocer.earn(sara, 1_00)
    assert grocer.redeem(sara, 11).json["balance"]["available"] == 1
    left = db.session.execute(text("SELECT remaining FROM lot ORDER BY expires_at")).scalars().all()
    assert left == [0] * 11 + [1]


def test_expired_points_are_not_burned(coalition: Coalition, sara: Customer) -> None:
    florist = coalition.join("florist", months=1)
    florist.post("/v1/members/lookup", {"card_number": sara.card_number})
    florist.earn(sara, 100_00)
    coalition.at(day(2, 10, 23))
    assert florist.redeem(sara, 40).status_code == 201
    coalition.at(day(2, 11, 0))
    refused = florist.redeem(sara, 1)
    assert_problem(refused, 402, "insufficient_points")
    assert refused.json["available"] == 0


def test_pending_points_are_not_burned_until_they_are_active(coalition: Coalition, sara: Customer) -> None:
    fashion = coalition.join("fashion", pending_days=14)
    fashion.post("/v1/members/lookup", {"card_number": sara.card_number})
    answer = fashion.earn(sara, 100_00).json
    assert answer["balance"] == {"available": 0, "pending": 100, "held": 0, "debt": 0}
    assert answer["lots"][0]["activates_at"] == "2017-01-24T12:00:00Z"
    coalition.at(day(1, 24, 11))
    assert_problem(fashion.redeem(sara, 1), 402, "insufficient_points")
    coalition.at(day(1, 24))
    assert fashion.redeem(sara, 100).json["balance"] == {"available": 0, "pending": 0, "held": 0, "debt": 0}


def test_a_suspended_partner_cannot_issue_but_its_members_burn(grocer: Till, sara: Customer, points: int) -> None:
    suspend_partner(grocer.partner_id)
    assert_problem(grocer.earn(sara, 100), 403, "issuing_suspended")
    assert grocer.redeem(sara, 100).status_code == 201
    reinstate_partner(grocer.partner_id)
    assert grocer.earn(sara, 100).status_code == 201


def test_who_knows_only_the_phone_may_let_earn_but_not_see_the_balance(
    grocer: Till, fuel: Till, sara: Customer, points: int
) -> None:
    fuel.post("/v1/members/lookup", {"phone": "+989123456789"})
    earned = fuel.earn(sara, 10_00)
    assert (earned.status_code, earned.json["points"], earned.json["balance"]) == (201, 10, None)
    assert fuel.get(f"/v1/earns/{earned.json['id']}").json["balance"] is None
    assert_problem(fuel.balance(sara), 404, "member_not_found")
    quote = fuel.post("/v1/quotes", {"member": sara.id, "currency": "USD", "amount_minor": 500, "points": 7}).json
    assert (quote["earn_points"], quote["value_minor"]) == (5, 7)
    assert quote["redeemable_points"] is quote["redeemable_minor"] is quote["sufficient"] is None


def test_the_card_shown_at_a_burn_makes_the_acquaintance(grocer: Till, fuel: Till, sara: Customer, points: int) -> None:
    assert_problem(fuel.balance(sara), 404, "member_not_found")
    assert fuel.redeem(sara, 1).status_code == 201
    assert fuel.balance(sara).json["available"] == points - 1
    found = known_by(fuel.partner_id, read("mbr", sara.id))
    assert found is not None
    assert found.known_by == "card"


def test_a_refused_burn_makes_no_acquaintance_without_the_members_card(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, points: int
) -> None:
    other = coalition.enrol(grocer)
    assert_problem(fuel.redeem(Customer(sara.id, other.card_number), 1), 403, "proof_refused", "#/proof")
    assert known_by(fuel.partner_id, read("mbr", sara.id)) is None


def test_the_history_shows_only_own_entries_newest_first_and_page_by_page(
    grocer: Till, fuel: Till, sara: Customer, points: int
) -> None:
    fuel.redeem(sara, 1)
    made = [grocer.earn(sara, amount, receipt=f"A-{amount}").json["id"] for amount in (2_00, 3_00, 4_00)]
    fuel.redeem(sara, 2)
    seen, cursor = [], None
    while True:
        page = grocer.entries(sara, limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [(entry["id"], entry["amount_minor"]) for entry in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert seen[:3] == list(zip(reversed(made), (4_00, 3_00, 2_00), strict=True))
    assert len(seen) == 4
    assert cursor is None
    assert [entry["points"] for entry in fuel.entries(sara).json["data"]] == [2, 1]


def test_a_store_is_the_partners_own(grocer: Till, fuel: Till, sara: Customer) -> None:
    add_store(grocer.partner_id, code="main/1", name="Main Street")
    add_store(fuel.partner_id, code="pump", name="Pump")
    earned = grocer.earn(sara, 100, store="main/1").json
    assert earned["store"] == grocer.get(f"/v1/earns/{earned['id']}").json["store"] == "main/1"
    assert grocer.entries(sara).json["data"][0]["store"] == "main/1"
    assert_problem(grocer.earn(sara, 100, store="pump"), 422, "unknown_store", "#/store")


def test_a_quote_tells_what_a_burn_would_do_and_writes_nothing(grocer: Till, sara: Customer, points: int) -> None:
    asked = {"member": sara.id, "currency": "USD", "amount_minor": 12_99}
    quote = grocer.post("/v1/quotes", {**asked, "points": points}).json
    assert quote == {
        "member": sara.id,
        "currency": "USD",
        "earn_points": 12,
        "point_type": "base",
        "redeemable_points": points,
        "redeemable_minor": 10_00,
        "points": points,
        "value_minor": 10_00,
        "sufficient": True,
        "as_of": "2017-01-10T12:00:00Z",
    }
    assert grocer.post("/v1/quotes", {**asked, "points": points + 1}).json["sufficient"] is False
    assert [entry["operation"] for entry in grocer.entries(sara).json["data"]] == ["earn"]


def test_who_was_where_follows_from_the_facts(grocer: Till, fuel: Till, sara: Customer, points: int) -> None:
    fuel.redeem(sara, 5)
    while drain():
        pass
    found = known_by(grocer.partner_id, read("mbr", sara.id))
    assert found is not None
    seen = {each.partner_id: (each.earns, each.burns) for each in activity_of(found.wallet_id)}
    assert seen == {grocer.partner_id: (1, 0), fuel.partner_id: (0, 1)}
