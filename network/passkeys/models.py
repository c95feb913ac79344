"""Tables of passkeys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base

_REALM = "realm IN ('member', 'staff')"


class PasskeyRow(Base):
    """A public key, and how often its authenticator says it signed; nothing here opens anything."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint(_REALM, name="realm"),
        CheckConstraint("sign_count >= 0", name="sign_count"),
        Index("passkey_of_subject", "realm", "subject_id"),
    )

    passkey_id: Mapped[UUID] = mapped_column(primary_key=True)
    realm: Mapped[str]
    subject_id: Mapped[UUID]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str]
    is_synced: Mapped[bool]
    registered_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallengeRow(Base):
    """A ceremony that has begun. `subject_id` is null where whoever has a passkey here may answer."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        CheckConstraint(_REALM, name="realm"),
        CheckConstraint("kind IN ('registration', 'assertion')", name="kind"),
        CheckConstraint("kind = 'assertion' OR subject_id IS NOT NULL", name="subject"),
        Index("passkey_challenge_expiry", "expires_at"),
    )

    challenge_id: Mapped[UUID] = mapped_column(primary_key=True)
    realm: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
