"""Petitions, cases and receptions: facts and content in tables of their own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("instance", sa.SmallInteger(), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("complexity", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("discontinued_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(refused_on, withdrawn_on, discontinued_on) <= 1", name="cases_one_end"),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "cases_level_0", "cases", ["level_0", sa.literal_column("id DESC")], postgresql_include=["path", "unit_id"]
    )
    op.create_index(
        "cases_level_1", "cases", ["level_1", sa.literal_column("id DESC")], postgresql_include=["path", "unit_id"]
    )
    op.create_index(
        "cases_level_2", "cases", ["level_2", sa.literal_column("id DESC")], postgresql_include=["path", "unit_id"]
    )
    op.create_index(
        "cases_level_3", "cases", ["level_3", sa.literal_column("id DESC")], postgresql_include=["path", "unit_id"]
    )
    op.create_index("cases_unit", "cases", ["unit_id", sa.literal_column("id DESC")], postgresql_include=["path"])
    op.create_table(
        "reception_days",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("holder", sa.String(length=12), nullable=False),
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
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "reception_days_level_0",
        "reception_days",
        ["level_0", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "reception_days_level_1",
        "reception_days",
        ["level_1", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "reception_days_level_2",
        "reception_days",
        ["level_2", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "reception_days_level_3",
        "reception_days",
        ["level_3", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "reception_days_unit",
        "reception_days",
        ["unit_id", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path"],
    )
    op.create_table(
        "typed_forms",
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
    op.create_index("typed_forms_one", "typed_forms", ["unit_id", "form", "start_on", "end_on"], unique=True)
    op.create_table(
        "decisions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("instance", sa.SmallInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("state_money", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("state_land", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("returned_money", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("returned_land", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("organisations_restored", sa.Integer(), nullable=False),
        sa.Column("individuals_restored", sa.Integer(), nullable=False),
        sa.Column("organisations_to_discipline", sa.Integer(), nullable=False),
        sa.Column("people_to_discipline", sa.Integer(), nullable=False),
        sa.Column("officials_to_discipline", sa.Integer(), nullable=False),
        sa.Column("investigations", sa.Integer(), nullable=False),
        sa.Column("people_to_investigate", sa.Integer(), nullable=False),
        sa.Column("officials_to_investigate", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    op.create_index("decisions_reported", "decisions", ["path", "kind", "decided_on"])
    op.create_table(
        "execution_entries",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("executed_on", sa.Date(), nullable=False),
        sa.Column("state_money", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("state_land", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("returned_money", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("returned_land", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("organisations_disciplined", sa.Integer(), nullable=False),
        sa.Column("people_disciplined", sa.Integer(), nullable=False),
        sa.Column("officials_disciplined", sa.Integer(), nullable=False),
        sa.Column("prosecutions", sa.Integer(), nullable=False),
        sa.Column("people_prosecuted", sa.Integer(), nullable=False),
        sa.Column("officials_prosecuted", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_execution_entries_case_id"), "execution_entries", ["case_id"])
    op.create_table(
        "petitions",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("signatories", sa.String(length=10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("instance", sa.SmallInteger(), nullable=False),
        sa.Column("processed_on", sa.Date(), nullable=True),
        sa.Column("eligible", sa.Boolean(), nullable=True),
        sa.Column("competent", sa.Boolean(), nullable=True),
        sa.Column("direction", sa.String(length=10), nullable=True),
        sa.Column("sent_to_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("processed_on >= received_on", name="petitions_processed_after_received"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sent_to_id"],
            ["units.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_petitions_case_id"), "petitions", ["case_id"])
    op.create_index(
        "petitions_level_0",
        "petitions",
        ["level_0", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "petitions_level_1",
        "petitions",
        ["level_1", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "petitions_level_2",
        "petitions",
        ["level_2", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "petitions_level_3",
        "petitions",
        ["level_3", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index("petitions_open", "petitions", ["unit_id", "received_on"], postgresql_where="processed_on is null")
    op.create_index("petitions_registrar", "petitions", ["registered_by"], postgresql_where="registered_by is not null")
    op.create_index(
        "petitions_unit",
        "petitions",
        ["unit_id", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path"],
    )
    op.create_table(
        "suspensions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("end_on >= start_on", name="suspensions_order"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_suspensions_case_id"), "suspensions", ["case_id"])
    op.create_table(
        "deadlines",
        sa.Column("petition_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("tentative", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
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
    op.create_index("deadlines_open_0", "deadlines", ["level_0", "due_on", "id"], postgresql_where="done_on is null")
    op.create_index("deadlines_open_1", "deadlines", ["level_1", "due_on", "id"], postgresql_where="done_on is null")
    op.create_index("deadlines_open_2", "deadlines", ["level_2", "due_on", "id"], postgresql_where="done_on is null")
    op.create_index("deadlines_open_3", "deadlines", ["level_3", "due_on", "id"], postgresql_where="done_on is null")
    op.create_index("deadlines_open_unit", "deadlines", ["unit_id", "due_on", "id"], postgresql_where="done_on is null")
    op.create_index(op.f("ix_deadlines_case_id"), "deadlines", ["case_id"])
    op.create_index(op.f("ix_deadlines_petition_id"), "deadlines", ["petition_id"])
    op.create_table(
        "persons",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
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
    op.create_index(op.f("ix_persons_petition_id"), "persons", ["petition_id"])
    op.create_table(
        "petition_texts",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("tokens", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
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
        sa.UniqueConstraint("petition_id"),
    )
    op.create_index(
        "petition_texts_level_0",
        "petition_texts",
        ["level_0", sa.literal_column("received_on DESC"), sa.literal_column("petition_id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "petition_texts_level_1",
        "petition_texts",
        ["level_1", sa.literal_column("received_on DESC"), sa.literal_column("petition_id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "petition_texts_level_2",
        "petition_texts",
        ["level_2", sa.literal_column("received_on DESC"), sa.literal_column("petition_id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "petition_texts_level_3",
        "petition_texts",
        ["level_3", sa.literal_column("received_on DESC"), sa.literal_column("petition_id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index("petition_texts_tokens", "petition_texts", ["tokens"], postgresql_using="gin")
    op.create_index(
        "petition_texts_unit",
        "petition_texts",
        ["unit_id", sa.literal_column("received_on DESC"), sa.literal_column("petition_id DESC")],
        postgresql_include=["path"],
    )
    op.create_table(
        "receptions",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("matter_key", sa.BigInteger(), nullable=True),
        sa.Column("petition_id", sa.Uuid(), nullable=True),
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
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_receptions_petition_id"), "receptions", ["petition_id"])
    op.create_index(
        "receptions_level_0",
        "receptions",
        ["level_0", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "receptions_level_1",
        "receptions",
        ["level_1", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "receptions_level_2",
        "receptions",
        ["level_2", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "receptions_level_3",
        "receptions",
        ["level_3", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path", "unit_id"],
    )
    op.create_index(
        "receptions_unit",
        "receptions",
        ["unit_id", sa.literal_column("held_on DESC"), sa.literal_column("id DESC")],
        postgresql_include=["path"],
    )
    op.create_table(
        "steps",
        sa.Column("petition_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("taken_by", sa.String(length=80), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("basis", sa.String(length=250), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
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
    op.create_index(op.f("ix_steps_case_id"), "steps", ["case_id"])
    op.create_index(op.f("ix_steps_petition_id"), "steps", ["petition_id"])
    op.create_table(
        "reception_texts",
        sa.Column("reception_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reception_id"],
            ["receptions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reception_id"),
    )
    op.create_table(
        "step_notes",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("compartment", sa.Boolean(), nullable=False),
        sa.Column("handlers", postgresql.ARRAY(sa.String(length=64)), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=True),
        sa.Column("path", sa.String(length=400, collation="C"), nullable=False),
        sa.Column("level_0", sa.Uuid(), nullable=True),
        sa.Column("level_1", sa.Uuid(), nullable=True),
        sa.Column("level_2", sa.Uuid(), nullable=True),
        sa.Column("level_3", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["steps.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("step_id"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


TABLES = (
    "cases",
    "reception_days",
    "typed_forms",
    "decisions",
    "execution_entries",
    "petitions",
    "suspensions",
    "deadlines",
    "persons",
    "petition_texts",
    "receptions",
    "steps",
    "reception_texts",
    "step_notes",
)
