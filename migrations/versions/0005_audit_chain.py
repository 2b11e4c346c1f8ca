"""The audit chain: each entry's place and hash in a table beside it, and signed heads; inserted, never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in ("audit_seals", "audit_heads"):
        op.execute(
            f"create trigger append_only before update or delete or truncate on {table} for each statement execute"
            " function refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("audit_heads")
    op.drop_table("audit_seals")
