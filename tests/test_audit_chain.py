"""The audit chain: whatever a superuser does to the trail afterwards is named."""

import datetime as dt
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import errors
from sqlalchemy import select

from app.security import audit, audit_chain, audit_heads
from app.security.audit_retention import closable, close_segment
from app.security.keys import KeyTrouble
from app.security.tables import audit_heads as heads_table
from config import ConfigError, load
from tests.test_migrations import engine_of

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def chained(empty, tmp_path):
    """A trail of forty entries, sealed, its head signed and kept elsewhere."""
    with empty.session() as session:
        for number in range(40):
            audit.record(session, "petition.read", account=f"AN.{number}", reason=f"lý do {number}", detail={"số": number, "b": [1, 2.5, None]})
        session.commit()
        assert audit_chain.seal_pending(session) >= 40
        assert audit_chain.sign_head(session, KEY, dt.datetime.now(dt.UTC))
        session.commit()
        (path,) = audit_heads.export_heads(session, KEY, tmp_path / "heads")
        assert path.exists() and audit_heads.export_heads(session, KEY, tmp_path / "heads") == []
    return empty, tmp_path / "heads"


def problems(chained):
    installation, heads = chained
    with installation.session() as session:
        return list(audit_chain.verify(session, KEY, heads))


def tamper(installation, *statements):
    """As a superuser: triggers off, then on again."""
    with installation.owner() as connection:
        for table in ("audit_entries", "audit_seals", "audit_heads"):
            connection.execute(f"alter table {table} disable trigger append_only")
        for statement in statements:
            connection.execute(statement)
        for table in ("audit_entries", "audit_seals", "audit_heads"):
            connection.execute(f"alter table {table} enable trigger append_only")


ONE = "(select entry_id from audit_seals where place = {place})"


def at(place):
    return ONE.format(place=place)


def test_an_untouched_trail_fits(chained):
    assert problems(chained) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (f"update audit_entries set reason = 'lý dO 3' where id = {at(9)}", "vị trí 9"),
        (f"update audit_entries set account = 'AN.X' where id = {at(5)}", "vị trí 5"),
        (f"update audit_entries set at = at + interval '1 microsecond' where id = {at(12)}", "vị trí 12"),
        (f"update audit_entries set detail = detail || '{{\"số\": 7}}' where id = {at(20)}", "vị trí 20"),
        (f"delete from audit_entries where id = {at(17)}", "vị trí 17"),
        ("delete from audit_seals where place = 11", "thiếu vị trí 11"),
        ("delete from audit_seals where place > 30", "viết lại"),
        (
            "insert into audit_entries (id, account, action, at) values (gen_random_uuid(), 'AN.0', 'petition.read', now() - interval '3 hours')",
            "được chèn thêm về sau",
        ),
    ],
    ids=["a letter", "who", "when", "detail", "removed", "seal removed", "tail removed", "inserted"],
)
def test_what_was_done_afterwards_is_named(chained, statement, named):
    tamper(chained[0], statement)
    found = problems(chained)
    assert found and named in found[0]


def test_two_entries_that_changed_places_are_named(chained):
    installation, _ = chained
    with installation.owner() as connection:
        first, second = (connection.execute(at(place)[1:-1]).fetchone()[0] for place in (7, 8))
    tamper(
        installation,
        f"update audit_entries set id = '00000000-0000-7000-8000-000000000001' where id = '{first}'",
        f"update audit_entries set id = '{first}' where id = '{second}'",
        f"update audit_entries set id = '{second}' where id = '00000000-0000-7000-8000-000000000001'",
    )
    assert "vị trí 7" in problems(chained)[0]


def test_a_chain_rewritten_as_a_whole_does_not_fit_the_head_kept_elsewhere(chained):
    """Who can rewrite entries, seals and heads still lacks the signing key, and does not reach the file."""
    installation, _ = chained
    tamper(installation, f"update audit_entries set reason = 'khác' where id = {at(3)}", "delete from audit_seals", "delete from audit_heads")
    with installation.session() as session:
        audit_chain.seal_pending(session)
        session.commit()
    assert "viết lại" in problems(chained)[0]
    forged = Ed25519PrivateKey.generate()
    with installation.session() as session:
        assert any("chữ ký" in line for line in audit_chain.verify(session, forged, chained[1]))


def test_entries_that_commit_late_find_their_place_and_none_is_given_twice(chained):
    installation, _ = chained
    with installation.app.app_context(), installation.owner() as late:
        late.autocommit = False
        late.execute("insert into audit_entries (id, account, action) values (gen_random_uuid(), 'MUON', 'petition.read')")  # written, not committed
        with installation.session() as session:
            audit.record(session, "petition.read", account="SOM")
            session.commit()
            assert audit_chain.seal_pending(session) >= 1
            session.commit()
        late.commit()
    with installation.session() as session:
        assert audit_chain.seal_pending(session) == 1
        session.commit()
        assert audit_chain.tail(session)[0] == 0
    assert problems(chained) == []


