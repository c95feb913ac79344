"""Signed proofs of cycles"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("cycle_proof", "proof_entry")


def upgrade() -> None:
    op.create_table(
        "cycle_proof",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("heads", sa.BigInteger(), nullable=False),
        sa.Column("heads_root", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("cycle_proof_number")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("cycle_proof_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("cycle_proof_pkey")),
        sa.UniqueConstraint("currency", "number", name=op.f("cycle_proof_currency_number_key")),
    )
    op.create_table(
        "proof_entry",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle_proof.cycle_id"], name=op.f("proof_entry_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("proof_entry_partner_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "partner_id", name=op.f("proof_entry_pkey")),
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in reversed(_APPEND_ONLY):
        op.drop_table(table)
