"""The tables of partners' public keys. All are append-only: a key ends by a row of its own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class PartnerKeyRow(Base):
    """A public key. Its thumbprint is the row's key, so that no two partners can have the same one."""

    __tablename__ = "partner_key"
    __table_args__ = (Index("partner_key_of", "partner_id"),)

    kid: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    jwk: Mapped[str]
    valid_from: Mapped[datetime]


class PartnerKeyEndRow(Base):
    """That a key signs no more from an instant on."""

    __tablename__ = "partner_key_end"

    kid: Mapped[str] = mapped_column(ForeignKey("partner_key.kid"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    valid_until: Mapped[datetime]


class SigningRuleRow(Base):
    """Whether a partner's requests have to be signed, from an instant on."""

    __tablename__ = "signing_rule"

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    is_required: Mapped[bool]
