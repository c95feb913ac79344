"""The journal forgets nothing: time travel, explanations, and the tamper drill."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.infrastructure.database import db
from network.kernel.identifiers import read_entry
from network.members.service import acquaintance
from network.wallet.domain import Operation
from network.wallet.timetravel import wallet_at, wallet_statement
from tests.fixtures import START, Coalition, Customer, Till, assert_problem


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def fuel(coalition: Coalition) -> Till:
    return coalition.join("fuel", funded="0.5")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    return coalition.enrol(grocer)


def wallet_of(till: Till, customer: Customer):
    known = acquaintance(till.partner_id, customer.member_id)
    assert known is not None
    return known.wallet_id


def broken() -> dict[str, str]:
    return {f.check.name: str(f.rows[0]) for f in check_everything() if not f.holds}


def test_the_balance_of_any_instant_can_be_asked(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer
) -> None:
    grocer.earn(sara, 10_000)
    coalition.at(START + timedelta(days=2))
    fuel.redeem(sara, 30)
    coalition.at(START + timedelta(days=4))
    told = [
        grocer.get(f"/v1/members/{sara.id}/balance", at=f"2017-01-0{day}T12:00:00Z").json["available"]
        for day in (1, 2, 3, 4)
    ]
    assert told == [100, 100, 70, 70]
    assert_problem(grocer.get(f"/v1/members/{sara.id}/balance", at="2017-01-09T12:00:00Z"), 422, "instant_ahead")


def test_points_that_expired_by_then_do_not_count_even_if_nobody_has_swept(
    coalition: Coalition, sara: Customer
) -> None:
    short = coalition.join("short", months=1)
    short.post("/v1/members/lookup", {"card_number": sara.card_number})
    short.earn(sara, 10_000)
    coalition.at(START + timedelta(days=60))
    wallet = wallet_of(short, sara)
    assert wallet_at(wallet, START + timedelta(days=31)).balance.available == 100
    assert wallet_at(wallet, START + timedelta(days=32)).balance.available == 0


def test_a_statement_tells_what_happened_between_two_instants(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer
) -> None:
    grocer.earn(sara, 10_000)
    coalition.at(START + timedelta(days=2))
    fuel.redeem(sara, 30)
    told = wallet_statement(wallet_of(grocer, sara), START + timedelta(days=1), START + timedelta(days=3))
    assert (told.opening.available, told.closing.available) == (100, 70)
    assert [entry.operation for entry in told.entries] == [Operation.REDEMPTION]


def test_an_earn_is_explained_by_its_rule_its_contract_and_what_it_makes_due(fuel: Till, sara: Customer) -> None:
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    purchase = fuel.earn(sara, 10_000).json["id"]
    told = fuel.get(f"/v1/entries/{purchase}/explanation").json
    assert told["rule"]["points_per_unit"] == "1"
    (movement,) = told["movements"]
    assert (movement["issuer"], movement["issuer_contract_version"]) == ("fuel", 1)
    (claim,) = movement["claims"]
    assert (claim["leg"], claim["debtor"], claim["creditor"]) == ("issue", "fuel", "operator")
    assert Decimal(claim["amount"]) == Decimal("0.575")


def test_a_redemption_is_explained_to_its_partner_with_what_it_is_paid_and_nothing_of_others(
    grocer: Till, fuel: Till, sara: Customer
) -> None:
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    fuel.earn(sara, 10_000)
    redemption = grocer.redeem(sara, 40).json["id"]
    (movement,) = grocer.get(f"/v1/entries/{redemption}/explanation").json["movements"]
    assert (movement["issuer"], movement["redeemer"], movement["points"]) == ("fuel", "grocer", -40)
    assert [claim["leg"] for claim in movement["claims"]] == ["redemption"]
    assert Decimal(movement["claims"][0]["amount"]) == Decimal("0.36")
    assert_problem(fuel.get(f"/v1/entries/{redemption}/explanation"), 404, "entry_not_found")


TAMPERED = {
    "an entry's points": "UPDATE journal SET points = points + 1 WHERE sequence = 2",
    "an entry's receipt": "UPDATE journal SET receipt = 'other' WHERE sequence = 2",
    "an entry's time": "UPDATE journal SET posted_at = posted_at - interval '1 second' WHERE sequence = 2",
    "a movement's issuer": "UPDATE movement SET issuer_id = redeemer_id WHERE sequence = 2",
    "a movement's points": "UPDATE movement SET points = points - 1 WHERE sequence = 2",
    "an unknown operation": "UPDATE journal SET operation = 'gift' WHERE sequence = 2",
    "an entry that is gone": "DELETE FROM journal WHERE sequence = 2",
    "a movement that is gone": "DELETE FROM movement WHERE sequence = 2",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED.keys())
def test_one_edited_row_is_found_and_named(grocer: Till, fuel: Till, sara: Customer, statement: str) -> None:
    grocer.earn(sara, 10_000)
    entry = fuel.redeem(sara, 30).json["id"]
    fuel.redeem(sara, 30)
    wallet_id, sequence = read_entry("rdm", entry)
    assert broken() == {}
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # past the triggers, as a thief would
        connection.execute(text(statement))
    found = broken()
    assert "hash chain is whole" in found
    assert str(wallet_id) in found["hash chain is whole"]
    if "DELETE FROM journal" not in statement:
        assert f"'sequence': {sequence}" in found["hash chain is whole"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wallet SET available = available + 5",
        "UPDATE lot SET remaining = remaining + 5",
        "UPDATE lot SET expires_at = expires_at + interval '1 year'",
    ],
)
def test_a_cached_value_that_is_not_what_the_journal_says_is_found(
    grocer: Till, fuel: Till, sara: Customer, statement: str
) -> None:
    grocer.earn(sara, 10_000)
    fuel.redeem(sara, 30)
    db.session.execute(text(statement))
    db.session.commit()
    assert "wallet = its journal, rebuilt" in broken()


def test_what_is_written_once_can_not_be_edited_by_mistake(grocer: Till, sara: Customer) -> None:
    grocer.earn(sara, 10_000)
    for table in ("journal", "movement", "contract_version"):
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()
