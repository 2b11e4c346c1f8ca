"""What a unit said the headings of its registers mean."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = depends_on = None

# As for imported files in 0012: of the units one writes.
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)


def upgrade() -> None:
    op.create_table(
        "named_headings",
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
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
    op.create_index("named_headings_one", "named_headings", ["unit_id", "heading"], unique=True)
    op.execute("alter table named_headings enable row level security")
    op.execute(f"create policy added on named_headings for insert with check ({MAY_WRITE})")
    op.execute(f"create policy readable on named_headings for select using ({MAY_WRITE})")
    op.execute(f"create policy changed on named_headings for update using ({MAY_WRITE}) with check ({MAY_WRITE})")


def downgrade() -> None:
    op.drop_table("named_headings")
