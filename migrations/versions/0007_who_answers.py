"""Approvals know whom their subject is closed to: who answers may be one of them without being able to see it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True))
    # What was asked for before: a petition's or a document's. A question about several says nothing of them, and its time is over within a day.
    for noun, table in (("petition", "petitions"), ("document", "documents")):
        op.execute(f"update approvals set shut_out = t.shut_out from {table} t where approvals.subject = '{noun}:' || t.id::text")


def downgrade() -> None:
    op.drop_column("approvals", "shut_out")
