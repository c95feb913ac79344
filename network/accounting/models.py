"""The tables of the books. All are append-only by triggers of the migration, which also makes each entry balance."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class BookedCycleRow(Base):
    """That a cycle has been booked as approved (`accrual`), or as paid (`payment`): what is written once."""

    __tablename__ = "booked_cycle"
    __table_args__ = (CheckConstraint("phase IN ('accrual', 'payment')", name="phase"),)

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    booked_at: Mapped[datetime]


class BookedSourceRow(Base):
    """That a prepaid block, or what a version of a contract changes of the collateral, has been booked: once."""

    __tablename__ = "booked_source"

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    booked_at: Mapped[datetime]


class BookEntryRow(Base):
    """One entry of a cycle's books; `booked_on` is a local date of its currency's calendar."""

    __tablename__ = "book_entry"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    booked_on: Mapped[date]
    written_at: Mapped[datetime]


class BookPostingRow(Base):
    """One line of an entry, in minor units of the cycle's currency; debits are positive."""

    __tablename__ = "book_posting"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "step"], ["book_entry.cycle_id", "book_entry.step"]),
        CheckConstraint("amount_minor <> 0", name="amount"),
    )

    cycle_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.partner_id"))
    amount_minor: Mapped[int]


class CohortSliceRow(Base):
    """A cycle's movements by the cycle in which the points were issued (`cohort_id`), contract version and kind.

    `points` are signed as lots change; all of a cycle's together are its clearing slices.
    """

    __tablename__ = "cohort_slice"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    issuer_contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract_version.contract_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[int]


class BreakageRecognitionRow(Base):
    """A breakage rate that a person recognised, for one cohort, or for all of a currency (null) and those to come.

    `standard_error` is the estimate's, where it was one. Of several, the latest holds.
    """

    __tablename__ = "breakage_recognition"
    __table_args__ = (
        CheckConstraint("rate BETWEEN 0 AND 1", name="rate"),
        Index("ix_breakage_recognition_currency", "currency", "recognition_id"),
    )

    recognition_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(ForeignKey("cycle_calendar.currency"))
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cycle.cycle_id"))
    rate: Mapped[Decimal]
    standard_error: Mapped[Decimal | None]
    reason: Mapped[str]
    recognised_by: Mapped[str]
    recognised_at: Mapped[datetime]
