"""A real PostgreSQL for every test: one cluster a run, a copy of an initialised database for each module that asks."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.conninfo import make_conninfo

from app import create_app
from app.database import application_role, owner_address, read_secrets, sqlalchemy_url
from app.embedded import Embedded
from app.extensions import db
from app.installation import initialise
from app.models import Account, Unit
from app.operations.accounts.accounts import NewAccount, add_account
from app.operations.exchange.file_in import import_file
from app.operations.units import place_unit
from app.security.key_place import wrapping_key
from app.security.scope import enter, system_scope
from config import TEST, load

PASSWORD = "Mot-cau-dai-de-nho-2026"
DATA = Path(__file__).parent / "data"


@dataclass
class Installation:
    """An initialised database with its application."""

    environ: dict[str, str]
    app: Flask
    accounts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def session(self, purpose: str = "test") -> Iterator[Any]:
        """A session of the operator: sees everything; commit is the caller's."""
        with self.app.app_context():
            enter(db.session(), system_scope(purpose))
            yield db.session()

    def owner(self) -> Any:
        """A connection as the owner, autocommit."""
        return psycopg.connect(self.environ["DATABASE_URL"], autocommit=True)


class Browser:
    """A test client that signs in and sends CSRF tokens, as a browser would."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def token(self) -> str:
        page = self.client.get("/account/password", follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, page[:500]
        return found.group(1)

    def sign_in(self, identifier: str, password: str = PASSWORD) -> Any:
        return self.client.post(
            "/login/", data={"username": identifier, "password": password, "csrf_token": self.token()}
        )

    def get(self, address: str, **kwargs: Any) -> Any:
        return self.client.get(address, **kwargs)

    def search(self, text: str, **more: Any) -> Any:
        """The answer of the list after these words were typed."""
        return self.post("/petitions/search", {"text": text, **more}, follow_redirects=True)

    def post(self, address: str, data: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        return self.client.post(address, data={**(data or {}), "csrf_token": self.token()}, **kwargs)


@pytest.fixture(scope="session")
def cluster() -> Iterator[dict[str, str]]:
    """The environment of an initialised database on the embedded PostgreSQL; tests use copies of it."""
    folder = Path(tempfile.mkdtemp(prefix="donthu-test-"))
    folder.chmod(0o755)
    environ = {"INSTANCE_DIR": str(folder / "instance"), "PATH": os.environ["PATH"]}
    environ["DATABASE_URL"] = make_conninfo(**owner_address(environ))
    initialise(environ)
    yield environ
    Embedded(folder / "instance").stop()  # before its folder goes
    shutil.rmtree(folder, ignore_errors=True)


def make_application(environ: Mapping[str, str]) -> Flask:
    address = owner_address(environ)
    mine = dict(address) | {
        "user": application_role(address),
        "password": read_secrets(Path(environ["INSTANCE_DIR"]))["database_password"],
    }
    settings = load(environ) | TEST | {"SQLALCHEMY_DATABASE_URI": sqlalchemy_url(mine), "SECRET_KEY": "test"}
    return create_app(settings, wrapping_key(environ))


_numbers = iter(range(1, 10_000))


@contextmanager
def copied(cluster: dict[str, str]) -> Iterator[Installation]:
    name = f"copy{next(_numbers)}"
    address = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(cluster["DATABASE_URL"]).items()}
    with psycopg.connect(make_conninfo(**address | {"dbname": "postgres"}), autocommit=True) as connection:
        connection.execute(f"create database {name} template {address['dbname']}")
    environ = cluster | {"DATABASE_URL": make_conninfo(**address | {"dbname": name})}
    initialise(environ)
    installation = Installation(environ, make_application(environ))
    yield installation
    with installation.app.app_context():
        db.engine.dispose()
    with psycopg.connect(make_conninfo(**address | {"dbname": "postgres"}), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def installation(cluster: dict[str, str]) -> Iterator[Installation]:
    """A database of the module's own."""
    with copied(cluster) as found:
        yield found


