"""Tables: OAuth clients, and the keys that sign their tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class OAuthClientRow(Base):
    """A client of a partner. A client whose partner isn't there is never active, so no foreign key points upward."""

    __tablename__ = "oauth_client"
    __table_args__ = (CheckConstraint("status IN ('active', 'suspended', 'revoked')", name="status"),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    secret_rotated_at: Mapped[datetime | None]


class SigningKeyRow(Base):
    """A key of the token endpoint. The newest without `retires_at` signs; the others are published until then."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    private_jwk: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: see auth.sealing
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    retires_at: Mapped[datetime | None]
