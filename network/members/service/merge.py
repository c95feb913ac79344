"""Two accounts of one person become one, and two again. One of staff proposes, another one decides."""

from dataclasses import replace
from uuid import UUID

import psycopg

from network.audit.service import record
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.members import merging, repository
from network.members.domain import Member, Merge, MergeState, check_decider, check_pair, check_unmerge
from network.members.domain.merge import check_no_holds, checked_reason
from network.members.errors import HoldsOpen, MergeNotFound, MergeOver
from network.members.events import MembersMerged, MembersUnmerged
from network.partners.service import ensure_operator
from network.wallet.domain import Draft, Part, Slip, movable, recall, recallable, transfer, transfer_debt
from network.wallet.errors import MovedOn
from network.wallet.lineage import debts_from, pieces_from
from network.wallet.transferring import (
    MOST_PARTS,
    JointAttempt,
    JointDecision,
    load_drafts,
    post_together,
)

Moved = tuple[int, bool]
"""How many points one posting has moved, and whether there are more."""


def propose_merge(member_id: UUID, into_id: UUID, *, reason: str, person: str) -> Merge:
    """Prepare that one member becomes another: two accounts of one person. It waits for somebody else.

    Raises SameMember, MemberNotFound, MemberMerged, InHousehold, ReasonMissing.
    """
    with transaction():
        check_pair(repository.find_member(member_id), repository.find_member(into_id))
        merge = Merge(
            merge_id=new_id(),
            member_id=member_id,
            into_id=into_id,
            state=MergeState.PROPOSED,
            reason=checked_reason(reason),
            prepared_by=person,
            prepared_at=network_now(),
        )
        merging.insert_merge(merge)
        ids = {"member": show("mbr", member_id), "into": show("mbr", into_id)}
        record("merges.request", "merge", show("mrg", merge.merge_id), after=ids)
        return merge


def propose_unmerge(merge_id: UUID, *, reason: str, person: str) -> Merge:
    """Prepare that a merge is undone. It waits for somebody else. Raises MergeNotFound, MergeOver, ReasonMissing."""
    with transaction():
        merge = _locked(merge_id)
        if merge.state is not MergeState.MERGED:
            raise MergeOver
        at, reason = network_now(), checked_reason(reason)
        merging.propose_unmerge(merge_id, reason, person, at)
        record("merges.request_undoing", "merge", show("mrg", merge_id))
        return replace(merge, state=MergeState.UNMERGE_PROPOSED, reason=reason, prepared_by=person, prepared_at=at)


def approve_merge(merge_id: UUID, *, person: str) -> Merge:
    """Do what somebody else proposed: merge, or undo a merge.

    Raises MergeNotFound, MergeOver, SecondPersonNeeded, HoldsOpen, and what proposing it raises.
    """
    with transaction():
        merge = _locked(merge_id)
        check_decider(merge, person)
        record("merges.approve", "merge", show("mrg", merge_id), before={"state": merge.state.value})
        # in the order of their ids, as everybody locks members
        found = {each: repository.find_member(each, lock=True) for each in sorted((merge.member_id, merge.into_id))}
        member, into = found[merge.member_id], found[merge.into_id]
        if merge.state is MergeState.PROPOSED:
            return _merge(merge, *check_pair(member, into), person)
        return _unmerge(merge, *check_unmerge(member, into), person)


def reject_merge(merge_id: UUID, *, person: str) -> Merge:
    """End what somebody else proposed; a merge that was to be undone stays. Raises as `approve_merge`."""
    with transaction():
        merge = _locked(merge_id)
        check_decider(merge, person)
        state = MergeState.REJECTED if merge.state is MergeState.PROPOSED else MergeState.MERGED
        merging.decide(merge_id, state, person, network_now())
        told = {"state": merge.state.value}, {"state": state.value}
        record("merges.reject", "merge", show("mrg", merge_id), before=told[0], after=told[1])
        return replace(merge, state=state)


def merges_waiting() -> list[Merge]:
    """Those that wait for a second person, oldest first."""
    return merging.merges_waiting()


