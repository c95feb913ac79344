"""The tables of proofs: what was signed of each cycle, and each partner's part of it. Both are append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class CycleProofRow(Base):
    """One cycle's signed document, as it was published; `number` counts those of its currency from 1.

    `secret`: 32 bytes from which the cycle's salts come; with it the database's owner makes every leaf again.
    """

    __tablename__ = "cycle_proof"
    __table_args__ = (
        UniqueConstraint("currency", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    currency: Mapped[str]
    number: Mapped[int] = mapped_column(Integer)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    document: Mapped[str]
    heads: Mapped[int]
    heads_root: Mapped[bytes] = mapped_column(LargeBinary)
    leaves: Mapped[int] = mapped_column(Integer)
    signed_at: Mapped[datetime]


class ProofEntryRow(Base):
    """What a cycle commits to for one partner: its canonical text, and the path from its leaf to the signed root.

    `place`: of the leaf, from 0; `path`: hashes of 32 bytes, one after the other.
    """

    __tablename__ = "proof_entry"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle_proof.cycle_id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)
    lines: Mapped[int]
    text: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    path: Mapped[bytes] = mapped_column(LargeBinary)
