"""People of the operator and of partners: accounts, roles, invitations"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('invited', 'active', 'suspended', 'left')", name=op.f("staff_state")),
        sa.CheckConstraint("login = lower(login)", name=op.f("staff_login")),
        sa.CheckConstraint(
            "state <> 'active' OR password_hash IS NOT NULL AND totp_step IS NOT NULL", name=op.f("staff_two_factors")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("staff_partner_id_fkey")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("staff_pkey")),
        sa.UniqueConstraint("login", name=op.f("staff_login_key")),
        sa.UniqueConstraint("staff_id", "partner_id", name=op.f("staff_staff_id_partner_id_key")),
    )
    op.create_index("staff_of_partner", "staff", ["partner_id"])
    op.create_table(
        "staff_role",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("staff_role_partner_id_fkey")),
        sa.PrimaryKeyConstraint("role_id", name=op.f("staff_role_pkey")),
        sa.UniqueConstraint("partner_id", "code", name=op.f("staff_role_partner_id_code_key")),
        sa.UniqueConstraint("role_id", "partner_id", name=op.f("staff_role_role_id_partner_id_key")),
    )
    op.create_table(
        "staff_grant",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id", "partner_id"], ["staff.staff_id", "staff.partner_id"], name=op.f("staff_grant_staff_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["role_id", "partner_id"],
            ["staff_role.role_id", "staff_role.partner_id"],
            name=op.f("staff_grant_role_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.store_id"], name=op.f("staff_grant_store_id_fkey")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("staff_grant_pkey")),
        sa.UniqueConstraint(
            "staff_id",
            "role_id",
            "store_id",
            name=op.f("staff_grant_staff_id_role_id_store_id_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("staff_recovery_code_staff_id_fkey")),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name=op.f("staff_recovery_code_pkey")),
    )
    op.create_table(
        "staff_invitation",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("staff_invitation_staff_id_fkey")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("staff_invitation_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("staff_invitation_token_hash_key")),
    )
    op.create_table(
        "staff_attempt",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.CheckConstraint("attempts > 0", name=op.f("staff_attempt_attempts")),
        sa.PrimaryKeyConstraint("bucket", name=op.f("staff_attempt_pkey")),
    )


def downgrade() -> None:
    for table in ("staff_attempt", "staff_invitation", "staff_recovery_code", "staff_grant", "staff_role", "staff"):
        op.drop_table(table)
