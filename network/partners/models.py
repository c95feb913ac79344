"""Tables of partners, their contract versions and their stores."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class PartnerRow(Base):
    """One business, or the operator, of which there is one."""

    __tablename__ = "partner"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'suspended', 'left')", name="status"),
        Index("partner_one_operator", "is_operator", unique=True, postgresql_where=text("is_operator")),
    )

    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_fa: Mapped[str]
    is_operator: Mapped[bool]
    status: Mapped[str]
    created_at: Mapped[datetime]
    # counts the changes of its contract versions and earning rules; triggers of the migration keep it
    terms_version: Mapped[int] = mapped_column(server_default=text("0"))


class ContractVersionRow(Base):
    """What was signed. Rows are only added: a trigger of the migration refuses UPDATE and DELETE.

    The checks repeat the rules that money rests on, for whoever writes past the service.
    """

    __tablename__ = "contract_version"
    __table_args__ = (
        UniqueConstraint("partner_id", "version"),
        UniqueConstraint("partner_id", "currency", "valid_from"),  # and the index that finds the version in force
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("issuance_price = redemption_element + service_fee", name="price"),
        CheckConstraint(
            "issuance_price > 0 AND redemption_element > 0 AND service_fee >= 0 AND reimbursement_rate > 0"
            " AND member_value > 0",
            name="rates",
        ),
        CheckConstraint("reimbursement_rate <= member_value AND member_value <= issuance_price", name="arbitrage"),
        CheckConstraint("funded_at_issue BETWEEN 0 AND 1 AND (NOT prepaid OR funded_at_issue = 1)", name="funding"),
        CheckConstraint("expires_after_months > 0", name="expiry"),
    )

    contract_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    version: Mapped[int]
    valid_from: Mapped[datetime]
    currency: Mapped[str]
    issuance_price: Mapped[Decimal]
    redemption_element: Mapped[Decimal]
    service_fee: Mapped[Decimal]
    reimbursement_rate: Mapped[Decimal]
    member_value: Mapped[Decimal]
    funded_at_issue: Mapped[Decimal]
    prepaid: Mapped[bool]
    expires_after_months: Mapped[int]
    expiry_programme: Mapped[str | None]
    signed_at: Mapped[datetime]


class StoreRow(Base):
    """A place of a partner."""

    __tablename__ = "store"
    __table_args__ = (UniqueConstraint("partner_id", "code"),)

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    code: Mapped[str]
    name: Mapped[str]
