"""The tables of households. A pool's points are the ledger's; here stands who may do what with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class HouseholdRow(Base):
    """A household and its pool's wallet."""

    __tablename__ = "household"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    wallet_id: Mapped[UUID] = mapped_column(unique=True)  # no foreign key: the ledger is kept free of them
    head_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"))
    founded_by: Mapped[str]
    founded_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]


class HouseholdMemberRow(Base):
    """One membership from invitation to end, with the consent that it rests on."""

    __tablename__ = "household_member"
    __table_args__ = (
        CheckConstraint("standing IN ('invited', 'active', 'left', 'withdrawn')", name="standing"),
        CheckConstraint(
            "standing IN ('invited', 'withdrawn') OR num_nulls(consent_text, consent_evidence, consent_recorded_by,"
            " joined_at, spends_from) = 0",
            name="consent",
        ),
        CheckConstraint("share_percent BETWEEN 0 AND 100", name="share"),
        CheckConstraint("spend_cap >= 0 AND contribute_cap >= 0", name="caps"),
        Index("household_member_of", "household_id", "standing"),
        Index("household_member_past", "member_id", "ended_at"),
        Index("household_member_one", "member_id", unique=True, postgresql_where=text("standing = 'active'")),
        Index(
            "household_member_invited",
            "household_id",
            "member_id",
            unique=True,
            postgresql_where=text("standing = 'invited'"),
        ),
        Index(
            "household_member_sharing",
            "wallet_id",
            postgresql_where=text("standing = 'active' AND share_percent > 0"),
        ),
    )

    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.household_id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"))
    wallet_id: Mapped[UUID]  # the member's own
    standing: Mapped[str]
    invited_by: Mapped[str]
    invited_at: Mapped[datetime]
    consent_text: Mapped[str | None]
    consent_evidence: Mapped[str | None]
    consent_recorded_by: Mapped[str | None]
    joined_at: Mapped[datetime | None]
    spends_from: Mapped[datetime | None]
    share_percent: Mapped[int] = mapped_column(server_default=text("0"))
    shares_since: Mapped[datetime | None]
    spend_cap: Mapped[int | None]
    contribute_cap: Mapped[int | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class HouseholdPolicyRow(Base):
    """The rules of all households, where they are not the default. One row."""

    __tablename__ = "household_policy"
    __table_args__ = (
        CheckConstraint("only_row", name="only_row"),
        CheckConstraint(
            "delay_days >= 0 AND most_members >= 2 AND cooling_off_days >= 0 AND spend_cap >= 0"
            " AND contribute_cap >= 0",
            name="bounds",
        ),
    )

    only_row: Mapped[bool] = mapped_column(primary_key=True, default=True, server_default="true")
    delay_days: Mapped[int]
    most_members: Mapped[int]
    cooling_off_days: Mapped[int]
    spend_cap: Mapped[int]
    contribute_cap: Mapped[int]


class ShareDueRow(Base):
    """An earn of which a standing share is still to go into a pool."""

    __tablename__ = "share_due"

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
