"""The trail: entries carry their transaction, seals their key and what the sealer saw; known browsers; wrong tries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = depends_on = None


def upgrade() -> None:
    # The default is worked out once for the rows that are there: all are of transactions that ended before this one.
    xid = sa.Column(
        "xid", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
    )
    op.add_column("audit_entries", xid)
    op.create_index("audit_entries_xid", "audit_entries", ["xid"])
    op.add_column("audit_seals", sa.Column("key_id", sa.Integer(), nullable=True))
    op.add_column("audit_seals", sa.Column("seen", sa.BigInteger(), nullable=True))
    op.add_column("audit_seals", sa.Column("running", postgresql.ARRAY(sa.BigInteger()), nullable=True))
    op.add_column("audit_seals", sa.Column("system", sa.BigInteger(), nullable=True))
    op.create_index("audit_heads_signed_at", "audit_heads", ["signed_at"])
    op.create_table(
        "account_browsers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("wrong_passwords", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "mark"),
    )
    op.create_table(
        "wrong_tries",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("address", "name"),
    )
    op.create_index("wrong_tries_address_at", "wrong_tries", ["address", "at"])


def downgrade() -> None:
    op.drop_table("wrong_tries")
    op.drop_table("account_browsers")
    # The version before cannot check links made with a key: it links everything anew; heads of this chain stay in
    # files.
    for table in ("audit_seals", "audit_heads"):
        op.execute(f"alter table {table} disable trigger append_only")
        op.execute(f"delete from {table}")
        op.execute(f"alter table {table} enable trigger append_only")
    op.drop_index("audit_heads_signed_at", table_name="audit_heads")
    for name in ("system", "running", "seen", "key_id"):
        op.drop_column("audit_seals", name)
    op.drop_index("audit_entries_xid", table_name="audit_entries")
    op.drop_column("audit_entries", "xid")
