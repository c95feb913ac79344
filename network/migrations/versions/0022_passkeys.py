"""Passkeys of people, and messages on their way to them"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_REALM = "realm IN ('member', 'staff')"


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("passkey_id", sa.Uuid(), nullable=False),
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.CheckConstraint(_REALM, name=op.f("passkey_realm")),
        sa.CheckConstraint("sign_count >= 0", name=op.f("passkey_sign_count")),
        sa.PrimaryKeyConstraint("passkey_id", name=op.f("passkey_pkey")),
        sa.UniqueConstraint("credential_id", name=op.f("passkey_credential_id_key")),
    )
    op.create_index("passkey_of_subject", "passkey", ["realm", "subject_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.CheckConstraint(_REALM, name=op.f("passkey_challenge_realm")),
        sa.CheckConstraint("kind IN ('registration', 'assertion')", name=op.f("passkey_challenge_kind")),
        sa.CheckConstraint("kind = 'assertion' OR subject_id IS NOT NULL", name=op.f("passkey_challenge_subject")),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("passkey_challenge_pkey")),
    )
    op.create_index("passkey_challenge_expiry", "passkey_challenge", ["expires_at"])
    op.create_table(
        "message",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("message_attempts")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("message_pkey")),
    )
    op.create_index("message_waiting", "message", ["not_before"])


def downgrade() -> None:
    op.drop_table("message")
    op.drop_table("passkey_challenge")
    op.drop_table("passkey")
