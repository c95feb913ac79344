"""Late payments: the day a payment is due on, what each cycle charges for days after it, and a statement's penalty"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NET = "net_minor = redemption_minor + breakage_minor - issue_minor - deferred_minor - fee_minor - tax_minor"

# As the payment requests told it; a policy that was changed meanwhile is not known any more.
_DUE_ON = """
UPDATE payment_instruction i SET due_on = (greatest(
    c.approved_at + make_interval(days => coalesce((SELECT payment_days FROM settlement_policy), 7)), i.prepared_at
) AT TIME ZONE 'UTC')::date
FROM cycle c WHERE c.cycle_id = i.cycle_id
"""

# Penalties are written while their cycle is being cut, and never change: whoever nets it again comes to the same.
_GUARDS = """
CREATE TRIGGER late_penalty_open BEFORE INSERT ON late_penalty
    FOR EACH ROW EXECUTE FUNCTION settlement_adjustment_guard();
CREATE TRIGGER late_penalty_append_only BEFORE UPDATE OR DELETE ON late_penalty
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.add_column("payment_instruction", sa.Column("due_on", sa.Date(), nullable=True))
    op.execute("ALTER TABLE payment_instruction DISABLE TRIGGER payment_instruction_progress")
    op.execute(_DUE_ON)
    op.execute("ALTER TABLE payment_instruction ENABLE TRIGGER payment_instruction_progress")
    op.alter_column("payment_instruction", "due_on", nullable=False)
    op.create_table(
        "late_penalty",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("minor_days", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.CheckConstraint("minor_days <> 0 AND rate > 0", name=op.f("late_penalty_amounts")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("late_penalty_cycle_id_fkey")),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["payment_instruction.instruction_id"], name=op.f("late_penalty_instruction_id_fkey")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "instruction_id", name=op.f("late_penalty_pkey")),
    )
    op.create_index("ix_late_penalty_instruction_id", "late_penalty", ["instruction_id"], unique=False)
    op.execute(_GUARDS)
    op.add_column("statement", sa.Column("penalty_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_constraint(op.f("statement_net"), "statement", type_="check")
    op.create_check_constraint(op.f("statement_net"), "statement", f"{_NET} - penalty_minor + adjustment_minor")


def downgrade() -> None:
    op.drop_constraint(op.f("statement_net"), "statement", type_="check")
    op.create_check_constraint(op.f("statement_net"), "statement", f"{_NET} + adjustment_minor")
    op.drop_column("statement", "penalty_minor")
    op.drop_table("late_penalty")
    op.drop_column("payment_instruction", "due_on")
