"""The tables of batches. Lines stand in them only until they are posted, and sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Text, text
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


class BatchPartRow(Base):
    """Some lines of a file. `sealed`: the lines as they wait, compressed; gone in the transaction that posts them.

    `low`, `high`: between which members the lines are; an earlier part that may tell of the same comes first.
    """

    __tablename__ = "batch_part"

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    low: Mapped[bytes] = mapped_column(LargeBinary)
    high: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    posted: Mapped[int] = mapped_column(server_default=text("0"))
    duplicates: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))


class BatchErrorRow(Base):
    """A line that was refused, and why. Nothing of the line itself."""

    __tablename__ = "batch_error"

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    field: Mapped[str | None]
    message: Mapped[str]
