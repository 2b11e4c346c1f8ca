"""Sealing, tokens, audit: what the database never holds in clear, and a trail the application cannot rewrite."""

import os
import subprocess
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError, StatementError

from app.extensions import db
from app.models import Account, Person, Petition, PetitionText
from app.operations.search import search
from app.security import audit
from app.security.account_scope import permissions_and_scope
from app.security.ids import uuid7
from app.security.keys import IDENTITY, FileKey, KeyTrouble
from app.security.scope import enter
from app.security.sealed import CannotOpen, Secret, seal, unseal
from app.security.tokens import tokens_of
from tests.conftest import Browser
from tests.support.world import CANARY, CLOSED, build


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    return installation, build(installation, tmp_path_factory.mktemp("world"))


def test_no_canary_stands_in_a_dump_but_in_the_facts(world):
    installation, _ = world
    address = psycopg.conninfo.conninfo_to_dict(installation.environ["DATABASE_URL"])
    with psycopg.connect(installation.environ["DATABASE_URL"]) as connection:
        rows = []
        for table in ("petition_texts", "persons", "reception_texts", "step_notes", "audit_entries", "receptions"):
            rows += [str(row) for row in connection.execute(f"select t::text from {table} t").fetchall()]
    dump = "\n".join(rows)
    assert len(rows) > 20 and address["dbname"]
    for secret in (
        f"Họ {CANARY}",
        f"Nội dung {CANARY}",
        f"Thôn {CANARY}",
        f"Lý do {CANARY}",
        f"Khách {CANARY}",
        f"Vụ {CANARY}",
        CLOSED,
    ):
        assert secret not in dump and secret.encode().hex() not in dump


def test_a_secret_shows_dots_wherever_it_turns_up(world):
    with world[0].session() as session:
        person = session.scalars(select(Person).limit(1)).one()
        assert str(person.identity) == repr(person.identity) == f"{person.identity}" == "•••••"


def test_a_moved_changed_or_cut_value_does_not_open(world):
    with world[0].session():
        row = SimpleNamespace(__tablename__="persons", id=uuid7())
        row.identity = seal(row, "identity", {"name": "Nguyễn Văn Mẫu"}, IDENTITY)
        assert unseal(row, "identity") == {"name": "Nguyễn Văn Mẫu"}
        blob = row.identity.blob
        moves = {
            "another row": SimpleNamespace(__tablename__="persons", id=uuid7(), identity=Secret(blob)),
            "another table": SimpleNamespace(__tablename__="petitions", id=row.id, identity=Secret(blob)),
            "a flipped byte": SimpleNamespace(
                __tablename__="persons", id=row.id, identity=Secret(blob[:-1] + bytes([blob[-1] ^ 1]))
            ),
            "cut": SimpleNamespace(__tablename__="persons", id=row.id, identity=Secret(blob[:-3])),
            "nothing": SimpleNamespace(__tablename__="persons", id=row.id, identity=Secret(b"")),
            "another key": SimpleNamespace(__tablename__="persons", id=row.id, identity=Secret(b"\0\0\0\1" + blob[4:])),
            "no such key": SimpleNamespace(__tablename__="persons", id=row.id, identity=Secret(b"\0\0\1\1" + blob[4:])),
        }
        for name, moved in moves.items():
            if name == "another key" and blob[:4] == b"\0\0\0\1":
                continue
            with pytest.raises(CannotOpen):
                unseal(moved, "identity")
        other = SimpleNamespace(__tablename__="persons", id=row.id, name=Secret(blob))
        with pytest.raises(CannotOpen):
            unseal(other, "name")


def test_a_sealed_column_refuses_clear_text(world):
    with world[0].session() as session:
        text_row = session.scalars(select(PetitionText).limit(1)).one()
        text_row.body = "clear text"
        with pytest.raises((StatementError, TypeError)):
            session.flush()
        session.rollback()


def test_a_broken_value_gives_a_sentence_and_an_audit_entry(world):
    installation, keys = world
    with installation.owner() as connection:
        connection.execute(
            "update petition_texts set body = set_byte(body, 40, 255 - get_byte(body, 40)) where petition_id = %s",
            [keys["own"]],
        )
    browser = Browser(installation.app)
    browser.sign_in("OFFICER")
    answer = browser.get(f"/petitions/{keys['own']}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "niêm phong không mở được" in page and "Nội dung thường" not in page
    # the rest of the page works
    assert "Họ thường" in page and "A-complaint-thường" in page and "Luật Khiếu nại" in page
    told = browser.get("/petitions/").get_data(as_text=True)
    assert "niêm phong không mở được" in told and "Chờ thường" in told  # and so does the list
    assert "A-complaint-thường" not in browser.search("noi dung thuong").get_data(as_text=True)
    assert browser.post(f"/petitions/{keys['own']}/reveal", {"note": "lý do đủ dài"}).status_code in (200, 302)
    with installation.owner() as connection:
        rows = connection.execute("select account, reason from audit_entries where action = 'seal.broken'").fetchall()
    assert (
        len(rows) >= 2
        and {row[0] for row in rows} == {"OFFICER"}
        and all("petition_texts.body" in row[1] for row in rows)
    )
    with installation.owner() as connection:
        connection.execute(
            "update petition_texts set body = set_byte(body, 40, 255 - get_byte(body, 40)) where petition_id = %s",
            [keys["own"]],
        )


def test_the_same_name_gives_different_tokens_in_a_denunciation(world):
    with world[0].session():
        plain, closed = (set(tokens_of(["Nguyễn Văn Mẫu"], [], denunciation)) for denunciation in (False, True))
        in_text = set(tokens_of([], ["Nguyễn Văn Mẫu"], False))
        assert len(plain) == 6 and not plain & closed and not plain & in_text
        assert tokens_of(["Nguyễn Văn Mẫu"], [], False) == sorted(plain)
        assert set(tokens_of(["nguyen van mau"], [], False)) & plain != set()


def numbers(installation, identifier, query):
    with installation.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == identifier)).one()
        enter(session, permissions_and_scope(session, account)[1])
        return [petition.number for petition in search(session, query).petitions]


