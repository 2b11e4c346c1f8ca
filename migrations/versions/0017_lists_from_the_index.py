"""A list of petitions is counted from the index alone: it carries what row security and the list ask of a row. What was
withdrawn from the register has an index of its own.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = depends_on = None

ORDER = "received_on desc, id desc"
BEFORE = "path, unit_id"
AFTER = "path, unit_id, removed_at, shut_out, registered_by"
COLUMNS = ("level_0", "level_1", "level_2", "level_3")


def _indexes(levels: str, unit: str) -> None:
    for column, carried in (*((level, levels) for level in COLUMNS), ("unit_id", unit)):
        name = f"petitions_{column.removesuffix('_id')}"
        op.execute(f"drop index {name}")
        op.execute(f"create index {name} on petitions ({column}, {ORDER}) include ({carried})")


def upgrade() -> None:
    _indexes(AFTER, AFTER.replace("unit_id, ", ""))
    op.execute("create index petitions_removed on petitions (id) where removed_at is not null")


def downgrade() -> None:
    op.execute("drop index petitions_removed")
    _indexes(BEFORE, "path")
