"""Tables of what is asked for and not decided: pushed requests, interactions with a member, terminals that wait."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class PushedRequestRow(Base):
    """An authorization request that was pushed (RFC 9126); `sealed`, for it may hold personal data."""

    __tablename__ = "oauth_pushed_request"

    uri_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_client.client_id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class InteractionRow(Base):
    """A valid authorization request that waits for a member, in one browser; answered once."""

    __tablename__ = "oauth_interaction"

    interaction_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_client.client_id"))
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    pushed_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    began_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]


class DeviceRequestRow(Base):
    """A terminal that waits to be let in (RFC 8628). It is deleted by whoever redeems its code."""

    __tablename__ = "oauth_device_request"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'granted', 'denied')", name="state"),
        CheckConstraint("(state = 'pending') = (decided_by IS NULL)", name="decided"),
    )

    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_client.client_id"))
    partner_id: Mapped[UUID]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    jkt: Mapped[str | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    interval_seconds: Mapped[int]
    polled_at: Mapped[datetime | None]
    state: Mapped[str]
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    name: Mapped[str]
    decided_by: Mapped[str | None]
