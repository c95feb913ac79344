"""All queries on passkeys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, text, update

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.passkeys.checking import KnownKey, NewKey
from network.passkeys.domain import CeremonyKind, Passkey
from network.passkeys.models import PasskeyChallengeRow, PasskeyRow
from network.sessions.domain import Realm


@dataclass(frozen=True, slots=True)
class Challenge:
    """A ceremony taken up again by its answer."""

    subject_id: UUID | None
    challenge: bytes


def insert_challenge(
    challenge_id: UUID, realm: Realm, kind: CeremonyKind, subject_id: UUID | None, challenge: bytes, until: datetime
) -> None:
    """A ceremony begins."""
    values = {"challenge_id": challenge_id, "realm": realm, "kind": kind, "subject_id": subject_id}
    db.session.execute(insert(PasskeyChallengeRow).values(**values, challenge=challenge, expires_at=until))


def take_challenge(challenge_id: UUID, realm: Realm, kind: CeremonyKind, now: datetime) -> Challenge | None:
    """A live challenge, which is gone then: of many that ask for it one gets it."""
    row = PasskeyChallengeRow
    taken = delete(row).where(
        row.challenge_id == challenge_id, row.realm == realm, row.kind == kind, row.expires_at > now
    )
    found = db.session.execute(taken.returning(row.subject_id, row.challenge)).first()
    return None if found is None else Challenge(found.subject_id, found.challenge)


def forget_challenges(before: datetime) -> None:
    """Delete those that nobody answered in time."""
    db.session.execute(delete(PasskeyChallengeRow).where(PasskeyChallengeRow.expires_at < before))


def lock_subject(realm: Realm, subject_id: UUID) -> None:
    """Wait until no other unit of work adds a passkey of this person."""
    name = f"passkeys:{realm}:{subject_id}"
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def insert_passkey(passkey: Passkey, realm: Realm, key: NewKey) -> None:
    """A new key of a person."""
    db.session.execute(
        insert(PasskeyRow).values(
            passkey_id=passkey.passkey_id,
            realm=realm,
            subject_id=passkey.subject_id,
            credential_id=key.credential_id,
            public_key=key.public_key,
            sign_count=key.sign_count,
            name=passkey.name,
            is_synced=passkey.is_synced,
            registered_at=passkey.registered_at,
        )
    )


def is_taken(credential_id: bytes) -> bool:
    """Whether somebody has a key of this id."""
    return db.session.scalar(select(PasskeyRow.passkey_id).where(PasskeyRow.credential_id == credential_id)) is not None


def find_key(realm: Realm, credential_id: bytes) -> KnownKey | None:
    """A key by the id that its authenticator knows it by."""
    row = PasskeyRow
    query = select(row.passkey_id, row.subject_id, row.public_key, row.sign_count)
    found = db.session.execute(query.where(row.realm == realm, row.credential_id == credential_id)).first()
    return None if found is None else KnownKey(*found)


def note_use(passkey_id: UUID, sign_count: int, now: datetime) -> bool:
    """Move a key's counter on; False if it has been there already. Keys that don't count stay at 0."""
    row = PasskeyRow
    moved = update(row).where(row.passkey_id == passkey_id)
    goes_on = or_(row.sign_count < sign_count, (row.sign_count == 0) & (sign_count == 0))
    noted = moved.where(goes_on).values(sign_count=sign_count, used_at=now).returning(row.passkey_id)
    return db.session.execute(noted).first() is not None


def passkeys_of(realm: Realm, subject_id: UUID) -> list[Passkey]:
    """A person's, the oldest first."""
    row = PasskeyRow
    query = select(row).where(row.realm == realm, row.subject_id == subject_id)
    found = db.session.scalars(query.order_by(row.registered_at, row.passkey_id))
    return [_passkey(each) for each in found]


def credential_ids_of(realm: Realm, subject_id: UUID) -> list[bytes]:
    """What a person's authenticators know their keys by."""
    row = PasskeyRow
    return list(db.session.scalars(select(row.credential_id).where(row.realm == realm, row.subject_id == subject_id)))


def count_of(realm: Realm, subject_id: UUID) -> int:
    """How many a person has."""
    row = PasskeyRow
    own = (row.realm == realm) & (row.subject_id == subject_id)
    return db.session.scalar(select(func.count()).select_from(row).where(own)) or 0


def remove(realm: Realm, subject_id: UUID, passkey_id: UUID | None = None) -> int:
    """Delete one key of a person, or all; how many there were."""
    row = PasskeyRow
    gone = delete(row).where(row.realm == realm, row.subject_id == subject_id)
    if passkey_id is not None:
        gone = gone.where(row.passkey_id == passkey_id)
    else:
        challenge = PasskeyChallengeRow
        own = (challenge.realm == realm) & (challenge.subject_id == subject_id)
        db.session.execute(delete(challenge).where(own))
    return len(db.session.execute(gone.returning(row.passkey_id)).all())


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(
        passkey_id=row.passkey_id,
        subject_id=row.subject_id,
        name=row.name,
        is_synced=row.is_synced,
        registered_at=as_utc(row.registered_at),
        used_at=None if row.used_at is None else as_utc(row.used_at),
    )
