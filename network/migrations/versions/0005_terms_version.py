"""A partner's terms have a version, and the wallet's check is one comparison"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TERMS = """
ALTER TABLE partner ADD COLUMN terms_version bigint NOT NULL DEFAULT 0;

CREATE FUNCTION note_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE partner SET terms_version = terms_version + 1
    WHERE partner_id = CASE TG_OP WHEN 'DELETE' THEN OLD.partner_id ELSE NEW.partner_id END;
    RETURN NULL;
END
$$;

CREATE TRIGGER contract_version_noted AFTER INSERT OR UPDATE OR DELETE ON contract_version
    FOR EACH ROW EXECUTE FUNCTION note_terms();
CREATE TRIGGER earning_rule_noted AFTER INSERT OR UPDATE OR DELETE ON earning_rule
    FOR EACH ROW EXECUTE FUNCTION note_terms();

-- PostgreSQL reads a check's text anew in every statement: four comparisons cost a posting a twentieth
ALTER TABLE wallet DROP CONSTRAINT wallet_not_negative,
    ADD CONSTRAINT wallet_not_negative CHECK (least(available, pending, held, debt) >= 0);
"""

_BACK = """
ALTER TABLE wallet DROP CONSTRAINT wallet_not_negative,
    ADD CONSTRAINT wallet_not_negative CHECK (available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0);
DROP TRIGGER earning_rule_noted ON earning_rule;
DROP TRIGGER contract_version_noted ON contract_version;
DROP FUNCTION note_terms;
ALTER TABLE partner DROP COLUMN terms_version;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_TERMS)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_BACK)