def _merge(merge: Merge, member: Member, into: Member, person: str) -> Merge:
    operator_id = ensure_operator().partner_id

    def attempt(connection: psycopg.Connection) -> JointDecision[Moved]:
        drafts = load_drafts(connection, {member.wallet_id: (), into.wallet_id: ()})
        return JointDecision(drafts, _move_on(drafts[member.wallet_id], drafts[into.wallet_id], operator_id))

    points = _all_of(attempt)
    now = network_now()
    merging.merge_member(merge)
    merging.decide(merge.merge_id, MergeState.MERGED, person, now)
    announce(
        MembersMerged(
            merge_id=merge.merge_id, member_id=member.member_id, into_id=into.member_id, points=points, merged_at=now
        )
    )
    return replace(merge, state=MergeState.MERGED)


def _all_of(attempt: JointAttempt[Moved]) -> int:
    """Post until nothing is left to be moved; how many points were. Between two steps the wallets stay ours."""
    points, more = 0, True
    while more:
        moved = post_together(attempt)
        assert isinstance(moved, tuple), "nobody asked for an answer to be kept"
        points, more = points + moved[0], moved[1]
    return points


def _move_on(source: Draft, target: Draft, operator_id: UUID) -> Moved:
    """Lots and debts go over. Even of an empty wallet something is entered: a till that has loaded it and is about to
    post finds that it moved on, and looks again whose it is. Raises HoldsOpen.
    """
    check_no_holds(source)
    slip = Slip(operator_id, source.now)
    lots = [lot for lot in source.lots if lot.remaining]
    parts = [Part(lot.lot_id, lot.remaining, new_id()) for lot in lots[:MOST_PARTS]]
    out, _ = transfer(source, target, parts, slip)
    for debt in [each for each in source.debts.values() if each.remaining]:
        transfer_debt(source, target, debt, slip)
    return out.points, len(lots) > MOST_PARTS


def _unmerge(merge: Merge, member: Member, into: Member, person: str) -> Merge:
    operator_id = ensure_operator().partner_id

    def attempt(connection: psycopg.Connection) -> JointDecision[Moved]:
        return _move_back(connection, member.wallet_id, into.wallet_id, operator_id)

    points = _all_of(attempt)
    now = network_now()
    merging.unmerge_member(merge)
    merging.decide(merge.merge_id, MergeState.UNMERGED, person, now)
    announce(
        MembersUnmerged(
            merge_id=merge.merge_id, member_id=member.member_id, into_id=into.member_id, points=points, unmerged_at=now
        )
    )
    return replace(merge, state=MergeState.UNMERGED)


def _move_back(
    connection: psycopg.Connection, wallet_id: UUID, other_wallet_id: UUID, operator_id: UUID
) -> JointDecision[Moved]:
    """What is left of the lots and debts that went over comes home, from a household's pool too. Raises HoldsOpen."""
    pieces = pieces_from(connection, wallet_id, other_wallet_id)
    wanted: dict[UUID, list[UUID]] = {wallet_id: [], other_wallet_id: []}
    for piece in pieces:
        wanted.setdefault(piece.wallet_id, []).append(piece.lot_id)
        wanted.setdefault(piece.home_wallet_id, []).append(piece.home_lot_id)
    drafts = load_drafts(connection, wanted)
    if pieces_from(connection, wallet_id, other_wallet_id) != pieces:
        raise MovedOn(drafts)
    if any(drafts[piece.wallet_id].lot(piece.lot_id).held for piece in pieces):
        raise HoldsOpen
    home, away = drafts[wallet_id], drafts[other_wallet_id]
    slip = Slip(operator_id, home.now)
    nearest = [piece for piece in pieces if piece.home_wallet_id == wallet_id and recallable(drafts, pieces, piece)]
    parts = []
    for piece in nearest[:MOST_PARTS]:
        recall(drafts, pieces, (piece.wallet_id, piece.lot_id), away.lot(piece.lot_id).issued, slip)
        parts.append(Part(piece.lot_id, movable(away.lot(piece.lot_id)), piece.home_lot_id))
    out, _ = transfer(away, home, parts, slip)
    homes = debts_from(connection, other_wallet_id, wallet_id)
    for debt in [each for each in away.debts.values() if each.remaining and each.sequence in homes]:
        transfer_debt(away, home, debt, slip, home=homes[debt.sequence])
    return JointDecision(drafts, (out.points, len(nearest) > MOST_PARTS))


def _locked(merge_id: UUID) -> Merge:
    merge = merging.lock_merge(merge_id)
    if merge is None:
        raise MergeNotFound
    return merge
