"""A cycle can be computed again from its export alone."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.errors import CycleNotFound, CycleNotNetted
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, connect, cut_all, month_one
from tests.integration.settlement.recompute import recompute

FIELDS = {
    "contract": "type partner version valid_from issuance_price redemption_element service_fee reimbursement_rate"
    " funded_at_issue prepaid breakage_share currency rates_by_type",
    "tariff": "type partner contract_version fee_per_cycle_minor fee_share_of_gross tax_rates",
    "lot": "type lot issuer contract_version point_type opening_remaining",
    "issue": "type lot issuer contract_version point_type points",
    "draw": "type lot issuer issuer_contract_version point_type redeemer redeemer_contract_version points",
    "expiry": "type issuer contract_version point_type points",
    "penalty": "type partner minor_days yearly_rate",
    "adjustment": "type partner amount_minor",
    "net": "type partner currency issue_minor redemption_minor deferred_minor breakage_minor fee_minor tax_minor"
    " penalty_minor adjustment_minor net_minor",
}


def exported(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in settlement.export_cycle(name)]


def test_every_line_has_the_members_that_are_documented(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    rows = exported("USD-2017-01")
    assert Counter(row["type"] for row in rows) == {"contract": 3, "lot": 3, "issue": 3, "draw": 5, "net": 4}
    for row in rows:
        assert list(row) == FIELDS[row["type"]].split()
    grocer = next(row for row in rows if row["type"] == "contract" and row["partner"] == "grocer")
    assert (grocer["issuance_price"], grocer["valid_from"]) == ("0.0115", "2017-01-01T00:00:00Z")
    assert rows[-1] == {
        "type": "net",
        "partner": "operator",
        "currency": "USD",
        "issue_minor": -1_495_00,
        "redemption_minor": -765_00,
        "deferred_minor": 0,
        "breakage_minor": 0,
        "fee_minor": 0,
        "tax_minor": 0,
        "penalty_minor": 0,
        "adjustment_minor": 0,
        "net_minor": 730_00,
    }


def test_worked_example_a_is_recomputed_from_its_export(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    computed, stated = recompute(settlement.export_cycle("USD-2017-01"))
    assert computed == stated
    grocer = {leg: amount for leg, amount in stated["grocer"].items() if amount}
    assert grocer == {"issue": 1_150_00, "redemption": 45_00}


def test_a_lot_opens_a_cycle_with_what_was_left_of_it(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 10))
    ledger.burn("p", "grocer", 1_000)
    set_clock(day(4, 1))
    close_due()
    opening = {row["issuer"]: row["opening_remaining"] for row in exported("2017-02") if row["type"] == "lot"}
    assert opening == {"grocer": 32_000, "fuel": 5_000, "coffee": 8_000}
    opening = {row["issuer"]: row["opening_remaining"] for row in exported("2017-03") if row["type"] == "lot"}
    assert opening == {"grocer": 31_000, "fuel": 5_000, "coffee": 8_000}


def test_what_came_late_is_in_the_export_of_the_cycle_it_fell_into(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    before = exported("2017-01")
    with connect() as connection:
        ledger.insert(connection, "grocer", 777, day(1, 31))
    ledger.join("deli", valid_from=day(1, 1))  # signed now, dated back
    set_clock(day(3, 1))
    close_due()
    assert exported("2017-01") == before, "a closed cycle's export is the same for ever"
    assert [row["points"] for row in exported("2017-02") if row["type"] == "issue"] == [777]
    computed, stated = recompute(settlement.export_cycle("2017-02"))
    assert computed == stated
    assert broken() == {}


@pytest.mark.parametrize("seed", range(3))
def test_any_cycles_are_recomputed_from_their_exports(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    ledger.join("deli", price="0.0123456789", fee="0.0012345678", paid="0.00912345", funded="0.333333")
    ledger.join("wine", price="0.0119", paid="0.0087", funded="0", months=1)
    codes = list(ledger.tills)
    for days in range(58):
        if days == 20:
            terms = {"price": "0.0131", "fee": "0.0017", "paid": "0.0083", "funded": "0.25"}
            ledger.coalition.sign(ledger.partner("fuel"), valid_from=day(1, 25), **terms)
        set_clock(day(1, 1, 13) + timedelta(days=days))
        ledger.earn(chance.choice("pqrs"), chance.choice(codes), chance.randrange(1, 40_000))
        member = chance.choice("pqrs")
        if points := ledger.available(member):
            ledger.burn(member, chance.choice(codes), chance.randrange(1, points + 1))
    set_clock(day(3, 8))
    close_due()
    for name in ("2017-01", "2017-02"):
        computed, stated = recompute(settlement.export_cycle(name))
        assert computed == stated
        assert len(stated) == 6
    assert broken() == {}


def test_a_cycle_is_not_exported_before_it_is_netted(ledger: Ledger) -> None:
    month_one(ledger)
    cut_all()
    with pytest.raises(CycleNotNetted):
        settlement.export_cycle("2017-01")
    with pytest.raises(CycleNotFound):
        settlement.export_cycle("2016-12")
