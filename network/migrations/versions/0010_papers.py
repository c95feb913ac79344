"""Numbers of invoices and credit notes, without gaps per partner and year; what was approved before gets its own"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.create_table(
        "document_series",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number > 0", name=op.f("document_series_last_number")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("document_series_partner_id_fkey")),
        sa.PrimaryKeyConstraint("partner_id", "year", name=op.f("document_series_pkey")),
    )
    op.create_table(
        "statement_number",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("statement_number_number")),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f("statement_number_kind")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.statement_id"], name=op.f("statement_number_statement_id_fkey")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("statement_number_partner_id_fkey")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("statement_number_pkey")),
        sa.UniqueConstraint("partner_id", "year", "number", name=op.f("statement_number_partner_id_year_number_key")),
        sa.UniqueConstraint("reference", name=op.f("statement_number_reference_key")),
    )
    op.get_bind().exec_driver_sql((_SQL / "0010_papers.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Forgets the numbers."""
    op.drop_table("statement_number")
    op.drop_table("document_series")
    op.get_bind().exec_driver_sql("DROP FUNCTION document_series_guard, statement_number_guard")
