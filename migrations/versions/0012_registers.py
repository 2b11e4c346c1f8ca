"""Registers: which files were imported, and files held sealed between preview and import."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = depends_on = None

# As for approvals in 0006: of the units one writes.
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)


def upgrade() -> None:
    op.create_table(
        "imported_files",
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.String(length=64), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("imported_files_digest", "imported_files", ["digest", "unit_id"], unique=False)
    op.execute("alter table imported_files enable row level security")
    op.execute(f"create policy added on imported_files for insert with check ({MAY_WRITE})")
    op.execute(f"create policy readable on imported_files for select using ({MAY_WRITE})")
    op.create_table(
        "held_files",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index(op.f("ix_held_files_account_id"), "held_files", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_held_files_account_id"), table_name="held_files")
    op.drop_table("held_files")
    op.drop_index("imported_files_digest", table_name="imported_files")
    op.drop_table("imported_files")
