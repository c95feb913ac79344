"""The table of messages on their way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class MessageRow(Base):
    """A message that waits, all of it sealed; the row is deleted once it is sent, or nobody wants it any more."""

    __tablename__ = "message"
    __table_args__ = (CheckConstraint("attempts >= 0", name="attempts"), Index("message_waiting", "not_before"))

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
