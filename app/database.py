"""Where the database is, and under which role one signs in: the owner migrates, the application's role serves.

With DATABASE_URL unset a PostgreSQL of our own runs under INSTANCE_DIR/pg (`embedded.py`). Secrets that `init`
makes lie in INSTANCE_DIR/secrets.json, mode 600.
"""

import json
import os
import secrets
import stat
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from app import embedded
from app.security.private_files import write_whole
from config import ConfigError, instance_dir

EMBEDDED_DATABASE = "donthu"
# in INSTANCE_DIR
SECRETS = "secrets.json"
DEMO_ACCOUNTS = "demo-accounts.json"
# MB; a quarter of the machine's memory where that is less. The default 128 kept the rows of 100,000 petitions coming
# from disk
MOST_BUFFERS = 512
_LOCK = 7_303_020  # two commands at once would make the database twice


def owner_address(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The owner's libpq parameters; starts the embedded server where DATABASE_URL is unset. Raises ConfigError."""
    if address := environ.get("DATABASE_URL"):
        try:
            return {key: str(value) for key, value in conninfo_to_dict(address).items()}
        except psycopg.ProgrammingError:
            raise ConfigError(
                "DATABASE_URL không phải địa chỉ PostgreSQL (postgresql://người:mật_khẩu@máy/cơ_sở_dữ_liệu)"
            ) from None
    return made(embedded.use(instance_dir(environ)))


def made(address: Mapping[str, str]) -> dict[str, str]:
    """The owner's libpq parameters on the embedded server of that address, the database made where it was not there."""
    query = "select 1 from pg_database where datname = %s"
    with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
        if connection.execute(query, [EMBEDDED_DATABASE]).fetchone() is None:
            connection.execute("select pg_advisory_lock(%s)", [_LOCK])
            if connection.execute(query, [EMBEDDED_DATABASE]).fetchone() is None:
                making = sql.SQL("create database {} encoding 'UTF8' template template0")
                connection.execute(making.format(sql.Identifier(EMBEDDED_DATABASE)))
                room = sql.SQL("alter system set shared_buffers = {}")  # from its next start
                connection.execute(room.format(sql.Literal(f"{_buffers()}MB")))
    return dict(address) | {"dbname": EMBEDDED_DATABASE}


def _buffers() -> int:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    return max(128, min(MOST_BUFFERS, memory // 4))


def sqlalchemy_url(address: Mapping[str, str]) -> str:
    """libpq parameters as a SQLAlchemy address, password and all; made without SQLAlchemy, which small commands do not
    load.
    """
    user, password, name = (urllib.parse.quote(address.get(key, ""), safe="") for key in ("user", "password", "dbname"))
    rest = {key: value for key, value in address.items() if key not in ("user", "password", "dbname")}
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"postgresql+psycopg://{who}/{name}?{urllib.parse.urlencode(rest)}"


def application_role(address: Mapping[str, str]) -> str:
    """The name of the role the application signs in as."""
    return f"{address.get('dbname') or address.get('user')}_app"


def read_secrets(folder: Path) -> dict[str, str]:
    """The secrets `init` made. Raises ConfigError where there are none, others can read them, or they were cut off."""
    path = folder / SECRETS
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise ConfigError(f"chưa khởi tạo: không có {path}; chạy “run.py init” trước") from None
    if mode & 0o077:
        raise ConfigError(f"tệp {path} có quyền {mode:o}, người khác đọc được; chạy: chmod 600 {path}")
    if (found := _whole(path)) is None:
        raise ConfigError(f"tệp {path} bị cụt; chạy “run.py init” để làm lại (mọi người sẽ phải đăng nhập lại)")
    return found


def _whole(path: Path) -> dict[str, str] | None:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        return None
    names = ("secret_key", "database_password")
    return found if isinstance(found, dict) and all(isinstance(found.get(name), str) for name in names) else None


def make_secrets(folder: Path) -> dict[str, str]:
    """The secrets, made now if they were not there or the file was cut off.

    Nothing is sealed with them, and `init` sets the role's password anew.
    """
    path = folder / SECRETS
    if not path.exists() or _whole(path) is None:
        write_private(path, {"secret_key": secrets.token_hex(32), "database_password": secrets.token_urlsafe(32)})
    return read_secrets(folder)


def write_private(path: Path, value: Any) -> None:
    """The JSON value stands at `path`, whole and readable by its owner only."""
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=1).encode())


def demonstration_accounts(folder: Path) -> list[dict[str, str]]:
    """What `demo` told of its accounts; nothing where there are none. Raises ConfigError where the file was cut off."""
    path = folder / DEMO_ACCOUNTS
    if not path.exists():
        return []
    try:
        found: list[dict[str, str]] = json.loads(path.read_bytes())
    except ValueError:
        raise ConfigError(
            f"tệp {path} bị cụt; đặt mật khẩu mới cho tài khoản trình diễn: run.py account password TÊN"
        ) from None
    return found


def application_address(owner: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """libpq parameters of the application's role on the owner's server. Raises ConfigError where `init` has not run."""
    password = read_secrets(instance_dir(environ))["database_password"]
    return dict(owner) | {"user": application_role(owner), "password": password}


def application_url(environ: Mapping[str, str] = os.environ) -> str:
    """The address under which the application signs in. Raises ConfigError where `init` has not run."""
    if url := environ.get("APP_DATABASE_URL"):
        return url
    read_secrets(instance_dir(environ))  # first: nothing is started, or made, where `init` has not run
    return sqlalchemy_url(application_address(owner_address(environ), environ))
