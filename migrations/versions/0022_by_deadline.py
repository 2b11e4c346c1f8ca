"""Petitions and cases by deadline, on every level and of one unit."""

from alembic import op
from sqlalchemy import text

revision = "0022"
down_revision = "0021"
branch_labels = depends_on = None

COLUMNS = {"unit": "unit_id"} | {str(level): f"level_{level}" for level in range(4)}


DUE = {"petitions": "due_on is not null and removed_at is null", "cases": "due_on is not null"}


def upgrade() -> None:
    for table, due in DUE.items():
        for name, column in COLUMNS.items():
            op.create_index(f"{table}_due_{name}", table, [column, "due_on", "id"], postgresql_where=text(due))


def downgrade() -> None:
    for table in DUE:
        for name in COLUMNS:
            op.drop_index(f"{table}_due_{name}", table_name=table)
