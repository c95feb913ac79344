"""Transfers between wallets, households with their pools, and members that were merged"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("journal_side", "transfer_leg")


def upgrade() -> None:
    _transfers()
    _merges()
    _households()
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in (
        "share_due",
        "household_policy",
        "household_member",
        "household",
        "member_merge_acquaintance",
        "member_merge_key",
        "member_merge",
        "transfer_leg",
        "journal_side",
    ):
        op.drop_table(table)
    op.drop_index("member_merged_into", table_name="member", postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.drop_constraint(op.f("member_merged_into_fkey"), "member", type_="foreignkey")
    op.drop_constraint(op.f("member_merged"), "member", type_="check")
    op.drop_constraint(op.f("member_status"), "member", type_="check")
    op.create_check_constraint(op.f("member_status"), "member", "status IN ('active', 'forgotten')")
    op.drop_column("member", "merged_into")
    op.drop_column("member", "household_id")


def _transfers() -> None:
    op.create_table(
        "journal_side",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("other_wallet_id", sa.Uuid(), nullable=True),
        sa.Column("other_sequence", sa.BigInteger(), nullable=True),
        sa.Column("bearer_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(other_wallet_id IS NULL) = (other_sequence IS NULL)", name=op.f("journal_side_other")),
        sa.CheckConstraint("other_wallet_id IS NOT NULL OR bearer_id IS NOT NULL", name=op.f("journal_side_something")),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", name=op.f("journal_side_pkey")),
    )
    op.create_index(
        "journal_side_bearer",
        "journal_side",
        ["wallet_id", "bearer_id"],
        unique=False,
        postgresql_where=sa.text("bearer_id IS NOT NULL"),
    )
    op.create_table(
        "transfer_leg",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("other_lot_id", sa.Uuid(), nullable=False),
        sa.Column("root_lot_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", "line", name=op.f("transfer_leg_pkey")),
    )
    op.create_index("transfer_leg_lot", "transfer_leg", ["wallet_id", "lot_id"], unique=False)


def _merges() -> None:
    op.add_column("member", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("member", sa.Column("household_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("member_merged_into_fkey"), "member", "member", ["merged_into"], ["member_id"])
    op.drop_constraint(op.f("member_status"), "member", type_="check")
    op.create_check_constraint(op.f("member_status"), "member", "status IN ('active', 'merged', 'forgotten')")
    op.create_check_constraint(op.f("member_merged"), "member", "status <> 'merged' OR merged_into IS NOT NULL")
    op.create_index(
        "member_merged_into",
        "member",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "member_merge",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unmerge_reason", sa.Text(), nullable=True),
        sa.Column("unmerge_prepared_by", sa.Text(), nullable=True),
        sa.Column("unmerge_prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unmerge_decided_by", sa.Text(), nullable=True),
        sa.Column("unmerge_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'rejected', 'merged', 'unmerge_proposed', 'unmerged')",
            name=op.f("member_merge_state"),
        ),
        sa.CheckConstraint("member_id <> into_id", name=op.f("member_merge_two")),
        sa.CheckConstraint(
            "decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name=op.f("member_merge_four_eyes")
        ),
        sa.CheckConstraint(
            "unmerge_decided_by IS NULL OR lower(unmerge_decided_by) <> lower(unmerge_prepared_by)",
            name=op.f("member_merge_unmerge_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("member_merge_member_id_fkey")),
        sa.ForeignKeyConstraint(["into_id"], ["member.member_id"], name=op.f("member_merge_into_id_fkey")),
        sa.PrimaryKeyConstraint("merge_id", name=op.f("member_merge_pkey")),
    )
    op.create_index(
        "member_merge_waiting",
        "member_merge",
        ["prepared_at"],
        unique=False,
        postgresql_where=sa.text("state LIKE '%proposed'"),
    )
    op.create_index("member_merge_member", "member_merge", ["member_id"], unique=False)
    op.create_table(
        "member_merge_key",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["member_merge.merge_id"], name=op.f("member_merge_key_merge_id_fkey")),
        sa.PrimaryKeyConstraint("merge_id", "kind", "key_hash", name=op.f("member_merge_key_pkey")),
    )
    op.create_table(
        "member_merge_acquaintance",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("known_by", sa.Text(), nullable=False),
        sa.Column("known_before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["member_merge.merge_id"], name=op.f("member_merge_acquaintance_merge_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.partner_id"], name=op.f("member_merge_acquaintance_partner_id_fkey")
        ),
        sa.PrimaryKeyConstraint("merge_id", "partner_id", name=op.f("member_merge_acquaintance_pkey")),
    )


def _households() -> None:
    op.create_table(
        "household",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=False),
        sa.Column("founded_by", sa.Text(), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["head_id"], ["member.member_id"], name=op.f("household_head_id_fkey")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("household_pkey")),
        sa.UniqueConstraint("wallet_id", name=op.f("household_wallet_id_key")),
    )
    op.create_table(
        "household_member",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=True),
        sa.Column("consent_evidence", sa.Text(), nullable=True),
        sa.Column("consent_recorded_by", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spends_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("share_percent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shares_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spend_cap", sa.BigInteger(), nullable=True),
        sa.Column("contribute_cap", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "standing IN ('invited', 'active', 'left', 'withdrawn')", name=op.f("household_member_standing")
        ),
        sa.CheckConstraint(
            "standing IN ('invited', 'withdrawn') OR num_nulls(consent_text, consent_evidence, consent_recorded_by,"
            " joined_at, spends_from) = 0",
            name=op.f("household_member_consent"),
        ),
        sa.CheckConstraint("share_percent BETWEEN 0 AND 100", name=op.f("household_member_share")),
        sa.CheckConstraint("spend_cap >= 0 AND contribute_cap >= 0", name=op.f("household_member_caps")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("household_member_household_id_fkey")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("household_member_member_id_fkey")),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("household_member_pkey")),
    )
    op.create_index("household_member_of", "household_member", ["household_id", "standing"], unique=False)
    op.create_index("household_member_past", "household_member", ["member_id", "ended_at"], unique=False)
    op.create_index(
        "household_member_one",
        "household_member",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("standing = 'active'"),
    )
    op.create_index(
        "household_member_invited",
        "household_member",
        ["household_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("standing = 'invited'"),
    )
    op.create_index(
        "household_member_sharing",
        "household_member",
        ["wallet_id"],
        unique=False,
        postgresql_where=sa.text("standing = 'active' AND share_percent > 0"),
    )
    op.create_table(
        "household_policy",
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("delay_days", sa.BigInteger(), nullable=False),
        sa.Column("most_members", sa.BigInteger(), nullable=False),
        sa.Column("cooling_off_days", sa.BigInteger(), nullable=False),
        sa.Column("spend_cap", sa.BigInteger(), nullable=False),
        sa.Column("contribute_cap", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("only_row", name=op.f("household_policy_only_row")),
        sa.CheckConstraint(
            "delay_days >= 0 AND most_members >= 2 AND cooling_off_days >= 0 AND spend_cap >= 0"
            " AND contribute_cap >= 0",
            name=op.f("household_policy_bounds"),
        ),
        sa.PrimaryKeyConstraint("only_row", name=op.f("household_policy_pkey")),
    )
    op.create_table(
        "share_due",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", name=op.f("share_due_pkey")),
    )
