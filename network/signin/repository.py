"""All queries on signing in and spending."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.signin.domain import Approval, CodeUse, Count, SpendRules
from network.signin.models import (
    CodeCountRow,
    CodeRequestRow,
    KnownDeviceRow,
    MemberGuardRow,
    OpenedPartnerRow,
    SpendApprovalRow,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a code as it is kept."""

    request_id: UUID
    member_id: UUID | None
    session_id: UUID | None
    code_hash: str
    sealed_way: bytes


def count_one(count: Count, subject: bytes) -> bool:
    """Count one more, unless there were as many as may be already."""
    row = CodeCountRow
    place = {"kind": count.kind, "subject": subject, "seconds": count.seconds, "since": count.since}
    statement = insert(row).values(**place, ends_at=count.ends_at, count=1)
    one_more = statement.on_conflict_do_update(
        index_elements=["kind", "subject", "seconds", "since"],
        set_={"count": row.count + 1},
        where=row.count < count.most,
    )
    return db.session.execute(one_more.returning(row.count)).first() is not None


def insert_request(asked: Asked, use: CodeUse, token_hash: bytes, attempts: int, until: datetime) -> None:
    """A code was asked for. Earlier ones live on: else whoever asks in a member's name could keep it out."""
    db.session.add(
        CodeRequestRow(
            request_id=asked.request_id,
            token_hash=token_hash,
            use=use,
            member_id=asked.member_id,
            session_id=asked.session_id,
            code_hash=asked.code_hash,
            sealed_way=asked.sealed_way,
            attempts_left=attempts,
            expires_at=until,
        )
    )
    db.session.flush()


def take_attempt(token_hash: bytes, use: CodeUse, session_id: UUID | None, now: datetime) -> Asked | None:
    """One of a live request's attempts, which is gone then, whatever comes of it."""
    row = CodeRequestRow
    taken = update(row).where(
        row.token_hash == token_hash,
        row.use == use,
        row.session_id.is_not_distinct_from(session_id),
        row.used_at.is_(None),
        row.expires_at > now,
        row.attempts_left > 0,
    )
    left = taken.values(attempts_left=row.attempts_left - 1)
    found = db.session.execute(
        left.returning(row.request_id, row.member_id, row.session_id, row.code_hash, row.sealed_way)
    ).first()
    return None if found is None else Asked(*found)


def use_request(request_id: UUID, now: datetime) -> bool:
    """Use a code; of many that do, one is told that it did."""
    row = CodeRequestRow
    used = update(row).where(row.request_id == request_id, row.used_at.is_(None)).values(used_at=now)
    return db.session.execute(used.returning(row.request_id)).first() is not None


def note_device(member_id: UUID, device_hash: bytes, now: datetime) -> bool:
    """Note where a member signed in; says whether it had not been there before, but elsewhere."""
    row = KnownDeviceRow
    known = db.session.scalar(select(row.member_id).where(row.member_id == member_id).limit(1)) is not None
    statement = insert(row).values(member_id=member_id, device_hash=device_hash, since=now).on_conflict_do_nothing()
    return db.session.execute(statement.returning(row.member_id)).first() is not None and known


def find_rules(member_id: UUID) -> SpendRules:
    """What a member lets be spent; the usual, if it has said nothing."""
    row = MemberGuardRow
    query = select(row.is_locked, row.asks_first, row.limit_points, row.cooling_until)
    found = db.session.execute(query.where(row.member_id == member_id)).first()
    if found is None:
        return SpendRules()
    return SpendRules(*found[:3], None if found.cooling_until is None else as_utc(found.cooling_until))


def set_rules(member_id: UUID, rules: SpendRules) -> None:
    """Keep what a member lets be spent."""
    values = {
        "is_locked": rules.is_locked,
        "asks_first": rules.asks_first,
        "limit_points": rules.limit_points,
        "cooling_until": rules.cooling_until,
    }
    statement = insert(MemberGuardRow).values(member_id=member_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=values))


def find_identity(member_id: UUID) -> bytes | None:
    """A member's secret for the till, sealed."""
    return db.session.scalar(select(MemberGuardRow.sealed_identity).where(MemberGuardRow.member_id == member_id))


def keep_identity(member_id: UUID, sealed: bytes) -> None:
    """Give a member a secret for the till, or another one."""
    statement = insert(MemberGuardRow).values(member_id=member_id, sealed_identity=sealed)
    db.session.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_={"sealed_identity": sealed}))


def count_wrong(member_id: UUID, now: datetime, until: datetime) -> None:
    """Count a wrong code of a member; the count begins anew where the time of the last one is over."""
    row = MemberGuardRow
    is_over = row.wrong_until.is_(None) | (row.wrong_until <= now)
    values = {
        "wrong_codes": case((is_over, 1), else_=row.wrong_codes + 1),
        "wrong_until": case((is_over, until), else_=row.wrong_until),
    }
    db.session.execute(update(row).where(row.member_id == member_id).values(values))


def open_partner(member_id: UUID, partner_id: UUID, now: datetime) -> None:
    """Let a member's points be spent at a partner."""
    values = {"member_id": member_id, "partner_id": partner_id, "opened_at": now}
    db.session.execute(insert(OpenedPartnerRow).values(values).on_conflict_do_nothing())


def close_partner(member_id: UUID, partner_id: UUID) -> None:
    """Take that back."""
    row = OpenedPartnerRow
    db.session.execute(delete(row).where(row.member_id == member_id, row.partner_id == partner_id))


def opened_partners(member_id: UUID) -> dict[UUID, datetime]:
    """Which partners a member opened, and since when."""
    row = OpenedPartnerRow
    found = db.session.execute(select(row.partner_id, row.opened_at).where(row.member_id == member_id))
    return {each.partner_id: as_utc(each.opened_at) for each in found}


def insert_approval(approval: Approval) -> None:
    """A member allows one burn."""
    db.session.add(
        SpendApprovalRow(
            approval_id=approval.approval_id,
            member_id=approval.member_id,
            partner_id=approval.partner_id,
            points=approval.points,
            expires_at=approval.expires_at,
        )
    )
    db.session.flush()


def find_approval(approval_id: UUID) -> Approval | None:
    """What a member allowed, used or not."""
    row = SpendApprovalRow
    query = select(row.approval_id, row.member_id, row.partner_id, row.points, row.expires_at)
    found = db.session.execute(query.where(row.approval_id == approval_id)).first()
    return None if found is None else Approval(*found[:4], as_utc(found.expires_at))


def withdraw_approval(member_id: UUID, approval_id: UUID) -> bool:
    """Take an approval back that was not used."""
    row = SpendApprovalRow
    gone = delete(row).where(row.member_id == member_id, row.approval_id == approval_id)
    return db.session.execute(gone.returning(row.approval_id)).first() is not None


def forget_member(member_id: UUID) -> None:
    """Delete all that is here of a member."""
    for table in (CodeRequestRow, KnownDeviceRow, MemberGuardRow, OpenedPartnerRow, SpendApprovalRow):
        db.session.execute(delete(table).where(table.member_id == member_id))


def forget_old(before: datetime) -> None:
    """Delete requests, counts and approvals that were over before an instant."""
    db.session.execute(delete(CodeRequestRow).where(CodeRequestRow.expires_at < before))
    db.session.execute(delete(CodeCountRow).where(CodeCountRow.ends_at < before))
    db.session.execute(delete(SpendApprovalRow).where(SpendApprovalRow.expires_at < before))
