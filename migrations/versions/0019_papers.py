"""The number of a paper is called paper: a document is an uploaded file."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = depends_on = None

TABLES = ("steps", "ab_user", "holiday_years", "account_request_moves")


def upgrade() -> None:
    for table in TABLES:
        op.alter_column(table, "document", new_column_name="paper")


def downgrade() -> None:
    for table in TABLES:
        op.alter_column(table, "paper", new_column_name="document")
