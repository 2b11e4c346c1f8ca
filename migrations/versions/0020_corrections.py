"""Steps can be taken back: the event names the step, and what the step brought may go. A role may correct."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = depends_on = None

REMOVABLE = ("persons", "suspensions", "extensions", "endings", "decisions", "execution_entries")
NEW = "('correct', 'undo', 'note')"
# As every table that is written has it since 0003.
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)


def upgrade() -> None:
    op.add_column("steps", sa.Column("undoes_id", sa.Uuid(), sa.ForeignKey("steps.id"), nullable=True))
    op.create_unique_constraint("steps_undoes_id_key", "steps", ["undoes_id"])
    for table in REMOVABLE:
        op.execute(f"create policy removed on {table} for delete using ({MAY_WRITE})")


def downgrade() -> None:
    for table in REMOVABLE:
        op.execute(f"drop policy removed on {table}")
    # The version before knows no such steps; what they did stays done.
    op.execute(
        "delete from step_notes where step_id in (select id from steps where step in ('correct', 'undo', 'note'))"
    )
    op.execute("update steps set undoes_id = null")
    op.execute("delete from steps where step in ('correct', 'undo', 'note')")
    op.drop_column("steps", "undoes_id")