def test_a_head_is_signed_once_a_day_and_can_be_checked_without_the_application(chained):
    installation, heads = chained
    (path,) = heads.glob("*.json")
    told = json.loads(path.read_text())
    message = f"donthu-audit-head|{told['place']}|{told['hash']}|{told['signed_at']}".encode()
    KEY.public_key().verify(bytes.fromhex(told["signature"]), message)
    with installation.session() as session:
        assert not audit_chain.sign_head(session, KEY, dt.datetime.now(dt.UTC))
        assert audit_chain.sign_head(session, KEY, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        session.rollback()


def test_neither_the_application_nor_an_owner_by_mistake_changes_seals(chained):
    installation, _ = chained
    with installation.app.app_context():
        with installation.owner() as connection:
            for table in ("audit_seals", "audit_heads"):
                for statement in (f"delete from {table}", f"update {table} set place = 0", f"truncate {table}"):
                    with pytest.raises(errors.InsufficientPrivilege):
                        connection.execute(statement)
            (role,) = connection.execute("select current_database() || '_app'").fetchone()
            rights = connection.execute(
                "select privilege_type from information_schema.role_table_grants where grantee = %s and table_name = 'audit_seals'", [role]
            ).fetchall()
    assert {right for (right,) in rights} == {"SELECT", "INSERT"}


def test_the_signing_key_is_nobody_elses_and_never_made_a_second_time(tmp_path):
    path = tmp_path / "audit-key"
    with pytest.raises(KeyTrouble, match="không có tệp khóa"):
        audit_heads.load_signing_key(path)
    first = audit_heads.load_signing_key(path, make=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert audit_heads.load_signing_key(path, make=True).private_bytes_raw() == first.private_bytes_raw()
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match="người khác đọc được"):
        audit_heads.load_signing_key(path)
    path.chmod(0o600)
    path.write_bytes(b"x")
    with pytest.raises(KeyTrouble, match="bị hỏng"):
        audit_heads.load_signing_key(path)


def older(installation, days):
    """As if everything so far had happened days ago; the chain is built anew over it, as it would have been."""
    tamper(installation, f"update audit_entries set at = at - interval '{days} days'", "delete from audit_seals", "delete from audit_heads")


def test_retention_closes_what_is_old_up_to_a_signed_head_and_the_rest_still_fits(empty, tmp_path):
    with empty.session() as session:
        for number in range(20):
            audit.record(session, "petition.read", account=f"CU.{number}")
        session.commit()
    older(empty, 500)
    moment = dt.datetime.now(dt.UTC)
    with empty.session() as session:
        audit_chain.seal_pending(session)
        audit_chain.sign_head(session, KEY, moment - dt.timedelta(days=450))
        audit.record(session, "petition.read", account="MOI")
        session.commit()
        audit_chain.seal_pending(session)
        session.commit()
    with engine_of(empty).connect() as connection:
        assert closable(connection, moment - dt.timedelta(days=480)) is None  # signed later than that
        place = closable(connection, moment - dt.timedelta(days=366))
        assert place >= 20
    with empty.session() as session:
        audit.record(session, "audit.retired", detail={"place": place})
        session.commit()
        audit_chain.seal_pending(session)
        session.commit()
    with engine_of(empty).begin() as connection:
        assert close_segment(connection, place) == place
    assert problems((empty, tmp_path)) == []
    with empty.owner() as connection:
        assert connection.execute("select count(*) from audit_entries where account like 'CU.%'").fetchone()[0] == 0
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("delete from audit_entries")
    tamper(empty, f"update audit_entries set account = 'KHAC' where id = {at(place + 2)}")
    assert "đã bị sửa" in problems((empty, tmp_path))[0]


def test_a_beginning_that_was_cut_off_without_a_word_is_named(chained):
    installation, _ = chained
    tamper(
        installation, "delete from audit_entries where id in (select entry_id from audit_seals where place <= 10)", "delete from audit_seals where place <= 10"
    )
    assert "phần đầu của chuỗi đã bị xóa" in problems(chained)[0]


def test_a_young_segment_cut_off_as_if_retention_had_closed_it_is_named(chained):
    installation, _ = chained
    with installation.session() as session:
        (place,) = session.execute(select(heads_table.c.place)).one()
        audit.record(session, "audit.retired", detail={"place": place})
        session.commit()
        audit_chain.seal_pending(session)
        session.commit()
    tamper(
        installation,
        f"delete from audit_entries where id in (select entry_id from audit_seals where place <= {place})",
        f"delete from audit_seals where place <= {place}",
    )
    assert "phần đầu của chuỗi đã bị xóa" in problems(chained)[0]


def test_retention_is_never_below_twelve_months():
    with pytest.raises(ConfigError, match="12 tháng"):
        load({"AUDIT_RETENTION_MONTHS": "11"})
    assert load({"AUDIT_RETENTION_MONTHS": "12"})["AUDIT_RETENTION_MONTHS"] == 12
