"""A merged member keeps its jurisdiction, to have it again if the merge is undone; only the forgotten are nowhere"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ONLY_FORGOTTEN = """
ALTER TABLE member DROP CONSTRAINT member_forgotten_is_nowhere,
    ADD CONSTRAINT member_forgotten_is_nowhere CHECK (status <> 'forgotten' OR jurisdiction IS NULL);
"""

# members that were merged meanwhile stay as they are
_MERGED_TOO = """
ALTER TABLE member DROP CONSTRAINT member_forgotten_is_nowhere,
    ADD CONSTRAINT member_forgotten_is_nowhere CHECK (status = 'active' OR jurisdiction IS NULL) NOT VALID;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_ONLY_FORGOTTEN)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_MERGED_TOO)
