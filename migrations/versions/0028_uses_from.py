"""A unit says from which day it uses the software: what ran out before is told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("units", sa.Column("uses_from", sa.Date()))


def downgrade() -> None:
    op.drop_column("units", "uses_from")
