"""A case that should not be there, or was merged into another, is withdrawn from the register."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # The version before knows no case that is withdrawn: it has neither petitions nor a result and is shown as waiting.
    op.execute("update cases set state = 'reviewing' where removed_at is not null")
    op.drop_column("cases", "removed_at")
