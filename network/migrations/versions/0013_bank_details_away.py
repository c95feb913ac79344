"""A contract no longer repeats bank details: their one home is partner_bank_account, and nothing ever read these"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = ("bank_holder", "bank_iban", "bank_bic", "bank_account")


def upgrade() -> None:
    for name in _COLUMNS:
        op.drop_column("contract_version", name)


def downgrade() -> None:
    for name in _COLUMNS:
        op.add_column("contract_version", sa.Column(name, sa.Text(), server_default="", nullable=False))
