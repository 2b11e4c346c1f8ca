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
from app.security.tables import audit_entries as entries_table
from app.security.tables import audit_heads as heads_table
from app.security.tables import audit_seals as seals_table
from config import ConfigError, load
from tests.models.test_migrations import engine_of

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def chained(empty, tmp_path):
    """A trail of forty entries, sealed, its head signed and kept elsewhere."""
    with empty.session() as session:
        for number in range(40):
            audit.record(
                session,
                "petition.read",
                account=f"AN.{number}",
                reason=f"lý do {number}",
                detail={"text": number, "slip": [1, 2.5, None]},
            )
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
            (
                "insert into audit_entries (id, account, action, at) values (gen_random_uuid(), 'AN.0',"
                " 'petition.read', now() - interval '3 hours')"
            ),
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
    tamper(
        installation,
        f"update audit_entries set reason = 'khác' where id = {at(3)}",
        "delete from audit_seals",
        "delete from audit_heads",
    )
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
        # written, not committed
        late.execute(
            "insert into audit_entries (id, account, action) values (gen_random_uuid(), 'MUON', 'petition.read')"
        )
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
    with installation.app.app_context(), installation.owner() as connection:
        for table in ("audit_seals", "audit_heads"):
            for statement in (f"delete from {table}", f"update {table} set place = 0", f"truncate {table}"):
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(statement)
        (role,) = connection.execute("select current_database() || '_app'").fetchone()
        rights = connection.execute(
            "select privilege_type from information_schema.role_table_grants where grantee = %s and table_name ="
            " 'audit_seals'",
            [role],
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
    tamper(
        installation,
        f"update audit_entries set at = at - interval '{days} days'",
        "delete from audit_seals",
        "delete from audit_heads",
    )


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
        installation,
        "delete from audit_entries where id in (select entry_id from audit_seals where place <= 10)",
        "delete from audit_seals where place <= 10",
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


# The tail, beyond the last signed head: linked with a key that the database does not have.


def relinked(installation, first, key_id):
    """As a superuser who knows the source: every hash from that place on is worked out anew, as far as that goes
    without the key.
    """
    with installation.session() as session:
        before = bytes(session.scalar(select(seals_table.c.hash).where(seals_table.c.place == first - 1)))
        joined = select(entries_table, seals_table.c.place).join(
            seals_table, seals_table.c.entry_id == entries_table.c.id
        )
        rows = session.execute(joined.where(seals_table.c.place >= first).order_by(seals_table.c.place)).all()
    statements = []
    for row in rows:
        before = audit_chain.digest(before, row)
        statements.append(
            f"update audit_seals set hash = '\\x{before.hex()}', key_id = {key_id} where place = {row.place}"
        )
    tamper(installation, *statements)


@pytest.mark.parametrize(
    "key_id",
    ["null", "key_id", "(select min(id) from data_keys)"],
    ids=["as before there was a key", "the same key", "another key"],
)
def test_a_tail_rewritten_with_recomputed_hashes_is_named(chained, key_id):
    installation, _ = chained
    with installation.session() as session:
        for number in range(10):
            audit.record(session, "petition.read", account=f"SAU.{number}")
        session.commit()
        audit_chain.seal_pending(session)
        session.commit()
        last, _ = audit_chain.head(session)
    changed = last - 5
    tamper(installation, f"update audit_entries set account = 'AN.X' where id = {at(changed)}")
    relinked(installation, changed, key_id)
    found = problems(chained)
    assert found and f"vị trí {changed}" in found[0]
    with installation.session() as session:  # and when the sealer has gone on from there
        audit.record(session, "petition.read", account="SAU")
        session.commit()
        audit_chain.seal_pending(session)
        session.commit()
    assert f"vị trí {changed}" in problems(chained)[0]


@pytest.mark.parametrize(
    "column", ["sealed_at = sealed_at - interval '1 day'", "seen = seen + 1000", "running = '{}'", "system = 1"]
)
def test_what_the_sealer_saw_cannot_be_changed_either(chained, column):
    tamper(chained[0], f"update audit_seals set {column} where place = 10")
    assert "vị trí 10" in problems(chained)[0]


def test_a_tail_cut_off_within_the_hour_does_not_fit_the_newest_head_file(chained):
    installation, heads = chained
    with installation.session() as session:
        audit.record(session, "petition.read", account="CAT")
        session.commit()
        # too early for another signed head
        assert audit_chain.keep(session, KEY, dt.datetime.now(dt.UTC), heads)[1] == []
        last, _ = audit_chain.head(session)
    assert problems(chained) == []
    tamper(
        installation,
        f"delete from audit_entries where id = {at(last)}",
        f"delete from audit_seals where place = {last}",
    )
    assert "viết lại" in problems(chained)[0]


# The order is that of commits, whatever the clock says.


def insert_as(connection, account, **columns):
    names = "".join(f", {name}" for name in columns)
    values = "".join(f", {value}" for value in columns.values())
    connection.execute(
        f"insert into audit_entries (id, account, action{names}) values (gen_random_uuid(), '{account}',"
        f" 'petition.read'{values})"
    )


def seal(installation):
    with installation.session() as session:
        given = audit_chain.seal_pending(session)
        session.commit()
        return given


def went_back(installation):
    with installation.owner() as connection:
        return connection.execute("select detail from audit_entries where action = 'clock.went_back'").fetchall()


@pytest.fixture
def clock(monkeypatch):
    """A clock that can be put: for the sealer, and in what `ahead` inserts."""
    offset = [dt.timedelta()]
    real = audit_chain._now

    def now(session):
        moment, system = real(session)
        return moment + offset[0], system

    monkeypatch.setattr(audit_chain, "_now", now)
    return offset


def test_a_clock_that_was_two_hours_ahead_and_is_put_right_leaves_a_chain_that_fits_and_is_told(chained, clock):
    installation, heads = chained
    clock[0] = dt.timedelta(hours=2)
    with installation.app.app_context(), installation.owner() as connection:
        for number in range(3):
            insert_as(connection, f"TRUOC.{number}", at="clock_timestamp() + interval '2 hours'")
    assert seal(installation) == 3
    with installation.session() as session:
        audit_chain.sign_head(session, KEY, dt.datetime.now(dt.UTC) + clock[0], anew=True)
        session.commit()
    assert went_back(installation) == [] and problems(chained) == []
    clock[0] = dt.timedelta()
    with installation.app.app_context(), installation.owner() as connection:
        for number in range(3):
            insert_as(connection, f"SAU.{number}")
    assert problems(chained) == []
    assert seal(installation) == 4  # and what tells of the clock
    assert seal(installation) == 0 and len(went_back(installation)) == 1
    with installation.session() as session:
        assert audit_chain.tail(session)[0] == 0
        later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1, minutes=1)
        assert audit_chain.sign_head(session, KEY, later), "heads of the time that was ahead do not hold up the next"
        session.commit()
        assert any("clock.went_back" in line for line in audit_chain.since(session))
    assert problems(chained) == []


