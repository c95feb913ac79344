"""Who may decide on a cycle, what is compared, and the trail that tells of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import (
    Leg,
    Link,
    Position,
    Recorded,
    State,
    Submission,
    Verdict,
    check_accounts,
    check_decider,
    check_person,
    check_reason,
    check_submission,
    differing,
    entry_of,
    first_broken,
    link,
    net,
    with_adjustments,
)
from network.settlement.domain.trail import THE_NETWORK
from network.settlement.errors import (
    AlreadySubmitted,
    ApproverIsPreparer,
    CycleNotReady,
    NotSubmitted,
    PayerIsRecorder,
    PersonMissing,
    ReasonMissing,
    SubmissionDecided,
)
from tests.unit.settlement.test_netting import COFFEE, FUEL, GROCER, OPERATOR, month_one

NOW = datetime(2017, 2, 1, 12, tzinfo=UTC)
SUBMISSION = Submission(cycle_id=UUID(int=7), version=1, prepared_by="Maryam", prepared_at=NOW)
JANUARY = net("USD", OPERATOR, month_one(price="0.0115", funded="1"))


@pytest.mark.parametrize("state", [state for state in State if state is not State.STATED])
def test_only_a_stated_cycle_is_submitted(state: State) -> None:
    with pytest.raises(CycleNotReady):
        check_submission(state, None)


def test_a_version_is_submitted_once() -> None:
    check_submission(State.STATED, None)
    with pytest.raises(AlreadySubmitted):
        check_submission(State.STATED, SUBMISSION)


def test_another_person_decides_once() -> None:
    assert check_decider(SUBMISSION, "reza") is SUBMISSION
    with pytest.raises(NotSubmitted):
        check_decider(None, "reza")
    for verdict in (Verdict.APPROVED, Verdict.REJECTED):
        with pytest.raises(SubmissionDecided):
            check_decider(replace(SUBMISSION, verdict=verdict), "reza")


@pytest.mark.parametrize("person", ["Maryam", "maryam", "MARYAM"])
def test_a_name_in_other_letters_is_the_same_person(person: str) -> None:
    with pytest.raises(ApproverIsPreparer):
        check_decider(SUBMISSION, person)


def test_nobody_and_nothing_are_no_person_and_no_reason() -> None:
    assert (check_person(" reza "), check_reason(" rates ")) == ("reza", "rates")
    with pytest.raises(PersonMissing):
        check_person("  ")
    with pytest.raises(ReasonMissing):
        check_reason("")


def test_what_agrees_differs_in_nothing() -> None:
    lines = list(JANUARY.lines)
    assert differing(lines, JANUARY.positions, from_slices=JANUARY, from_ledger=JANUARY) == []


def test_each_side_that_differs_is_named() -> None:
    lines = list(JANUARY.lines)
    other = replace(JANUARY, lines=JANUARY.lines[1:])
    altered = JANUARY.positions | {GROCER: Position(issue_minor=1)}
    redirected = [replace(lines[0], debtor_id=COFFEE), *lines[1:]]
    assert differing(lines, JANUARY.positions, from_slices=other, from_ledger=JANUARY) == ["the folded sums"]
    assert differing(lines, JANUARY.positions, from_slices=JANUARY, from_ledger=other) == ["the ledger's movements"]
    assert differing(lines, altered, from_slices=JANUARY, from_ledger=JANUARY) == ["the partners' statements"]
    assert len(differing(redirected, JANUARY.positions, from_slices=JANUARY, from_ledger=JANUARY)) == 3


amounts = st.integers(-(10**12), 10**12)


@given(st.dictionaries(st.sampled_from([GROCER, FUEL, COFFEE, UUID(int=4)]), amounts))
def test_adjustments_move_money_between_a_partner_and_the_operator_and_none_is_made(due: dict[UUID, int]) -> None:
    netting = with_adjustments(JANUARY, due)
    assert sum(position.net_minor for position in netting.positions.values()) + netting.operator.net_minor == 0
    for partner_id, amount_minor in due.items():
        plain = JANUARY.position(partner_id)
        assert netting.position(partner_id) == replace(plain, adjustment_minor=amount_minor)
    assert netting.operator.adjustment_minor == -sum(due.values())
    adjusted = [line for line in netting.lines if line.leg is Leg.ADJUSTMENT]
    assert {(line.issuer_id, line.points, line.amount_minor) for line in adjusted} == {
        (partner_id, 0, amount_minor) for partner_id, amount_minor in due.items() if amount_minor
    }


def chain_of(*whats: str) -> list[Link]:
    links: list[Link] = []
    for what in whats:
        last = links[-1] if links else None
        links.append(link(last, who="رضا", what=what, before={}, after={"state": what}, at=NOW))
    return links


def test_a_trail_reads_as_it_was_written() -> None:
    (first, second) = chain_of("cut", "netted")
    assert (first.step, second.step, len(second.hash)) == (1, 2, 32)
    told = entry_of(second.entry)
    assert (told.step, told.who, told.what, told.after, told.at) == (2, "رضا", "netted", {"state": "netted"}, NOW)
    assert first_broken([first, second]) is None
    assert first_broken([]) is None


@given(st.integers(0, 4), st.sampled_from(["altered", "dropped", "doubled", "swapped"]))
def test_a_trail_that_was_tampered_with_breaks_where_it_was(at: int, kind: str) -> None:
    links = chain_of("cut", "netted", "stated", "submitted", "approved", "instructed")
    if kind == "altered":
        links[at] = replace(links[at], entry=links[at].entry.replace("رضا", "نرگس"))
    elif kind == "dropped":
        del links[at]
    elif kind == "doubled":
        links.insert(at, links[at])
    else:
        links[at], links[at + 1] = links[at + 1], links[at]
    assert first_broken(links) in (at + 1, at + 2)


@pytest.mark.parametrize(
    ("recorded_by", "since_approval", "person", "is_paid"),
    [
        ("sara", -1, THE_NETWORK, True),  # reza has approved what he could see
        ("sara", 0, "Sara", True),
        ("sara", 1, THE_NETWORK, False),
        ("sara", 1, "Sara", False),
        ("sara", 1, "omid", True),
        ("reza", -1, THE_NETWORK, False),
        ("Reza", -1, "reza", False),
        ("reza", -1, "omid", True),
    ],
)
def test_a_payment_goes_to_no_account_that_only_its_recorder_has_seen(
    recorded_by: str, since_approval: int, person: str, is_paid: bool
) -> None:
    approved = replace(SUBMISSION, verdict=Verdict.APPROVED, decided_by="reza")
    account = Recorded(by=recorded_by, seen_from=NOW + timedelta(days=since_approval))
    others = [Recorded(by="nobody else", seen_from=NOW)] * 2
    if is_paid:
        check_accounts([*others, account], approved, NOW, person)
    else:
        with pytest.raises(PayerIsRecorder):
            check_accounts([*others, account], approved, NOW, person)


def test_what_nobody_has_approved_goes_by_who_has_it_paid() -> None:
    with pytest.raises(PayerIsRecorder):
        check_accounts([Recorded(by="sara", seen_from=NOW)], None, None, "sara")
    check_accounts([Recorded(by="sara", seen_from=NOW)], None, None, "omid")
