"""Codes by SMS and e-mail, what members let be spent, codes at the till; what the ledger takes only once"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _member() -> sa.Column[object]:
    return sa.Column("member_id", sa.Uuid(), nullable=False)


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f(f"{table}_member_id_fkey"))


def _of_partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f(f"{table}_partner_id_fkey"))


def upgrade() -> None:
    op.create_table(
        "code_request",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("sealed_way", sa.LargeBinary(), nullable=False),
        sa.Column("attempts_left", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.CheckConstraint("use IN ('sign_in', 'sign_up', 'step_up', 'new_phone')", name=op.f("code_request_use")),
        sa.CheckConstraint("attempts_left >= 0", name=op.f("code_request_attempts")),
        _of_member("code_request"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("code_request_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("code_request_token_hash_key")),
    )
    op.create_index("code_request_expiry", "code_request", ["expires_at"])
    op.create_index(
        "code_request_member", "code_request", ["member_id"], postgresql_where=sa.text("member_id IS NOT NULL")
    )
    op.create_table(
        "code_count",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "seconds", "since", name=op.f("code_count_pkey")),
    )
    op.create_index("code_count_end", "code_count", ["ends_at"])
    op.create_table(
        "known_device",
        _member(),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        _of_member("known_device"),
        sa.PrimaryKeyConstraint("member_id", "device_hash", name=op.f("known_device_pkey")),
    )
    op.create_table(
        "member_guard",
        _member(),
        sa.Column("is_locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("asks_first", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("limit_points", sa.BigInteger(), nullable=True),
        sa.Column("cooling_until", _INSTANT, nullable=True),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_codes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("wrong_until", _INSTANT, nullable=True),
        sa.CheckConstraint("limit_points >= 0", name=op.f("member_guard_limit")),
        sa.CheckConstraint("wrong_codes >= 0", name=op.f("member_guard_wrong_codes")),
        _of_member("member_guard"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("member_guard_pkey")),
    )
    op.create_table(
        "opened_partner",
        _member(),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        _of_member("opened_partner"),
        _of_partner("opened_partner"),
        sa.PrimaryKeyConstraint("member_id", "partner_id", name=op.f("opened_partner_pkey")),
    )
    op.create_table(
        "spend_approval",
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        _member(),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("spend_approval_points")),
        _of_member("spend_approval"),
        _of_partner("spend_approval"),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("spend_approval_pkey")),
    )
    op.create_index("spend_approval_member", "spend_approval", ["member_id"])
    op.create_index("spend_approval_expiry", "spend_approval", ["expires_at"])
    op.drop_constraint(op.f("member_key_kind"), "member_key", type_="check")
    op.create_check_constraint(op.f("member_key_kind"), "member_key", "kind IN ('phone', 'email', 'card', 'alias')")


def downgrade() -> None:
    op.execute("DELETE FROM member_key WHERE kind = 'alias'")
    op.drop_constraint(op.f("member_key_kind"), "member_key", type_="check")
    op.create_check_constraint(op.f("member_key_kind"), "member_key", "kind IN ('phone', 'email', 'card')")
    for table in ("spend_approval", "opened_partner", "member_guard", "known_device", "code_count", "code_request"):
        op.drop_table(table)
