"""Four eyes: a stated cycle is submitted by one person and decided on by another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.settlement.domain.states import State
from network.settlement.domain.trail import THE_NETWORK
from network.settlement.errors import (
    AlreadySubmitted,
    ApproverIsPreparer,
    CycleNotReady,
    NotSubmitted,
    PayerIsPreparer,
    PayerIsRecorder,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Who recorded the bank details that hold of somebody, and since when everybody can see that they hold."""

    by: str
    seen_from: datetime


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


def check_accounts(
    accounts: Iterable[Recorded], submission: Submission | None, approved_at: datetime | None, person: str
) -> None:
    """Whether payments of a cycle may go to these accounts: not where whoever recorded one is alone in letting it go.

    Others who let it go are `person`, unless that is the network, which only follows; and whoever approved the cycle,
    if the account could be seen by then. Raises PayerIsRecorder.
    """
    approver = submission.decided_by if submission is not None else None
    for each in accounts:
        letting_go = [] if person == THE_NETWORK else [person]
        if approver is not None and approved_at is not None and each.seen_from <= approved_at:
            letting_go.append(approver)
        if all(who.casefold() == each.by.casefold() for who in letting_go):
            raise PayerIsRecorder
