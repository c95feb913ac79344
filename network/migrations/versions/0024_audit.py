"""The audit trail of what staff changed, and its signed heads"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("audit_entry", "audit_head")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sequence > 0", name=op.f("audit_entry_sequence")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("audit_entry_pkey")),
    )
    for name in ("who", "subject"):
        op.create_index(f"audit_entry_{name}", "audit_entry", [sa.text(f"(entry::jsonb ->> '{name}')"), "sequence"])
    op.create_table(
        "audit_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sequence >= 0", name=op.f("audit_head_sequence")),
        sa.PrimaryKeyConstraint("day", name=op.f("audit_head_pkey")),
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in _APPEND_ONLY:
        op.drop_table(table)
