"""Queries of staff."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.kernel.identifiers import new_id
from network.staff.domain import FORGET_AFTER, Grant, Patience, Permission, Role, StaffState
from network.staff.models import (
    StaffAttemptRow,
    StaffGrantRow,
    StaffInvitationRow,
    StaffRecoveryRow,
    StaffRoleRow,
    StaffRow,
)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it is kept."""

    staff_id: UUID
    totp_sealed: bytes


def insert_staff(staff_id: UUID, partner_id: UUID, login: str, name: str, created_at: datetime) -> bool:
    """A new account, invited; whether its login was free."""
    values = {"staff_id": staff_id, "partner_id": partner_id, "login": login, "name": name, "created_at": created_at}
    statement = insert(StaffRow).values(**values, state=StaffState.INVITED.value)
    added = db.session.execute(
        statement.on_conflict_do_nothing(index_elements=["login"]).returning(StaffRow.staff_id)
    ).first()
    return added is not None


def find(staff_id: UUID) -> StaffRow | None:
    return db.session.scalar(_FRESH.where(StaffRow.staff_id == staff_id))


def find_by_login(login: str) -> StaffRow | None:
    return db.session.scalar(_FRESH.where(StaffRow.login == login))


def lock(staff_id: UUID) -> StaffRow | None:
    """An account, unchanged by others until the unit of work ends."""
    return db.session.scalar(_FRESH.where(StaffRow.staff_id == staff_id).with_for_update())


def staff_of(partner_id: UUID) -> list[StaffRow]:
    return list(db.session.scalars(_FRESH.where(StaffRow.partner_id == partner_id).order_by(StaffRow.login)))


def names(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(StaffRow.staff_id, StaffRow.name).where(StaffRow.staff_id.in_(list(staff_ids))))
    return {row.staff_id: row.name for row in rows}


def change(staff_id: UUID, **values: Any) -> None:
    db.session.execute(update(StaffRow).where(StaffRow.staff_id == staff_id).values(**values))


def use_step(staff_id: UUID, step: int) -> bool:
    """Whether a code's step is the person's first use of it; of many who show one code, one is told so."""
    used = update(StaffRow).where(StaffRow.staff_id == staff_id, StaffRow.totp_step < step).values(totp_step=step)
    return db.session.execute(used.returning(StaffRow.staff_id)).first() is not None


def use_recovery_code(staff_id: UUID, code_hash: bytes) -> bool:
    """Whether there was such a code; there is none afterwards."""
    used = delete(StaffRecoveryRow).where(
        StaffRecoveryRow.staff_id == staff_id, StaffRecoveryRow.code_hash == code_hash
    )
    return db.session.execute(used.returning(StaffRecoveryRow.staff_id)).first() is not None


def replace_recovery_codes(staff_id: UUID, hashes: Iterable[bytes]) -> None:
    db.session.execute(delete(StaffRecoveryRow).where(StaffRecoveryRow.staff_id == staff_id))
    if rows := [{"staff_id": staff_id, "code_hash": each} for each in hashes]:
        db.session.execute(insert(StaffRecoveryRow), rows)


def recovery_codes_left(staff_id: UUID) -> int:
    counted = select(func.count()).where(StaffRecoveryRow.staff_id == staff_id)
    return db.session.scalar(counted) or 0


def put_invitation(staff_id: UUID, token_hash: bytes, totp_sealed: bytes, expires_at: datetime) -> None:
    """The person's only one: those before are worth nothing."""
    values = {"token_hash": token_hash, "totp_sealed": totp_sealed, "expires_at": expires_at}
    statement = insert(StaffInvitationRow).values(staff_id=staff_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["staff_id"], set_=values))


def find_invitation(token_hash: bytes, now: datetime) -> Invited | None:
    query = select(StaffInvitationRow.staff_id, StaffInvitationRow.totp_sealed)
    row = db.session.execute(query.where(*_valid(token_hash, now))).first()
    return None if row is None else Invited(row.staff_id, bytes(row.totp_sealed))


