"""The code on the slip of a petition: sealed, and found again by a keyed hash."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("petition_texts", sa.Column("receipt", sa.LargeBinary(), nullable=True))
    op.add_column("petition_texts", sa.Column("receipt_key", sa.BigInteger(), nullable=True))
    known = sa.text("receipt_key is not null")
    op.create_index("petition_texts_receipt", "petition_texts", ["receipt_key"], unique=True, postgresql_where=known)


def downgrade() -> None:
    op.drop_index("petition_texts_receipt", table_name="petition_texts")
    op.drop_column("petition_texts", "receipt_key")
    op.drop_column("petition_texts", "receipt")
