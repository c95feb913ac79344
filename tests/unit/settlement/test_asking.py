"""When a payment service that did not pay is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from network.settlement.domain import Attempt, Outcome, asked_again_at, check_retry
from network.settlement.errors import NothingToRetry

NOW = datetime(2017, 2, 1, tzinfo=UTC)


def told(*outcomes: Outcome) -> list[Attempt]:
    found: list[Attempt] = []
    for number, outcome in enumerate(outcomes, start=1):
        found.append(
            Attempt(
                instruction_id=UUID(int=1),
                number=number,
                outcome=outcome,
                detail="no",
                noted_by="network",
                noted_at=NOW,
                retry_at=asked_again_at(outcome, found, NOW),
            )
        )
    return found


def waits(*outcomes: Outcome) -> list[timedelta | None]:
    return [each.retry_at and each.retry_at - NOW for each in told(*outcomes)]


def test_a_service_that_is_away_is_asked_later_and_later_but_always_within_the_hour() -> None:
    found = waits(*[Outcome.AWAY] * 40)
    assert found[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert set(found[6:]) == {timedelta(hours=1)}


def test_what_is_refused_is_asked_for_three_times_more_and_then_waits_for_a_person() -> None:
    assert waits(*[Outcome.REFUSED] * 5) == [
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(hours=25),
        None,
        None,
    ]
    assert waits(Outcome.REFUSED, Outcome.AWAY, Outcome.REFUSED)[1:] == [timedelta(minutes=1), timedelta(hours=6)]
    assert waits(Outcome.REJECTED) == [None]


def test_a_person_lets_it_be_asked_at_once_and_the_counting_begins_anew() -> None:
    *_, retry, refused = waits(*[Outcome.REFUSED] * 4, Outcome.RETRY, Outcome.REFUSED)
    assert (retry, refused) == (timedelta(0), timedelta(hours=1))


def test_only_what_waits_is_retried() -> None:
    check_retry(told(Outcome.REFUSED), NOW)
    for before, now in (([], NOW), (told(Outcome.REFUSED), NOW + timedelta(hours=1)), (told(Outcome.RETRY), NOW)):
        with pytest.raises(NothingToRetry):
            check_retry(before, now)