@pytest.fixture
def empty(cluster: dict[str, str]) -> Iterator[Installation]:
    """A database of the test's own."""
    with copied(cluster) as found:
        yield found


@pytest.fixture(scope="session")
def world_template(
    cluster: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """A database with the people and petitions of tests/support/world.py, built once a run, and the keys of its foreign
    rows; tests take copies.
    """
    with copied(cluster) as installation:
        keys = build(installation, tmp_path_factory.mktemp("world"))
        with installation.app.app_context():
            db.engine.dispose()
        yield installation.environ, keys


@pytest.fixture
def world(world_template: tuple[dict[str, str], dict[str, Any]]) -> Iterator[tuple[Installation, dict[str, Any]]]:
    """A world of the test's own."""
    environ, keys = world_template
    with copied(environ) as installation:
        yield installation, keys


def create_unit(session: Any, code: str, parent: Unit | None = None, **values: Any) -> Unit:
    unit = Unit(code=code, **{"name": f"Đơn vị {code}", "level": "department"} | values)
    session.add(place_unit(unit, parent))
    session.flush()
    return unit


def create_account(
    session: Any, identifier: str, unit: Unit, *roles: str, kind: str = "user", manages: Any = ()
) -> Account:
    account, _, _ = add_account(
        session, NewAccount(identifier, kind, unit, roles, manages, f"Người giữ {identifier}", "1/QĐ"), "operator"
    )
    account.password = HASHED
    account.must_change_password = False
    session.flush()
    return account


def take_in(session: Any, folder: Path, records: list[dict[str, Any]]) -> None:
    """The exchange records are in the session's transaction, as a file brings them."""
    path = folder / "records.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    import_file(session, path)


def petition_record(number: str, unit: str, **values: Any) -> dict[str, Any]:
    """An exchange record of a petition; `values` replace its fields."""
    return {
        "type": "petition",
        "id": number,
        "unit": unit,
        "kind": "complaint",
        "source": "post",
        "received_on": "2026-10-05",
        "signatories": "one",
        "people": 1,
        "petitioners": [{"name": "Nguyễn Văn Mẫu", "address": "Thôn 1"}],
        "respondents": [],
        "summary": "Khiếu nại về giá bồi thường",
        "field": "land",
        "instance": 1,
        **values,
    }


def case_record(number: str, unit: str, **values: Any) -> dict[str, Any]:
    """An exchange record of a case; `values` replace its fields."""
    return {
        "type": "case",
        "case": number,
        "unit": unit,
        "kind": "complaint",
        "instance": 1,
        "remote": False,
        "complexity": [],
        **values,
    }


def pages_of(text: str) -> str:
    """A page's text without its markup, for asserting on what a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(scope="session")
def debian_cluster() -> Iterator[dict[str, str]]:
    """The same on Debian's PostgreSQL, started as an ordinary server would be."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder = Path(tempfile.mkdtemp(prefix="donthu-debian-"))
    data = folder / "data"
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    folder.chmod(0o755)
    subprocess.run(
        [
            *as_user,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "donthu_owner",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        check=True,
        capture_output=True,
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    subprocess.run(
        [*as_user, binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start"],
        check=True,
        capture_output=True,
    )
    try:
        environ = {"INSTANCE_DIR": str(folder / "instance"), "PATH": os.environ["PATH"]}
        (folder / "instance").mkdir()
        environ["DATABASE_URL"] = f"host={folder} user=donthu_owner dbname=postgres"
        initialise(environ)
        yield environ
    finally:
        subprocess.run(
            [*as_user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, capture_output=True
        )
        shutil.rmtree(folder, ignore_errors=True)


from app.security.passwords import hash_password  # noqa: E402  once a run: scrypt is slow on purpose
from tests.support.world import build  # noqa: E402  which needs what stands above

HASHED = hash_password(PASSWORD)
TODAY = date(2026, 11, 21)
