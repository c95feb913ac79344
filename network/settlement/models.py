"""The tables of settlement. What must never change once it is written is held by triggers of the migration."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base

_STATES = ("open", "cut", "netted", "stated", "approved", "instructed", "paid", "closed")
# A cycle has the instant of every state that it has reached, and of no other.
_STAMPED = " AND ".join(
    f"({state}_at IS NULL) = (state IN {_STATES[:place]!r})" for place, state in enumerate(_STATES) if place
).replace(",)", ")")


class CycleCalendarRow(Base):
    """One currency's calendar. `minor_digits` freezes what a minor unit of it was when settlement began."""

    __tablename__ = "cycle_calendar"
    __table_args__ = (
        CheckConstraint("grace_seconds >= 0", name="grace"),
        CheckConstraint("cut_off_hour BETWEEN 0 AND 23", name="cut_off"),
    )

    currency: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str]
    time_zone: Mapped[str]
    grace_seconds: Mapped[int] = mapped_column(Integer)
    minor_digits: Mapped[int] = mapped_column(SmallInteger)
    calendar: Mapped[str] = mapped_column(server_default="gregorian")
    cut_off_hour: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class CycleRow(Base):
    """One clearing cycle of a currency.

    boundary_xid       a transaction that ran when the close began: all before it must have finished before the cut
    closed_at_xid      the horizon of the closing cut; null exactly while the cycle is open
    folded_from_xid    the lower edge of the first cut that brought it anything: no row of it lies below
    first_posted_at    when the earliest movement of it was posted; null where that was folded before this was kept
    version            how often it was netted; statements carry it
    waiting_reason     what its close waits for, for people
    """

    __tablename__ = "cycle"
    __table_args__ = (
        UniqueConstraint("currency", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="not_empty"),
        CheckConstraint("(state = 'open') = (closed_at_xid IS NULL)", name="cut_has_horizon"),
        CheckConstraint(f"state IN {_STATES!r}", name="state"),
        CheckConstraint(_STAMPED, name="stamped"),
    )

    cycle_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(ForeignKey("cycle_calendar.currency"))
    name: Mapped[str] = mapped_column(unique=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    boundary_xid: Mapped[int | None]
    closed_at_xid: Mapped[int | None]
    folded_from_xid: Mapped[int | None]
    first_posted_at: Mapped[datetime | None]
    waiting_reason: Mapped[str | None]
    cut_at: Mapped[datetime | None]
    netted_at: Mapped[datetime | None]
    stated_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    instructed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class SettlementHorizonRow(Base):
    """The single row that every cut locks: movements below `next_xid` are folded, those at or above it are not.

    `xid_offset` is added to the server's transaction ids, so that they go on rising after the database was restored
    from a dump on another server (`service.adopt_server`); `movement.xid` has it in its default.
    """

    __tablename__ = "settlement_horizon"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, default=True, server_default="true")
    next_xid: Mapped[int]
    xid_offset: Mapped[int] = mapped_column(server_default="0")
    system_identifier: Mapped[int]
    cut_at: Mapped[datetime | None]


class SettlementCutRow(Base):
    """The log of cuts that folded something or closed a cycle: movements from `from_xid` up to, without, `to_xid`."""

    __tablename__ = "settlement_cut"

    to_xid: Mapped[int] = mapped_column(primary_key=True)
    from_xid: Mapped[int]
    movements: Mapped[int]
    closes_cycle_id: Mapped[UUID | None] = mapped_column(ForeignKey("cycle.cycle_id"))
    cut_at: Mapped[datetime]


class ClearingSliceRow(Base):
    """Folded movements: `points` (signed as the lots' remaining points changed) and how many `movements` they were.

    Issuer and redeemer are the partners of the two contract versions.
    """

    __tablename__ = "clearing_slice"
    __table_args__ = (
        Index(
            "clearing_slice_key",
            "cycle_id",
            "kind",
            "issuer_id",
            "redeemer_id",
            "issuer_contract_id",
            "redeemer_contract_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    slice_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    kind: Mapped[str]
    issuer_id: Mapped[UUID]
    redeemer_id: Mapped[UUID | None]
    issuer_contract_id: Mapped[UUID]
    redeemer_contract_id: Mapped[UUID | None]
    points: Mapped[int]
    movements: Mapped[int]


class SettlementLineRow(Base):
    """One line of a netted cycle: who owes whom, for which points. `line` counts from 1, in the order of `net`."""

    __tablename__ = "settlement_line"
    __table_args__ = (
        Index(
            "settlement_line_key",
            "cycle_id",
            "version",
            "leg",
            "issuer_id",
            "redeemer_id",
            "base_leg",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(leg = 'tax') = (base_leg IS NOT NULL)", name="base"),
    )

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    leg: Mapped[str]
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    redeemer_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.partner_id"))
    points: Mapped[int]
    amount_minor: Mapped[int]
    debtor_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    creditor_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    base_leg: Mapped[str | None]


class StatementRow(Base):
    """What one partner owes and is due in one cycle, in minor units; `net_minor` positive: it receives."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("cycle_id", "partner_id", "version"),
        Index("ix_statement_partner_id_statement_id", "partner_id", "statement_id"),
        CheckConstraint(
            "net_minor = redemption_minor + breakage_minor - issue_minor - deferred_minor - fee_minor - tax_minor"
            " - penalty_minor + adjustment_minor",
            name="net",
        ),
    )

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    version: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str]
    issue_minor: Mapped[int]
    redemption_minor: Mapped[int]
    deferred_minor: Mapped[int]
    breakage_minor: Mapped[int] = mapped_column(server_default="0")
    fee_minor: Mapped[int] = mapped_column(server_default="0")
    tax_minor: Mapped[int] = mapped_column(server_default="0")
    penalty_minor: Mapped[int] = mapped_column(server_default="0")
    adjustment_minor: Mapped[int] = mapped_column(server_default="0")
    net_minor: Mapped[int]
    stated_at: Mapped[datetime]


class CreditLineRow(Base):
    """A partner's credit in a currency; what is left of it are the wallet's slots of this id.

    `owed_minor`: what was owed in the open cycles when it was last measured.
    """

    __tablename__ = "credit_line"
    __table_args__ = (UniqueConstraint("partner_id", "currency"),)

    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    currency: Mapped[str]
    owed_minor: Mapped[int] = mapped_column(server_default="0")
    measured_at: Mapped[datetime]
