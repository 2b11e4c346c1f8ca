"""The denounced never reach the denouncer: facts too are not there for those a petition is closed to; receptions say
what they are about; what narrows the reach of others waits for a second person, as what widens one's own does; named
denunciations are guarded from the start.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0012"
branch_labels = depends_on = None

NAMES = postgresql.ARRAY(sa.String(length=64))
OF_CASES = ("suspensions", "extensions", "endings", "decisions", "execution_entries")
OF_BOTH = ("steps", "deadlines")
CLOSED = ("cases", *OF_CASES, *OF_BOTH)


def _setting(name: str, kind: str = "text") -> str:
    return f"(select nullif(current_setting('app.{name}', true), '')::{kind})"


def _within(reach: str, otherwise: str = "false") -> str:
    low = _setting(f"{reach}_low")
    high = _setting(f"{reach}_high")
    chosen = _setting(f"{reach}_set", "uuid[]")
    inside = f"{chosen} is null or unit_id = any({chosen}::uuid[]) or {otherwise}"
    return f"case when path >= {low} and path < {high} then {inside} else {otherwise} end"


REGISTERED = f"coalesce(registered_by = any({_setting('registrars', 'text[]')}::text[]), false)"
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true "
    "else coalesce(unit_id = any(nullif(current_setting('app.write', true), '')::uuid[]), false) end"
)
READABLE = {
    "petitions": _within("facts", REGISTERED),
    "receptions": _within("receptions"),
    **dict.fromkeys(CLOSED, _within("facts")),
}


def _read(table: str, readable: str) -> None:
    op.execute(f"alter policy readable on {table} using ({readable})")
    op.execute(f"alter policy changed on {table} using (({readable}) and ({MAY_WRITE}))")


def upgrade() -> None:
    for table in (*CLOSED, "receptions"):
        op.add_column(table, sa.Column("shut_out", NAMES))
    for table, readable in READABLE.items():
        _read(table, f"case when shut_out && {_setting('holder_keys', 'varchar[]')} then false else {readable} end")
    op.add_column("receptions", sa.Column("about", sa.String(20)))
    op.alter_column("conflicts", "petition_id", nullable=True)
    op.add_column("conflicts", sa.Column("reception_id", sa.Uuid()))
    op.create_foreign_key("conflicts_reception_id_fkey", "conflicts", "receptions", ["reception_id"], ["id"])
    op.create_index("ix_conflicts_reception_id", "conflicts", ["reception_id"])
    op.create_check_constraint("conflicts_one_subject", "conflicts", "num_nonnulls(petition_id, reception_id) = 1")
    op.rename_table("role_additions", "role_changes")
    op.add_column("role_changes", sa.Column("removal", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("role_changes", "removal", server_default=None)
    op.create_table(
        "policy_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.String(16)),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("granted", sa.Boolean()),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    # Who was ever confirmed tells where the top is.
    op.execute(
        "update ab_user set reviewed_by = confirmed_by, reviewed_at = confirmed_at where reviewed_at is null and"
        " confirmed_at is not null"
    )
    _align()
    _guard()


def _align() -> None:
    """What is there already is closed to whom it should be, and whoever was found by number stays out whatever becomes
    of the number.
    """
    op.execute(
        "insert into conflicts (id, petition_id, account, why, stays_out, decided_by, decided_at, compartment,"
        " handlers, shut_out, unit_id, path, level_0, level_1, level_2, level_3) select gen_random_uuid(), p.id,"
        " a.username, 'number', true, 'upgrade', now(), true, '{}', p.shut_out, p.unit_id, p.path, p.level_0,"
        " p.level_1, p.level_2, p.level_3 from petitions p join ab_user a on a.holder_key = any(p.shut_out) where not"
        " exists (select from conflicts c where c.petition_id = p.id and c.account = a.username)"
    )
    op.execute(
        "update petitions p set shut_out = (select array_agg(distinct name order by name) from (select"
        " unnest(p.shut_out) as name union select account from conflicts c where c.petition_id = p.id and c.stays_out"
        " is not false) s) where p.shut_out is not null"
    )
    op.execute(  # what one petition of a case is closed for, all of them are
        "update petitions p set shut_out = s.names from (select q.case_id, array_agg(distinct name order by name) as"
        " names from petitions q, unnest(q.shut_out) as name where q.case_id is not null group by q.case_id) s where"
        " s.case_id = p.case_id"
    )
    for table in ("petition_texts", "persons", "documents", "conflicts", *OF_BOTH):
        op.execute(
            f"update {table} t set shut_out = p.shut_out from petitions p where t.petition_id = p.id and p.shut_out is"
            " not null"
        )
    op.execute(
        "update step_notes n set shut_out = s.shut_out from steps s where n.step_id = s.id and s.shut_out is not null"
    )
    op.execute("update receptions r set shut_out = p.shut_out from petitions p where r.petition_id = p.id")
    op.execute(
        "update cases c set shut_out = s.names from (select p.case_id, array_agg(distinct name order by name) as names"
        " from petitions p, unnest(p.shut_out) as name where p.case_id is not null group by p.case_id) s where"
        " s.case_id = c.id"
    )
    for table in (*OF_CASES, *OF_BOTH):
        op.execute(
            f"update {table} t set shut_out = c.shut_out from cases c where t.case_id = c.id and c.shut_out is not null"
        )
    op.execute(
        "update documents d set shut_out = c.shut_out from cases c where d.case_id = c.id and c.shut_out is not null"
    )
    op.execute(
        "update reception_texts t set shut_out = r.shut_out from receptions r where t.reception_id = r.id and"
        " r.shut_out is not null"
    )


def _guard() -> None:
    """Named denunciations that nobody gave a level have the guards of the first one; those that somebody looked at keep
    what was determined.
    """
    op.execute(
        "update petitions p set secrecy = 1, secrecy_until = (p.registered_at + interval '10 years')::date "
        "where p.kind = 'denunciation' and p.signatories <> 'none' and p.secrecy = 0 "
        "and not exists (select from steps s where s.petition_id = p.id and s.step = 'classify')"
    )


def downgrade() -> None:
    # Levels stay: what was guarded stays guarded. Conflicts of receptions have no place in the version before.
    op.drop_table("policy_changes")
    op.drop_column("role_changes", "removal")
    op.rename_table("role_changes", "role_additions")
    op.execute("delete from conflicts where petition_id is null")
    op.drop_constraint("conflicts_one_subject", "conflicts")
    op.drop_column("conflicts", "reception_id")
    op.alter_column("conflicts", "petition_id", nullable=False)
    op.drop_column("receptions", "about")
    for table, readable in READABLE.items():
        _read(table, readable)
    for table in (*CLOSED, "receptions"):
        op.drop_column(table, "shut_out")
