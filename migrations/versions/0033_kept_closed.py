"""A denunciation whose kind is corrected keeps its content closed."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("petitions", sa.Column("kept_closed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("petitions", "kept_closed", server_default=None)


def downgrade() -> None:
    # The version before closes what is a denunciation: what was closed as one is one again.
    op.execute("update petitions set kind = 'denunciation' where kept_closed")
    op.drop_column("petitions", "kept_closed")