@pytest.mark.parametrize("query", ["Nội dung thường", "noi dung thuong", "NOI  DUNG thường", "thường nội"])
def test_search_does_not_see_diacritics_case_or_order(world, query):
    assert "A-complaint-thường" in numbers(world[0], "OFFICER", query)


def test_search_finds_only_what_the_account_may_read(world):
    installation, _ = world
    assert numbers(installation, "OFFICER", CANARY) == []
    assert numbers(installation, "OFFICER", CLOSED) == []
    assert numbers(installation, "SYNTHESIS", "nội dung") == []
    assert "A-denunciation-kín" in numbers(installation, "CHUYENTRACH", CLOSED)
    assert "A-denunciation-kín" in numbers(installation, "LEADER", CLOSED)
    assert set(numbers(installation, "CHI", CANARY)) >= {f"C-complaint-{CANARY}", f"C-denunciation-{CANARY}"}


def test_all_words_must_be_there_and_exact_spelling_comes_first(world):
    installation, _ = world
    assert numbers(installation, "OFFICER", "nội dung không có đâu") == []
    found = numbers(installation, "CHI", "Chờ")
    assert found and all("cho" in number for number in found)


def test_a_key_file_others_can_read_is_refused(tmp_path):
    FileKey.make(tmp_path / "key")
    assert oct((tmp_path / "key").stat().st_mode & 0o777) == "0o600"
    FileKey(tmp_path / "key")
    os.chmod(tmp_path / "key", 0o640)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        FileKey(tmp_path / "key")
    with pytest.raises(FileExistsError):
        FileKey.make(tmp_path / "key")
    (tmp_path / "short").write_bytes(b"x")
    os.chmod(tmp_path / "short", 0o600)
    with pytest.raises(KeyTrouble):
        FileKey(tmp_path / "short")


def test_another_key_does_not_open_this_database(tmp_path):
    FileKey.make(tmp_path / "one")
    FileKey.make(tmp_path / "two")
    wrapped = FileKey(tmp_path / "one").wrap(b"k" * 32, "identity")
    assert FileKey(tmp_path / "one").unwrap_all([(wrapped, "identity")]) == [b"k" * 32]
    for path, purpose in (("two", "identity"), ("one", "text")):
        with pytest.raises(KeyTrouble):
            FileKey(tmp_path / path).unwrap_all([(wrapped, purpose)])


@pytest.mark.parametrize(
    "statement", ["update audit_entries set account = 'x'", "delete from audit_entries", "truncate audit_entries"]
)
def test_the_trail_is_append_only_for_the_application_and_for_the_owner(world, statement):
    installation, _ = world
    with installation.app.app_context(), pytest.raises(ProgrammingError), db.engine.begin() as connection:
        connection.execute(text(statement))
    with installation.owner() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_every_change_is_recorded_with_its_columns_in_its_own_transaction(world):
    installation, _ = world
    with installation.session("audit-test") as session:
        petition = session.scalars(select(Petition).where(Petition.number == "A-complaint-thường")).one()
        petition.people = 3
        session.flush()
        session.rollback()
        petition.people = 4
        session.commit()
        key = petition.id
    with installation.owner() as connection:
        rows = connection.execute(
            "select table_name, columns, row_ids from audit_entries where account = 'system:audit-test' and action ="
            " 'row.changed'"
        ).fetchall()
    assert rows == [("petitions", ["people"], [key])]


def test_an_action_nobody_declared_is_refused(world):
    with world[0].session() as session, pytest.raises(ValueError, match="unknown audit action"):
        audit.record(session, "petition.stolen")


def test_the_trail_shows_an_auditor_its_own_subtree(world):
    installation, _ = world
    for identifier in ("OFFICER", "CHI"):
        Browser(installation.app).sign_in(identifier)
    browser = Browser(installation.app)
    browser.sign_in("AUDITOR")
    page = browser.get("/audit/?action=account.signed_in").get_data(as_text=True)
    assert "<td>OFFICER</td>" in page and "<td>CHI</td>" not in page


def test_a_process_listing_and_a_log_hold_no_value(world, caplog):
    installation, keys = world
    browser = Browser(installation.app)
    browser.sign_in("CHI")
    browser.get(f"/petitions/{keys['petition']}")
    assert f"Họ {CANARY}" not in caplog.text
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert CANARY not in listing


def test_every_word_counts_also_beyond_what_the_index_is_asked_for(world):
    many = "nội dung " * 7
    assert "A-complaint-thường" in numbers(world[0], "OFFICER", many + "thường")
    assert numbers(world[0], "OFFICER", many + "không-có-chữ-này") == []


def test_opening_the_text_to_process_it_is_recorded_as_reading(world):
    installation, _ = world
    with installation.session() as session:
        key = session.scalars(select(Petition.id).where(Petition.number == "A-complaint-cho-thường")).one()
    browser = Browser(installation.app)
    browser.sign_in("OFFICER")
    assert "Chờ thường" in browser.get(f"/petitions/{key}/process").get_data(as_text=True)
    with installation.owner() as connection:
        found = connection.execute(
            "select count(*) from audit_entries where action = 'petition.read' and %s = any(row_ids) and account ="
            " 'OFFICER'",
            [key],
        ).fetchone()
    assert found[0] == 1
