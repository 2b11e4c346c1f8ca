"""Decisions are found by the unit at the top of a subtree, as the forms ask for them; nothing asks by path any more."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = depends_on = None

LEVELS = range(4)


def upgrade() -> None:
    for level in LEVELS:
        op.create_index(f"decisions_level_{level}", "decisions", [f"level_{level}", "decided_on"])
    op.drop_index("decisions_reported", "decisions")


def downgrade() -> None:
    op.create_index("decisions_reported", "decisions", ["path", "kind", "decided_on"])
    for level in LEVELS:
        op.drop_index(f"decisions_level_{level}", "decisions")
