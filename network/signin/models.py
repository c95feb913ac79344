"""Tables of signing in and spending. Phones and addresses stand in none of them, but as keyed hashes, or sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class CodeRequestRow(Base):
    """That a code was asked for. `member_id` is null where it goes to nobody, or to somebody who is no member yet."""

    __tablename__ = "code_request"
    __table_args__ = (
        CheckConstraint("use IN ('sign_in', 'sign_up', 'step_up', 'new_phone')", name="use"),
        CheckConstraint("attempts_left >= 0", name="attempts"),
        Index("code_request_expiry", "expires_at"),
        Index("code_request_member", "member_id", postgresql_where=text("member_id IS NOT NULL")),
    )

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    use: Mapped[str]
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.member_id"))
    session_id: Mapped[UUID | None]  # of the session that asked, of which the code is good for no other
    code_hash: Mapped[str]
    sealed_way: Mapped[bytes] = mapped_column(LargeBinary)
    attempts_left: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CodeCountRow(Base):
    """How many codes were asked for in a window, of one thing that is counted."""

    __tablename__ = "code_count"
    __table_args__ = (Index("code_count_end", "ends_at"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seconds: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    count: Mapped[int]


class KnownDeviceRow(Base):
    """A device that a member has signed in on, by what it called itself."""

    __tablename__ = "known_device"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    since: Mapped[datetime]


class MemberGuardRow(Base):
    """What a member lets be spent, and the secret of its codes at the till; without a row, what is usual."""

    __tablename__ = "member_guard"
    __table_args__ = (
        CheckConstraint("limit_points >= 0", name="limit"),
        CheckConstraint("wrong_codes >= 0", name="wrong_codes"),
    )

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True)
    is_locked: Mapped[bool] = mapped_column(server_default=text("false"))
    asks_first: Mapped[bool] = mapped_column(server_default=text("true"))
    limit_points: Mapped[int | None]
    cooling_until: Mapped[datetime | None]
    sealed_identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrong_codes: Mapped[int] = mapped_column(server_default=text("0"))
    wrong_until: Mapped[datetime | None]  # when the count begins anew


class OpenedPartnerRow(Base):
    """That a member allowed its points to be spent at a partner where it has not been."""

    __tablename__ = "opened_partner"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    opened_at: Mapped[datetime]


class SpendApprovalRow(Base):
    """That a member allowed one burn. That it was used, the ledger's `claim` tells."""

    __tablename__ = "spend_approval"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        Index("spend_approval_member", "member_id"),
        Index("spend_approval_expiry", "expires_at"),
    )

    approval_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    points: Mapped[int]
    expires_at: Mapped[datetime]
