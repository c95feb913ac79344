"""Partners' public keys, and how they signed what they asked"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OF_PARTNERS = ("partner_key", "partner_key_end", "signing_rule")
_APPEND_ONLY = (*_OF_PARTNERS, "request_signature")


def upgrade() -> None:
    op.create_table(
        "partner_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("partner_key_partner_id_fkey")),
        sa.PrimaryKeyConstraint("kid", name=op.f("partner_key_pkey")),
    )
    op.create_index("partner_key_of", "partner_key", ["partner_id"])
    op.create_table(
        "partner_key_end",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kid"], ["partner_key.kid"], name=op.f("partner_key_end_kid_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("partner_key_end_partner_id_fkey")),
        sa.PrimaryKeyConstraint("kid", name=op.f("partner_key_end_pkey")),
    )
    op.create_table(
        "signing_rule",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("signing_rule_partner_id_fkey")),
        sa.PrimaryKeyConstraint("partner_id", "since", name=op.f("signing_rule_pkey")),
    )
    op.create_table(
        "request_signature",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", name=op.f("request_signature_pkey")),
    )
    for table in _OF_PARTNERS:  # tills keep them with the partner's terms
        op.execute(f"CREATE TRIGGER {table}_noted AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION note_terms()")
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("request_signature", "signing_rule", "partner_key_end", "partner_key"):
        op.drop_table(table)
