"""Four eyes for what disputes are granted: a person grants so much alone, and more with another person's approval."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.settlement.domain.approval import Verdict
from network.settlement.errors import BadGrantLimit, GranterIsPreparer, GrantMissing, GrantWaits

DEFAULT_LIMIT_MINOR = 100_000
"""What a person may grant, or take, alone in a currency, in minor units, unless told otherwise."""

_MOST_MINOR = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one person would grant to a dispute, and another approves or rejects. The dispute is open until then."""

    grant_id: UUID
    dispute_id: UUID
    granted_minor: int
    answer: str
    prepared_by: str
    prepared_at: datetime
    verdict: Verdict = Verdict.SUBMITTED


def needs_second_person(granted_minor: int, limit_minor: int) -> bool:
    """Whether a grant is beyond what one person may give, or take, alone."""
    return abs(granted_minor) > limit_minor


def check_no_grant(waiting: Grant | None) -> None:
    """Raises GrantWaits: one at a time."""
    if waiting is not None:
        raise GrantWaits


def check_granter(waiting: Grant | None, person: str) -> Grant:
    """The grant that this person may decide on. Raises GrantMissing, GranterIsPreparer.

    Names that differ only in case are the same person's.
    """
    if waiting is None:
        raise GrantMissing
    if waiting.prepared_by.casefold() == person.casefold():
        raise GranterIsPreparer
    return waiting


def check_limit(limit_minor: int) -> None:
    """Raises BadGrantLimit."""
    if not 0 <= limit_minor <= _MOST_MINOR:
        raise BadGrantLimit(field="limit_minor")
