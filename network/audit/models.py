"""The tables of the audit trail; a trigger of the migration refuses UPDATE and DELETE."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class AuditEntryRow(Base):
    """One change: `entry` is the text that `hash` covers, and nothing else says what is in it."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("sequence > 0", name="sequence"),
        Index("audit_entry_who", text("(entry::jsonb ->> 'who')"), "sequence"),
        Index("audit_entry_subject", text("(entry::jsonb ->> 'subject')"), "sequence"),
    )

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHeadRow(Base):
    """The signed head of a day (UTC)."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    document: Mapped[str]
    exported_at: Mapped[datetime]
