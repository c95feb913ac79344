"""What is booked of deposits"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "booked_source",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("booked_source_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("booked_source_pkey")),
    )
    op.execute(
        "CREATE TRIGGER booked_source_append_only BEFORE UPDATE OR DELETE ON booked_source"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("booked_source")
