"""A reception can be corrected, and withdrawn from its register."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = depends_on = None

COLUMNS = ("changed_at", "removed_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("receptions", sa.Column(name, sa.DateTime(timezone=True)))


def downgrade() -> None:
    # The version before knows of no withdrawal: what was withdrawn stands in its register again.
    for name in COLUMNS:
        op.drop_column("receptions", name)
