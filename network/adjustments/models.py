"""The table of adjustments: who gave or took points, why, and who agreed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class AdjustmentRow(Base):
    """One adjustment. `sequence` names its entry once it is posted."""

    __tablename__ = "adjustment"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("decision IN ('proposed', 'posted', 'rejected')", name="decision"),
        CheckConstraint("decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name="four_eyes"),
        CheckConstraint("(decision = 'posted') = (sequence IS NOT NULL)", name="posted_has_entry"),
        Index("adjustment_proposed", "prepared_at", postgresql_where=text("decision = 'proposed'")),
    )

    adjustment_id: Mapped[UUID] = mapped_column(primary_key=True)
    wallet_id: Mapped[UUID]
    issuer_id: Mapped[UUID]
    currency: Mapped[str]
    points: Mapped[int]
    reason: Mapped[str]
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    decision: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    sequence: Mapped[int | None]


class OperatorLimitRow(Base):
    """How many points a person may give or take alone, where it is not the default."""

    __tablename__ = "operator_limit"
    __table_args__ = (CheckConstraint("limit_points >= 0", name="limit"),)

    person: Mapped[str] = mapped_column(primary_key=True)
    limit_points: Mapped[int]