def test_a_clock_that_was_ahead_between_two_looks_only_is_told_too(chained):
    installation, _ = chained
    with installation.app.app_context(), installation.owner() as connection:
        insert_as(connection, "TRUOC", at="clock_timestamp() + interval '2 hours'")
        insert_as(connection, "SAU")
    assert seal(installation) == 2
    assert len(went_back(installation)) == 1 and problems(chained) == []


def test_a_transaction_of_hours_holds_up_nobody_is_sealed_when_it_commits_and_is_no_clock_gone_back(chained):
    installation, _ = chained
    with installation.app.app_context(), installation.owner() as late:
        late.autocommit = False
        insert_as(late, "MUON.0", at="clock_timestamp() - interval '5 hours'")
        with installation.owner() as other:
            for number in range(3):
                insert_as(other, f"NHANH.{number}")
                assert seal(installation) == 1
        insert_as(late, "MUON.1", at="clock_timestamp() - interval '2 hours'")
        assert seal(installation) == 0 and problems(chained) == []
        late.commit()
    assert problems(chained) == []
    assert seal(installation) == 2
    assert problems(chained) == [] and went_back(installation) == []


def test_a_transaction_given_up_leaves_no_hole(chained):
    installation, _ = chained
    with installation.app.app_context(), installation.owner() as given_up, installation.owner() as other:
        given_up.autocommit = False
        insert_as(given_up, "BO")
        insert_as(other, "SAU")
        assert seal(installation) == 1
        given_up.rollback()
        insert_as(other, "SAU.NUA")
        assert seal(installation) == 1
    assert problems(chained) == []


def test_what_the_sealers_own_transaction_writes_after_sealing_is_sealed_next(chained):
    installation, _ = chained
    with installation.session() as session:
        audit.record(session, "petition.read", account="TRUOC")
        audit_chain.seal_pending(session)
        audit.record(session, "petition.read", account="SAU")
        session.commit()
    assert problems(chained) == []
    assert seal(installation) in (1, 2)
    with installation.session() as session:
        assert audit_chain.tail(session)[0] == 0
    assert problems(chained) == []


