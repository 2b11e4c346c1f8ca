"""`init`: schema, roles, keys and permissions are as this version needs them; safe to repeat.

Run as the owner; serving never does any of it.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.orm import Session

from app.database import application_role, make_secrets, owner_address, sqlalchemy_url
from app.operations.holidays import seed_holidays
from app.operations.places import seed_places
from app.security import audit, normal_text, roles, scope
from app.security.audit_heads import load_signing_key
from app.security.key_place import make_wrapping_key
from app.security.keys import SEALING, TOKENS, add_key, unwrapped
from app.security.recovery import sealer
from app.security.tables import data_keys
from config import DEFAULTS, ROOT, ConfigError, audit_key_file, instance_dir

# What the application's role may do besides reading and adding; nothing that carries petitions' data is ever deleted.
MAY_DELETE = (
    "drafts",
    "sent_forms",
    # what a step brought, when the step is taken back, and a person written by mistake
    "persons",
    "suspensions",
    "extensions",
    "endings",
    "decisions",
    "execution_entries",
    "ab_user_role",
    "ab_permission_view_role",
    "account_manages",
    "holidays",
    "holiday_years",
    "ab_role",
    "ab_user_group",
    "wrong_tries",
    "saved_lists",
    "held_files",  # of registers, between preview and import
    "jobs",  # a month after they ended
    "job_progress",
)
QUEUE = "procrastinate"  # the schema of the queue, which holds ids only
_LOCK = 7_303_021  # two `init` at once would make roles, keys and tables twice
READ_ONLY = ("data_keys", "recovery_keys", "alembic_version")
APPEND_ONLY = (
    "audit_entries",
    "audit_seals",
    "audit_heads",
    "past_passwords",
    "minutes",
    "minutes_templates",
    "account_request_moves",
)


class NotInitialised(ConfigError):
    """The schema is not that of this version."""


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, on that connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def initialise(environ: Mapping[str, str], say: object = sys.stderr) -> None:
    """The database is at this version with its roles, keys, permissions and calendar.

    Raises ConfigError, KeyTrouble.
    """
    folder = instance_dir(environ)
    address = owner_address(environ)
    engine = create_engine(
        sqlalchemy_url(address),
        connect_args=DEFAULTS["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"],
        hide_parameters=True,
    )
    with _alone(address):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            _initialise(engine, address, make_secrets(folder), environ)
        finally:
            engine.dispose()


@contextmanager
def _alone(address: Mapping[str, str]) -> Iterator[None]:
    """One `init` at a time for this database, from whichever machine: a second waits, and says so."""
    with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
        row = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row is None or not row[0]:
            print("một “run.py init” khác đang chạy; chờ nó xong", file=sys.stderr, flush=True)
            connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        yield


def _initialise(
    engine: Engine, address: Mapping[str, str], secrets: Mapping[str, str], environ: Mapping[str, str]
) -> None:
    _upgrade(engine)
    role = application_role(address)
    with engine.begin() as connection:
        _make_role(connection, role, secrets["database_password"])
        _grant(connection, role)
    if not _mark_leakproof(engine):
        print(
            "cảnh báo: chủ cơ sở dữ liệu không phải superuser nên không đánh dấu được arraycontains, arrayoverlap là"
            " leakproof; tìm kiếm trên dữ liệu lớn sẽ chậm hàng trăm lần",
            file=sys.stderr,
        )
    _fill(engine, environ)
    # A chain that was signed before keeps its key: a new one would make every old signature worthless.
    with engine.connect() as connection:
        load_signing_key(audit_key_file(environ), make=connection.scalar(text("select count(*) from audit_heads")) == 0)


def _upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        if (connection.dialect.server_version_info or (0,)) < (15,):
            raise ConfigError("cần PostgreSQL 15 trở lên")
        _refuse_newer(connection)
        command.upgrade(alembic_config(connection), "head")
        connection.commit()


def _refuse_newer(connection: Connection) -> str | None:
    """The revision of the schema, one this version knows. Raises NotInitialised for one of a version to come."""
    script = ScriptDirectory.from_config(alembic_config())
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise NotInitialised(
            f"dữ liệu của phiên bản mới hơn (lược đồ {found}); chạy phiên bản đó, hoặc phục hồi sao lưu"
        )
    return found


def _make_role(connection: Connection, role: str, password: str) -> None:
    known = connection.execute(text("select 1 from pg_roles where rolname = :role"), {"role": role}).first()
    verb = "alter" if known else "create"
    statement = sql.SQL("{} role {} login nosuperuser nobypassrls nocreatedb nocreaterole password {}").format(
        sql.SQL(verb), sql.Identifier(role), sql.Literal(password)
    )
    cursor = connection.connection.cursor()
    cursor.execute(statement)


def _grant(connection: Connection, role: str) -> None:
    cursor = connection.connection.cursor()
    name = sql.Identifier(role)
    tables = [row[0] for row in connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))]
    cursor.execute(sql.SQL("grant usage on schema public to {}").format(name))
    cursor.execute(sql.SQL("grant usage on all sequences in schema public to {}").format(name))
    for table in tables:
        rights = (
            "select" if table in READ_ONLY else "select, insert" if table in APPEND_ONLY else "select, insert, update"
        )
        rights += ", delete" if table in MAY_DELETE else ""
        cursor.execute(sql.SQL("revoke all on {} from {}").format(sql.Identifier(table), name))
        cursor.execute(sql.SQL("grant {} on {} to {}").format(sql.SQL(rights), sql.Identifier(table), name))
    for right in ("usage on schema", "all on all tables in schema", "usage on all sequences in schema"):
        cursor.execute(sql.SQL("grant {} {} to {}").format(sql.SQL(right), sql.Identifier(QUEUE), name))


# Row security lets the token index be used only where `@>` and `&&` on arrays are marked leakproof; that needs a
# superuser.
LEAKPROOF = ("arraycontains", "arrayoverlap")


def _mark_leakproof(engine: Engine) -> bool:
    if is_leakproof(engine):
        return True
    try:
        with engine.begin() as connection:
            for name in LEAKPROOF:
                connection.connection.cursor().execute(
                    sql.SQL("alter function pg_catalog.{}(anyarray, anyarray) leakproof").format(sql.Identifier(name))
                )
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def analyse(environ: Mapping[str, str]) -> None:
    """The planner knows what is in the tables, and the token index has no pending list; run after a bulk load, before
    autovacuum comes round to it (a page took 110 ms instead of 1, each token looked up read 213 pages of pending
    entries).
    """
    with psycopg.connect(make_conninfo(**owner_address(environ)), autocommit=True) as connection:
        connection.execute("vacuum (analyze)")


def is_leakproof(engine: Engine) -> bool:
    """True when the token index can be used under row security."""
    query = text(
        "select count(*) from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any(:names) and"
        " proleakproof"
    )
    with engine.connect() as connection:
        return bool(connection.scalar(query, {"names": list(LEAKPROOF)}) == len(LEAKPROOF))


@contextmanager
def as_owner(environ: Mapping[str, str]) -> Iterator[Connection]:
    """A transaction of the owner's: what the application itself may not change."""
    engine = create_engine(
        sqlalchemy_url(owner_address(environ)),
        connect_args=DEFAULTS["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"],
        hide_parameters=True,
    )
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _fill(engine: Engine, environ: Mapping[str, str]) -> None:
    with engine.begin() as connection:
        known = set(connection.execute(select(data_keys.c.purpose)).scalars())
        wrapping = make_wrapping_key(environ, known=bool(known))
        recovery = sealer(connection, wrapping)
        for purpose in SEALING + TOKENS:
            if purpose not in known:
                add_key(connection, purpose, wrapping, recovery)
        unwrapped(connection, wrapping)  # a key that opens nothing is told of now, not at the first page
    for hook in (scope, normal_text, audit):
        hook.install()
    with Session(engine) as session:
        scope.enter(session, scope.system_scope("init"))
        roles.sync(session)
        seed_holidays(session)
        seed_places(session)
        audit.record(session, "command.run", detail={"command": "init"})
        session.commit()


def check_serving(engine: Engine) -> None:
    """The role may serve: not a superuser, not the owner, bound by row security, and the schema is this version's.

    Raises NotInitialised.
    """
    with engine.connect() as connection:
        if _refuse_newer(connection) != ScriptDirectory.from_config(alembic_config()).get_current_head():
            raise NotInitialised("cơ sở dữ liệu chưa ở phiên bản này; chạy “run.py init”")
        row = connection.execute(
            text(
                "select r.rolsuper or r.rolbypassrls as above, pg_has_role(current_user, c.relowner, 'member') as owner"
                " from pg_roles r, pg_class c where r.rolname = current_user and c.oid = 'petitions'::regclass"
            )
        ).one()
        if row.above or row.owner:
            raise NotInitialised(
                "vai trò đăng nhập vượt qua được bảo mật dòng (superuser, chủ bảng hoặc BYPASSRLS); ứng dụng từ chối"
                " phục vụ"
            )
