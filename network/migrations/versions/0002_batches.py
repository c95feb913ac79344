"""Batches"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("columns", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("problems_url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stopped", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("media IN ('ndjson', 'csv')", name=op.f("batch_media")),
        sa.CheckConstraint("total > 0", name=op.f("batch_not_empty")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("batch_pkey")),
    )
    op.create_index(
        "batch_unfinished", "batch", ["batch_id"], unique=False, postgresql_where=sa.text("completed_at IS NULL")
    )
    op.create_table(
        "batch_part",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.LargeBinary(), nullable=False),
        sa.Column("high", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("posted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "part", name=op.f("batch_part_pkey")),
    )
    op.create_table(
        "batch_error",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "line", name=op.f("batch_error_pkey")),
    )


def downgrade() -> None:
    op.drop_table("batch_error")
    op.drop_table("batch_part")
    op.drop_index("batch_unfinished", table_name="batch", postgresql_where=sa.text("completed_at IS NULL"))
    op.drop_table("batch")
