"""The day of the paper by which another body forwarded a petition."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("petitions", sa.Column("forwarded_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("petitions", "forwarded_on")
