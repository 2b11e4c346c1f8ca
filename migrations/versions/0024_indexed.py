"""Which version of the search index a petition's tokens are of: what was written before is indexed anew beside work."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("petition_texts", sa.Column("indexed", sa.SmallInteger(), nullable=False, server_default="0"))
    old = sa.text("indexed < 1")
    op.create_index("petition_texts_old_index", "petition_texts", ["id"], postgresql_where=old)


def downgrade() -> None:
    op.drop_index("petition_texts_old_index", table_name="petition_texts")
    op.drop_column("petition_texts", "indexed")
