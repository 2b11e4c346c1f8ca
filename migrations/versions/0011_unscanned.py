"""Documents in use that no scanner has looked at yet: marked, found first, never let out."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = depends_on = None


def upgrade() -> None:
    """A mark, false for all there is: until now nothing was used unscanned. An index of those that bear it."""
    op.add_column("documents", sa.Column("unscanned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("documents_unscanned", "documents", ["next_at"], postgresql_where=sa.text("unscanned"))


def downgrade() -> None:
    """Marked documents are held again, as before."""
    used = "unscanned and state in ('waiting', 'ready', 'read') and derived_from_id is null"
    op.execute(f"update documents set state = 'held' where {used}")
    op.drop_index("documents_unscanned", "documents")
    op.drop_column("documents", "unscanned")
