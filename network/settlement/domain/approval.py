"""Four eyes: a stated cycle is submitted by one person and decided on by another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.settlement.domain.states import State
from network.settlement.errors import (
    AlreadySubmitted,
    ApproverIsPreparer,
    CycleNotReady,
    NotSubmitted,
    PayerIsPreparer,
    PersonMissing,
    ReasonMissing,
    SubmissionDecided,
)


class Verdict(StrEnum):
    """Where a submission stands. One rejection ends it; the next version of the cycle is submitted anew."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One version of a cycle, put up for approval by a person."""

    cycle_id: UUID
    version: int
    prepared_by: str
    prepared_at: datetime
    verdict: Verdict = Verdict.SUBMITTED
    decided_by: str | None = None
    reason: str | None = None


def check_person(person: str) -> str:
    """A person's name without space around it. Raises PersonMissing for one that is no name."""
    if not person.strip():
        raise PersonMissing(field="person")
    return person.strip()


def check_reason(reason: str) -> str:
    """A reason without space around it. Raises ReasonMissing for one that says nothing."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()


def check_submission(state: State, submission: Submission | None) -> None:
    """Whether the present version of a cycle can be submitted. Raises CycleNotReady, AlreadySubmitted."""
    if submission is not None:
        raise AlreadySubmitted
    if state is not State.STATED:
        raise CycleNotReady(f"The cycle is {state.value}; it can be submitted while it is stated.", state=state.value)


def check_decider(submission: Submission | None, person: str) -> Submission:
    """The submission that this person may decide on. Raises NotSubmitted, SubmissionDecided, ApproverIsPreparer.

    Names that differ only in case are the same person's.
    """
    if submission is None:
        raise NotSubmitted
    if submission.verdict is not Verdict.SUBMITTED:
        raise SubmissionDecided
    if submission.prepared_by.casefold() == person.casefold():
        raise ApproverIsPreparer
    return submission


def check_payer(submission: Submission | None, person: str) -> None:
    """Whether this person may have payments of a cycle made: who submitted it may not. Raises PayerIsPreparer."""
    if submission is not None and submission.prepared_by.casefold() == person.casefold():
        raise PayerIsPreparer
