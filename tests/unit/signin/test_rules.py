"""The rules of codes, limits and spending."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from network.kernel.identifiers import new_id
from network.signin.domain import (
    COOLING_OFF,
    DEFAULT_LIMIT_POINTS,
    Approval,
    Asker,
    SpendRules,
    address_block,
    check_spending,
    counts_for,
    make_code,
    prefix_of,
    read_code,
)
from network.signin.errors import CodeRefused, CoolingOff, NewPartner, OverSpendLimit, SpendLocked

NOW = datetime(2026, 11, 22, 10, 7, tzinfo=UTC)
USUAL = SpendRules()


def test_a_code_has_six_digits_whatever_the_dice_say() -> None:
    assert make_code(lambda _below: 7) == "000007"
    assert len({make_code() for _ in range(50)}) > 45


@pytest.mark.parametrize("typed", ["012345", "012 345", "۰۱۲۳۴۵", "٠١٢-٣٤٥", " 012345\n"])
def test_a_code_may_be_typed_in_any_digits(typed: str) -> None:
    assert read_code(typed) == "012345"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "0" * 5000])
def test_what_is_no_code_is_refused_before_anything_is_asked(typed: str) -> None:
    with pytest.raises(CodeRefused):
        read_code(typed)


def test_an_asker_tells_no_log_where_it_is() -> None:
    assert "192.0.2.1" not in repr(Asker("192.0.2.1", "Firefox")) and "Firefox" not in repr(Asker("", "Firefox"))


def test_windows_begin_where_everybody_s_begin_and_are_counted_in_one_order() -> None:
    counts = counts_for({"contact": "+989121234567", "prefix": None, "address": "192.0.2.1", "all": "sms"}, NOW)
    assert counts == sorted(counts)
    assert [each.kind for each in counts] == ["address", "address", "all", "contact", "contact"]
    quarter = next(each for each in counts if each.seconds == 900)
    assert (quarter.since, quarter.ends_at) == (NOW - timedelta(minutes=7), NOW + timedelta(minutes=8))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("an address", "unknown"),
    ],
)
def test_a_network_s_address_is_counted_by_what_one_household_has(address: str, counted: str) -> None:
    assert address_block(address) == counted


def test_a_prefix_is_a_country_and_an_operator() -> None:
    assert prefix_of("+989121234567") == prefix_of("+989129999999") != prefix_of("+989351234567")


def test_usual_rules_ask_at_new_partners_and_above_a_limit() -> None:
    check_spending(USUAL, DEFAULT_LIMIT_POINTS, NOW, is_used=True)
    with pytest.raises(NewPartner):
        check_spending(USUAL, 1, NOW, is_used=False)
    with pytest.raises(OverSpendLimit):
        check_spending(USUAL, DEFAULT_LIMIT_POINTS + 1, NOW, is_used=True)


def test_an_approval_lifts_the_questions_that_it_answers_and_no_lock() -> None:
    check_spending(USUAL, DEFAULT_LIMIT_POINTS + 1, NOW, is_used=False, is_approved=True)
    with pytest.raises(SpendLocked):
        check_spending(replace(USUAL, is_locked=True), 1, NOW, is_used=True, is_approved=True)
    cooling = replace(USUAL, cooling_until=NOW + COOLING_OFF)
    with pytest.raises(CoolingOff):
        check_spending(cooling, 1, NOW, is_used=True, is_approved=True)
    check_spending(cooling, 1, NOW + COOLING_OFF, is_used=True)


def test_where_cards_are_trusted_only_what_the_member_has_set_holds() -> None:
    check_spending(USUAL, 10**9, NOW, is_used=False, trusts_cards=True)
    with pytest.raises(OverSpendLimit):
        check_spending(replace(USUAL, limit_points=10), 11, NOW, is_used=False, trusts_cards=True)
    with pytest.raises(SpendLocked):
        check_spending(replace(USUAL, is_locked=True), 1, NOW, is_used=True, trusts_cards=True)


def test_a_member_may_lift_the_question_at_new_partners_and_the_limit() -> None:
    check_spending(replace(USUAL, asks_first=False, limit_points=10**6), 10**6, NOW, is_used=False)


def test_an_approval_is_for_one_member_at_one_partner_for_so_much_and_so_long() -> None:
    member, partner = new_id(), new_id()
    approval = Approval(new_id(), member, partner, 500, NOW)
    before = NOW - timedelta(seconds=1)
    assert approval.covers(member, partner, 500, before)
    assert not approval.covers(member, partner, 501, before)
    assert not approval.covers(member, partner, 500, NOW)
    assert not approval.covers(new_id(), partner, 1, before)
    assert not approval.covers(member, new_id(), 1, before)
