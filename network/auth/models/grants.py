"""Tables of what was granted: consents, grants, the codes and refresh tokens of them, and amounts agreed to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class ConsentRow(Base):
    """What a member lets a client do, until the member withdraws it; one of them lives at a time."""

    __tablename__ = "oauth_consent"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index("oauth_consent_live", "client_id", "subject_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("oauth_consent_subject_id", "subject_id"),
    )

    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_client.client_id"))
    subject_id: Mapped[UUID]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class GrantRow(Base):
    """One sign-in of a member at a client, or one terminal: all tokens of it die when it ends.

    `jkt`: the key that a public client has bound it to. `store_ids`: where its tokens may write; all stores, if empty.
    """

    __tablename__ = "oauth_grant"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        CheckConstraint("(subject_id IS NULL) = (consent_id IS NULL)", name="subject"),
        Index("oauth_grant_client_id", "client_id"),
        Index("oauth_grant_consent_id", "consent_id"),
    )

    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_client.client_id"))
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("oauth_consent.consent_id"))
    subject_id: Mapped[UUID | None]
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    jkt: Mapped[str | None]
    name: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class CodeRow(Base):
    """An authorization code, of which only the hash is kept; redeemed once. `request`: what it was asked with."""

    __tablename__ = "oauth_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[UUID]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_grant.grant_id"))
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RefreshTokenRow(Base):
    """A refresh token: of it only the hash is kept. `used_at`: when it was exchanged for its one successor."""

    __tablename__ = "oauth_refresh_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[UUID]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_grant.grant_id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AuthorizationRow(Base):
    """A burn that a member has agreed to: at whom, how much at most; claimed once (RFC 9396)."""

    __tablename__ = "oauth_authorization"
    __table_args__ = (
        CheckConstraint("points > 0 AND coalesce(amount_minor, 1) > 0", name="amounts"),
        CheckConstraint("(claimed_at IS NULL) = (claimed_for IS NULL)", name="claimed"),
    )

    authorization_id: Mapped[UUID] = mapped_column(primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_grant.grant_id"), index=True)
    partner_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    points: Mapped[int]
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_for: Mapped[str | None]
