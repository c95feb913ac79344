"""The tables of batches. Parts hold lines only until they are posted, and hold them sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class BatchRow(Base):
    """A file. `wrapped_key` opens its parts, and is deleted when none is left. `client_id` sent it."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("media IN ('ndjson', 'csv')", name="media"),
        CheckConstraint("total > 0", name="not_empty"),
        Index("batch_unfinished", "batch_id", postgresql_where=text("completed_at IS NULL")),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    client_id: Mapped[UUID]
    media: Mapped[str]
    columns: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    total: Mapped[int]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    request_id: Mapped[str]
    problems_url: Mapped[str]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    is_stopped: Mapped[bool] = mapped_column(server_default=text("false"))


class BatchLaneRow(Base):
    """What became of the lines of one lane so far; counted in the transactions that post them."""

    __tablename__ = "batch_lane"

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    posted: Mapped[int] = mapped_column(server_default=text("0"))
    duplicates: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))


class BatchPartRow(Base):
    """Lines that wait, compressed and sealed. Deleted in the transaction that posts them."""

    __tablename__ = "batch_part"

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class BatchErrorRow(Base):
    """A line that was refused, and why. Nothing of the line itself."""

    __tablename__ = "batch_error"

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    field: Mapped[str | None]
    message: Mapped[str]
