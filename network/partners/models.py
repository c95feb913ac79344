"""Tables of partners, their contract versions and their stores."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
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
    trusts_cards: Mapped[bool] = mapped_column(server_default=text("false"))


class ContractVersionRow(Base):
    """What was signed: a row for each type of points. A trigger of the migration refuses UPDATE and DELETE.

    The checks repeat the rules that money rests on, for whoever writes past the service.
    """

    __tablename__ = "contract_version"
    __table_args__ = (
        UniqueConstraint("partner_id", "version", "point_type"),
        # and the index that finds the version in force
        UniqueConstraint("partner_id", "currency", "valid_from", "point_type"),
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
        CheckConstraint("point_type IN ('base', 'bonus', 'goodwill')", name="point_type"),
        CheckConstraint(
            "fee_per_cycle_minor >= 0 AND collateral_minor >= 0 AND coalesce(credit_limit_minor, 0) >= 0"
            " AND low_points >= critical_points AND critical_points >= 0 AND topup_points >= 0",
            name="amounts",
        ),
        CheckConstraint(
            "fee_share_of_gross BETWEEN 0 AND 1 AND breakage_share BETWEEN 0 AND 1"
            " AND late_penalty_rate BETWEEN 0 AND 1",
            name="shares",
        ),
        CheckConstraint("NOT prepaid OR credit_limit_minor IS NULL", name="credit"),
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
    fee_per_cycle_minor: Mapped[int] = mapped_column(server_default=text("0"))
    fee_share_of_gross: Mapped[Decimal] = mapped_column(server_default=text("0"))
    late_penalty_rate: Mapped[Decimal] = mapped_column(server_default=text("0"))
    breakage_share: Mapped[Decimal] = mapped_column(server_default=text("0"))
    # by leg: {"tax_rate": a decimal in a string, "document"}; only those that differ from the usual
    leg_terms: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    credit_limit_minor: Mapped[int | None]
    collateral_minor: Mapped[int] = mapped_column(server_default=text("0"))
    low_points: Mapped[int] = mapped_column(server_default=text("0"))
    critical_points: Mapped[int] = mapped_column(server_default=text("0"))
    topup_points: Mapped[int] = mapped_column(server_default=text("0"))
    # the rates above are those of this type
    point_type: Mapped[str] = mapped_column(server_default=text("'base'"))
    # what the version says of types, in each of its rows: {type: rates, as decimals in strings}; only what it names
    type_rates: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class StoreRow(Base):
    """A place of a partner."""

    __tablename__ = "store"
    __table_args__ = (UniqueConstraint("partner_id", "code"),)

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    code: Mapped[str]
    name: Mapped[str]


class PrepaidOrderRow(Base):
    """Points that were ordered because blocks ran low; one at a time."""

    __tablename__ = "prepaid_order"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'filled', 'cancelled')", name="state"),
        CheckConstraint("points > 0 AND amount_minor >= 0", name="amounts"),
        Index("prepaid_order_open", "partner_id", "currency", unique=True, postgresql_where=text("state = 'open'")),
    )

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    currency: Mapped[str]
    points: Mapped[int]
    amount_minor: Mapped[int]
    ordered_at: Mapped[datetime]
    state: Mapped[str]


class PrepaidBlockRow(Base):
    """Points bought before they are issued; append-only. What is left of them are the wallet's slots of this id."""

    __tablename__ = "prepaid_block"
    __table_args__ = (
        CheckConstraint("points > 0 AND amount_minor >= 0", name="amounts"),
        Index("prepaid_block_of", "partner_id", "currency"),
    )

    block_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    currency: Mapped[str]
    points: Mapped[int]
    amount_minor: Mapped[int]
    is_reserve: Mapped[bool]
    bought_at: Mapped[datetime]
    bought_by: Mapped[str]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("prepaid_order.order_id"))


class PrepaidLevelRow(Base):
    """The level that a partner was last told of."""

    __tablename__ = "prepaid_level"

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    noticed_at: Mapped[datetime]


class ContractProposalRow(Base):
    """A change of terms that waits for both sides' signatures. `terms`: as `repository.proposals` writes them."""

    __tablename__ = "contract_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'signed', 'withdrawn')", name="state"),
        CheckConstraint(
            "(state = 'signed') = (contract_id IS NOT NULL) AND (contract_id IS NULL OR operator_signed_at IS NOT NULL"
            " AND partner_signed_at IS NOT NULL AND lower(operator_signed_by) <> lower(partner_signed_by))",
            name="two_signatures",
        ),
        CheckConstraint(
            "(operator_signed_by IS NULL) = (operator_signed_at IS NULL)"
            " AND (partner_signed_by IS NULL) = (partner_signed_at IS NULL)",
            name="signatures",
        ),
    )

    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    state: Mapped[str]
    operator_signed_by: Mapped[str | None]
    operator_signed_at: Mapped[datetime | None]
    partner_signed_by: Mapped[str | None]
    partner_signed_at: Mapped[datetime | None]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_version.contract_id"))
