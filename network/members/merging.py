"""All queries on merges: the cases themselves, and the cards, phones and acquaintances that go with a member."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.members.domain import KnownBy, MemberStatus, Merge, MergeState, is_news
from network.members.models import (
    MemberKeyRow,
    MemberMergeAcquaintanceRow,
    MemberMergeKeyRow,
    MemberMergeRow,
    MemberRow,
    PartnerMemberRow,
)

_WAITING = (MergeState.PROPOSED.value, MergeState.UNMERGE_PROPOSED.value)


def insert_merge(merge: Merge) -> None:
    """A new case, proposed."""
    db.session.execute(
        insert(MemberMergeRow).values(
            merge_id=merge.merge_id,
            member_id=merge.member_id,
            into_id=merge.into_id,
            state=merge.state.value,
            reason=merge.reason,
            prepared_by=merge.prepared_by,
            prepared_at=merge.prepared_at,
        )
    )


def lock_merge(merge_id: UUID) -> Merge | None:
    """A case, kept to the end of the unit of work, so that it is decided once."""
    row = db.session.scalar(select(MemberMergeRow).where(MemberMergeRow.merge_id == merge_id).with_for_update())
    return _merge(row) if row else None


def merges_waiting() -> list[Merge]:
    """Those that wait for a second person, oldest first."""
    query = select(MemberMergeRow).where(MemberMergeRow.state.in_(_WAITING))
    rows = db.session.scalars(query.order_by(MemberMergeRow.prepared_at, MemberMergeRow.merge_id))
    return [_merge(row) for row in rows]


def propose_unmerge(merge_id: UUID, reason: str, person: str, at: datetime) -> None:
    """Note that somebody wants a merge undone, and why."""
    row = db.session.get_one(MemberMergeRow, merge_id)
    row.state = MergeState.UNMERGE_PROPOSED.value
    row.unmerge_reason, row.unmerge_prepared_by, row.unmerge_prepared_at = reason, person, at
    db.session.flush()


def decide(merge_id: UUID, state: MergeState, person: str, at: datetime) -> None:
    """Write what was decided, and by whom."""
    row = db.session.get_one(MemberMergeRow, merge_id)
    if row.state == MergeState.PROPOSED.value:
        row.decided_by, row.decided_at = person, at
    else:
        row.unmerge_decided_by, row.unmerge_decided_at = person, at
    row.state = state.value
    db.session.flush()


def merge_member(merge: Merge) -> None:
    """Let one member stand for the other: its status, its keys, and the partners that know it; all noted."""
    member_id, into_id = merge.member_id, merge.into_id
    values = {"status": MemberStatus.MERGED.value, "merged_into": into_id}
    db.session.execute(update(MemberRow).where(MemberRow.member_id == member_id).values(values))
    moved = update(MemberKeyRow).where(MemberKeyRow.member_id == member_id).values(member_id=into_id)
    keys = db.session.execute(moved.returning(MemberKeyRow.kind, MemberKeyRow.key_hash)).all()
    if keys:
        rows = [{"merge_id": merge.merge_id, "kind": key.kind, "key_hash": key.key_hash} for key in keys]
        db.session.execute(insert(MemberMergeKeyRow), rows)
    before = _acquaintances(into_id)
    for partner_id, (known_by, since) in _acquaintances(member_id).items():
        known_before, _ = before.get(partner_id, (None, since))
        if is_news(known_before, known_by):
            _introduce(merge, partner_id, known_by, known_before, since)


def unmerge_member(merge: Merge) -> None:
    """Give a merged member its status, its keys and its acquaintances back, and take them from the other."""
    values = {"status": MemberStatus.ACTIVE.value, "merged_into": None}
    db.session.execute(update(MemberRow).where(MemberRow.member_id == merge.member_id).values(values))
    kept = MemberMergeKeyRow
    for key in db.session.scalars(select(kept).where(kept.merge_id == merge.merge_id)).all():
        own = (MemberKeyRow.kind == key.kind) & (MemberKeyRow.key_hash == key.key_hash)
        db.session.execute(
            update(MemberKeyRow).where(own, MemberKeyRow.member_id == merge.into_id).values(member_id=merge.member_id)
        )
    known = MemberMergeAcquaintanceRow
    for row in db.session.scalars(select(known).where(known.merge_id == merge.merge_id)).all():
        own = (PartnerMemberRow.partner_id == row.partner_id) & (PartnerMemberRow.member_id == merge.into_id)
        same = PartnerMemberRow.known_by == row.known_by  # stronger since: the member itself was there
        if row.known_before is None:
            db.session.execute(delete(PartnerMemberRow).where(own, same))
        else:
            db.session.execute(update(PartnerMemberRow).where(own, same).values(known_by=row.known_before))
    for table in (kept, known):
        db.session.execute(delete(table).where(table.merge_id == merge.merge_id))


def _introduce(merge: Merge, partner_id: UUID, known_by: KnownBy, before: KnownBy | None, since: datetime) -> None:
    """Let a partner know the other member as it knew the merged one."""
    place = {"partner_id": partner_id, "member_id": merge.into_id}
    if before is None:
        db.session.execute(insert(PartnerMemberRow).values(**place, known_by=known_by.value, since=since))
    else:
        own = (PartnerMemberRow.partner_id == partner_id) & (PartnerMemberRow.member_id == merge.into_id)
        db.session.execute(update(PartnerMemberRow).where(own).values(known_by=known_by.value))
    db.session.execute(
        insert(MemberMergeAcquaintanceRow).values(
            merge_id=merge.merge_id,
            partner_id=partner_id,
            known_by=known_by.value,
            known_before=before and before.value,
        )
    )


def _acquaintances(member_id: UUID) -> dict[UUID, tuple[KnownBy, datetime]]:
    rows = db.session.execute(select(*PartnerMemberRow.__table__.c).where(PartnerMemberRow.member_id == member_id))
    return {row.partner_id: (KnownBy(row.known_by), as_utc(row.since)) for row in rows}


def _merge(row: MemberMergeRow) -> Merge:
    undoing = row.unmerge_prepared_by is not None and row.state != MergeState.MERGED.value
    return Merge(
        merge_id=row.merge_id,
        member_id=row.member_id,
        into_id=row.into_id,
        state=MergeState(row.state),
        reason=(row.unmerge_reason if undoing else row.reason) or "",
        prepared_by=(row.unmerge_prepared_by if undoing else row.prepared_by) or "",
        prepared_at=as_utc((row.unmerge_prepared_at if undoing else row.prepared_at) or row.prepared_at),
    )
