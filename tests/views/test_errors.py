"""Error pages: whatever is broken, the page that says so is not."""

import errno
import logging
import re

import psycopg
import pytest
from redis.exceptions import ConnectionError as NoRedis
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from app.extensions import db
from app.security.keys import KeyTrouble
from app.security.scope import OutOfScope
from app.views.errors import BUSY, FULL, GONE, NO_KEY, UNSURE, passing
from tests.conftest import Browser, create_account, create_unit


def sqlalchemy(cause, statement="select 1", invalidated=False):
    return OperationalError(statement, {}, cause, connection_invalidated=invalidated)


TROUBLES = [
    (sqlalchemy(psycopg.OperationalError("connection refused")), GONE),
    (sqlalchemy(psycopg.errors.AdminShutdown(), invalidated=True), GONE),
    (sqlalchemy(psycopg.errors.CannotConnectNow()), GONE),
    (sqlalchemy(psycopg.errors.TooManyConnections()), BUSY),
    (sqlalchemy(psycopg.errors.DiskFull()), FULL),
    (psycopg.errors.DiskFull(), FULL),
    (NoConnectionLeft("QueuePool limit"), BUSY),
    (OSError(errno.ENOSPC, "No space left on device", "x.part"), FULL),
    (OSError(errno.EDQUOT, "Disk quota exceeded", "x.part"), FULL),
    (NoRedis("Connection refused"), GONE),
    (KeyTrouble("thiết bị không trả lời"), NO_KEY),
]
WILL_NOT_PASS = [
    FileNotFoundError(errno.ENOENT, "none", "x"),
    InternalError("select 1", {}, psycopg.InternalError()),
    ValueError("x"),
]


@pytest.mark.parametrize(("trouble", "told"), TROUBLES, ids=lambda value: type(value).__name__)
def test_what_will_pass_says_so(installation, trouble, told):
    with installation.app.test_request_context():
        assert passing(trouble) == told


@pytest.mark.parametrize("trouble", WILL_NOT_PASS, ids=lambda value: type(value).__name__)
def test_what_will_not_pass_is_an_error(installation, trouble):
    with installation.app.test_request_context():
        assert passing(trouble) is None


def test_a_commit_that_was_cut_off_is_not_said_to_have_written_nothing(installation):
    cut = sqlalchemy(psycopg.OperationalError("server closed the connection"), statement=None, invalidated=True)
    with installation.app.test_request_context(method="POST"):
        assert passing(cut) == UNSURE and "chưa ghi gì" not in str(UNSURE[0])
    with installation.app.test_request_context():
        assert passing(cut) == GONE


@pytest.fixture
def reader(empty):
    """An officer who is signed in, in an application that does what a deployed one does with errors."""
    with empty.session() as session:
        create_account(session, "CANBO", create_unit(session, "A"), "officer")
        session.commit()
    empty.app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = Browser(empty.app)
    assert browser.sign_in("CANBO").status_code == 302
    return empty, browser


def plain(answer, status):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "<nav" not in page and "CANBO" not in page and 'lang="vi"' in page and "Không thực hiện được" in page
    assert not re.search("select|Traceback|psycopg|Error", page)
    return page


def raising(trouble):
    def fail(*_arguments, **_named):
        raise trouble

    return fail


@pytest.mark.parametrize("where", ["find", "permissions_and_scope"])
def test_trouble_while_the_account_is_looked_up_is_a_page(reader, monkeypatch, caplog, where):
    _, browser = reader
    module = "app.security.sessions.find" if where == "find" else "app.security.manager.permissions_and_scope"
    monkeypatch.setattr(module, raising(sqlalchemy(psycopg.OperationalError("gone"))))
    with caplog.at_level(logging.ERROR):
        for address in ("/inbox/", "/petitions/", "/no/such/page"):
            answer = browser.get(address)
            assert "chưa ghi gì" in plain(answer, 503) and answer.headers["Retry-After"] == "10"
    assert len(caplog.records) == 3 and not any(record.exc_info for record in caplog.records)
    assert all(len(record.getMessage()) < 300 for record in caplog.records)


@pytest.mark.parametrize(
    "trouble", [sqlalchemy(psycopg.OperationalError("gone")), ValueError("một lỗi")], ids=["gone", "defect"]
)
def test_a_menu_that_fails_is_not_on_the_page_that_says_so(reader, monkeypatch, trouble):
    installation, browser = reader
    monkeypatch.setitem(installation.app.jinja_env.globals, "menu", raising(trouble))
    page = plain(browser.get("/petitions/"), 503 if isinstance(trouble, OperationalError) else 500)
    assert "chưa ghi gì" in page


def test_trouble_while_another_error_is_told_is_a_page(reader, monkeypatch):
    installation, browser = reader
    monkeypatch.setattr("app.views.errors.audit.record_apart", raising(sqlalchemy(psycopg.OperationalError("gone"))))
    installation.app.jinja_env.globals["menu"] = raising(OutOfScope("x"))
    assert "chưa ghi gì" in plain(browser.get("/petitions/"), 503)


def test_every_connection_taken_is_told(reader):
    installation, browser = reader
    with installation.app.app_context():
        engine = db.engine
    engine.pool._timeout = 0
    held = []
    try:
        while len(held) < engine.pool.size() + engine.pool._max_overflow:
            held.append(engine.connect())
        answer = browser.get("/petitions/")
        assert "quá nhiều người" in plain(answer, 503) and answer.headers["Retry-After"] == "30"
    finally:
        for connection in held:
            connection.close()
    assert browser.get("/petitions/").status_code == 200


def test_connections_that_died_with_the_server_are_made_anew(reader):
    installation, browser = reader
    assert browser.get("/petitions/").status_code == 200
    with installation.owner() as connection:
        query = (
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <>"
            " pg_backend_pid()"
        )
        connection.execute(query)
    assert browser.get("/petitions/").status_code == 200
