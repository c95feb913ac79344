"""Calendars by week, by ten days and in Jalali months, with a cut-off; conditions of contracts, fees and tax;
prepaid blocks, credit lines and their slots;
changes of contracts that wait for two signatures"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


_LINE_KEY = ("cycle_id", "version", "leg", "issuer_id", "redeemer_id")
_NUMBERS = ("fee_per_cycle_minor", "collateral_minor", "low_points", "critical_points", "topup_points")
_SHARES = ("fee_share_of_gross", "late_penalty_rate", "breakage_share")
_BANK = ("bank_holder", "bank_iban", "bank_bic", "bank_account")
_CONDITION_CHECKS = {
    "amounts": "fee_per_cycle_minor >= 0 AND collateral_minor >= 0 AND coalesce(credit_limit_minor, 0) >= 0"
    " AND low_points >= critical_points AND critical_points >= 0 AND topup_points >= 0",
    "shares": "fee_share_of_gross BETWEEN 0 AND 1 AND breakage_share BETWEEN 0 AND 1"
    " AND late_penalty_rate BETWEEN 0 AND 1",
    "credit": "NOT prepaid OR credit_limit_minor IS NULL",
}
_CHARGES = ("breakage_minor", "fee_minor", "tax_minor")


_TABLES = (  # in the order in which they can be dropped
    *("contract_proposal", "credit_line", "prepaid_level", "prepaid_block", "prepaid_order"),
    *("allowance_use", "allowance_slot"),
)
_APPEND_ONLY = ("allowance_use", "prepaid_block")


def upgrade() -> None:
    _calendars()
    _conditions()
    _prepaid()
    _proposals()
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    _charges_away()
    for name in _CONDITION_CHECKS:
        op.drop_constraint(op.f(f"contract_version_{name}"), "contract_version", type_="check")
    for name in (*_NUMBERS, *_SHARES, *_BANK, "leg_terms", "credit_limit_minor"):
        op.drop_column("contract_version", name)
    op.drop_constraint(op.f("cycle_calendar_cut_off"), "cycle_calendar", type_="check")
    op.drop_column("cycle_calendar", "cut_off_hour")
    op.drop_column("cycle_calendar", "calendar")


def _calendars() -> None:
    op.add_column("cycle_calendar", sa.Column("calendar", sa.Text(), server_default="gregorian", nullable=False))
    op.add_column("cycle_calendar", sa.Column("cut_off_hour", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("cycle_calendar_cut_off"), "cycle_calendar", "cut_off_hour BETWEEN 0 AND 23")


def _conditions() -> None:
    zero, nothing = sa.text("0"), sa.text("'{}'")
    for name in _NUMBERS:
        op.add_column("contract_version", sa.Column(name, sa.BigInteger(), server_default=zero, nullable=False))
    for name in _SHARES:
        op.add_column("contract_version", sa.Column(name, sa.Numeric(), server_default=zero, nullable=False))
    for name in _BANK:
        op.add_column("contract_version", sa.Column(name, sa.Text(), server_default="", nullable=False))
    legs = sa.Column("leg_terms", postgresql.JSONB(), server_default=nothing, nullable=False)
    op.add_column("contract_version", legs)
    op.add_column("contract_version", sa.Column("credit_limit_minor", sa.BigInteger(), nullable=True))
    for name, condition in _CONDITION_CHECKS.items():
        op.create_check_constraint(op.f(f"contract_version_{name}"), "contract_version", condition)
    op.add_column("settlement_line", sa.Column("base_leg", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("settlement_line_base"), "settlement_line", "(leg = 'tax') = (base_leg IS NOT NULL)"
    )
    op.drop_index("settlement_line_key", table_name="settlement_line")
    op.create_index(
        "settlement_line_key",
        "settlement_line",
        [*_LINE_KEY, "base_leg"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    for name in _CHARGES:
        op.add_column("statement", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.drop_constraint(op.f("statement_net"), "statement", type_="check")
    op.create_check_constraint(
        op.f("statement_net"),
        "statement",
        "net_minor = redemption_minor + breakage_minor - issue_minor - deferred_minor - fee_minor - tax_minor"
        " + adjustment_minor",
    )


def _charges_away() -> None:
    op.drop_constraint(op.f("statement_net"), "statement", type_="check")
    op.create_check_constraint(
        op.f("statement_net"),
        "statement",
        "net_minor = redemption_minor - issue_minor - deferred_minor + adjustment_minor",
    )
    for name in _CHARGES:
        op.drop_column("statement", name)
    op.drop_index("settlement_line_key", table_name="settlement_line")
    op.create_index(
        "settlement_line_key", "settlement_line", [*_LINE_KEY], unique=True, postgresql_nulls_not_distinct=True
    )
    op.drop_constraint(op.f("settlement_line_base"), "settlement_line", type_="check")
    op.drop_column("settlement_line", "base_leg")


def _prepaid() -> None:
    op.create_table(
        "credit_line",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("owed_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("credit_line_partner_id_fkey")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("credit_line_pkey")),
        sa.UniqueConstraint("partner_id", "currency", name=op.f("credit_line_partner_id_currency_key")),
    )
    op.create_table(
        "allowance_slot",
        sa.Column("allowance_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name=op.f("allowance_slot_remaining")),
        sa.PrimaryKeyConstraint("allowance_id", "slot", name=op.f("allowance_slot_pkey")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "allowance_use",
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("allowance_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "wallet_id", "sequence", "lot_id", "allowance_id", "slot", name=op.f("allowance_use_pkey")
        ),
    )
    op.create_index("allowance_use_allowance", "allowance_use", ["allowance_id"], unique=False)
    op.create_table(
        "prepaid_order",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("points > 0 AND amount_minor >= 0", name=op.f("prepaid_order_amounts")),
        sa.CheckConstraint("state IN ('open', 'filled', 'cancelled')", name=op.f("prepaid_order_state")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("prepaid_order_partner_id_fkey")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("prepaid_order_pkey")),
    )
    op.create_index(
        "prepaid_order_open",
        "prepaid_order",
        ["partner_id", "currency"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "prepaid_block",
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_reserve", sa.Boolean(), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bought_by", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("points > 0 AND amount_minor >= 0", name=op.f("prepaid_block_amounts")),
        sa.ForeignKeyConstraint(["order_id"], ["prepaid_order.order_id"], name=op.f("prepaid_block_order_id_fkey")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("prepaid_block_partner_id_fkey")),
        sa.PrimaryKeyConstraint("block_id", name=op.f("prepaid_block_pkey")),
    )
    op.create_index("prepaid_block_of", "prepaid_block", ["partner_id", "currency"], unique=False)
    op.create_table(
        "prepaid_level",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("prepaid_level_partner_id_fkey")),
        sa.PrimaryKeyConstraint("partner_id", "currency", name=op.f("prepaid_level_pkey")),
    )


def _proposals() -> None:
    op.create_table(
        "contract_proposal",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("operator_signed_by", sa.Text(), nullable=True),
        sa.Column("operator_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("partner_signed_by", sa.Text(), nullable=True),
        sa.Column("partner_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(operator_signed_by IS NULL) = (operator_signed_at IS NULL)"
            " AND (partner_signed_by IS NULL) = (partner_signed_at IS NULL)",
            name=op.f("contract_proposal_signatures"),
        ),
        sa.CheckConstraint("state IN ('open', 'signed', 'withdrawn')", name=op.f("contract_proposal_state")),
        sa.CheckConstraint(
            "(state = 'signed') = (contract_id IS NOT NULL) AND (contract_id IS NULL OR operator_signed_at IS NOT NULL"
            " AND partner_signed_at IS NOT NULL AND lower(operator_signed_by) <> lower(partner_signed_by))",
            name=op.f("contract_proposal_two_signatures"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract_version.contract_id"], name=op.f("contract_proposal_contract_id_fkey")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("contract_proposal_partner_id_fkey")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("contract_proposal_pkey")),
    )
