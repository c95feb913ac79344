"""Disputes, terms and notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import (
    Dispute,
    DisputeVerdict,
    Leg,
    NoticeKind,
    SettlementPolicy,
    check_in_time,
    check_policy,
    check_undecided,
    granted_amount,
    notices_due,
    parties_of_line,
)
from network.settlement.errors import BadPolicy, DisputeDecided, DisputeTooLate, NothingGranted
from tests.unit.settlement.test_netting import FUEL, GROCER, OPERATOR

NOON = datetime(2017, 2, 1, 12, tzinfo=UTC)
POLICY = SettlementPolicy()
DISPUTE = Dispute(
    dispute_id=UUID(int=1),
    statement_id=UUID(int=2),
    cycle_id=UUID(int=3),
    partner_id=FUEL,
    currency="USD",
    line=None,
    leg=None,
    counterparty=None,
    claimed_minor=900,
    reason="points are missing",
    evidence=None,
    attachment=None,
    opened_at=NOON,
)


def test_the_window_is_open_until_its_last_instant() -> None:
    until = POLICY.disputable_until(NOON)
    assert until == NOON + timedelta(days=14)
    check_in_time(until, until - timedelta(microseconds=1))
    with pytest.raises(DisputeTooLate):
        check_in_time(until, until)


@pytest.mark.parametrize("verdict", [DisputeVerdict.ACCEPTED, DisputeVerdict.REJECTED])
def test_a_dispute_is_decided_once(verdict: DisputeVerdict) -> None:
    check_undecided(DISPUTE)
    with pytest.raises(DisputeDecided):
        check_undecided(replace(DISPUTE, verdict=verdict))


def test_what_was_claimed_is_granted_unless_told_otherwise() -> None:
    assert (granted_amount(DISPUTE, None), granted_amount(DISPUTE, -5)) == (900, -5)
    with pytest.raises(NothingGranted):
        granted_amount(DISPUTE, 0)


def test_a_line_is_named_from_its_partners_side() -> None:
    assert parties_of_line(Leg.ISSUE, FUEL, OPERATOR) == (FUEL, None)
    assert parties_of_line(Leg.REDEMPTION, FUEL, GROCER) == (GROCER, FUEL)
    assert parties_of_line(Leg.REDEMPTION, FUEL, FUEL) == (FUEL, FUEL)
    assert parties_of_line(Leg.DEFERRED, FUEL, GROCER) == (FUEL, GROCER)
    assert parties_of_line(Leg.ADJUSTMENT, FUEL, OPERATOR) == (FUEL, None)


@pytest.mark.parametrize("wrong", [{"payment_days": -1}, {"dunning_days": 0}, {"dispute_days": 366}])
def test_terms_beyond_reason_are_refused_by_their_name(wrong: dict[str, int]) -> None:
    check_policy(POLICY)
    check_policy(replace(POLICY, dunning_levels=0, dispute_days=0))
    with pytest.raises(BadPolicy) as refusal:
        check_policy(replace(POLICY, **wrong))
    assert refusal.value.field == next(iter(wrong))


@given(st.integers(0, 100), st.integers(-(10**9), 10**9).filter(bool), st.integers(0, 5))
def test_a_payer_hears_the_advice_and_one_thing_more_and_a_payee_the_advice(days: int, net: int, levels: int) -> None:
    policy = replace(POLICY, dunning_levels=levels)
    (advice, *more) = notices_due(policy, NOON, NOON + timedelta(days=days), net)
    assert advice == (NoticeKind.ADVICE, 0)
    if net > 0 or days < 5:
        assert more == []
    elif days < 7 or not levels:
        assert more == [(NoticeKind.REMINDER, 0)]
    else:
        assert more == [(NoticeKind.DUNNING, min(1 + (days - 7) // 7, levels))]