def take_invitation(token_hash: bytes, now: datetime) -> Invited | None:
    """Of many who show one token, one gets the invitation, and it is gone."""
    taken = delete(StaffInvitationRow).where(*_valid(token_hash, now))
    row = db.session.execute(taken.returning(StaffInvitationRow.staff_id, StaffInvitationRow.totp_sealed)).first()
    return None if row is None else Invited(row.staff_id, bytes(row.totp_sealed))


def drop_invitation(staff_id: UUID) -> None:
    db.session.execute(delete(StaffInvitationRow).where(StaffInvitationRow.staff_id == staff_id))


def insert_roles(roles: Iterable[Role]) -> None:
    """Roles of which there is none yet of their code."""
    for role in roles:
        statement = insert(StaffRoleRow).values(
            role_id=role.role_id,
            partner_id=role.partner_id,
            code=role.code,
            name=role.name,
            permissions=[each.value for each in role.permissions],
        )
        db.session.execute(statement.on_conflict_do_nothing(index_elements=["partner_id", "code"]))


def change_role(role: Role) -> None:
    db.session.execute(
        update(StaffRoleRow)
        .where(StaffRoleRow.role_id == role.role_id)
        .values(name=role.name, permissions=[each.value for each in role.permissions])
    )


def lock_role(partner_id: UUID, code: str) -> Role | None:
    """A role of a business, unchanged by others until the unit of work ends."""
    query = _ROLES.where(StaffRoleRow.partner_id == partner_id, StaffRoleRow.code == code)
    row = db.session.execute(query.with_for_update()).first()
    return None if row is None else _role(row)


def roles_of(partner_id: UUID) -> list[Role]:
    rows = db.session.execute(_ROLES.where(StaffRoleRow.partner_id == partner_id).order_by(StaffRoleRow.code))
    return [_role(row) for row in rows]


def is_for_a_store(role_id: UUID) -> bool:
    """Whether somebody has this role at one store."""
    given = select(StaffGrantRow.grant_id).where(StaffGrantRow.role_id == role_id, StaffGrantRow.store_id.is_not(None))
    return db.session.execute(given.limit(1)).first() is not None


def insert_grant(staff_id: UUID, role: Role, store_id: UUID | None) -> bool:
    """Whether the person did not have it yet."""
    statement = insert(StaffGrantRow).values(
        grant_id=new_id(), staff_id=staff_id, role_id=role.role_id, partner_id=role.partner_id, store_id=store_id
    )
    return db.session.execute(statement.on_conflict_do_nothing().returning(StaffGrantRow.grant_id)).first() is not None


def delete_grant(staff_id: UUID, role_id: UUID, store_id: UUID | None) -> bool:
    """Whether the person had it."""
    withdrawn = delete(StaffGrantRow).where(
        StaffGrantRow.staff_id == staff_id,
        StaffGrantRow.role_id == role_id,
        StaffGrantRow.store_id.is_not_distinct_from(store_id),
    )
    return db.session.execute(withdrawn.returning(StaffGrantRow.grant_id)).first() is not None


def grants_of(staff_ids: Iterable[UUID]) -> dict[UUID, tuple[Grant, ...]]:
    """What each of these people was given."""
    query = (
        _ROLES.add_columns(StaffGrantRow.staff_id, StaffGrantRow.store_id)
        .join(StaffGrantRow, StaffGrantRow.role_id == StaffRoleRow.role_id)
        .where(StaffGrantRow.staff_id.in_(list(staff_ids)))
        .order_by(StaffRoleRow.code, StaffGrantRow.store_id)
    )
    found: defaultdict[UUID, tuple[Grant, ...]] = defaultdict(tuple)
    for row in db.session.execute(query):
        found[row.staff_id] += (Grant(_role(row), row.store_id),)
    return found


