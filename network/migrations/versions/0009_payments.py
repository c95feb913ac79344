"""Payments: bank details, instructions, files, the bank's statements, matches and the suspense account"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_INSTANT = sa.DateTime(timezone=True)
_TABLES = (
    "payment_policy",
    "partner_bank_account",
    "payment_instruction",
    "settlement_file",
    "bank_statement",
    "bank_booking",
    "payment_match",
    "suspense_item",
)


def upgrade() -> None:
    _instructions()
    _bank()
    _run((_SQL / "0009_payments.sql").read_text())


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    _run("DROP FUNCTION payments_of_approved, payment_instruction_guard, payment_match_guard")


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))


def _instructions() -> None:
    op.create_table(
        "payment_policy",
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.CheckConstraint("scheme IN ('hub', 'bilateral')", name=op.f("payment_policy_scheme")),
        sa.CheckConstraint("only_row", name=op.f("payment_policy_only_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("payment_policy_pkey")),
    )
    op.create_table(
        "partner_bank_account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=True),
        sa.Column("bic", sa.Text(), nullable=True),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("mandate_date", sa.Date(), nullable=True),
        sa.Column("creditor_id", sa.Text(), nullable=True),
        sa.Column("gateway_account", sa.Text(), nullable=True),
        sa.Column("valid_from", _INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.CheckConstraint("(mandate_id IS NULL) = (mandate_date IS NULL)", name=op.f("partner_bank_account_mandate")),
        sa.CheckConstraint(
            "iban IS NOT NULL OR gateway_account IS NOT NULL", name=op.f("partner_bank_account_payable")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.partner_id"], name=op.f("partner_bank_account_partner_id_fkey")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("partner_bank_account_pkey")),
    )
    op.create_index(
        "ix_partner_bank_account_partner_id_valid_from",
        "partner_bank_account",
        ["partner_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "payment_instruction",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("watched_iban", sa.Text(), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=False),
        sa.Column("gateway_account", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), server_default="prepared", nullable=False),
        sa.Column("gateway_reference", sa.Text(), nullable=True),
        sa.Column("prepared_at", _INSTANT, nullable=False),
        sa.CheckConstraint("(watched_iban IS NULL) = (method = 'gateway')", name=op.f("payment_instruction_watched")),
        sa.CheckConstraint(
            "method IN ('credit_transfer', 'gateway', 'direct_debit', 'invoice')",
            name=op.f("payment_instruction_method"),
        ),
        sa.CheckConstraint(
            "progress IN ('prepared', 'sent', 'settled', 'returned')", name=op.f("payment_instruction_progress")
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND abs(expected_minor) = amount_minor", name=op.f("payment_instruction_amount")
        ),
        sa.CheckConstraint("payer_id <> payee_id", name=op.f("payment_instruction_parties")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("payment_instruction_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["payee_id"], ["partner.partner_id"], name=op.f("payment_instruction_payee_id_fkey")),
        sa.ForeignKeyConstraint(["payer_id"], ["partner.partner_id"], name=op.f("payment_instruction_payer_id_fkey")),
        sa.PrimaryKeyConstraint("instruction_id", name=op.f("payment_instruction_pkey")),
        sa.UniqueConstraint(
            "cycle_id",
            "version",
            "payer_id",
            "payee_id",
            name=op.f("payment_instruction_cycle_id_version_payer_id_payee_id_key"),
        ),
        sa.UniqueConstraint("end_to_end_id", name=op.f("payment_instruction_end_to_end_id_key")),
        sa.UniqueConstraint("reference", name=op.f("payment_instruction_reference_key")),
    )
    op.create_table(
        "settlement_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint("sha256 = sha256(body)", name=op.f("settlement_file_sha256")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("settlement_file_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("name", name=op.f("settlement_file_pkey")),
    )
    op.create_index(op.f("settlement_file_cycle_id"), "settlement_file", ["cycle_id"], unique=False)


def _bank() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("bank_statement_id", sa.Uuid(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("booked_minor", sa.BigInteger(), nullable=False),
        sa.Column("read_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("bank_statement_id", name=op.f("bank_statement_pkey")),
        sa.UniqueConstraint("iban", "statement_id", name=op.f("bank_statement_iban_statement_id_key")),
    )
    op.create_table(
        "bank_booking",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("bank_statement_id", sa.Uuid(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("bank_booking_amount")),
        sa.ForeignKeyConstraint(
            ["bank_statement_id"],
            ["bank_statement.bank_statement_id"],
            name=op.f("bank_booking_bank_statement_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("bank_booking_pkey")),
        sa.UniqueConstraint("bank_statement_id", "number", name=op.f("bank_booking_bank_statement_id_number_key")),
    )
    op.create_index("ix_bank_booking_iban_bank_reference", "bank_booking", ["iban", "bank_reference"], unique=False)
    op.create_table(
        "payment_match",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("matched_at", _INSTANT, nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("payment_match_amount")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bank_booking.booking_id"], name=op.f("payment_match_booking_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["payment_instruction.instruction_id"], name=op.f("payment_match_instruction_id_fkey")
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("payment_match_pkey")),
    )
    op.create_index("ix_payment_match_booking_id", "payment_match", ["booking_id"], unique=False)
    op.create_index("ix_payment_match_instruction_id", "payment_match", ["instruction_id"], unique=False)
    op.create_table(
        "suspense_item",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("instruction_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "why IN ('partial', 'over', 'returned', 'duplicate', 'unknown')", name=op.f("suspense_item_why")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bank_booking.booking_id"], name=op.f("suspense_item_booking_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["payment_instruction.instruction_id"], name=op.f("suspense_item_instruction_id_fkey")
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("suspense_item_pkey")),
    )
    op.create_index("ix_suspense_item_instruction_id", "suspense_item", ["instruction_id"], unique=False)
