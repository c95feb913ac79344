"""The tables of the till."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class EarningRuleRow(Base):
    """A partner's earning rule from `valid_from` until its next one. Without any, one point per major unit."""

    __tablename__ = "earning_rule"
    __table_args__ = (
        CheckConstraint("points_per_unit >= 0 AND pending_days >= 0", name="not_negative"),
        CheckConstraint("extension_days >= 0", name="extension"),
    )

    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    points_per_unit: Mapped[Decimal]
    pending_days: Mapped[int]
    return_policy: Mapped[str]
    extension_days: Mapped[int]
