"""Papers of cases: decisions to extend, to suspend, resume and discontinue, withdrawal; grounds, numbers, when sent.

What is already there was kept without papers: criteria count as decided in full, decisions to suspend as sent on
their day.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = depends_on = None

NEW = ("extensions", "endings")
SUSPENSION = ("ground", 20), ("number", 80), ("resumed_number", 80)
# As every table of facts has it since 0003.
READABLE = (
    "case when path >= current_setting('app.facts_low', true) and path < current_setting('app.facts_high', true) "
    "then coalesce(current_setting('app.facts_set', true), '') = '' "
    "or unit_id = any(nullif(current_setting('app.facts_set', true), '')::uuid[]) or false else false end"
)
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)


def _scoped() -> list[sa.Column]:
    """The columns of a row that belongs to a case and a unit."""
    return [
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        *(sa.Column(f"level_{level}", sa.Uuid(), nullable=True) for level in range(4)),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    ]


def _protect(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy readable on {table} for select using ({READABLE})")
    op.execute(f"create policy added on {table} for insert with check ({MAY_WRITE})")
    op.execute(
        f"create policy changed on {table} for update using (({READABLE}) and ({MAY_WRITE})) with check ({MAY_WRITE})",
    )


def upgrade() -> None:
    op.create_table(
        "extensions",
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("criteria", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        *_scoped(),
    )
    op.create_index(op.f("ix_extensions_case_id"), "extensions", ["case_id"], unique=False)
    op.create_table(
        "endings",
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("paper", sa.String(length=20), nullable=True),
        sa.Column("paper_number", sa.String(length=120), nullable=True),
        sa.Column("paper_on", sa.Date(), nullable=True),
        *_scoped(),
        sa.UniqueConstraint("case_id"),
    )
    for table in NEW:
        _protect(table)
    op.add_column("cases", sa.Column("criteria_in_full", sa.Boolean(), nullable=False, server_default="true"))
    op.alter_column("cases", "criteria_in_full", server_default=None)
    for name, length in SUSPENSION:
        op.add_column("suspensions", sa.Column(name, sa.String(length=length), nullable=True))
    for name in ("sent_on", "resumed_sent_on"):
        op.add_column("suspensions", sa.Column(name, sa.Date(), nullable=True))
    op.execute("update suspensions set sent_on = start_on, resumed_sent_on = end_on")
    op.create_index("decisions_numbered", "decisions", ["unit_id", "number"], unique=False)


def downgrade() -> None:
    op.drop_index("decisions_numbered", table_name="decisions")
    for name in ("sent_on", "resumed_sent_on", *(name for name, _ in SUSPENSION)):
        op.drop_column("suspensions", name)
    op.drop_column("cases", "criteria_in_full")
    for table in NEW:
        op.drop_table(table)
