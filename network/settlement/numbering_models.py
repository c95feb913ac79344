"""The tables of the numbers that approved statements get. Guarded by triggers of the migration."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class DocumentSeriesRow(Base):
    """A partner's series of one year, and the last number of it that was given. Whoever gives the next locks it."""

    __tablename__ = "document_series"
    __table_args__ = (CheckConstraint("last_number > 0", name="last_number"),)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)


class StatementNumberRow(Base):
    """The number that a statement got when its cycle was approved; `reference` is what people write."""

    __tablename__ = "statement_number"
    __table_args__ = (
        UniqueConstraint("partner_id", "year", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind IN ('invoice', 'credit_note')", name="kind"),
    )

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.statement_id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    given_at: Mapped[datetime]