@pytest.mark.parametrize(
    "xid",
    ["(select min(xid) from audit_entries)", "pg_current_xact_id()::text::bigint + 100000"],
    ids=["old", "to come"],
)
def test_an_entry_under_another_transactions_number_has_no_place_and_is_named(chained, xid):
    installation, _ = chained
    with installation.owner() as connection:
        insert_as(connection, "CHEN", xid=xid)
    assert seal(installation) == 0
    assert "được chèn thêm về sau" in problems(chained)[0]


def test_an_entry_given_an_older_time_is_named_until_it_is_sealed_where_it_really_is_and_told(chained):
    installation, _ = chained
    with installation.owner() as connection:
        insert_as(connection, "CHEN", at="clock_timestamp() - interval '3 hours'")
    assert "được chèn thêm về sau" in problems(chained)[0]
    assert seal(installation) == 1
    assert len(went_back(installation)) == 1
    with installation.session() as session:
        (place,) = session.execute(
            select(seals_table.c.place)
            .join(entries_table, entries_table.c.id == seals_table.c.entry_id)
            .where(entries_table.c.account == "CHEN")
        ).one()
        assert place == audit_chain.head(session)[0], "after everything that was there before it"


def test_a_database_moved_to_another_cluster_goes_on(chained, monkeypatch):
    """Numbers of transactions begin anew there: lower than what the newest seal saw, and lower than entries that came
    along.
    """
    installation, _ = chained
    with installation.owner() as connection:
        insert_as(connection, "MANG.THEO", xid="pg_current_xact_id()::text::bigint + 100000")
        insert_as(connection, "MOI", xid="100")
    real = audit_chain._now
    monkeypatch.setattr(audit_chain, "_now", lambda session: (real(session)[0], 7))
    assert problems(chained) == []
    assert seal(installation) == 3  # and what tells of it
    with installation.owner() as connection:
        insert_as(connection, "SAU")
        assert connection.execute("select count(*) from audit_entries where action = 'audit.moved'").fetchone() == (1,)
    assert seal(installation) == 1
    assert problems(chained) == []


# Chains from before there was a key.


def linked_as_before(installation):
    """The chain as version 0006 wrote it: plain SHA-256, nothing of what a sealer saw."""
    with installation.session() as session:
        rows = session.execute(select(entries_table).order_by(entries_table.c.at, entries_table.c.id)).all()
    before = audit_chain.START
    statements = ["delete from audit_seals", "delete from audit_heads"]
    for place, row in enumerate(rows, start=1):
        before = audit_chain.digest(before, row)
        statements.append(
            f"insert into audit_seals (place, entry_id, hash) values ({place}, '{row.id}', '\\x{before.hex()}')"
        )
    tamper(installation, *statements)
    return len(rows)


def test_a_chain_from_before_there_was_a_key_stays_verifiable_and_goes_on_with_one_from_a_signed_head(
    chained, tmp_path
):
    installation, _ = chained
    kept = (installation, tmp_path / "kept")
    boundary = linked_as_before(installation)
    with installation.owner() as connection:  # a victim of a clock that had been ahead: it never got a place
        insert_as(connection, "CHUA.CO.CHO", at="clock_timestamp() - interval '3 hours'")
    assert problems(kept) == []
    with installation.session() as session:
        given, _ = audit_chain.keep(session, KEY, dt.datetime.now(dt.UTC), kept[1])
        assert (
            given == 2
            and session.scalar(select(heads_table.c.place).order_by(heads_table.c.place).limit(1)) == boundary
        )
        (detail,) = session.scalars(select(entries_table.c.detail).where(entries_table.c.action == "audit.keyed")).all()
        assert detail == {"place": boundary, "late": 1}
        told = audit_chain.since(session)
    assert f"vị trí {boundary + 1}" in told[0] and f"1–{boundary}" in told[1]
    assert problems(kept) == []
    tamper(installation, f"update audit_entries set account = 'AN.X' where id = {at(boundary - 3)}")
    relinked_plain(installation, boundary - 3, boundary)
    assert f"vị trí {boundary + 1}" in problems(kept)[0], "the first link made with the key holds what came before"


def relinked_plain(installation, first, last):
    with installation.session() as session:
        before = bytes(session.scalar(select(seals_table.c.hash).where(seals_table.c.place == first - 1)))
        joined = select(entries_table, seals_table.c.place).join(
            seals_table, seals_table.c.entry_id == entries_table.c.id
        )
        rows = session.execute(
            joined.where(seals_table.c.place.between(first, last)).order_by(seals_table.c.place)
        ).all()
    statements = []
    for row in rows:
        before = audit_chain.digest(before, row)
        statements.append(f"update audit_seals set hash = '\\x{before.hex()}' where place = {row.place}")
    tamper(installation, *statements)


