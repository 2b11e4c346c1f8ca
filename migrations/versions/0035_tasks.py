"""Tasks: what somebody has to do by a day; clocks and documents of theirs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = depends_on = None

NAMES = postgresql.ARRAY(sa.String(length=64))


def _setting(name: str, kind: str = "text") -> str:
    """A setting as a value worked out once a statement, not once a row."""
    return f"(select nullif(current_setting('app.{name}', true), '')::{kind})"


REGISTERED = f"coalesce(registered_by = any({_setting('registrars', 'text[]')}::text[]), false)"
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)
# As of documents in 0006: within the reach of texts and its compartment; or because it names the account.
CHOSEN = _setting("text_set", "uuid[]")
INSIDE = f"{CHOSEN} is null or unit_id = any({CHOSEN}::uuid[]) or {REGISTERED}"
WITHIN = (
    f"case when path >= {_setting('text_low')} and path < {_setting('text_high')} then {INSIDE} else {REGISTERED} end"
)
OPENS = f"""case when not compartment or {_setting("system")} = 'on' then true
    when handlers && {_setting("accounts", "varchar[]")} then true
    when unit_id = any({_setting("lead_units", "uuid[]")}::uuid[]) then true
    when handlers is null then coalesce(unit_id = any({_setting("officer_units", "uuid[]")}::uuid[]), false)
        or {REGISTERED}
    else false end"""
NAMED = f"case when verifiers && {_setting('accounts', 'varchar[]')} then true else ({WITHIN}) and ({OPENS}) end"
READABLE = f"case when shut_out && {_setting('holder_keys', 'varchar[]')} then false else {NAMED} end"


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("urged_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("paper", sa.String(length=120), nullable=True),
        sa.Column("paper_on", sa.Date(), nullable=True),
        sa.Column("signer", sa.String(length=120), nullable=True),
        sa.Column("petition_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("verifiers", NAMES, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", NAMES, nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
        sa.Column("shut_out", NAMES, nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        *(sa.Column(f"level_{level}", sa.Uuid(), nullable=True) for level in range(4)),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["giver_id"], ["units.id"]),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    for name in ("petition_id", "case_id"):
        op.create_index(f"ix_tasks_{name}", "tasks", [name])
    op.create_index("tasks_giver", "tasks", ["giver_id", sa.text("id desc")])
    op.create_index("tasks_verifiers", "tasks", ["verifiers"], postgresql_using="gin")
    due = sa.text("due_on is not null")
    op.create_index("tasks_due_unit", "tasks", ["unit_id", "due_on", "id"], postgresql_where=due)
    for level in range(4):
        op.create_index(f"tasks_due_{level}", "tasks", [f"level_{level}", "due_on", "id"], postgresql_where=due)
        here = [f"level_{level}", sa.text("id desc")]
        op.create_index(f"tasks_level_{level}", "tasks", here, postgresql_include=["path", "unit_id"])
    op.create_index("tasks_unit", "tasks", ["unit_id", sa.text("id desc")], postgresql_include=["path"])
    op.execute("alter table tasks enable row level security")
    op.execute(f"create policy added on tasks for insert with check ({MAY_WRITE})")
    op.execute(f"create policy readable on tasks for select using ({READABLE})")
    changed = f"({READABLE}) and ({MAY_WRITE})"
    op.execute(f"create policy changed on tasks for update using ({changed}) with check ({MAY_WRITE})")
    for table in ("deadlines", "documents"):
        op.add_column(table, sa.Column("task_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(f"{table}_task_id_fkey", table, "tasks", ["task_id"], ["id"])
        op.create_index(f"ix_{table}_task_id", table, ["task_id"])
    op.drop_constraint("documents_one_subject", "documents")
    one = "num_nonnulls(petition_id, case_id, task_id) = 1"
    op.create_check_constraint("documents_one_subject", "documents", one)


def downgrade() -> None:
    # The version before has nothing a task's clock or document could be of.
    op.execute("delete from deadlines where task_id is not null")
    op.execute("delete from documents where task_id is not null")
    op.drop_constraint("documents_one_subject", "documents")
    op.create_check_constraint("documents_one_subject", "documents", "num_nonnulls(petition_id, case_id) = 1")
    for table in ("documents", "deadlines"):
        op.drop_index(f"ix_{table}_task_id", table)
        op.drop_constraint(f"{table}_task_id_fkey", table)
        op.drop_column(table, "task_id")
    op.drop_table("tasks")
