"""Row security: the second belt under every table that carries petitions' data, and an audit trail nobody changes.

Read = the path within the smallest enclosing range and, where a set is given, the unit in the set. Written as a CASE so
that the planner does not multiply its chance with the first belt's equality (performance: a page of a province 0.3 ms
instead of 30).
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None

FACTS = ("cases", "suspensions", "decisions", "execution_entries", "steps", "deadlines", "typed_forms")
RECEPTIONS = ("receptions", "reception_days")
CONTENT = ("petition_texts", "persons", "step_notes")
TABLES = (*FACTS, "petitions", *RECEPTIONS, *CONTENT, "reception_texts")


def _setting(name: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')"


def _within(reach: str, otherwise: str = "false") -> str:
    low, high, chosen = (f"current_setting('app.{reach}_{part}', true)" for part in ("low", "high", "set"))
    return (
        f"case when path >= {low} and path < {high} then coalesce({chosen}, '') = '' or unit_id = any(nullif({chosen},"
        f" '')::uuid[]) or {otherwise} else {otherwise} end"
    )


REGISTERED = f"coalesce(registered_by = any({_setting('registrars')}::text[]), false)"
MAY_WRITE = (
    "case when current_setting('app.write', true) = '*' then true else coalesce(unit_id ="
    f" any({_setting('write')}::uuid[]), false) end"
)
# A denunciation opens to its handlers, to officers of the unit while none is named, to the unit's leaders (Luật Tố cáo
# 2018, Điều 56).
OPENS = f"""case when not compartment or current_setting('app.system', true) = 'on' then true
    when handlers && {_setting("accounts")}::varchar[] then true
    when unit_id = any({_setting("lead_units")}::uuid[]) then true
    when handlers is null then coalesce(unit_id = any({_setting("officer_units")}::uuid[]), false) or {REGISTERED}
    else false end"""


def _protect(table: str, readable: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy readable on {table} for select using ({readable})")
    op.execute(f"create policy added on {table} for insert with check ({MAY_WRITE})")
    op.execute(
        f"create policy changed on {table} for update using (({readable}) and ({MAY_WRITE})) with check ({MAY_WRITE})"
    )


def upgrade() -> None:
    for table in FACTS:
        _protect(table, _within("facts"))
    _protect("petitions", _within("facts", REGISTERED))
    for table in RECEPTIONS:
        _protect(table, _within("receptions"))
    for table in CONTENT:
        _protect(table, f"({_within('text', REGISTERED)}) and ({OPENS})")
    _protect("reception_texts", f"({_within('reception_text', REGISTERED)}) and ({OPENS})")
    op.execute("alter table petition_texts alter column tokens set statistics 1000")
    op.execute("alter table audit_entries enable row level security")
    low, high = (f"current_setting('app.audit_{part}', true)" for part in ("low", "high"))
    op.execute(
        f"create policy readable on audit_entries for select using (case when path >= {low} and path < {high} then true"
        " else current_setting('app.system', true) = 'on' end)"
    )
    op.execute("create policy added on audit_entries for insert with check (true)")
    op.execute(
        "create function refuse_change() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege'; end $$"
    )
    # Numbers are unique in the installation, also against rows row security hides: this tells that one is taken, and
    # nothing else.
    op.execute(
        "create function number_taken(wanted text) returns boolean language sql stable security definer set search_path"
        " = public as $$ select exists (select from petitions where number = wanted) or exists (select from cases where"
        " number = wanted) or exists (select from receptions where number = wanted) or exists (select from"
        " reception_days where number = wanted) $$"
    )
    op.execute("create unique index suspensions_one_open on suspensions (case_id) where end_on is null")
    op.execute(
        "create trigger append_only before update or delete or truncate on audit_entries for each statement execute"
        " function refuse_change()"
    )


def downgrade() -> None:
    op.execute("drop trigger append_only on audit_entries")
    op.execute("drop function refuse_change()")
    op.execute("drop function number_taken(text)")
    op.execute("drop index suspensions_one_open")
    for table in (*TABLES, "audit_entries"):
        for policy in ("readable", "added", "changed"):
            op.execute(f"drop policy if exists {policy} on {table}")
        op.execute(f"alter table {table} disable row level security")
