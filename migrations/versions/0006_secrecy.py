"""Secrecy: documents, levels, approvals by a second person, who is shut out, recovery shares.

Row security of content is written anew: whoever `shut_out` names stays out whatever else opens the row, and a document
opens to the verifiers it was handed to.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = depends_on = None


def _setting(name: str, kind: str = "text") -> str:
    """A setting as a value worked out once a statement, not once a row: parsing lists of identifiers is what row
    security costs.
    """
    return f"(select nullif(current_setting('app.{name}', true), '')::{kind})"


def _within(reach: str, otherwise: str = "false") -> str:
    low = _setting(f"{reach}_low")
    high = _setting(f"{reach}_high")
    chosen = _setting(f"{reach}_set", "uuid[]")
    return (
        f"case when path >= {low} and path < {high} then {chosen} is null or unit_id = any({chosen}::uuid[]) or"
        f" {otherwise} else {otherwise} end"
    )


REGISTERED = f"coalesce(registered_by = any({_setting('registrars', 'text[]')}::text[]), false)"
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)
# As in 0003: a denunciation opens to its handlers, to officers of the unit while none is named, to the unit's leaders
# (Luật Tố cáo 2018, Điều 56).
OPENS = f"""case when not compartment or {_setting("system")} = 'on' then true
    when handlers && {_setting("accounts", "varchar[]")} then true
    when unit_id = any({_setting("lead_units", "uuid[]")}::uuid[]) then true
    when handlers is null then coalesce(unit_id = any({_setting("officer_units", "uuid[]")}::uuid[]), false)
        or {REGISTERED}
    else false end"""
CONTENT = {
    **{
        table: f"({_within('text', REGISTERED)}) and ({OPENS})"
        for table in ("petition_texts", "persons", "step_notes", "conflicts")
    },
    "reception_texts": f"({_within('reception_text', REGISTERED)}) and ({OPENS})",
    "documents": (
        f"case when verifiers && {_setting('accounts', 'varchar[]')} then true else ({_within('text', REGISTERED)}) and"
        f" ({OPENS}) end"
    ),
}
NEW = ("conflicts", "documents", "approvals")


def _open_to_all_but(readable: str) -> str:
    return f"case when shut_out && {_setting('holder_keys', 'varchar[]')} then false else {readable} end"


def _policies(table: str, readable: str) -> None:
    if table in NEW:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy added on {table} for insert with check ({MAY_WRITE})")
        verb = "create policy {} on {} for {} using ({})"
        op.execute(verb.format("readable", table, "select", readable))
        op.execute(
            verb.format("changed", table, "update", f"({readable}) and ({MAY_WRITE})") + f" with check ({MAY_WRITE})"
        )
    else:
        op.execute(f"alter policy readable on {table} using ({readable})")
        op.execute(f"alter policy changed on {table} using (({readable}) and ({MAY_WRITE}))")


def upgrade() -> None:
    op.create_table(
        "recovery_keys",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "approvals",
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("secrecy", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_approvals_asked_by"), "approvals", ["asked_by"], unique=False)
    op.create_table(
        "conflicts",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("stays_out", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
        sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"],
            ["petitions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_conflicts_petition_id"), "conflicts", ["petition_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("petition_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("derived_from_id", sa.Uuid(), nullable=True),
        sa.Column("media", sa.String(length=10), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("recipe", sa.LargeBinary(), nullable=True),
        sa.Column("read_text", sa.LargeBinary(), nullable=True),
        sa.Column("tokens", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("uploaded_by", sa.String(length=80), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(length=80), nullable=True),
        sa.Column("verifiers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("secrecy", sa.SmallInteger(), nullable=False),
        sa.Column("secrecy_until", sa.Date(), nullable=True),
        sa.Column("secrecy_number", sa.String(length=80), nullable=True),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
        sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name="documents_one_subject"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["derived_from_id"],
            ["documents.id"],
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"],
            ["petitions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "documents_at_work",
        "documents",
        ["next_at"],
        unique=False,
        postgresql_where="state in ('held', 'waiting', 'ready')",
    )
    op.create_index("documents_tokens", "documents", ["tokens"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_documents_case_id"), "documents", ["case_id"], unique=False)
    op.create_index(op.f("ix_documents_derived_from_id"), "documents", ["derived_from_id"], unique=False)
    op.create_index(op.f("ix_documents_petition_id"), "documents", ["petition_id"], unique=False)
    op.add_column("ab_user", sa.Column("holder_key", sa.String(length=20), nullable=True))
    op.add_column("cases", sa.Column("secrecy", sa.SmallInteger(), nullable=False, server_default="0"))
    op.alter_column("cases", "secrecy", server_default=None)
    op.add_column("cases", sa.Column("secrecy_until", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("secrecy_number", sa.String(length=80), nullable=True))
    op.add_column("data_keys", sa.Column("recovery", sa.LargeBinary(), nullable=True))
    op.add_column("persons", sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True))
    op.add_column("petition_texts", sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True))
    op.add_column("petitions", sa.Column("secrecy", sa.SmallInteger(), nullable=False, server_default="0"))
    op.alter_column("petitions", "secrecy", server_default=None)
    op.add_column("petitions", sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True))
    op.add_column("petitions", sa.Column("secrecy_until", sa.Date(), nullable=True))
    op.add_column("petitions", sa.Column("secrecy_number", sa.String(length=80), nullable=True))
    op.add_column("reception_texts", sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True))
    op.add_column("step_notes", sa.Column("shut_out", postgresql.ARRAY(sa.String(length=64)), nullable=True))
    for table, readable in CONTENT.items():
        _policies(table, _open_to_all_but(readable))
    _policies("approvals", MAY_WRITE)  # of the units one writes: who asks and who answers are of one unit
    op.execute("alter table documents alter column tokens set statistics 1000")


def downgrade() -> None:
    for table in CONTENT:
        if table not in NEW:
            _policies(table, CONTENT[table])
    # Values sealed under keys that only this version knows cannot be opened by the one before; their rows stay.
    op.drop_column("step_notes", "shut_out")
    op.drop_column("reception_texts", "shut_out")
    op.drop_column("petitions", "shut_out")
    op.drop_column("petitions", "secrecy_number")
    op.drop_column("petitions", "secrecy_until")
    op.drop_column("petitions", "secrecy")
    op.drop_column("petition_texts", "shut_out")
    op.drop_column("persons", "shut_out")
    op.drop_column("data_keys", "recovery")
    op.drop_column("cases", "secrecy_number")
    op.drop_column("cases", "secrecy_until")
    op.drop_column("cases", "secrecy")
    op.drop_column("ab_user", "holder_key")
    op.drop_index(op.f("ix_documents_petition_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_derived_from_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_case_id"), table_name="documents")
    op.drop_index("documents_tokens", table_name="documents", postgresql_using="gin")
    op.drop_index("documents_at_work", table_name="documents", postgresql_where="state in ('held', 'waiting', 'ready')")
    op.drop_table("documents")
    op.drop_index(op.f("ix_conflicts_petition_id"), table_name="conflicts")
    op.drop_table("conflicts")
    op.drop_index(op.f("ix_approvals_asked_by"), table_name="approvals")
    op.drop_table("approvals")
    op.drop_table("recovery_keys")
