"""When a payment service is asked again that did not pay: later each time, and after refusals no more by itself.

    away      it did not answer: asked again after a minute, then twice as long each time, up to an hour, without end
    refused   it will not pay: asked again after an hour, six hours and a day, then not before a person says so. A
              service may repeat a refusal for a day (Stripe does), so that asking sooner tells nothing
    rejected  the order itself is wrong: not before a person says so

Whoever pays under a key pays it once, so that asking again is safe at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from uuid import UUID

from network.settlement.errors import NothingToRetry

_FIRST_AWAY = timedelta(minutes=1)
_LONGEST_AWAY = timedelta(hours=1)
_AFTER_REFUSALS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=25))


class Outcome(StrEnum):
    """What came of asking; `retry`: a person lets it be asked again."""

    AWAY = "away"
    REFUSED = "refused"
    REJECTED = "rejected"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time that a payment service was asked and did not pay; `number` counts from 1 for each instruction.

    `retry_at`: when it is asked again; None: when a person says so.
    """

    instruction_id: UUID
    number: int
    outcome: Outcome
    detail: str
    noted_by: str
    noted_at: datetime
    retry_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether the service is to be asked again."""
        return self.retry_at is not None and self.retry_at <= now


def asked_again_at(outcome: Outcome, before: Sequence[Attempt], now: datetime) -> datetime | None:
    """When a service is asked again that answered this, after what it answered `before`, oldest first."""
    if outcome is Outcome.RETRY:
        return now
    if outcome is Outcome.REJECTED:
        return None
    since = list(takewhile(lambda each: each.outcome is not Outcome.RETRY, reversed(before)))
    times = sum(each.outcome is outcome for each in since)
    if outcome is Outcome.REFUSED:
        return now + _AFTER_REFUSALS[times] if times < len(_AFTER_REFUSALS) else None
    return now + min(_FIRST_AWAY * (1 << min(times, 10)), _LONGEST_AWAY)


def check_retry(before: Sequence[Attempt], now: datetime) -> None:
    """Whether it makes sense to let a service be asked again now. Raises NothingToRetry."""
    if not before or before[-1].is_due(now):
        raise NothingToRetry
