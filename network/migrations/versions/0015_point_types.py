"""Types of points: a contract version has a row, and rates, for each

Versions from before get their rows too: points of any type may be reported for their days, at the general rates.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_UNIQUE = {"version": "version", "currency_valid_from": "currency, valid_from"}
_SAME = (
    "partner_id, version, valid_from, currency, issuance_price, redemption_element, service_fee, reimbursement_rate,"
    " member_value, funded_at_issue, prepaid, expires_after_months, expiry_programme, signed_at, fee_per_cycle_minor,"
    " fee_share_of_gross, late_penalty_rate, breakage_share, leg_terms, credit_limit_minor, collateral_minor,"
    " low_points, critical_points, topup_points"
)
_OTHER_TYPES = f"""
INSERT INTO contract_version (contract_id, point_type, {_SAME})
SELECT gen_random_uuid(), t.point_type, {_SAME} FROM contract_version, unnest(ARRAY['bonus', 'goodwill']) t(point_type)
"""
# A lot names its type by its contract's id alone: without the row nobody could tell what its points cost.
_NOT_IN_USE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM movement m JOIN contract_version c ON c.contract_id = m.issuer_contract_id
               WHERE c.point_type <> 'base') THEN
        RAISE EXCEPTION 'points of other types than base have been issued: their types can''t be taken away';
    END IF;
END
$$;
ALTER TABLE contract_version DISABLE TRIGGER contract_version_append_only;
DELETE FROM contract_version WHERE point_type <> 'base';
ALTER TABLE contract_version ENABLE TRIGGER contract_version_append_only;
"""


def upgrade() -> None:
    op.add_column("contract_version", sa.Column("point_type", sa.Text(), server_default="base", nullable=False))
    types = sa.Column("type_rates", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("contract_version", types)
    op.create_check_constraint(
        op.f("contract_version_point_type"), "contract_version", "point_type IN ('base', 'bonus', 'goodwill')"
    )
    _replace_unique("", ", point_type")
    op.execute(_OTHER_TYPES)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_NOT_IN_USE)
    _replace_unique(", point_type", "")
    op.drop_constraint(op.f("contract_version_point_type"), "contract_version", type_="check")
    for name in ("type_rates", "point_type"):
        op.drop_column("contract_version", name)


def _replace_unique(old: str, new: str) -> None:
    for name, columns in _UNIQUE.items():
        for verb, more in (("DROP", old), ("ADD", new)):
            constraint = f"contract_version_partner_id_{name}{'_point_type' if more else ''}_key"
            unique = f" UNIQUE (partner_id, {columns}{more})" if verb == "ADD" else ""
            op.execute(f"ALTER TABLE contract_version {verb} CONSTRAINT {constraint}{unique}")
