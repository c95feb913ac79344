"""Payments made anew, refusals, covered defaults, deposits in the books, grants by two, and lines read by the page"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_INSTANT = sa.DateTime(timezone=True)
_PROGRESS = "progress IN ('prepared', 'sent', 'settled', 'returned')"
_PROGRESS_ANEW = "progress IN ('prepared', 'sent', 'settled', 'returned', 'replaced', 'covered')"
_KEY = ["cycle_id", "version", "payer_id", "payee_id"]
_OLD_KEY = "payment_instruction_cycle_id_version_payer_id_payee_id_key"
_ANY_ANEW = """
    SELECT EXISTS (
        SELECT FROM payment_instruction WHERE replaces_id IS NOT NULL OR progress IN ('replaced', 'covered')
    ) OR EXISTS (SELECT FROM covered_default)
"""


def upgrade() -> None:
    op.create_table(
        "booked_source",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("booked_source_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("booked_source_pkey")),
    )
    op.create_table(
        "covered_default",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("covered_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("covered_at", _INSTANT, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("covered_default_amount")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("covered_default_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("covered_default_partner_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "partner_id", name=op.f("covered_default_pkey")),
    )
    _entries()
    _attempts()
    _disputes()
    _instructions()
    op.get_bind().exec_driver_sql((_SQL / "0018_payments_anew.sql").read_text().replace("%", "%%"))


def _entries() -> None:
    op.add_column("cycle", sa.Column("first_posted_at", _INSTANT, nullable=True))
    op.create_index(
        "movement_of_issuer",
        "movement",
        ["issuer_id", "posted_at"],
        unique=False,
        postgresql_where=sa.text("redeemer_id IS NULL"),
    )
    op.create_index(
        "movement_of_pair",
        "movement",
        ["issuer_id", "redeemer_id", "posted_at"],
        unique=False,
        postgresql_where=sa.text("redeemer_id IS NOT NULL"),
    )


def _disputes() -> None:
    op.add_column("dispute", sa.Column("base_leg", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("dispute_base"), "dispute", "base_leg IS NULL OR leg = 'tax'")
    op.create_table(
        "dispute_grant",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("granted_minor", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", _INSTANT, nullable=False),
        sa.Column("verdict", sa.Text(), server_default="submitted", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.CheckConstraint("verdict IN ('submitted', 'approved', 'rejected')", name=op.f("dispute_grant_verdict")),
        sa.CheckConstraint("(verdict = 'submitted') = (decided_by IS NULL)", name=op.f("dispute_grant_decided")),
        sa.CheckConstraint(
            "verdict <> 'approved' OR lower(decided_by) <> lower(prepared_by)", name=op.f("dispute_grant_four_eyes")
        ),
        sa.CheckConstraint("granted_minor <> 0", name=op.f("dispute_grant_amount")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.dispute_id"], name=op.f("dispute_grant_dispute_id_fkey")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("dispute_grant_pkey")),
    )
    op.create_index(
        "dispute_grant_waiting",
        "dispute_grant",
        ["dispute_id"],
        unique=True,
        postgresql_where=sa.text("verdict = 'submitted'"),
    )
    op.create_table(
        "grant_limit",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("limit_minor >= 0", name=op.f("grant_limit_limit")),
        sa.ForeignKeyConstraint(["currency"], ["cycle_calendar.currency"], name=op.f("grant_limit_currency_fkey")),
        sa.PrimaryKeyConstraint("person", "currency", name=op.f("grant_limit_pkey")),
    )


def _attempts() -> None:
    op.create_table(
        "payment_attempt",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("retry_at", _INSTANT, nullable=True),
        sa.CheckConstraint("outcome IN ('away', 'refused', 'rejected', 'retry')", name=op.f("payment_attempt_outcome")),
        sa.ForeignKeyConstraint(
            ["instruction_id"],
            ["payment_instruction.instruction_id"],
            name=op.f("payment_attempt_instruction_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("instruction_id", "number", name=op.f("payment_attempt_pkey")),
    )


def _instructions() -> None:
    op.add_column("payment_instruction", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("payment_instruction_replaces_id_fkey"),
        "payment_instruction",
        "payment_instruction",
        ["replaces_id"],
        ["instruction_id"],
    )
    op.create_unique_constraint(op.f("payment_instruction_replaces_id_key"), "payment_instruction", ["replaces_id"])
    op.drop_constraint(op.f(_OLD_KEY), "payment_instruction", type_="unique")
    op.create_index(
        "payment_instruction_key",
        "payment_instruction",
        _KEY,
        unique=True,
        postgresql_where=sa.text("replaces_id IS NULL"),
    )
    op.drop_constraint(op.f("payment_instruction_progress"), "payment_instruction", type_="check")
    op.create_check_constraint(op.f("payment_instruction_progress"), "payment_instruction", _PROGRESS_ANEW)
    op.add_column("settlement_file", sa.Column("instruction_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("settlement_file_instruction_id_fkey"),
        "settlement_file",
        "payment_instruction",
        ["instruction_id"],
        ["instruction_id"],
    )


def downgrade() -> None:
    """Raises RuntimeError where a payment was made anew, or covered: it would be paid twice, or waited for."""
    if op.get_bind().scalar(sa.text(_ANY_ANEW)):
        raise RuntimeError("0018 can't be taken back: payments were made anew or covered, and 0017 can't say so")
    op.drop_constraint(op.f("settlement_file_instruction_id_fkey"), "settlement_file", type_="foreignkey")
    op.drop_column("settlement_file", "instruction_id")
    op.drop_constraint(op.f("payment_instruction_progress"), "payment_instruction", type_="check")
    op.create_check_constraint(op.f("payment_instruction_progress"), "payment_instruction", _PROGRESS)
    op.drop_index("payment_instruction_key", table_name="payment_instruction")
    op.create_unique_constraint(op.f(_OLD_KEY), "payment_instruction", _KEY)
    op.drop_column("payment_instruction", "replaces_id")
    op.drop_index("movement_of_pair", table_name="movement")
    op.drop_index("movement_of_issuer", table_name="movement")
    op.drop_column("cycle", "first_posted_at")
    op.drop_table("grant_limit")
    op.drop_table("dispute_grant")
    op.execute("DROP FUNCTION dispute_grant_guard")
    op.drop_column("dispute", "base_leg")
    op.drop_table("payment_attempt")
    op.drop_table("covered_default")
    op.drop_table("booked_source")
    before = "".join((_SQL / name).read_text() for name in ("0006_states.sql", "0009_payments.sql"))
    for name in ("payments_of_approved", "payment_instruction_guard", "dispute_guard"):
        function = before[before.index(f"CREATE FUNCTION {name}()") :].partition("$$;")[0] + "$$;"
        op.get_bind().exec_driver_sql(function.replace("CREATE", "CREATE OR REPLACE", 1).replace("%", "%%"))
