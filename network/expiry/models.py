"""Tables of expiry: what was decided on how long points live, and of which points notice was given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class ExpiryPolicyRow(Base):
    """What holds for a programme (empty: for every one) in a jurisdiction (empty: everywhere) from `valid_from` on.

    Rows are only added: a trigger of the migration refuses UPDATE and DELETE. `rule` null: nothing any more.
    """

    __tablename__ = "expiry_policy"
    __table_args__ = (
        CheckConstraint("months >= 0", name="months"),
        CheckConstraint("programme <> '' OR jurisdiction <> ''", name="whose"),
        CheckConstraint("jurisdiction <> '' OR NOT is_minimum", name="minimum_of_jurisdiction"),
    )

    programme: Mapped[str] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    rule: Mapped[str | None]
    months: Mapped[int] = mapped_column(SmallInteger)
    calendar: Mapped[str]
    time_zone: Mapped[str]
    notice_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    is_minimum: Mapped[bool]
    decided_at: Mapped[datetime]


class ExpiryNoticeRow(Base):
    """That notice was given of points of a wallet that expire at an instant, so many days ahead: once, by this key."""

    __tablename__ = "expiry_notice"

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(primary_key=True)
    notice_days: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    points: Mapped[int]
    noticed_at: Mapped[datetime]