def holds(partner_id: UUID, permission: Permission) -> bool:
    """Whether somebody who can sign in may do this everywhere in a business."""
    query = (
        select(StaffRow.staff_id)
        .join(StaffGrantRow, StaffGrantRow.staff_id == StaffRow.staff_id)
        .join(StaffRoleRow, StaffRoleRow.role_id == StaffGrantRow.role_id)
        .where(
            StaffRow.partner_id == partner_id,
            StaffRow.state == StaffState.ACTIVE.value,
            StaffGrantRow.store_id.is_(None),
            StaffRoleRow.permissions.contains([permission.value]),
        )
    )
    return db.session.execute(query.limit(1)).first() is not None


def count_attempt(bucket: bytes, patience: Patience, now: datetime) -> bool:
    """Count an attempt before it is looked at; False, and not counted, if it came too soon after those before.

    One statement: of many at once no more are let through than one after another.
    """
    counted = db.session.execute(
        text(
            "INSERT INTO staff_attempt AS a (bucket, attempts, last_at) VALUES (:bucket, 1, :now)"
            " ON CONFLICT (bucket) DO UPDATE SET last_at = :now,"
            " attempts = CASE WHEN a.last_at < :forgotten THEN 1 ELSE a.attempts + 1 END"
            f" WHERE a.attempts < :free OR a.last_at + {_WAIT} <= :now RETURNING attempts"
        ),
        {"bucket": bucket, "now": now, "forgotten": now - FORGET_AFTER, **_told(patience)},
    )
    return counted.first() is not None


def wait_seconds(bucket: bytes, patience: Patience, now: datetime) -> int:
    """How long the next attempt has to wait."""
    row = db.session.execute(
        select(StaffAttemptRow.attempts, StaffAttemptRow.last_at).where(StaffAttemptRow.bucket == bucket)
    ).first()
    if row is None:
        return 0
    return max(0, patience.wait_seconds(row.attempts) - int((now - as_utc(row.last_at)).total_seconds()))


def forget_attempts(bucket: bytes) -> None:
    """It was the person itself."""
    db.session.execute(delete(StaffAttemptRow).where(StaffAttemptRow.bucket == bucket))


def take_back_attempt(bucket: bytes) -> None:
    """It was none, though those before may have been."""
    one_less = StaffAttemptRow.attempts - 1
    taken = update(StaffAttemptRow).where(StaffAttemptRow.bucket == bucket, one_less > 0)
    db.session.execute(taken.values(attempts=one_less))


def forget_stale(now: datetime) -> None:
    """Attempts that are long ago, and invitations that have expired."""
    db.session.execute(delete(StaffAttemptRow).where(StaffAttemptRow.last_at < now - FORGET_AFTER))
    db.session.execute(delete(StaffInvitationRow).where(StaffInvitationRow.expires_at < now))


# As `Patience.wait_seconds` has it.
_WAIT = (
    "make_interval(secs => CASE WHEN a.attempts < :free THEN 0"
    " ELSE least(:longest, power(2, least(a.attempts - :free, 20))) END)"
)
_FRESH = select(StaffRow).execution_options(populate_existing=True)
_ROLES = select(
    StaffRoleRow.role_id, StaffRoleRow.partner_id, StaffRoleRow.code, StaffRoleRow.name, StaffRoleRow.permissions
)


def _told(patience: Patience) -> dict[str, int]:
    return {"free": patience.free, "longest": patience.longest_seconds}


def _valid(token_hash: bytes, now: datetime) -> tuple[Any, ...]:
    return StaffInvitationRow.token_hash == token_hash, StaffInvitationRow.expires_at > now


def _role(row: Any) -> Role:
    known = {each.value for each in Permission}  # a permission that is gone gives nothing any more
    permissions = tuple(Permission(each) for each in row.permissions if each in known)
    return Role(row.role_id, row.partner_id, row.code, row.name, permissions)
