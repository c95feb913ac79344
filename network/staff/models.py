"""The tables of staff. That no role and no grant crosses from one business to another is held by foreign keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class StaffRow(Base):
    """A person. `totp_step` is the last step whose code was used; a secret counts once a code of it was shown."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("staff_id", "partner_id"),
        CheckConstraint("state IN ('invited', 'active', 'suspended', 'left')", name="state"),
        CheckConstraint("login = lower(login)", name="login"),
        CheckConstraint("state <> 'active' OR password_hash IS NOT NULL AND totp_step IS NOT NULL", name="two_factors"),
        Index("staff_of_partner", "partner_id"),
    )

    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None]


class StaffRoleRow(Base):
    """A role of a business: permissions by name."""

    __tablename__ = "staff_role"
    __table_args__ = (UniqueConstraint("partner_id", "code"), UniqueConstraint("role_id", "partner_id"))

    role_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    code: Mapped[str]
    name: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))


class StaffGrantRow(Base):
    """A role that a person has, everywhere in its business or at one store."""

    __tablename__ = "staff_grant"
    __table_args__ = (
        ForeignKeyConstraint(["staff_id", "partner_id"], ["staff.staff_id", "staff.partner_id"]),
        ForeignKeyConstraint(["role_id", "partner_id"], ["staff_role.role_id", "staff_role.partner_id"]),
        UniqueConstraint("staff_id", "role_id", "store_id", postgresql_nulls_not_distinct=True),
    )

    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    role_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    store_id: Mapped[UUID | None] = mapped_column(ForeignKey("store.store_id"))


class StaffRecoveryRow(Base):
    """A recovery code that was not used yet; using it deletes it."""

    __tablename__ = "staff_recovery_code"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class StaffInvitationRow(Base):
    """The one invitation of a person that counts; `totp_sealed` is the secret that its page shows."""

    __tablename__ = "staff_invitation"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    totp_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


class StaffAttemptRow(Base):
    """Attempts to sign in, by account and by network; keyed hashes, so that neither can be read here."""

    __tablename__ = "staff_attempt"
    __table_args__ = (CheckConstraint("attempts > 0", name="attempts"),)

    bucket: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    last_at: Mapped[datetime]
