"""Petitions by deadline, on every level and of one unit."""

from alembic import op
from sqlalchemy import text

revision = "0022"
down_revision = "0021"
branch_labels = depends_on = None

COLUMNS = {"unit": "unit_id"} | {str(level): f"level_{level}" for level in range(4)}


def upgrade() -> None:
    for name, column in COLUMNS.items():
        due = text("due_on is not null and removed_at is null")
        op.create_index(f"petitions_due_{name}", "petitions", [column, "due_on", "id"], postgresql_where=due)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_index(f"petitions_due_{name}", table_name="petitions")
