"""Jobs: long work that goes on after the request, and procrastinate's queue that carries their ids.

The queue has a schema of its own: its functions find its tables wherever they are called from, and nothing of it
stands among ours. Its SQL is kept beside this file as that version had it; a newer procrastinate comes with a migration
of its own.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = depends_on = None

SCHEMA = Path(__file__).parents[1] / "procrastinate" / "3.10.0.sql"
MINE = (
    "case when current_setting('app.system', true) = 'on' then true "
    "else account = current_setting('app.name', true) end"
)
OF_MINE = "exists (select 1 from jobs where jobs.id = job_progress.id)"  # which the policy of jobs narrows
FIND_ITS_OWN = """
do $$ declare found regprocedure; begin
  for found in select oid::regprocedure from pg_proc where pronamespace = 'procrastinate'::regnamespace loop
    execute format('alter function %s set search_path = procrastinate, pg_catalog', found);
  end loop;
end $$
"""


def upgrade() -> None:
    """Our tables with their policies; the queue in its own schema."""
    op.create_table(
        "jobs",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arguments", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.Column("has_file", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("jobs_account", "jobs", ["account", "asked_at"])
    op.create_index("jobs_asked", "jobs", ["asked_at"])
    op.create_table(
        "job_progress",
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["jobs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, mine in (("jobs", MINE), ("job_progress", OF_MINE)):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy readable on {table} for select using ({mine})")
        op.execute(f"create policy added on {table} for insert with check ({mine})")
        op.execute(f"create policy changed on {table} for update using ({mine}) with check ({mine})")
        op.execute(f"create policy removed on {table} for delete using ({mine})")
    op.execute("create schema procrastinate")
    op.execute("set local search_path = procrastinate")
    op.get_bind().exec_driver_sql(SCHEMA.read_text(encoding="utf-8"), execution_options={"no_parameters": True})
    op.execute("set local search_path = default")
    op.execute(FIND_ITS_OWN)


def downgrade() -> None:
    """Neither is there; what waited in them has to be asked for again."""
    op.execute("drop schema procrastinate cascade")
    op.drop_table("job_progress")
    op.drop_table("jobs")
