"""Tables of members. Nothing personal outside `person`, where it is sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class MemberRow(Base):
    """A member, of whom nothing is told here. The row outlives the person's data: the ledger's wallet is its own."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'merged', 'forgotten')", name="status"),
        CheckConstraint("status <> 'merged' OR merged_into IS NOT NULL", name="merged"),
        Index("member_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        CheckConstraint("locale IN ('fa', 'en')", name="locale"),
        CheckConstraint("status <> 'forgotten' OR jurisdiction IS NULL", name="forgotten_is_nowhere"),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    wallet_id: Mapped[UUID] = mapped_column(unique=True)  # no foreign key: the ledger is kept free of them
    status: Mapped[str]
    locale: Mapped[str]
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    jurisdiction: Mapped[str | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("member.member_id"))
    household_id: Mapped[UUID | None]  # of the room above, which keeps it


class PersonRow(Base):
    """What is personal, sealed with the member's data key: name, phone, e-mail, card number."""

    __tablename__ = "person"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PersonKeyRow(Base):
    """A member's data key, wrapped. A table of its own, so that it can be kept out of long-lived backups."""

    __tablename__ = "person_key"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)


class MemberKeyRow(Base):
    """What a member is found by: the keyed hash of a phone, an e-mail address or a card."""

    __tablename__ = "member_key"
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'email', 'card', 'alias')", name="kind"),
        CheckConstraint("octet_length(key_hash) = 32", name="key_hash"),
        Index("member_key_member", "member_id", "kind"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"))


class PartnerMemberRow(Base):
    """That a partner knows a member, how, and since when. Without this row the partner does not learn of the member."""

    __tablename__ = "partner_member"
    __table_args__ = (
        CheckConstraint("known_by IN ('enrolment', 'card', 'phone')", name="known_by"),
        Index("partner_member_member", "member_id"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True)
    known_by: Mapped[str]
    since: Mapped[datetime]


class MemberActivityRow(Base):
    """How often a wallet's owner earned and burned at a partner, and when last: counted from the ledger's facts."""

    __tablename__ = "member_activity"
    __table_args__ = (CheckConstraint("earns >= 0 AND burns >= 0", name="not_negative"),)

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    earns: Mapped[int]
    burns: Mapped[int]
    last_at: Mapped[datetime]


class MemberMergeRow(Base):
    """That two accounts are one person's: who said so and why, who agreed; and the same of undoing it."""

    __tablename__ = "member_merge"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'rejected', 'merged', 'unmerge_proposed', 'unmerged')", name="state"),
        CheckConstraint("member_id <> into_id", name="two"),
        CheckConstraint("decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name="four_eyes"),
        CheckConstraint(
            "unmerge_decided_by IS NULL OR lower(unmerge_decided_by) <> lower(unmerge_prepared_by)",
            name="unmerge_four_eyes",
        ),
        Index("member_merge_waiting", "prepared_at", postgresql_where=text("state LIKE '%proposed'")),
        Index("member_merge_member", "member_id"),
    )

    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"))
    into_id: Mapped[UUID] = mapped_column(ForeignKey("member.member_id"))
    state: Mapped[str]
    reason: Mapped[str]
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    unmerge_reason: Mapped[str | None]
    unmerge_prepared_by: Mapped[str | None]
    unmerge_prepared_at: Mapped[datetime | None]
    unmerge_decided_by: Mapped[str | None]
    unmerge_decided_at: Mapped[datetime | None]


class MemberMergeKeyRow(Base):
    """A card, phone or address that a merge made lead to the other member; what undoing it gives back."""

    __tablename__ = "member_merge_key"

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("member_merge.merge_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class MemberMergeAcquaintanceRow(Base):
    """A partner to whom a merge made the other member known, or better known; `known_before` is how it was."""

    __tablename__ = "member_merge_acquaintance"

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("member_merge.merge_id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    known_by: Mapped[str]
    known_before: Mapped[str | None]
