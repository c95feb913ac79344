"""All queries on members. Rows stay in here; values come out."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.members.domain import Acquaintance, Activity, Keeper, KeyKind, KnownBy, Member, MemberStatus
from network.members.models import (
    MemberActivityRow,
    MemberKeyRow,
    MemberMergeAcquaintanceRow,
    MemberMergeKeyRow,
    MemberMergeRow,
    MemberRow,
    PartnerMemberRow,
    PersonKeyRow,
    PersonRow,
)


@dataclass(frozen=True, slots=True)
class SealedMember:
    """A member as a partner knows it, with what is personal still sealed."""

    member: Member
    known_by: KnownBy
    sealed: bytes
    wrapped_key: bytes


def insert_member(member: Member, *, sealed: bytes, wrapped_key: bytes) -> None:
    """A new member with its sealed data and its wrapped key."""
    db.session.execute(insert(MemberRow).values(**asdict(member) | {"status": member.status.value}))
    db.session.execute(insert(PersonRow).values(member_id=member.member_id, sealed=sealed))
    db.session.execute(insert(PersonKeyRow).values(member_id=member.member_id, wrapped_key=wrapped_key))


def insert_keys(member_id: UUID, hashes: Mapping[KeyKind, bytes]) -> bool:
    """Let the member be found by these; False if one of them leads to another member.

    Always in the same order, so that two enrolments that share several keys wait for each other instead of dying.
    """
    rows = [
        {"kind": kind.value, "key_hash": key_hash, "member_id": member_id} for kind, key_hash in sorted(hashes.items())
    ]
    statement = upsert(MemberKeyRow).values(rows).on_conflict_do_nothing().returning(MemberKeyRow.kind)
    return len(db.session.execute(statement).all()) == len(rows)


def find_by_key(kind: KeyKind, key_hash: bytes) -> UUID | None:
    """Whom a phone, address or card leads to."""
    return db.session.scalar(
        select(MemberKeyRow.member_id).where(MemberKeyRow.kind == kind.value, MemberKeyRow.key_hash == key_hash)
    )


def insert_key(member_id: UUID, kind: KeyKind, key_hash: bytes) -> None:
    """Let the member be found by one thing more, that nobody else is found by."""
    db.session.execute(insert(MemberKeyRow).values(kind=kind.value, key_hash=key_hash, member_id=member_id))


def acquaint(partner_id: UUID, member_id: UUID, known_by: KnownBy, since: datetime) -> None:
    """Let a partner know a member. An acquaintance that is there is only ever made stronger, and keeps its date."""
    statement = upsert(PartnerMemberRow).values(
        partner_id=partner_id, member_id=member_id, known_by=known_by.value, since=since
    )
    weaker = [each.value for each in known_by.weaker()]
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["partner_id", "member_id"],
            set_={"known_by": known_by.value},
            where=PartnerMemberRow.known_by.in_(weaker),
        )
    )


def find_acquaintance(partner_id: UUID, member_id: UUID) -> Acquaintance | None:
    """How a partner knows an active member."""
    row = db.session.execute(
        select(MemberRow.wallet_id, MemberRow.household_id, PartnerMemberRow.known_by)
        .join(PartnerMemberRow, PartnerMemberRow.member_id == MemberRow.member_id)
        .where(
            MemberRow.member_id == member_id,
            MemberRow.status == MemberStatus.ACTIVE.value,
            PartnerMemberRow.partner_id == partner_id,
        )
    ).first()
    return None if row is None else Acquaintance(member_id, row.wallet_id, KnownBy(row.known_by), row.household_id)


def find_known(partner_id: UUID, member_id: UUID) -> SealedMember | None:
    """A member that the partner knows and that has not been forgotten."""
    row = db.session.execute(
        select(*MemberRow.__table__.c, PartnerMemberRow.known_by, PersonRow.sealed, PersonKeyRow.wrapped_key)
        .select_from(MemberRow)
        .join(PartnerMemberRow, PartnerMemberRow.member_id == MemberRow.member_id)
        .join(PersonRow, PersonRow.member_id == MemberRow.member_id)
        .join(PersonKeyRow, PersonKeyRow.member_id == MemberRow.member_id)
        .where(PartnerMemberRow.partner_id == partner_id, MemberRow.member_id == member_id)
    ).first()
    return None if row is None else SealedMember(_member(row), KnownBy(row.known_by), row.sealed, row.wrapped_key)


def find_sealed(member_id: UUID) -> SealedMember | None:
    """A member that lives and lets itself be read, whoever knows it."""
    row = db.session.execute(
        select(*MemberRow.__table__.c, PersonRow.sealed, PersonKeyRow.wrapped_key)
        .select_from(MemberRow)
        .join(PersonRow, PersonRow.member_id == MemberRow.member_id)
        .join(PersonKeyRow, PersonKeyRow.member_id == MemberRow.member_id)
        .where(MemberRow.member_id == member_id, MemberRow.status == MemberStatus.ACTIVE.value)
    ).first()
    return None if row is None else SealedMember(_member(row), KnownBy.CONSENT, row.sealed, row.wrapped_key)


def find_wrapped_key(member_id: UUID) -> bytes | None:
    """A member's data key, wrapped; None once the member is forgotten."""
    return db.session.scalar(select(PersonKeyRow.wrapped_key).where(PersonKeyRow.member_id == member_id))


