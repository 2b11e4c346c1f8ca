"""Provinces and communes, of today and from before 1/7/2025; `init` fills them in."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("past", sa.Boolean(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("folded", sa.String(length=220), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("places")
