"""A member's statement: the partner's own entries in full, all others as one sum, and it adds up."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.earning.service import whole_statement
from network.members.service import lookup
from network.wallet.jobs import sweep
from tests.conftest import empty_tables
from tests.fixtures import START, Coalition, Customer, Till, assert_problem, day
from tests.live import Installation


def statement(till: Till, customer: Customer, first: str, last: str) -> Any:
    answer = till.get(f"/v1/members/{customer.id}/statement", **{"from": first, "to": last})
    assert answer.status_code == 200, answer.text
    return answer.json


def worth(balance: dict[str, int]) -> int:
    return balance["available"] + balance["pending"] + balance["held"] - balance["debt"]


def adds_up(told: dict[str, Any]) -> bool:
    changes = sum(each["change"] for each in told["totals"])
    return worth(told["closing"]) == (
        worth(told["opening"]) + changes + told["elsewhere_points"] - told["expired_points"]
    )


@pytest.fixture
def january(coalition: Coalition, grocer: Till, fuel: Till, sara: Customer) -> None:
    """On the 10th 100 points at the grocer's, on the 12th 30 of them burned there and 20 at the petrol station."""
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    grocer.earn(sara, 100_00, receipt="A-1")
    coalition.at(day(1, 12))
    grocer.redeem(sara, 30, receipt="A-2")
    fuel.redeem(sara, 20)
    fuel.earn(sara, 5_00)


def test_own_entries_are_told_in_full_and_all_others_as_one_sum(grocer: Till, sara: Customer, january: None) -> None:
    told = statement(grocer, sara, "2017-01-01", "2017-01-12")
    assert [(each["operation"], each["points"], each["receipt"]) for each in told["entries"]] == [
        ("redemption", 30, "A-2"),
        ("earn", 100, "A-1"),
    ]
    assert told["totals"] == [
        {"operation": "earn", "entries": 1, "points": 100, "change": 100},
        {"operation": "redemption", "entries": 1, "points": 30, "change": -30},
    ]
    assert (told["elsewhere_points"], told["expired_points"]) == (-15, 0)
    assert (told["opening"]["available"], told["closing"]["available"]) == (0, 55)
    assert adds_up(told)


def test_nothing_of_another_partner_can_be_told_apart(grocer: Till, fuel: Till, sara: Customer, january: None) -> None:
    told = statement(grocer, sara, "2017-01-12", "2017-01-12")
    assert "fuel" not in str(told)
    assert told["elsewhere_points"] == -15
    mirrored = statement(fuel, sara, "2017-01-12", "2017-01-12")
    assert mirrored["elsewhere_points"] == -30
    assert {each["operation"] for each in mirrored["entries"]} == {"redemption", "earn"}


def test_a_statement_ends_where_its_last_day_does_or_now(
    coalition: Coalition, grocer: Till, sara: Customer, january: None
) -> None:
    told = statement(grocer, sara, "2017-01-11", "2017-01-11")
    assert (told["begins_at"], told["ends_at"]) == ("2017-01-11T00:00:00Z", "2017-01-12T00:00:00Z")
    assert (told["entries"], told["opening"], told["opening"]["available"]) == ([], told["closing"], 100)
    assert statement(grocer, sara, "2017-01-12", "2017-03-01")["ends_at"] == "2017-01-12T12:00:00Z"


