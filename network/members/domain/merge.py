"""Two accounts that are one person's become one, and two again if that was a mistake. It takes two of staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.kernel.letters import is_blank, is_printable
from network.members.domain.member import Member, MemberStatus
from network.members.errors import (
    HoldsOpen,
    InHousehold,
    MemberMerged,
    MemberNotFound,
    MergeOver,
    ReasonMissing,
    SameMember,
    SecondPersonNeeded,
)
from network.wallet.domain import Draft

LONGEST_REASON = 200


class MergeState(StrEnum):
    """Where a merge stands. It happens once and is undone once; whoever needs it again prepares a new one."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    MERGED = "merged"
    UNMERGE_PROPOSED = "unmerge_proposed"
    UNMERGED = "unmerged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A member that is to become another one. `prepared_by`: who asked for the step that waits, or was the last."""

    merge_id: UUID
    member_id: UUID
    into_id: UUID
    state: MergeState
    reason: str
    prepared_by: str
    prepared_at: datetime


def check_pair(member: Member | None, into: Member | None) -> tuple[Member, Member]:
    """Whether one member can become the other now.

    Raises SameMember, MemberNotFound, MemberMerged for one that was merged before, InHousehold if the one that goes
    shares a pool: its part has to come home to it first.
    """
    for each in (member, into):
        if each is None or each.status is MemberStatus.FORGOTTEN:
            raise MemberNotFound
        if each.status is MemberStatus.MERGED:
            raise MemberMerged
    assert member is not None and into is not None
    if member.member_id == into.member_id:
        raise SameMember
    if member.household_id is not None:
        raise InHousehold
    return member, into


def check_unmerge(member: Member | None, into: Member | None) -> tuple[Member, Member]:
    """Whether a merge can be undone now. Raises MemberNotFound, MemberMerged if the other was merged on since."""
    if member is None or into is None or MemberStatus.FORGOTTEN in (member.status, into.status):
        raise MemberNotFound
    if into.status is MemberStatus.MERGED:
        raise MemberMerged
    assert member.merged_into == into.member_id, "a merge that is not undone holds"
    return member, into


def check_decider(merge: Merge, person: str) -> None:
    """Raises MergeOver if nothing waits for a decision, SecondPersonNeeded for the one who prepared it."""
    if merge.state not in (MergeState.PROPOSED, MergeState.UNMERGE_PROPOSED):
        raise MergeOver
    if merge.prepared_by.casefold() == person.casefold():
        raise SecondPersonNeeded


def check_no_holds(draft: Draft) -> None:
    """Raises HoldsOpen: what is on hold belongs to a till for the moment."""
    if any(hold.is_open for hold in draft.holds.values()):
        raise HoldsOpen


def checked_reason(text: str) -> str:
    """A reason, trimmed. Raises ReasonMissing."""
    reason = text.strip()
    if is_blank(reason) or len(reason) > LONGEST_REASON or not is_printable(reason):
        raise ReasonMissing(field="reason")
    return reason