def find_person(member_id: UUID) -> bytes | None:
    """What is personal of a member, sealed; None once the member is forgotten."""
    return db.session.scalar(select(PersonRow.sealed).where(PersonRow.member_id == member_id))


def update_person(member_id: UUID, sealed: bytes) -> None:
    """Keep what is personal of a member anew."""
    db.session.execute(update(PersonRow).where(PersonRow.member_id == member_id).values(sealed=sealed))


def delete_key(member_id: UUID, kind: KeyKind, key_hash: bytes) -> None:
    """Let a member be found no more by a phone, an address or a card."""
    own = (MemberKeyRow.kind == kind.value) & (MemberKeyRow.key_hash == key_hash)
    db.session.execute(delete(MemberKeyRow).where(own, MemberKeyRow.member_id == member_id))


def find_member_of_wallet(wallet_id: UUID) -> UUID | None:
    """Whose wallet it is."""
    return db.session.scalar(select(MemberRow.member_id).where(MemberRow.wallet_id == wallet_id))


def find_keeper(wallet_id: UUID) -> Keeper | None:
    """Whose wallet it is, and who is meant now, should that one have been merged."""
    row = db.session.execute(
        select(MemberRow.member_id, MemberRow.merged_into).where(MemberRow.wallet_id == wallet_id)
    ).first()
    if row is None:
        return None
    return Keeper(row.member_id, (row.merged_into and find_present(row.merged_into)) or row.member_id)


def find_homes(wallet_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str | None]]:
    """Of some wallets of active members: whose each is, and under which jurisdiction the member's points are."""
    query = select(MemberRow.wallet_id, MemberRow.member_id, MemberRow.jurisdiction)
    active = MemberRow.status == MemberStatus.ACTIVE.value
    rows = db.session.execute(query.where(MemberRow.wallet_id.in_(wallet_ids), active))
    return {row.wallet_id: (row.member_id, row.jurisdiction) for row in rows}


def set_jurisdiction(member_id: UUID, jurisdiction: str | None) -> bool:
    """Put an active member under a jurisdiction; False if there is no such member."""
    statement = update(MemberRow).where(MemberRow.member_id == member_id, MemberRow.status == MemberStatus.ACTIVE.value)
    return (
        db.session.execute(statement.values(jurisdiction=jurisdiction).returning(MemberRow.member_id)).first()
        is not None
    )


def find_wallet_merged_into(wallet_id: UUID) -> UUID | None:
    """The wallet of the member that the owner of a wallet was merged into."""
    into = select(MemberRow.merged_into).where(MemberRow.wallet_id == wallet_id).scalar_subquery()
    return db.session.scalar(select(MemberRow.wallet_id).where(MemberRow.member_id == into))


