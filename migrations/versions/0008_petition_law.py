"""Petitions: to be verified in several places; about the discipline of an official.

Revision ID: 0008
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petitions", sa.Column("many_places", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("petitions", "many_places", server_default=None)
    op.add_column("petitions", sa.Column("discipline", sa.String(length=10), nullable=True))


def downgrade() -> None:
    # The version before has no word for inspection; forms count both alike.
    op.execute("update petitions set direction = 'file' where direction = 'inspect'")
    op.drop_column("petitions", "discipline")
    op.drop_column("petitions", "many_places")
