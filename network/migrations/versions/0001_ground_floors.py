"""The ground floors"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_TRIGGERS = Path(__file__).parent.parent / "sql" / "0001_triggers.sql"


def upgrade() -> None:
    op.create_table(
        "adjustment",
        sa.Column("adjustment_id", sa.Uuid(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(decision = 'posted') = (sequence IS NOT NULL)", name=op.f("adjustment_posted_has_entry")),
        sa.CheckConstraint("decision IN ('proposed', 'posted', 'rejected')", name=op.f("adjustment_decision")),
        sa.CheckConstraint(
            "decided_by IS NULL OR lower(decided_by) <> lower(prepared_by)", name=op.f("adjustment_four_eyes")
        ),
        sa.CheckConstraint("points <> 0", name=op.f("adjustment_points")),
        sa.PrimaryKeyConstraint("adjustment_id", name=op.f("adjustment_pkey")),
    )
    op.create_index(
        "adjustment_proposed",
        "adjustment",
        ["prepared_at"],
        unique=False,
        postgresql_where=sa.text("decision = 'proposed'"),
    )
    op.create_table(
        "cycle_calendar",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("grace_seconds", sa.Integer(), nullable=False),
        sa.Column("minor_digits", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("grace_seconds >= 0", name=op.f("cycle_calendar_grace")),
        sa.PrimaryKeyConstraint("currency", name=op.f("cycle_calendar_pkey")),
    )
    op.create_table(
        "debt",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= remaining AND remaining <= owed AND owed > 0", name=op.f("debt_points")),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", name=op.f("debt_pkey")),
    )
    op.create_index("debt_open", "debt", ["wallet_id"], unique=False, postgresql_where=sa.text("remaining > 0"))
    op.create_table(
        "earning_rule",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points_per_unit", sa.Numeric(), nullable=False),
        sa.Column("pending_days", sa.BigInteger(), nullable=False),
        sa.Column("return_policy", sa.Text(), nullable=False),
        sa.Column("extension_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("extension_days >= 0", name=op.f("earning_rule_extension")),
        sa.CheckConstraint("points_per_unit >= 0 AND pending_days >= 0", name=op.f("earning_rule_not_negative")),
        sa.PrimaryKeyConstraint("partner_id", "currency", "valid_from", name=op.f("earning_rule_pkey")),
    )
    op.create_table(
        "hold",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", name=op.f("hold_pkey")),
    )
    op.create_index("hold_open", "hold", ["wallet_id"], unique=False, postgresql_where=sa.text("is_open"))
    op.create_table(
        "journal",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("basket", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("refers_to", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("points >= 0 AND sequence > 0", name=op.f("journal_not_negative")),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", name=op.f("journal_pkey")),
    )
    op.create_index(
        "journal_refers_to",
        "journal",
        ["wallet_id", "refers_to"],
        unique=False,
        postgresql_where=sa.text("refers_to IS NOT NULL"),
    )
    op.create_table(
        "lot",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("is_pending", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), sa.Computed("remaining > 0", persisted=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activates_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "0 <= held AND held <= remaining AND remaining <= issued AND issued > 0", name=op.f("lot_points")
        ),
        sa.PrimaryKeyConstraint("wallet_id", "lot_id", name=op.f("lot_pkey")),
        postgresql_with={"fillfactor": 85},
    )
    op.create_index(
        "lot_open",
        "lot",
        ["wallet_id", "expires_at", "issued_at", "lot_id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "member_activity",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("earns", sa.BigInteger(), nullable=False),
        sa.Column("burns", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("earns >= 0 AND burns >= 0", name=op.f("member_activity_not_negative")),
        sa.PrimaryKeyConstraint("wallet_id", "partner_id", name=op.f("member_activity_pkey")),
    )
    op.create_table(
        "movement",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_contract_id", sa.Uuid(), nullable=False),
        sa.Column("redeemer_id", sa.Uuid(), nullable=True),
        sa.Column("redeemer_contract_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("activates_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.PrimaryKeyConstraint("wallet_id", "sequence", "line", name=op.f("movement_pkey")),
    )
    op.create_index(
        "movement_xid",
        "movement",
        ["xid"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_table(
        "network_clock",
        sa.Column("only_row", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("only_row", name=op.f("network_clock_only_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("network_clock_pkey")),
    )
    op.create_table(
        "oauth_client",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("secret_rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('active', 'suspended', 'revoked')", name=op.f("oauth_client_status")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("oauth_client_pkey")),
    )
    op.create_index(op.f("oauth_client_partner_id"), "oauth_client", ["partner_id"], unique=False)
    op.create_table(
        "operator_limit",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("limit_points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("limit_points >= 0", name=op.f("operator_limit_limit")),
        sa.PrimaryKeyConstraint("person", name=op.f("operator_limit_pkey")),
    )
    op.create_table(
        "outbox",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("outbox_pkey")),
    )
    op.create_table(
        "partner",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_fa", sa.Text(), nullable=False),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('active', 'suspended', 'left')", name=op.f("partner_status")),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("partner_pkey")),
        sa.UniqueConstraint("code", name=op.f("partner_code_key")),
    )
    op.create_index(
        "partner_one_operator", "partner", ["is_operator"], unique=True, postgresql_where=sa.text("is_operator")
    )
    op.create_table(
        "request",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "idempotency_key", name=op.f("request_pkey")),
    )
    op.create_table(
        "settlement_horizon",
        sa.Column("only_row", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("next_xid", sa.BigInteger(), nullable=False),
        sa.Column("xid_offset", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("system_identifier", sa.BigInteger(), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("only_row", name=op.f("settlement_horizon_only_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("settlement_horizon_pkey")),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("private_jwk", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("signing_key_pkey")),
    )
    op.create_table(
        "wallet",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0", name=op.f("wallet_not_negative")
        ),
        sa.PrimaryKeyConstraint("wallet_id", name=op.f("wallet_pkey")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("wallet_due", "wallet", ["due_at"], unique=False, postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "contract_version",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issuance_price", sa.Numeric(), nullable=False),
        sa.Column("redemption_element", sa.Numeric(), nullable=False),
        sa.Column("service_fee", sa.Numeric(), nullable=False),
        sa.Column("reimbursement_rate", sa.Numeric(), nullable=False),
        sa.Column("member_value", sa.Numeric(), nullable=False),
        sa.Column("funded_at_issue", sa.Numeric(), nullable=False),
        sa.Column("prepaid", sa.Boolean(), nullable=False),
        sa.Column("expires_after_months", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_after_months > 0", name=op.f("contract_version_expiry")),
        sa.CheckConstraint(
            "funded_at_issue BETWEEN 0 AND 1 AND (NOT prepaid OR funded_at_issue = 1)",
            name=op.f("contract_version_funding"),
        ),
        sa.CheckConstraint("issuance_price = redemption_element + service_fee", name=op.f("contract_version_price")),
        sa.CheckConstraint(
            "issuance_price > 0 AND redemption_element > 0 AND service_fee >= 0"
            " AND reimbursement_rate > 0 AND member_value > 0",
            name=op.f("contract_version_rates"),
        ),
        sa.CheckConstraint(
            "reimbursement_rate <= member_value AND member_value <= issuance_price",
            name=op.f("contract_version_arbitrage"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("contract_version_version")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("contract_version_partner_id_fkey")),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("contract_version_pkey")),
        sa.UniqueConstraint(
            "partner_id", "currency", "valid_from", name=op.f("contract_version_partner_id_currency_valid_from_key")
        ),
        sa.UniqueConstraint("partner_id", "version", name=op.f("contract_version_partner_id_version_key")),
    )
    op.create_table(
        "cycle",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("boundary_xid", sa.BigInteger(), nullable=True),
        sa.Column("closed_at_xid", sa.BigInteger(), nullable=True),
        sa.Column("folded_from_xid", sa.BigInteger(), nullable=True),
        sa.Column("waiting_reason", sa.Text(), nullable=True),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("netted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at_xid IS NULL)", name=op.f("cycle_cut_has_horizon")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("cycle_not_empty")),
        sa.ForeignKeyConstraint(["currency"], ["cycle_calendar.currency"], name=op.f("cycle_currency_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("cycle_pkey")),
        sa.UniqueConstraint("currency", "starts_at", name=op.f("cycle_currency_starts_at_key")),
        sa.UniqueConstraint("name", name=op.f("cycle_name_key")),
    )
    op.create_table(
        "member",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("locale IN ('fa', 'en')", name=op.f("member_locale")),
        sa.CheckConstraint("status IN ('active', 'forgotten')", name=op.f("member_status")),
        sa.ForeignKeyConstraint(["enrolled_by"], ["partner.partner_id"], name=op.f("member_enrolled_by_fkey")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("member_pkey")),
        sa.UniqueConstraint("wallet_id", name=op.f("member_wallet_id_key")),
    )
    op.create_table(
        "store",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("store_partner_id_fkey")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("store_pkey")),
        sa.UniqueConstraint("partner_id", "code", name=op.f("store_partner_id_code_key")),
    )
    op.create_table(
        "clearing_slice",
        sa.Column("slice_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("redeemer_id", sa.Uuid(), nullable=True),
        sa.Column("issuer_contract_id", sa.Uuid(), nullable=False),
        sa.Column("redeemer_contract_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("movements", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("clearing_slice_cycle_id_fkey")),
        sa.PrimaryKeyConstraint("slice_id", name=op.f("clearing_slice_pkey")),
    )
    op.create_index(
        "clearing_slice_key",
        "clearing_slice",
        ["cycle_id", "kind", "issuer_id", "redeemer_id", "issuer_contract_id", "redeemer_contract_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "member_key",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'email', 'card')", name=op.f("member_key_kind")),
        sa.CheckConstraint("octet_length(key_hash) = 32", name=op.f("member_key_key_hash")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("member_key_member_id_fkey")),
        sa.PrimaryKeyConstraint("kind", "key_hash", name=op.f("member_key_pkey")),
    )
    op.create_index("member_key_member", "member_key", ["member_id", "kind"], unique=False)
    op.create_table(
        "partner_member",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("known_by", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("known_by IN ('enrolment', 'card', 'phone')", name=op.f("partner_member_known_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("partner_member_member_id_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("partner_member_partner_id_fkey")),
        sa.PrimaryKeyConstraint("partner_id", "member_id", name=op.f("partner_member_pkey")),
    )
    op.create_index("partner_member_member", "partner_member", ["member_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("person_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("person_pkey")),
    )
    op.create_table(
        "person_key",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("person_key_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("person_key_pkey")),
    )
    op.create_table(
        "settlement_cut",
        sa.Column("to_xid", sa.BigInteger(), nullable=False),
        sa.Column("from_xid", sa.BigInteger(), nullable=False),
        sa.Column("movements", sa.BigInteger(), nullable=False),
        sa.Column("closes_cycle_id", sa.Uuid(), nullable=True),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["closes_cycle_id"], ["cycle.cycle_id"], name=op.f("settlement_cut_closes_cycle_id_fkey")
        ),
        sa.PrimaryKeyConstraint("to_xid", name=op.f("settlement_cut_pkey")),
    )
    op.create_table(
        "settlement_line",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("redeemer_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("creditor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["creditor_id"], ["partner.partner_id"], name=op.f("settlement_line_creditor_id_fkey")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("settlement_line_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["debtor_id"], ["partner.partner_id"], name=op.f("settlement_line_debtor_id_fkey")),
        sa.ForeignKeyConstraint(["issuer_id"], ["partner.partner_id"], name=op.f("settlement_line_issuer_id_fkey")),
        sa.ForeignKeyConstraint(["redeemer_id"], ["partner.partner_id"], name=op.f("settlement_line_redeemer_id_fkey")),
        sa.PrimaryKeyConstraint("cycle_id", "version", "line", name=op.f("settlement_line_pkey")),
    )
    op.create_index(
        "settlement_line_key",
        "settlement_line",
        ["cycle_id", "version", "leg", "issuer_id", "redeemer_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "statement",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issue_minor", sa.BigInteger(), nullable=False),
        sa.Column("redemption_minor", sa.BigInteger(), nullable=False),
        sa.Column("deferred_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("net_minor = redemption_minor - issue_minor - deferred_minor", name=op.f("statement_net")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("statement_cycle_id_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("statement_partner_id_fkey")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("statement_pkey")),
        sa.UniqueConstraint(
            "cycle_id", "partner_id", "version", name=op.f("statement_cycle_id_partner_id_version_key")
        ),
    )
    op.create_index("ix_statement_partner_id_statement_id", "statement", ["partner_id", "statement_id"], unique=False)
    op.get_bind().exec_driver_sql(_TRIGGERS.read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql("INSERT INTO network_clock (only_row) VALUES (true)")


def downgrade() -> None:
    op.drop_index("ix_statement_partner_id_statement_id", table_name="statement")
    op.drop_table("statement")
    op.drop_index("settlement_line_key", table_name="settlement_line", postgresql_nulls_not_distinct=True)
    op.drop_table("settlement_line")
    op.drop_table("settlement_cut")
    op.drop_table("person_key")
    op.drop_table("person")
    op.drop_index("partner_member_member", table_name="partner_member")
    op.drop_table("partner_member")
    op.drop_index("member_key_member", table_name="member_key")
    op.drop_table("member_key")
    op.drop_index("clearing_slice_key", table_name="clearing_slice", postgresql_nulls_not_distinct=True)
    op.drop_table("clearing_slice")
    op.drop_table("store")
    op.drop_table("member")
    op.drop_table("cycle")
    op.drop_table("contract_version")
    op.drop_index("wallet_due", table_name="wallet", postgresql_where=sa.text("due_at IS NOT NULL"))
    op.drop_table("wallet")
    op.drop_table("signing_key")
    op.drop_table("settlement_horizon")
    op.drop_table("request")
    op.drop_index("partner_one_operator", table_name="partner", postgresql_where=sa.text("is_operator"))
    op.drop_table("partner")
    op.drop_table("outbox")
    op.drop_table("operator_limit")
    op.drop_index(op.f("oauth_client_partner_id"), table_name="oauth_client")
    op.drop_table("oauth_client")
    op.drop_table("network_clock")
    op.drop_index(
        "movement_xid", table_name="movement", postgresql_using="brin", postgresql_with={"autosummarize": "on"}
    )
    op.drop_table("movement")
    op.drop_table("member_activity")
    op.drop_index("lot_open", table_name="lot", postgresql_where=sa.text("is_open"))
    op.drop_table("lot")
    op.drop_index("journal_refers_to", table_name="journal", postgresql_where=sa.text("refers_to IS NOT NULL"))
    op.drop_table("journal")
    op.drop_index("hold_open", table_name="hold", postgresql_where=sa.text("is_open"))
    op.drop_table("hold")
    op.drop_table("earning_rule")
    op.drop_index("debt_open", table_name="debt", postgresql_where=sa.text("remaining > 0"))
    op.drop_table("debt")
    op.drop_table("cycle_calendar")
    op.drop_index("adjustment_proposed", table_name="adjustment", postgresql_where=sa.text("decision = 'proposed'"))
    op.drop_table("adjustment")
    op.get_bind().exec_driver_sql("DROP FUNCTION refuse_change, clearing_slice_guard, cycle_guard")
