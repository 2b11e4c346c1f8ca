"""Accounts held in hand: sessions on the server, confirmation, certificates, second factors, requests, minutes,
reviews.

Accounts that were in use before confirmation existed are taken as confirmed by this upgrade: whoever made them acted
under the rules of that day. Those whose initial password nobody has changed yet are not: their administrator still
knows it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = depends_on = None


_LOW, _HIGH = (f"current_setting('app.audit_{part}', true)" for part in ("low", "high"))
_OURS = f"when path >= {_LOW} and path < {_HIGH} then true"
# What concerns no unit (an unknown certificate, an unknown account, a command) is read by auditors of the whole
# installation: those whose range begins at a root.
_NOBODYS = f"when path = '' and {_LOW} ~ '^[.][^.]+[.]$' then true"
_SYSTEM = "else current_setting('app.system', true) = 'on'"


def upgrade() -> None:
    op.execute(f"alter policy readable on audit_entries using (case {_OURS} {_NOBODYS} {_SYSTEM} end)")
    op.create_table(
        "minutes_templates",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_minutes_templates_kind"), "minutes_templates", ["kind"], unique=False)
    op.create_table(
        "account_requests",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("at_unit_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["at_unit_id"],
            ["units.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_account_requests_at_unit_id"), "account_requests", ["at_unit_id"], unique=False)
    op.create_index(op.f("ix_account_requests_unit_id"), "account_requests", ["unit_id"], unique=False)
    op.create_table(
        "role_additions",
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("permission", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "account_request_lines",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("roles", sa.String(length=250), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["account_requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_account_request_lines_request_id"), "account_request_lines", ["request_id"], unique=False)
    op.create_table(
        "account_request_moves",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["account_requests.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_account_request_moves_request_id"), "account_request_moves", ["request_id"], unique=False)
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("agent", sa.String(length=200), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index(op.f("ix_account_sessions_account_id"), "account_sessions", ["account_id"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("serial", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_by", sa.String(length=80), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "certificates_bound", "certificates", ["account_id"], unique=True, postgresql_where="ended_at is null"
    )
    op.create_index("certificates_fingerprint", "certificates", ["fingerprint"], unique=True)
    op.create_index(op.f("ix_certificates_account_id"), "certificates", ["account_id"], unique=False)
    op.create_table(
        "minutes",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_minutes_account_id"), "minutes", ["account_id"], unique=False)
    op.create_index("minutes_number", "minutes", ["number"], unique=True)
    op.create_table(
        "past_passwords",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("past_passwords_account", "past_passwords", ["account_id", "id"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rp_id", sa.String(length=253), nullable=True),
        sa.Column("credential", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "second_factors_credential", "second_factors", ["credential"], unique=True, postgresql_where="ended_at is null"
    )
    op.create_index(op.f("ix_second_factors_account_id"), "second_factors", ["account_id"], unique=False)
    op.add_column("ab_user", sa.Column("initial_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ab_user", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ab_user", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ab_user", sa.Column("act", sa.String(length=16), nullable=True))
    op.add_column(
        "ab_user",
        sa.Column("unconfirmed", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
    )
    op.alter_column("ab_user", "unconfirmed", server_default=None)
    op.add_column("ab_user", sa.Column("acted_by", sa.String(length=80), nullable=True))
    op.add_column("ab_user", sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ab_user", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ab_user", sa.Column("disabled_why", sa.String(length=16), nullable=True))
    op.add_column("ab_user", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ab_user", sa.Column("reviewed_by", sa.String(length=64), nullable=True))
    op.add_column("ab_user", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("ab_user", "session_epoch")
    op.execute("update ab_user set made_at = coalesce(created_on, now()), act = 'grant', signed_in_at = last_login")
    op.execute(
        "update ab_user set confirmed_at = now(), confirmed_by = coalesce(confirmed_by, 'upgrade') where not"
        " must_change_password"
    )
    for column in ("made_at", "act"):
        op.alter_column("ab_user", column, nullable=False)
    op.add_column("units", sa.Column("sign_in_policy", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.execute(f"alter policy readable on audit_entries using (case {_OURS} {_SYSTEM} end)")
    op.drop_column("units", "sign_in_policy")
    op.add_column("ab_user", sa.Column("session_epoch", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("ab_user", "session_epoch", server_default=None)
    op.drop_column("ab_user", "reviewed_at")
    op.drop_column("ab_user", "reviewed_by")
    op.drop_column("ab_user", "closed_at")
    op.drop_column("ab_user", "disabled_why")
    op.drop_column("ab_user", "confirmed_at")
    op.drop_column("ab_user", "acted_at")
    op.drop_column("ab_user", "unconfirmed")
    op.drop_column("ab_user", "acted_by")
    op.drop_column("ab_user", "act")
    op.drop_column("ab_user", "made_at")
    op.drop_column("ab_user", "signed_in_at")
    op.drop_column("ab_user", "initial_until")
    op.drop_index("second_factors_credential", table_name="second_factors", postgresql_where="ended_at is null")
    op.drop_index(op.f("ix_second_factors_account_id"), table_name="second_factors")
    op.drop_table("second_factors")
    op.drop_index("past_passwords_account", table_name="past_passwords")
    op.drop_table("past_passwords")
    op.drop_index("minutes_number", table_name="minutes")
    op.drop_index(op.f("ix_minutes_account_id"), table_name="minutes")
    op.drop_table("minutes")
    op.drop_index(op.f("ix_certificates_account_id"), table_name="certificates")
    op.drop_index("certificates_fingerprint", table_name="certificates")
    op.drop_index("certificates_bound", table_name="certificates", postgresql_where="ended_at is null")
    op.drop_table("certificates")
    op.drop_index(op.f("ix_account_sessions_account_id"), table_name="account_sessions")
    op.drop_table("account_sessions")
    op.drop_index(op.f("ix_account_request_moves_request_id"), table_name="account_request_moves")
    op.drop_table("account_request_moves")
    op.drop_index(op.f("ix_account_request_lines_request_id"), table_name="account_request_lines")
    op.drop_table("account_request_lines")
    op.drop_table("role_additions")
    op.drop_index(op.f("ix_account_requests_unit_id"), table_name="account_requests")
    op.drop_index(op.f("ix_account_requests_at_unit_id"), table_name="account_requests")
    op.drop_table("account_requests")
    op.drop_index(op.f("ix_minutes_templates_kind"), table_name="minutes_templates")
    op.drop_table("minutes_templates")
