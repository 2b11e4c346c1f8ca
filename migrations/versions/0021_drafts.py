"""What was typed and not stored, and which sent form was stored already."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = depends_on = None

MINE = (
    "case when current_setting('app.system', true) = 'on' then true "
    "else account = current_setting('app.name', true) end"
)


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drafts_one", "drafts", ["account", "address"], unique=True)
    op.create_index("drafts_kept", "drafts", ["kept_at"])
    op.create_table(
        "sent_forms",
        sa.Column("token", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("sent_forms_sent", "sent_forms", ["sent_at"])
    for table in ("drafts", "sent_forms"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy readable on {table} for select using ({MINE})")
        op.execute(f"create policy added on {table} for insert with check ({MINE})")
        op.execute(f"create policy changed on {table} for update using ({MINE}) with check ({MINE})")
        op.execute(f"create policy removed on {table} for delete using ({MINE})")


def downgrade() -> None:
    op.drop_table("sent_forms")
    op.drop_table("drafts")
