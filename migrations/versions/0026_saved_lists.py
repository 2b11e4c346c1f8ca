"""Lists that somebody saved: a name, filters, an order; an account's own, or shared in its unit."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = depends_on = None

_SYSTEM = "current_setting('app.system', true) = 'on'"
_MINE = "account = current_setting('app.name', true)"
_OF_MY_UNITS = "coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false)"
# The star stands for the system, which the first condition has answered.
READABLE = (
    f"case when {_SYSTEM} then true when {_MINE} then true when shared and current_setting('app.write', true) <> '*'"
    f" then {_OF_MY_UNITS} else false end"
)
MINE = f"case when {_SYSTEM} then true else {_MINE} end"


def upgrade() -> None:
    op.create_table(
        "saved_lists",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("saved_lists_account", "saved_lists", ["account"])
    shared = sa.text("shared")
    op.create_index("saved_lists_shared", "saved_lists", ["unit_id"], postgresql_where=shared)
    first = sa.text("start")
    op.create_index("saved_lists_start", "saved_lists", ["account"], unique=True, postgresql_where=first)
    op.execute("alter table saved_lists enable row level security")
    op.execute(f"create policy readable on saved_lists for select using ({READABLE})")
    op.execute(f"create policy added on saved_lists for insert with check ({MINE})")
    op.execute(f"create policy changed on saved_lists for update using ({MINE}) with check ({MINE})")
    op.execute(f"create policy removed on saved_lists for delete using ({MINE})")


def downgrade() -> None:
    op.drop_table("saved_lists")