# Heads: hourly, their files, and the key that signs them.


def test_a_head_is_signed_hourly_and_at_once_where_that_is_asked_for(chained):
    installation, heads = chained
    moment = dt.datetime.now(dt.UTC)
    with installation.session() as session:
        assert not audit_chain.sign_head(session, KEY, moment + dt.timedelta(minutes=58))
        assert audit_chain.sign_head(session, KEY, moment + dt.timedelta(minutes=61))
        assert audit_chain.sign_head(session, KEY, moment + dt.timedelta(minutes=62), anew=True)
        session.commit()
        assert len(audit_heads.export_heads(session, KEY, heads)) == 2
    assert problems(chained) == []


def test_a_file_of_a_head_that_was_cut_off_is_said_in_one_line_and_written_again_from_the_table(chained):
    installation, heads = chained
    (path,) = heads.glob("*.json")
    whole = path.read_bytes()
    for cut in (b"", whole[: len(whole) // 2], b"[]"):
        path.write_bytes(cut)
        (told,) = problems(chained)
        assert str(path) in told and "bị cụt" in told and "\n" not in told
        with installation.session() as session:
            assert audit_heads.export_heads(session, KEY, heads) == [path]
        assert path.read_bytes() == whole and problems(chained) == []


def test_a_whole_file_of_a_head_stays_whatever_the_table_says(chained):
    installation, heads = chained
    (path,) = heads.glob("*.json")
    whole = path.read_bytes()
    tamper(installation, "update audit_heads set hash = '\\x00', signature = '\\x00'")
    with installation.session() as session:
        assert audit_heads.export_heads(session, KEY, heads) == [] and path.read_bytes() == whole
    assert any("chữ ký" in line for line in problems(chained))


def test_a_lost_signing_key_is_followed_by_a_new_one_that_signs_for_it(chained, tmp_path):
    installation, heads = chained
    path = tmp_path / "audit-key"
    with pytest.raises(KeyTrouble, match="run.py audit new-key"):
        audit_heads.load_signing_key(path)
    with installation.session() as session:
        assert audit_heads.replace_signing_key(session, path, heads) == 1
        session.commit()
        new = audit_heads.load_signing_key(path)
        audit_chain.keep(session, new, dt.datetime.now(dt.UTC), heads, anew=True)
        assert list(audit_chain.verify(session, new, heads)) == []
        with pytest.raises(KeyTrouble, match="còn dùng được"):
            audit_heads.replace_signing_key(session, path, heads)
    stranger = Ed25519PrivateKey.generate()
    with installation.session() as session:  # whoever can write entries cannot make another key one of ours
        detail = {"old": stranger.public_key().public_bytes_raw().hex(), "signature": stranger.sign(b"x").hex()}
        audit.record(session, "audit.key_replaced", detail=detail)
        session.commit()
        audit_chain.seal_pending(session)
        audit_chain.sign_head(session, stranger, dt.datetime.now(dt.UTC), anew=True)
        session.commit()
        assert any("chữ ký" in line for line in audit_chain.verify(session, new, heads))
    path.write_bytes(b"x" * 7)  # cut off
    with installation.session() as session:
        assert audit_heads.replace_signing_key(session, path, heads) == 2
        session.rollback()


def test_the_sealers_look_goes_by_indexes(empty):
    seal(empty)
    with empty.owner() as connection:
        connection.execute(
            "insert into audit_entries (id, account, action, at, xid) select gen_random_uuid(), 'X', 'petition.read',"
            " now(), (select max(seen) - 1 from audit_seals) from generate_series(1, 20000)"
        )
        connection.execute(
            "insert into audit_seals (place, entry_id, hash, key_id, seen, running, system) select m.place +"
            " row_number() over (), e.id, m.hash, m.key_id, m.seen, m.running, m.system from audit_entries e, (select *"
            " from audit_seals order by place desc limit 1) m where e.account = 'X'"
        )
        connection.execute("analyze")
    with empty.session() as session:
        last = audit_chain._newest(session)
        (_, system) = audit_chain._now(session)
        queries = [
            select(seals_table).order_by(seals_table.c.place.desc()).limit(1),
            select(entries_table).where(*audit_chain._waiting(last, system)),
        ]
        for query in queries:
            compiled = query.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})
            plan = "\n".join(
                row[0] for row in session.connection().exec_driver_sql(f"explain {compiled}", compiled.params)
            )
            assert "Index" in plan and "Seq Scan" not in plan, plan
