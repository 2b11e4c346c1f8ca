"""A petition can be marked as the same as an earlier one of its unit: the matter counts once."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("petitions", sa.Column("same_as_id", sa.Uuid(), sa.ForeignKey("petitions.id")))
    marked = sa.text("same_as_id is not null")
    op.create_index("petitions_same_as", "petitions", ["same_as_id"], postgresql_where=marked)


def downgrade() -> None:
    # The version before knows no such step; the petitions stay as they are.
    op.execute("delete from step_notes where step_id in (select id from steps where step = 'duplicate')")
    op.execute("update steps set undoes_id = null where undoes_id in (select id from steps where step = 'duplicate')")
    op.execute("delete from steps where step = 'duplicate'")
    op.drop_index("petitions_same_as", "petitions")
    op.drop_column("petitions", "same_as_id")
