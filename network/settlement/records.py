"""The tables of what people decide about cycles, and of what follows from it. Guarded by triggers of the migration."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class CycleSubmissionRow(Base):
    """One version of a stated cycle, submitted by a person, and what another person decided."""

    __tablename__ = "cycle_submission"
    __table_args__ = (
        CheckConstraint("verdict IN ('submitted', 'approved', 'rejected')", name="verdict"),
        CheckConstraint("(verdict = 'submitted') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name="four_eyes"),
    )

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(server_default="submitted")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class SettlementTrailRow(Base):
    """The audit trail: `entry` is the text that `hash` covers, with the hash of the cycle's step before."""

    __tablename__ = "settlement_trail"
    __table_args__ = (CheckConstraint("step > 0", name="step"),)

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class DisputeRow(Base):
    """What a partner holds against its statement, or against line `line` of that version of the cycle.

    `claimed_minor`: how much more it says that it is due (less, if negative); `granted_minor`: what it was given.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("verdict IN ('open', 'accepted', 'rejected')", name="verdict"),
        CheckConstraint("(verdict = 'open') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(verdict = 'accepted') = (granted_minor IS NOT NULL)", name="granted"),
        CheckConstraint("base_leg IS NULL OR leg = 'tax'", name="base"),
        Index("ix_dispute_partner_id_dispute_id", "partner_id", "dispute_id"),
        Index(
            "dispute_open",
            "statement_id",
            "line",
            unique=True,
            postgresql_where=text("verdict = 'open'"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.statement_id"))
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    currency: Mapped[str]
    line: Mapped[int | None] = mapped_column(Integer)
    leg: Mapped[str | None]
    counterparty: Mapped[str | None]
    claimed_minor: Mapped[int]
    reason: Mapped[str]
    evidence: Mapped[str | None]
    attachment: Mapped[str | None]
    opened_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(server_default="open")
    granted_minor: Mapped[int | None]
    answer: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    base_leg: Mapped[str | None]


class DisputeGrantRow(Base):
    """What one person would grant to a dispute, beyond what it may alone, and what another decided."""

    __tablename__ = "dispute_grant"
    __table_args__ = (
        CheckConstraint("verdict IN ('submitted', 'approved', 'rejected')", name="verdict"),
        CheckConstraint("(verdict = 'submitted') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("verdict <> 'approved' OR lower(decided_by) <> lower(prepared_by)", name="four_eyes"),
        CheckConstraint("granted_minor <> 0", name="amount"),
        Index("dispute_grant_waiting", "dispute_id", unique=True, postgresql_where=text("verdict = 'submitted'")),
    )

    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.dispute_id"))
    granted_minor: Mapped[int]
    answer: Mapped[str]
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(server_default="submitted")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class GrantLimitRow(Base):
    """What a person (in small letters) may grant alone in a currency, in minor units, where it is not the default."""

    __tablename__ = "grant_limit"
    __table_args__ = (CheckConstraint("limit_minor >= 0", name="limit"),)

    person: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(ForeignKey("cycle_calendar.currency"), primary_key=True)
    limit_minor: Mapped[int]


class SettlementAdjustmentRow(Base):
    """Money between a partner and the operator that no points stand for, in the cycle that was open when it was made.

    `amount_minor` positive: the partner receives it.
    """

    __tablename__ = "settlement_adjustment"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index("ix_settlement_adjustment_cycle_id_partner_id", "cycle_id", "partner_id"),
    )

    adjustment_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    amount_minor: Mapped[int]
    reason: Mapped[str]
    dispute_id: Mapped[UUID | None] = mapped_column(ForeignKey("dispute.dispute_id"), unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class SettlementPolicyRow(Base):
    """The network's own terms of settlement, where they are not the default."""

    __tablename__ = "settlement_policy"
    __table_args__ = (
        CheckConstraint("only_row", name="only_row"),
        CheckConstraint(
            "dispute_days >= 0 AND payment_days >= 0 AND reminder_days >= 0 AND dunning_days > 0"
            " AND dunning_levels >= 0",
            name="bounds",
        ),
    )

    only_row: Mapped[bool] = mapped_column(primary_key=True, default=True, server_default=text("true"))
    dispute_days: Mapped[int] = mapped_column(Integer)
    payment_days: Mapped[int] = mapped_column(Integer)
    reminder_days: Mapped[int] = mapped_column(Integer)
    dunning_days: Mapped[int] = mapped_column(Integer)
    dunning_levels: Mapped[int] = mapped_column(Integer)


class SettlementNoticeRow(Base):
    """A partner was told what it is to pay or to receive: `advice` once, `reminder` once, `dunning` at each level."""

    __tablename__ = "settlement_notice"
    __table_args__ = (CheckConstraint("kind IN ('advice', 'reminder', 'dunning')", name="kind"),)

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.statement_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    told_at: Mapped[datetime]


class StatementPaidRow(Base):
    """A statement whose net has been paid in full, by its partner or to it: nobody reminds of it any more."""

    __tablename__ = "statement_paid"

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.statement_id"), primary_key=True)
    paid_at: Mapped[datetime]


class TailBuyoutRow(Base):
    """A partner that has left paid for what is deferred of its outstanding points, at the burn that was expected.

    From `cycle_id` on the operator bears that part: each cut refunds what the cycle's lines call of it.
    """

    __tablename__ = "tail_buyout"
    __table_args__ = (
        CheckConstraint("points > 0 AND amount_minor >= 0", name="amounts"),
        CheckConstraint("expected_burn BETWEEN 0 AND 1", name="expected_burn"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    currency: Mapped[str] = mapped_column(ForeignKey("cycle_calendar.currency"), primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    points: Mapped[int]
    expected_burn: Mapped[Decimal]
    amount_minor: Mapped[int]
    bought_by: Mapped[str]
    bought_at: Mapped[datetime]