def find_member(member_id: UUID, *, lock: bool = False) -> Member | None:
    """A member, whatever its status; `lock` keeps it as it is to the end of the unit of work."""
    query = select(*MemberRow.__table__.c).where(MemberRow.member_id == member_id)
    # not against those who only refer to the member: a till that notes an acquaintance goes on
    row = db.session.execute(query.with_for_update(key_share=True) if lock else query).first()
    return None if row is None else _member(row)


def find_present(member_id: UUID) -> UUID | None:
    """The member that is meant by an id: its own, or that of the one it was merged into, and so on."""
    while member := find_member(member_id):
        if member.merged_into is None:
            return member_id
        member_id = member.merged_into
    return None


def set_household(member_id: UUID, household_id: UUID | None) -> None:
    """Note the household that a member is in."""
    db.session.execute(update(MemberRow).where(MemberRow.member_id == member_id).values(household_id=household_id))


def acquaintances_of(member_id: UUID) -> list[tuple[UUID, KnownBy, datetime]]:
    """Which partners know a member, how, and since when; the first first."""
    row = PartnerMemberRow
    query = select(row.partner_id, row.known_by, row.since).where(row.member_id == member_id)
    found = db.session.execute(query.order_by(row.since, row.partner_id))
    return [(each.partner_id, KnownBy(each.known_by), as_utc(each.since)) for each in found]


def forget(member_id: UUID) -> list[UUID]:
    """Delete everything personal of a member and of all that were merged into it, and who knew them; these members."""
    forgotten = [member_id]
    for each in forgotten:
        forgotten += db.session.scalars(select(MemberRow.member_id).where(MemberRow.merged_into == each))
    merges = select(MemberMergeRow.merge_id).where(MemberMergeRow.member_id.in_(forgotten))
    for kept in (MemberMergeKeyRow, MemberMergeAcquaintanceRow):
        db.session.execute(delete(kept).where(kept.merge_id.in_(merges)))
    for table in (PersonKeyRow, PersonRow, MemberKeyRow, PartnerMemberRow):
        db.session.execute(delete(table).where(table.member_id.in_(forgotten)))
    db.session.execute(
        update(MemberRow)
        .where(MemberRow.member_id.in_(forgotten))
        .values(status=MemberStatus.FORGOTTEN.value, jurisdiction=None)
    )
    return forgotten


def lock_request(partner_id: UUID, idempotency_key: str) -> None:
    """Wait until no other unit of work answers a request of this key."""
    name = f"members.request:{partner_id}:{idempotency_key}"
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def add_activity(changes: Iterable[Activity]) -> None:
    """Add to the counts of wallets at partners; one statement, in the order of the key."""
    rows = [asdict(each) for each in sorted(changes, key=lambda each: (each.wallet_id, each.partner_id))]
    if not rows:
        return
    statement = upsert(MemberActivityRow).values(rows)
    new = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["wallet_id", "partner_id"],
            set_={
                "earns": MemberActivityRow.earns + new.earns,
                "burns": MemberActivityRow.burns + new.burns,
                "last_at": text("greatest(member_activity.last_at, excluded.last_at)"),
            },
        )
    )


def activity_of(wallet_id: UUID) -> list[Activity]:
    """Where a wallet's owner earned and burned, the latest first."""
    table = MemberActivityRow.__table__
    rows = db.session.execute(
        select(*table.c).where(table.c.wallet_id == wallet_id).order_by(table.c.last_at.desc(), table.c.partner_id)
    )
    return [Activity(row.wallet_id, row.partner_id, row.earns, row.burns, as_utc(row.last_at)) for row in rows]


def _member(row: Any) -> Member:
    return Member(
        member_id=row.member_id,
        wallet_id=row.wallet_id,
        status=MemberStatus(row.status),
        locale=row.locale,
        enrolled_at=as_utc(row.enrolled_at),
        enrolled_by=row.enrolled_by,
        jurisdiction=row.jurisdiction,
        merged_into=row.merged_into,
        household_id=row.household_id,
    )
