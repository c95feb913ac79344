"""Policies at the till: which holds is decided when points are earned, and stays with them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from network.adjustments import service as adjustments
from network.expiry.errors import PolicyTooEarly
from network.infrastructure.calendars import JALALI
from network.infrastructure.database import db
from network.members.domain import EnrolCommand
from network.members.errors import BadJurisdiction, MemberNotFound
from network.members.service import enrol, forget, set_jurisdiction, wallet_of_member
from tests.fixtures import START, Coalition, Customer, Till, day, next_key
from tests.integration.expiry.conftest import Decide


def expiry_of(till: Till, customer: Customer, **more: Any) -> str | None:
    """Until when points live that are earned now."""
    answer = till.earn(customer, 10_00, **more)
    assert answer.status_code == 201, answer.text
    found: str | None = answer.json["lots"][0]["expires_at"]
    assert till.get(f"/v1/earns/{answer.json['id']}").json["lots"][0]["expires_at"] == found
    return found


def test_without_a_policy_points_live_as_long_as_the_contract_says(grocer: Till, sara: Customer) -> None:
    assert expiry_of(grocer, sara) == "2019-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("rule", "months", "expires_at"),
    [
        ("months_from_earning", 6, "2017-07-02T00:00:00Z"),
        ("end_of_month", 0, "2017-02-01T00:00:00Z"),
        ("end_of_quarter", 1, "2017-04-01T00:00:00Z"),
        ("end_of_year", 12, "2019-01-01T00:00:00Z"),
        ("inactivity", 12, "2018-01-02T00:00:00Z"),
        ("never", 0, None),
    ],
)
def test_a_programmes_policy_rules_the_points_of_its_contracts(
    coalition: Coalition, decide: Decide, sara: Customer, rule: str, months: int, expires_at: str | None
) -> None:
    decide(rule, months, programme="gold")
    jeweller = coalition.join("jeweller", programme="gold")
    jeweller.post("/v1/members/lookup", {"card_number": sara.card_number})
    assert expiry_of(jeweller, sara) == expires_at


def test_a_programme_without_a_policy_leaves_it_to_the_contract(
    coalition: Coalition, decide: Decide, sara: Customer
) -> None:
    decide("never", programme="silver")
    jeweller = coalition.join("jeweller", programme="gold", months=3)
    jeweller.post("/v1/members/lookup", {"card_number": sara.card_number})
    assert expiry_of(jeweller, sara) == "2017-04-02T00:00:00Z"


def test_the_networks_own_programme_holds_where_a_contract_names_none(
    coalition: Coalition, decide: Decide, grocer: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide("end_of_year", programme="house")
    assert expiry_of(grocer, sara) == "2019-01-02T00:00:00Z"
    monkeypatch.setitem(coalition.app.extensions, "peyvand.programme", "house")
    assert expiry_of(grocer, sara) == "2018-01-01T00:00:00Z"


def test_the_law_of_a_members_place_holds_for_every_programme(
    coalition: Coalition, decide: Decide, grocer: Till, sara: Customer
) -> None:
    decide("never", jurisdiction="CA-QC")
    decide("months_from_earning", 36, jurisdiction="CA", is_minimum=True)
    set_jurisdiction(sara.member_id, "CA-QC")
    assert expiry_of(grocer, sara) is None
    set_jurisdiction(sara.member_id, "CA-ON")
    assert expiry_of(grocer, sara) == "2020-01-02T00:00:00Z"
    set_jurisdiction(sara.member_id, "IR")
    assert expiry_of(grocer, sara) == "2019-01-02T00:00:00Z"
    set_jurisdiction(sara.member_id, None)
    assert expiry_of(grocer, sara) == "2019-01-02T00:00:00Z"


def test_irans_points_end_with_irans_year(coalition: Coalition, decide: Decide, grocer: Till, sara: Customer) -> None:
    decide("end_of_year", jurisdiction="IR", calendar=JALALI, zone="Asia/Tehran")
    set_jurisdiction(sara.member_id, "IR")
    coalition.at(day(3, 1))
    assert expiry_of(grocer, sara) == "2017-03-20T20:30:00Z"  # 30 Esfand 1395, a leap year, has ended
    coalition.at(day(3, 21))
    assert expiry_of(grocer, sara) == "2018-03-20T20:30:00Z"


def test_a_purchase_reported_late_keeps_the_policy_of_its_own_day(
    coalition: Coalition, decide: Decide, grocer: Till, sara: Customer
) -> None:
    decide("months_from_earning", 6, jurisdiction="IR")
    decide("never", jurisdiction="IR", valid_from=day(2, 1, 0))
    set_jurisdiction(sara.member_id, "IR")
    coalition.at(day(2, 10))
    assert expiry_of(grocer, sara, occurred_at="2017-01-31T23:59:59Z") == "2017-08-01T00:00:00Z"
    assert expiry_of(grocer, sara, occurred_at="2017-02-01T00:00:00Z") is None


def test_a_policy_is_decided_for_a_time_ahead_and_never_edited(coalition: Coalition, decide: Decide) -> None:
    decide("never", programme="gold")
    coalition.at(day(3, 1))
    for instant in (START, day(2, 1)):
        with pytest.raises(PolicyTooEarly):
            decide("end_of_year", programme="gold", valid_from=instant)
    decide("end_of_year", programme="gold", valid_from=day(3, 2))
    for statement in ("UPDATE expiry_policy SET months = 3", "DELETE FROM expiry_policy"):
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_goodwill_lives_by_the_same_policies(decide: Decide, grocer: Till, sara: Customer) -> None:
    decide("inactivity", 6, jurisdiction="IR")
    set_jurisdiction(sara.member_id, "IR")
    adjustments.propose(
        wallet_id=wallet_of_member(sara.member_id),
        issuer_id=grocer.partner_id,
        currency="USD",
        points=50,
        reason="goodwill",
        person="Omid",
    )
    assert grocer.balance(sara).json["expiring"] == [{"points": 50, "expires_at": "2017-07-02T00:00:00Z"}]


def test_a_partner_tells_where_a_member_is_at_home(grocer: Till, decide: Decide) -> None:
    decide("never", jurisdiction="CA-QC")
    enrolled = grocer.post("/v1/members", {"jurisdiction": "CA-QC"}, next_key())
    assert enrolled.status_code == 201, enrolled.text
    assert expiry_of(grocer, Customer(enrolled.json["id"], enrolled.json["card_number"])) is None
    refused = grocer.post("/v1/members", {"jurisdiction": "Quebec"}, next_key())
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "#/jurisdiction")
    with pytest.raises(BadJurisdiction):
        enrol(grocer.partner_id, EnrolCommand(jurisdiction="quebec"))


def test_where_a_member_was_at_home_is_forgotten_with_it(sara: Customer, decide: Decide) -> None:
    set_jurisdiction(sara.member_id, "CA-QC")
    forget(sara.member_id)
    assert db.session.execute(text("SELECT jurisdiction FROM member")).scalar() is None
    with pytest.raises(MemberNotFound):
        set_jurisdiction(sara.member_id, "CA-QC")


def test_points_that_never_expire_are_drawn_last_and_told_as_null(
    coalition: Coalition, decide: Decide, grocer: Till, sara: Customer
) -> None:
    decide("never", programme="gold")
    jeweller = coalition.join("jeweller", programme="gold")
    jeweller.post("/v1/members/lookup", {"card_number": sara.card_number})
    jeweller.earn(sara, 10_00)
    coalition.at(day(1, 5))
    grocer.earn(sara, 20_00)
    grocer.redeem(sara, 20)
    told = grocer.balance(sara).json
    assert (told["available"], told["expiring"]) == (10, [])
    coalition.at(day(1, 1, year=2090))
    assert jeweller.redeem(sara, 10).status_code == 201
