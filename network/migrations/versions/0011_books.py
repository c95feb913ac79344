"""The operator's books: entries that balance, cohorts of points, and the breakage that was recognised"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "booked_cycle",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("booked_at", _INSTANT, nullable=False),
        sa.CheckConstraint("phase IN ('accrual', 'payment')", name=op.f("booked_cycle_phase")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("booked_cycle_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "phase", name=op.f("booked_cycle_pkey")),
    )
    op.create_table(
        "book_entry",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("written_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("book_entry_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "step", name=op.f("book_entry_pkey")),
    )
    op.create_table(
        "book_posting",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("book_posting_amount")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "step"],
            ["book_entry.cycle_id", "book_entry.step"],
            name=op.f("book_posting_cycle_id_step_fkey"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("book_posting_partner_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "step", "line", name=op.f("book_posting_pkey")),
    )
    _cohorts()
    _tails()
    op.get_bind().exec_driver_sql((_SQL / "0011_books.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    for table in ("tail_buyout", "breakage_recognition", "cohort_slice", "book_posting", "book_entry", "booked_cycle"):
        op.drop_table(table)
    op.execute("DROP FUNCTION book_balances")


def _tails() -> None:
    op.create_table(
        "tail_buyout",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("expected_burn", sa.Numeric(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bought_by", sa.Text(), nullable=False),
        sa.Column("bought_at", _INSTANT, nullable=False),
        sa.CheckConstraint("points > 0 AND amount_minor >= 0", name=op.f("tail_buyout_amounts")),
        sa.CheckConstraint("expected_burn BETWEEN 0 AND 1", name=op.f("tail_buyout_expected_burn")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("tail_buyout_partner_id_fkey")),
        sa.ForeignKeyConstraint(["currency"], ["cycle_calendar.currency"], name=op.f("tail_buyout_currency_fkey")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("tail_buyout_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("partner_id", "currency", name=op.f("tail_buyout_pkey")),
    )


def _cohorts() -> None:
    op.create_table(
        "cohort_slice",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_contract_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("cohort_slice_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cycle.cycle_id"], name=op.f("cohort_slice_cohort_id_fkey")),
        sa.ForeignKeyConstraint(
            ["issuer_contract_id"],
            ["contract_version.contract_id"],
            name=op.f("cohort_slice_issuer_contract_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("cycle_id", "cohort_id", "issuer_contract_id", "kind", name=op.f("cohort_slice_pkey")),
    )
    op.create_table(
        "breakage_recognition",
        sa.Column("recognition_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.Column("standard_error", sa.Numeric(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recognised_by", sa.Text(), nullable=False),
        sa.Column("recognised_at", _INSTANT, nullable=False),
        sa.CheckConstraint("rate BETWEEN 0 AND 1", name=op.f("breakage_recognition_rate")),
        sa.ForeignKeyConstraint(
            ["currency"], ["cycle_calendar.currency"], name=op.f("breakage_recognition_currency_fkey")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cycle.cycle_id"], name=op.f("breakage_recognition_cohort_id_fkey")),
        sa.PrimaryKeyConstraint("recognition_id", name=op.f("breakage_recognition_pkey")),
    )
    op.create_index(
        "ix_breakage_recognition_currency", "breakage_recognition", ["currency", "recognition_id"], unique=False
    )
