"""The table of sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class SessionRow(Base):
    """A session. It is kept after its end, so that it can be told when it was and who ended it; see `forget`."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("realm IN ('member', 'staff')", name="realm"),
        CheckConstraint("opened_at <= authenticated_at AND opened_at <= seen_at", name="order"),
        Index("session_of_subject", "realm", "subject_id"),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    realm: Mapped[str]
    subject_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    device: Mapped[str]
    opened_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
