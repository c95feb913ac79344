"""A till says of which type the points of a purchase are; the answers say it again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from network.kernel.identifiers import show
from network.partners.domain import PointType, TypeRates
from partner_sdk import ValidationError
from partner_sdk.proof import Keys, Receipt
from tests.fixtures import Coalition, Customer, Till, assert_problem
from tests.integration.batches.files import broken, counts, earn, errors, post, rows, send, work
from tests.live import Installation

CHEAPER = TypeRates(
    point_type=PointType.BONUS,
    redemption_element=Decimal("0.0100"),
    service_fee=Decimal(0),
    reimbursement_rate=Decimal("0.0080"),
    funded_at_issue=Decimal("0.5"),
)


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    """It pays less for bonus points."""
    return coalition.join("grocer", rates_by_type=(CHEAPER,))


def test_an_earn_of_bonus_points_is_told_as_such_and_owed_at_their_rate(grocer: Till, sara: Customer) -> None:
    earned = grocer.earn(sara, 10_00, point_type="bonus").json
    assert [lot["point_type"] for lot in earned["lots"]] == ["bonus"]
    assert grocer.get(f"/v1/earns/{earned['id']}").json == earned
    (movement,) = grocer.get(f"/v1/entries/{earned['id']}/explanation").json["movements"]
    assert (movement["point_type"], movement["issuer_contract_version"]) == ("bonus", 1)
    assert [Decimal(claim["amount"]) for claim in movement["claims"]] == [Decimal("0.05")]  # 10 x 0.5 x 0.0100
    spent = grocer.redeem(sara, 10).json
    assert spent["value_minor"] == 10, "a point buys the same, whatever its type"
    (movement,) = grocer.get(f"/v1/entries/{spent['id']}/explanation").json["movements"]
    assert movement["point_type"] == "bonus"
    assert [Decimal(claim["amount"]) for claim in movement["claims"]] == [Decimal("0.04")]  # 10 x 0.5 x 0.0080


def test_points_are_base_points_unless_told_otherwise_and_types_without_rates_have_the_general_ones(
    grocer: Till, sara: Customer
) -> None:
    base, goodwill = grocer.earn(sara, 10_00).json, grocer.earn(sara, 10_00, point_type="goodwill").json
    assert [earned["lots"][0]["point_type"] for earned in (base, goodwill)] == ["base", "goodwill"]
    claims = [grocer.get(f"/v1/entries/{e['id']}/explanation").json["movements"][0]["claims"] for e in (base, goodwill)]
    assert claims[0] == claims[1]
    assert Decimal(claims[0][0]["amount"]) == Decimal("0.115")


def test_a_type_that_there_is_not_is_refused_and_named(grocer: Till, sara: Customer) -> None:
    for wrong in ("extra", "BONUS", 1):
        assert_problem(grocer.earn(sara, 10_00, point_type=wrong), 422, "validation_failed", "#/point_type")
    body = {"member": sara.id, "currency": "USD", "amount_minor": 100, "point_type": "extra"}
    assert_problem(grocer.post("/v1/quotes", body), 422, "validation_failed", "#/point_type")


def test_a_quote_says_of_which_points_it_speaks(grocer: Till, sara: Customer) -> None:
    body = {"member": sara.id, "currency": "USD", "amount_minor": 12_50}
    assert grocer.post("/v1/quotes", body).json["point_type"] == "base"
    bonus = grocer.post("/v1/quotes", body | {"point_type": "bonus"}).json
    assert (bonus["point_type"], bonus["earn_points"]) == ("bonus", 12)


def test_the_receipt_of_bonus_points_is_signed_with_their_type(grocer: Till, sara: Customer) -> None:
    keys, partner = Keys(grocer.get("/v1/proofs/keys").json), show("par", grocer.partner_id)
    for told in ({}, {"point_type": "bonus"}, {"point_type": "bonus", "amount_minor": 99}):
        body = {"member": sara.id, "amount_minor": 100, "currency": "USD"} | told
        answer = grocer.post("/v1/earns", body, key=f"receipt-{len(told)}").json
        receipt = Receipt.of(answer, partner)
        assert receipt is not None
        assert receipt.is_signed(keys)
        again = Receipt.of(grocer.get(f"/v1/earns/{answer['id']}").json, partner)
        assert again == receipt


def test_lines_of_batches_tell_types_too(grocer: Till, sara: Customer) -> None:
    lines = [
        earn(n, member=sara.id, **told) for n, told in enumerate(({}, {"point_type": "bonus"}, {"point_type": "x"}))
    ]
    done = post(grocer, lines)
    assert counts(done) == (2, 0, 1)
    assert [(error["line"], error["field"]) for error in errors(grocer, done)] == [(3, "point_type")]
    header = "till,sequence,operation,member,amount_minor,currency,occurred_at,point_type"
    table = [f"T2,{n},earn,{sara.id},1250,USD,2017-01-03T12:00:00Z,{told}" for n, told in enumerate(("", "goodwill"))]
    assert send(grocer, "\n".join([header, *table]).encode(), media="text/csv").status_code == 202
    work()
    query = "SELECT c.point_type, count(*) FROM lot JOIN contract_version c USING (contract_id) GROUP BY 1 ORDER BY 1"
    assert rows(query) == [("base", 2), ("bonus", 1), ("goodwill", 1)]
    assert broken() == []


def test_a_line_sent_alone_under_its_key_is_answered_with_its_type(grocer: Till, sara: Customer) -> None:
    line = earn(7, member=sara.id, point_type="bonus", receipt="A-1")
    post(grocer, [line])
    body = {name: value for name, value in line.items() if name not in ("till", "sequence", "operation")}
    answer = grocer.post("/v1/earns", body, key="batch:T1:7")
    assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (201, "true")
    assert answer.json["lots"][0]["point_type"] == "bonus"
    assert counts(post(grocer, [line])) == (0, 1, 0)


def test_the_sdk_names_types(installation: Installation, grocer: Till, sara: Customer) -> None:
    with installation.partner(grocer.client) as partner:
        earned = partner.earns.create(member=sara.id, amount_minor=10_00, currency="USD", point_type="bonus")
        assert [lot.point_type for lot in earned.lots] == ["bonus"]
        assert partner.earns.get(earned.id) == earned
        quote = partner.quotes.create(member=sara.id, currency="USD", amount_minor=100, point_type="goodwill")
        assert quote.point_type == "goodwill"
        with pytest.raises(ValidationError) as caught:
            partner.earns.create(member=sara.id, amount_minor=10_00, currency="USD", point_type="gold")
        assert [each["pointer"] for each in caught.value.errors] == ["#/point_type"]
