"""Cycles to their end: states, four eyes, an audit trail, disputes, adjustments of money and what partners are told"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_INSTANT = sa.DateTime(timezone=True)
_STAMPS = ("approved_at", "instructed_at", "paid_at", "closed_at")
_STATES = "'open', 'cut', 'netted', 'stated', 'approved', 'instructed', 'paid', 'closed'"
_STAMPED = """
(cut_at IS NULL) = (state = 'open')
AND (netted_at IS NULL) = (state IN ('open', 'cut'))
AND (stated_at IS NULL) = (state IN ('open', 'cut', 'netted'))
AND (approved_at IS NULL) = (state IN ('open', 'cut', 'netted', 'stated'))
AND (instructed_at IS NULL) = (state IN ('open', 'cut', 'netted', 'stated', 'approved'))
AND (paid_at IS NULL) = (state IN ('open', 'cut', 'netted', 'stated', 'approved', 'instructed'))
AND (closed_at IS NULL) = (state IN ('open', 'cut', 'netted', 'stated', 'approved', 'instructed', 'paid'))
"""


def upgrade() -> None:
    for stamp in _STAMPS:
        op.add_column("cycle", sa.Column(stamp, _INSTANT, nullable=True))
    op.create_check_constraint(op.f("cycle_state"), "cycle", f"state IN ({_STATES})")
    op.create_check_constraint(op.f("cycle_stamped"), "cycle", _STAMPED)
    op.add_column("statement", sa.Column("adjustment_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_constraint(op.f("statement_net"), "statement", type_="check")
    op.create_check_constraint(
        op.f("statement_net"),
        "statement",
        "net_minor = redemption_minor - issue_minor - deferred_minor + adjustment_minor",
    )
    _decisions()
    _disputes()
    _notices()
    _run((_SQL / "0006_states.sql").read_text())


def downgrade() -> None:
    """Approved and later states become `stated`. Refused by the statements' own check where money was adjusted."""
    _run("DROP TRIGGER cycle_open ON cycle; DROP FUNCTION cycle_begins")
    _run("DROP TRIGGER settlement_line_netted ON settlement_line; DROP FUNCTION settlement_line_guard")
    _run("DROP TRIGGER statement_stated ON statement; DROP FUNCTION statement_guard")
    first = (_SQL / "0001_triggers.sql").read_text()
    guard = re.search(r"CREATE FUNCTION cycle_guard.*?\n\$\$;", first, re.DOTALL)
    assert guard, "the first migration made it"
    _run(guard.group().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    for table in (
        "statement_paid",
        "settlement_notice",
        "settlement_policy",
        "settlement_adjustment",
        "dispute",
        "settlement_trail",
        "cycle_submission",
    ):
        op.drop_table(table)
    _run("DROP FUNCTION settlement_adjustment_guard, cycle_submission_guard, dispute_guard")
    op.drop_constraint(op.f("statement_net"), "statement", type_="check")
    op.create_check_constraint(
        op.f("statement_net"), "statement", "net_minor = redemption_minor - issue_minor - deferred_minor"
    )
    op.drop_column("statement", "adjustment_minor")
    op.drop_constraint(op.f("cycle_stamped"), "cycle", type_="check")
    op.drop_constraint(op.f("cycle_state"), "cycle", type_="check")
    _run("UPDATE cycle SET state = 'stated' WHERE state IN ('approved', 'instructed', 'paid', 'closed')")
    for stamp in _STAMPS:
        op.drop_column("cycle", stamp)


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))


def _decisions() -> None:
    op.create_table(
        "cycle_submission",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", _INSTANT, nullable=False),
        sa.Column("verdict", sa.Text(), server_default="submitted", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("verdict IN ('submitted', 'approved', 'rejected')", name=op.f("cycle_submission_verdict")),
        sa.CheckConstraint("(verdict = 'submitted') = (decided_by IS NULL)", name=op.f("cycle_submission_decided")),
        sa.CheckConstraint(
            "decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name=op.f("cycle_submission_four_eyes")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("cycle_submission_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "version", name=op.f("cycle_submission_pkey")),
    )
    op.create_table(
        "settlement_trail",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("step > 0", name=op.f("settlement_trail_step")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("settlement_trail_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "step", name=op.f("settlement_trail_pkey")),
    )


def _disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("leg", sa.Text(), nullable=True),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("claimed_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("attachment", sa.Text(), nullable=True),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("verdict", sa.Text(), server_default="open", nullable=False),
        sa.Column("granted_minor", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.CheckConstraint("verdict IN ('open', 'accepted', 'rejected')", name=op.f("dispute_verdict")),
        sa.CheckConstraint("(verdict = 'open') = (decided_by IS NULL)", name=op.f("dispute_decided")),
        sa.CheckConstraint("(verdict = 'accepted') = (granted_minor IS NOT NULL)", name=op.f("dispute_granted")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.statement_id"], name=op.f("dispute_statement_id_fkey")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("dispute_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("dispute_partner_id_fkey")),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("dispute_pkey")),
    )
    op.create_index("ix_dispute_partner_id_dispute_id", "dispute", ["partner_id", "dispute_id"], unique=False)
    op.create_index(
        "dispute_open",
        "dispute",
        ["statement_id", "line"],
        unique=True,
        postgresql_where=sa.text("verdict = 'open'"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "settlement_adjustment",
        sa.Column("adjustment_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("settlement_adjustment_amount")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("settlement_adjustment_cycle_id_fkey")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.partner_id"], name=op.f("settlement_adjustment_partner_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.dispute_id"], name=op.f("settlement_adjustment_dispute_id_fkey")
        ),
        sa.PrimaryKeyConstraint("adjustment_id", name=op.f("settlement_adjustment_pkey")),
        sa.UniqueConstraint("dispute_id", name=op.f("settlement_adjustment_dispute_id_key")),
    )
    op.create_index(
        "ix_settlement_adjustment_cycle_id_partner_id",
        "settlement_adjustment",
        ["cycle_id", "partner_id"],
        unique=False,
    )


def _notices() -> None:
    op.create_table(
        "settlement_policy",
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("dispute_days", sa.Integer(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("reminder_days", sa.Integer(), nullable=False),
        sa.Column("dunning_days", sa.Integer(), nullable=False),
        sa.Column("dunning_levels", sa.Integer(), nullable=False),
        sa.CheckConstraint("only_row", name=op.f("settlement_policy_only_row")),
        sa.CheckConstraint(
            "dispute_days >= 0 AND payment_days >= 0 AND reminder_days >= 0 AND dunning_days > 0"
            " AND dunning_levels >= 0",
            name=op.f("settlement_policy_bounds"),
        ),
        sa.PrimaryKeyConstraint("only_row", name=op.f("settlement_policy_pkey")),
    )
    op.create_table(
        "settlement_notice",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('advice', 'reminder', 'dunning')", name=op.f("settlement_notice_kind")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.statement_id"], name=op.f("settlement_notice_statement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("statement_id", "kind", "level", name=op.f("settlement_notice_pkey")),
    )
    op.create_table(
        "statement_paid",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("paid_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.statement_id"], name=op.f("statement_paid_statement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("statement_paid_pkey")),
    )
