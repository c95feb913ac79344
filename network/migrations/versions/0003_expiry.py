"""Expiry policies, notices, extensions, and lots that expire by inactivity"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("expiry_policy", "lot_inactivity")


def upgrade() -> None:
    op.add_column("contract_version", sa.Column("expiry_programme", sa.Text(), nullable=True))
    op.add_column("member", sa.Column("jurisdiction", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("member_forgotten_is_nowhere"), "member", "status = 'active' OR jurisdiction IS NULL"
    )
    op.create_table(
        "expiry_policy",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("notice_days", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("is_minimum", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("months >= 0", name=op.f("expiry_policy_months")),
        sa.CheckConstraint("programme <> '' OR jurisdiction <> ''", name=op.f("expiry_policy_whose")),
        sa.CheckConstraint("jurisdiction <> '' OR NOT is_minimum", name=op.f("expiry_policy_minimum_of_jurisdiction")),
        sa.PrimaryKeyConstraint("programme", "jurisdiction", "valid_from", name=op.f("expiry_policy_pkey")),
    )
    op.create_table(
        "expiry_notice",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_days", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wallet_id", "expires_at", "notice_days", name=op.f("expiry_notice_pkey")),
    )
    op.create_table(
        "lot_inactivity",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("lot_inactivity_months")),
        sa.PrimaryKeyConstraint("wallet_id", "lot_id", name=op.f("lot_inactivity_pkey")),
    )
    op.create_table(
        "extension",
        sa.Column("extension_id", sa.Uuid(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=True),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("expires_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wallets", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("points", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("wallet_id IS NOT NULL OR issuer_id IS NOT NULL", name=op.f("extension_whose")),
        sa.CheckConstraint("expires_after < expires_by AND expires_by < extended_to", name=op.f("extension_window")),
        sa.CheckConstraint(
            "decision IN ('proposed', 'approved', 'posted', 'rejected')", name=op.f("extension_decision")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name=op.f("extension_four_eyes")
        ),
        sa.CheckConstraint(
            "wallet_id IS NOT NULL OR decision = 'proposed' OR decided_by IS NOT NULL", name=op.f("extension_decided")
        ),
        sa.PrimaryKeyConstraint("extension_id", name=op.f("extension_pkey")),
    )
    op.create_index(
        "extension_waiting",
        "extension",
        ["prepared_at"],
        unique=False,
        postgresql_where=sa.text("decision IN ('proposed', 'approved')"),
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("extension", "lot_inactivity", "expiry_notice", "expiry_policy"):
        op.drop_table(table)
    op.drop_constraint(op.f("member_forgotten_is_nowhere"), "member", type_="check")
    op.drop_column("member", "jurisdiction")
    op.drop_column("contract_version", "expiry_programme")
