"""What an account opened last is found in the trail without reading the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = depends_on = None

OPENINGS = "action in ('petition.read', 'case.read', 'reception.read')"


def upgrade() -> None:
    op.create_index("audit_entries_opened", "audit_entries", ["account", "at"], postgresql_where=sa.text(OPENINGS))


def downgrade() -> None:
    op.drop_index("audit_entries_opened", "audit_entries")
