"""The tables of payments: what is told to the bank, and what the bank tells. Guarded by triggers of the migration."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class PaymentPolicyRow(Base):
    """Who pays whom, where it is not the default: with the operator (`hub`) or each other (`bilateral`)."""

    __tablename__ = "payment_policy"
    __table_args__ = (
        CheckConstraint("only_row", name="only_row"),
        CheckConstraint("scheme IN ('hub', 'bilateral')", name="scheme"),
    )

    only_row: Mapped[bool] = mapped_column(primary_key=True, default=True, server_default=text("true"))
    scheme: Mapped[str]


class PartnerBankAccountRow(Base):
    """How a partner, or the operator, pays and is paid from `valid_from` on; the latest one counts. Append-only."""

    __tablename__ = "partner_bank_account"
    __table_args__ = (
        CheckConstraint("iban IS NOT NULL OR gateway_account IS NOT NULL", name="payable"),
        CheckConstraint("(mandate_id IS NULL) = (mandate_date IS NULL)", name="mandate"),
        Index("ix_partner_bank_account_partner_id_valid_from", "partner_id", "valid_from"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    holder: Mapped[str]
    iban: Mapped[str | None]
    bic: Mapped[str | None]
    mandate_id: Mapped[str | None]
    mandate_date: Mapped[date | None]
    creditor_id: Mapped[str | None]
    gateway_account: Mapped[str | None]
    valid_from: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class PaymentInstructionRow(Base):
    """One payment of one version of a cycle. Only its progress changes.

    `expected_minor`: what will be booked on `watched_iban`, negative where it goes out.
    """

    __tablename__ = "payment_instruction"
    __table_args__ = (
        Index(
            "payment_instruction_key",
            "cycle_id",
            "version",
            "payer_id",
            "payee_id",
            unique=True,
            postgresql_where=text("replaces_id IS NULL"),
        ),
        CheckConstraint("amount_minor > 0 AND abs(expected_minor) = amount_minor", name="amount"),
        CheckConstraint("payer_id <> payee_id", name="parties"),
        CheckConstraint("method IN ('credit_transfer', 'gateway', 'direct_debit', 'invoice')", name="method"),
        CheckConstraint(
            "progress IN ('prepared', 'sent', 'settled', 'returned', 'replaced', 'covered')", name="progress"
        ),
        CheckConstraint("(watched_iban IS NULL) = (method = 'gateway')", name="watched"),
    )

    instruction_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"))
    version: Mapped[int] = mapped_column(Integer)
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    method: Mapped[str]
    end_to_end_id: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    watched_iban: Mapped[str | None]
    expected_minor: Mapped[int]
    gateway_account: Mapped[str | None]
    progress: Mapped[str] = mapped_column(server_default="prepared")
    gateway_reference: Mapped[str | None]
    prepared_at: Mapped[datetime]
    due_on: Mapped[date]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_instruction.instruction_id"), unique=True)


class PaymentAttemptRow(Base):
    """One time that the payment service was asked and did not pay, or that a person lets it be asked again.

    `retry_at`: from when on it is asked again; null: not by itself. Append-only.
    """

    __tablename__ = "payment_attempt"
    __table_args__ = (CheckConstraint("outcome IN ('away', 'refused', 'rejected', 'retry')", name="outcome"),)

    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("payment_instruction.instruction_id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    outcome: Mapped[str]
    detail: Mapped[str]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]


class CoveredDefaultRow(Base):
    """A partner will not pay what it owes for a cycle: others bear it, and nobody waits for it. Append-only."""

    __tablename__ = "covered_default"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    amount_minor: Mapped[int]
    covered_by: Mapped[str]
    reason: Mapped[str]
    covered_at: Mapped[datetime]


class LatePenaltyRow(Base):
    """What a cycle charges for a payment that was late: minor units times days, at a year's interest. Append-only."""

    __tablename__ = "late_penalty"
    __table_args__ = (
        CheckConstraint("minor_days <> 0 AND rate > 0", name="amounts"),
        Index("ix_late_penalty_instruction_id", "instruction_id"),
    )

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), primary_key=True)
    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("payment_instruction.instruction_id"), primary_key=True)
    minor_days: Mapped[int]
    rate: Mapped[Decimal]


class SettlementFileRow(Base):
    """A file that was made of a cycle's instructions, as it was made; `sha256` of its bytes. Append-only.

    `instruction_id`: of the one payment that it makes anew.
    """

    __tablename__ = "settlement_file"
    __table_args__ = (CheckConstraint("sha256 = sha256(body)", name="sha256"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.cycle_id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]
    media_type: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    instruction_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_instruction.instruction_id"))


class BankStatementRow(Base):
    """A statement of the bank, read once; `digest` covers all that was read of it. Append-only."""

    __tablename__ = "bank_statement"
    __table_args__ = (UniqueConstraint("iban", "statement_id"),)

    bank_statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    iban: Mapped[str]
    statement_id: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    bookings: Mapped[int] = mapped_column(Integer)
    booked_minor: Mapped[int]
    read_at: Mapped[datetime]


class BankBookingRow(Base):
    """One payment on a statement of the bank; `amount_minor` negative where it went out. Append-only."""

    __tablename__ = "bank_booking"
    __table_args__ = (
        UniqueConstraint("bank_statement_id", "number"),
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index("ix_bank_booking_iban_bank_reference", "iban", "bank_reference"),
    )

    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.bank_statement_id"))
    iban: Mapped[str]
    number: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    booked_on: Mapped[date]
    end_to_end_id: Mapped[str | None]
    reference: Mapped[str | None]
    bank_reference: Mapped[str | None]
    counterparty: Mapped[str | None]
    text: Mapped[str | None]


class PaymentMatchRow(Base):
    """So much of a booking belongs to an instruction: matched by the network, or by a person for a reason. Append-only.

    Signed as the booking: of a payment that came back the matches add up to nothing.
    """

    __tablename__ = "payment_match"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index("ix_payment_match_booking_id", "booking_id"),
        Index("ix_payment_match_instruction_id", "instruction_id"),
    )

    match_id: Mapped[UUID] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bank_booking.booking_id"))
    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("payment_instruction.instruction_id"))
    amount_minor: Mapped[int]
    matched_by: Mapped[str]
    reason: Mapped[str | None]
    matched_at: Mapped[datetime]


class SuspenseItemRow(Base):
    """A booking that settled nothing by itself, why, and the instruction that it names. Append-only.

    What is left of it is the booking's amount less its matches.
    """

    __tablename__ = "suspense_item"
    __table_args__ = (
        CheckConstraint("why IN ('partial', 'over', 'returned', 'duplicate', 'unknown')", name="why"),
        Index("ix_suspense_item_instruction_id", "instruction_id"),
    )

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bank_booking.booking_id"), primary_key=True)
    why: Mapped[str]
    instruction_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_instruction.instruction_id"))
    noted_at: Mapped[datetime]
