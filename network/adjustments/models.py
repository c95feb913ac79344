"""The tables of adjustments: who gave or took points or let them live longer, why, and who agreed."""

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


class ExtensionRow(Base):
    """Points that expire after one instant and by another get a new one: a member's, or an issuer's of all members.

    `wallets` and `points` are counted as it is carried out; the entries name it as their receipt.
    """

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("wallet_id IS NOT NULL OR issuer_id IS NOT NULL", name="whose"),
        CheckConstraint("expires_after < expires_by AND expires_by < extended_to", name="window"),
        CheckConstraint("decision IN ('proposed', 'approved', 'posted', 'rejected')", name="decision"),
        CheckConstraint("decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name="four_eyes"),
        CheckConstraint("wallet_id IS NOT NULL OR decision = 'proposed' OR decided_by IS NOT NULL", name="decided"),
        Index("extension_waiting", "prepared_at", postgresql_where=text("decision IN ('proposed', 'approved')")),
    )

    extension_id: Mapped[UUID] = mapped_column(primary_key=True)
    wallet_id: Mapped[UUID | None]
    issuer_id: Mapped[UUID | None]
    expires_after: Mapped[datetime]
    expires_by: Mapped[datetime]
    extended_to: Mapped[datetime]
    reason: Mapped[str]
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    decision: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    wallets: Mapped[int] = mapped_column(server_default="0")
    points: Mapped[int] = mapped_column(server_default="0")


class OperatorLimitRow(Base):
    """How many points a person may give or take alone, where it is not the default."""

    __tablename__ = "operator_limit"
    __table_args__ = (CheckConstraint("limit_points >= 0", name="limit"),)

    person: Mapped[str] = mapped_column(primary_key=True)
    limit_points: Mapped[int]