def test_what_expired_and_what_will_is_told_though_nobody_has_swept(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    florist = coalition.join("florist", months=1)
    florist.post("/v1/members/lookup", {"card_number": sara.card_number})
    florist.earn(sara, 8_00)
    grocer.earn(sara, 1_00)
    coalition.at(day(2, 20))
    for _ in range(2):
        february = statement(grocer, sara, "2017-02-01", "2017-02-28")
        assert (february["expired_points"], february["elsewhere_points"]) == (8, 0)
        assert february["expiring"] == [{"points": 1, "expires_at": "2019-01-11T00:00:00Z"}]
        before = statement(grocer, sara, "2017-02-01", "2017-02-10")
        assert (before["expired_points"], before["closing"]["available"]) == (0, 9)
        assert before["expiring"][0] == {"points": 8, "expires_at": "2017-02-11T00:00:00Z"}
        after = statement(grocer, sara, "2017-02-11", "2017-02-11")
        assert (after["opening"]["available"], after["expired_points"]) == (9, 8)
        sweep()


def test_debts_are_taken_off(coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, january: None) -> None:
    first = grocer.entries(sara, limit=100).json["data"][-1]["id"]
    grocer.post(f"/v1/earns/{first}/reverse", {}, "return")
    told = statement(grocer, sara, "2017-01-01", "2017-01-31")
    assert told["closing"]["debt"] > 0
    assert adds_up(told)
    fuel.earn(sara, 90_00)
    assert adds_up(statement(grocer, sara, "2017-01-01", "2017-01-31"))


def test_days_are_the_networks_own(
    coalition: Coalition, grocer: Till, sara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(coalition.app.extensions, "peyvand.zone", ZoneInfo("Asia/Tehran"))
    coalition.at(datetime.fromisoformat("2017-01-31T20:29:59+00:00"))
    grocer.earn(sara, 1_00)
    coalition.at(datetime.fromisoformat("2017-01-31T20:30:00+00:00"))
    grocer.earn(sara, 2_00)
    coalition.at(day(2, 20))
    assert [each["points"] for each in statement(grocer, sara, "2017-01-01", "2017-01-31")["entries"]] == [1]
    february = statement(grocer, sara, "2017-02-01", "2017-02-28")
    assert [each["points"] for each in february["entries"]] == [2]
    assert february["begins_at"] == "2017-01-31T20:30:00Z"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "2017-01-02", "to": "2017-01-01"}, "#/to"),
        ({"from": "2017-01-01", "to": "2018-01-02"}, "#/to"),
        ({"from": "2017-01-01", "to": "9999-12-31"}, "#/to"),
        ({"from": "2017-02-01", "to": "2017-02-02"}, "#/from"),
        ({"from": "0001-01-01", "to": "0001-01-01"}, "#/from"),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "#/from"),
    ],
)
def test_periods_that_make_no_sense_are_refused(
    grocer: Till, sara: Customer, query: dict[str, str], pointer: str
) -> None:
    answer = grocer.get(f"/v1/members/{sara.id}/statement", **query)
    assert_problem(answer, 422, "bad_period", pointer)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2017-01-01"},
        {"to": "2017-01-01"},
        {"from": "2017-02-29", "to": "2017-03-01"},
        {"from": "2017-1-1", "to": "2017-01-01"},
        {"from": "20170101", "to": "2017-01-01"},
        {"from": "2017-01-01T00:00:00Z", "to": "2017-01-01"},
        {"from": "۲۰۱۷-۰۱-۰۱", "to": "2017-01-01"},
        {"from": "2017-01-01", "to": "2017-01-01", "at": "2017-01-01"},
    ],
)
def test_what_is_no_day_is_refused(grocer: Till, sara: Customer, query: dict[str, str]) -> None:
    assert_problem(grocer.get(f"/v1/members/{sara.id}/statement", **query), 422, "validation_failed")


def test_the_sdk_reads_it(installation: Installation, grocer: Till, sara: Customer, january: None) -> None:
    with installation.partner(grocer.client) as partner:
        told = partner.members.statement(sara.id, first=day(1, 1).date(), last=day(1, 12).date())
    assert (told.opening.available, told.closing.available, told.elsewhere_points) == (0, 55, -15)
    assert [entry.receipt for entry in told.entries] == ["A-2", "A-1"]


def test_the_member_itself_sees_every_entry(grocer: Till, fuel: Till, sara: Customer, january: None) -> None:
    told = whole_statement(sara.member_id, day(1, 1).date(), day(1, 31).date())
    assert [(entry.operation, entry.points) for entry in told.entries] == [
        ("earn", 100),
        ("redemption", 30),
        ("redemption", 20),
        ("earn", 5),
    ]


CODES = ("grocer", "florist", "fashion")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.sampled_from(CODES), st.integers(1_00, 90_00)),
        st.tuples(st.just("redeem"), st.sampled_from(CODES), st.integers(1, 60)),
        st.tuples(st.just("hold"), st.sampled_from(CODES), st.integers(1, 60)),
        st.tuples(st.just("return"), st.sampled_from(CODES)),
        st.tuples(st.just("wait"), st.integers(1, 20 * 24)),
        st.tuples(st.just("sweep")),
    ),
    min_size=8,
    max_size=25,
)


@given(steps, st.integers(0, 60), st.integers(0, 60))
@hypothesis_settings(max_examples=8, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
def test_any_statement_of_any_history_adds_up_for_every_partner(
    app: Flask, history: list[tuple[Any, ...]], first: int, days: int
) -> None:
    empty_tables()
    coalition = Coalition(app)
    terms: dict[str, dict[str, Any]] = {"florist": {"months": 1}, "fashion": {"pending_days": 14}}
    tills = {code: coalition.join(code, **terms.get(code, {})) for code in CODES}
    member, now = coalition.enrol(tills["grocer"]), START
    for till in tills.values():
        lookup(till.partner_id, card_number=member.card_number)
    for name, *arguments in history:
        if name == "earn":
            tills[arguments[0]].earn(member, arguments[1])
        elif name in ("redeem", "hold"):
            tills[arguments[0]].redeem(member, arguments[1], capture=name == "redeem", hold_seconds=86_400)
        elif name == "return":
            till = tills[arguments[0]]
            earned = [e["id"] for e in till.entries(member).json["data"] if e["operation"] == "earn"]
            if earned:
                till.post(f"/v1/earns/{earned[0]}/reverse", {}, f"return-{earned[0]}")
        elif name == "wait":
            now += timedelta(hours=arguments[0])
            coalition.at(now)
        else:
            sweep()
    begins = min(START + timedelta(days=first), now).date()
    ends = begins + timedelta(days=days)
    for till in tills.values():
        assert adds_up(statement(till, member, begins.isoformat(), ends.isoformat()))
