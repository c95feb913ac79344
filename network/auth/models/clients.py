"""Tables: OAuth clients and their keys, the keys that sign our tokens, and what may be seen once only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class OAuthClientRow(Base):
    """A client of a partner. A client whose partner isn't there is never active, so no foreign key points upward."""

    __tablename__ = "oauth_client"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'suspended', 'revoked')", name="status"),
        CheckConstraint("kind IN ('server', 'app', 'till', 'sandbox')", name="kind"),
        CheckConstraint(
            "auth_method IN ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')",
            name="auth_method",
        ),
        CheckConstraint(
            "(secret_hash IS NOT NULL) = (auth_method IN ('client_secret_basic', 'client_secret_post'))", name="secret"
        ),
        CheckConstraint("kind <> 'till' OR (dpop_bound AND auth_method = 'none')", name="till"),
        CheckConstraint("id_token_alg IN ('RS256', 'ES256')", name="id_token_alg"),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    secret_rotated_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(server_default=text("'server'"))
    auth_method: Mapped[str] = mapped_column(server_default=text("'client_secret_basic'"))
    grant_types: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{client_credentials}'"))
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    dpop_bound: Mapped[bool] = mapped_column(server_default=text("false"))
    require_par: Mapped[bool] = mapped_column(server_default=text("false"))
    id_token_alg: Mapped[str] = mapped_column(server_default=text("'RS256'"))


class ClientKeyRow(Base):
    """A public key that a client signs its assertions with; accepted until `ends_at`."""

    __tablename__ = "oauth_client_key"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_client.client_id", ondelete="CASCADE"), primary_key=True)
    thumbprint: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    added_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class SigningKeyRow(Base):
    """A key of the token endpoint. The newest without `retires_at` signs; the others are published until then."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    private_jwk: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: see auth.sealing
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    retires_at: Mapped[datetime | None]


class SeenRow(Base):
    """What is accepted once: the id of a client's assertion, or of a proof of possession. Kept until it expires."""

    __tablename__ = "oauth_seen"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class InitialTokenRow(Base):
    """A token with which a partner's developers register clients for the sandbox."""

    __tablename__ = "oauth_initial_token"
    __table_args__ = (CheckConstraint("uses_left >= 0", name="uses_left"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    uses_left: Mapped[int]
