"""Migrations: linear, the models' schema exactly, up and down with data in."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import create_engine, func, select, text

from app.database import owner_address, sqlalchemy_url
from app.installation import alembic_config, initialise, is_leakproof
from app.jobs.asking import ask
from app.law.holidays import SEED
from app.models import Account, Case, Petition, Reception, Unit
from app.operations import drafts, saved_lists
from app.operations.act import Act
from app.operations.corrections.correct import correct_petition
from app.operations.corrections.undo import undo
from app.operations.documents.documents import new_document, purpose_of
from app.operations.exchange.file_in import import_file
from app.operations.exchange.register_names import name_headings, names_of
from app.operations.petitions import duplicates, merging, petitions
from app.operations.petitions.receipts import receipt_of
from app.security import audit, audit_chain, typed_twice
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from app.security.sealed import seal
from app.security.tables import audit_entries, audit_heads, audit_seals
from app.security.tokens import INDEX, holder_key
from tests.conftest import case_record, create_account, create_unit, petition_record

ROOT = Path(__file__).parents[2]
TAKEN = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}


def engine_of(installation):
    return create_engine(sqlalchemy_url(owner_address(installation.environ)))


def test_there_is_one_line_of_migrations():
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1 and len(script.get_bases()) == 1
    assert [revision.revision for revision in script.walk_revisions()] == [
        "0035",
        "0034",
        "0033",
        "0032",
        "0031",
        "0030",
        "0029",
        "0028",
        "0027",
        "0026",
        "0025",
        "0024",
        "0023",
        "0022",
        "0021",
        "0020",
        "0019",
        "0018",
        "0017",
        "0016",
        "0015",
        "0014",
        "0012",
        "0011",
        "0010",
        "0009",
        "0008",
        "0006",
        "0005",
        "0004",
        "0003",
        "0002",
        "0001",
    ]


def test_the_schema_is_the_models(installation):
    with engine_of(installation).connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Model.metadata)
    assert [item for item in found if "alembic_version" not in str(item)] == []


def test_every_table_with_petitions_data_has_row_security(installation):
    with installation.owner() as connection:
        rows = connection.execute(
            "select c.relname, c.relrowsecurity from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname"
            " = 'unit_id' and not a.attisdropped join pg_attribute p on p.attrelid = c.oid and p.attname = 'path' where"
            " c.relkind = 'r'"
        ).fetchall()
    assert len(rows) == 22 and all(secured for _, secured in rows)


def test_down_and_up_again_with_data_in(empty, tmp_path):
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province"},
        petition_record("1", "P"),
        case_record("C", "P", accepted_on="2026-01-01"),
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    engine = engine_of(empty)
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0002")
        connection.commit()
        assert connection.scalar(text("select count(*) from petitions")) == 1
        assert connection.scalar(text("select relrowsecurity from pg_class where oid = 'petitions'::regclass")) is False
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select relrowsecurity from pg_class where oid = 'petitions'::regclass")) is True
    initialise(empty.environ)
    with empty.session() as session:
        assert session.scalar(select(func.count()).select_from(Petition)) == 1
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        connection.commit()
        left = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
    assert left == ["alembic_version"]


def test_petitions_of_a_version_without_inspection_are_filed_and_new_facts_start_empty(empty, tmp_path):
    done = {"on": "2026-10-06", "eligible": False, "competent": False, "direction": "inspect"}
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}]
    lines.append(petition_record("1", "P", kind="denunciation", processed=done, many_places=True))
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    engine = engine_of(empty)
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0006")
        connection.commit()
        assert connection.scalar(text("select direction from petitions")) == "file"
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert tuple(connection.execute(text("select many_places, discipline from petitions")).one()) == (False, None)


def test_init_may_be_repeated_and_leaves_the_mark_that_search_needs(installation):
    initialise(installation.environ)
    assert is_leakproof(engine_of(installation))
    with installation.owner() as connection:
        (role,) = connection.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_database() || '_app'"
        ).fetchone()
    assert role is False


def test_accounts_in_use_before_confirmation_existed_are_taken_as_confirmed_and_keep_what_they_had(empty):
    with empty.session() as session:
        create_account(session, "CANBO", create_unit(session, "P", level="province"), "officer")
        session.commit()
    engine = engine_of(empty)
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0003")
        connection.commit()
        columns = (
            "id, first_name, last_name, username, email, active, kind, holder, must_change_password, wrong_passwords,"
            " locks, session_epoch"
        )
        connection.execute(
            text(
                f"insert into ab_user ({columns}) values (99, '', '', 'CHUADOI', 'x', true, 'user', '', true, 0, 0, 0)"
            )
        )
        connection.execute(
            text("update ab_user set confirmed_by = null, last_login = '2026-11-01 08:00', session_epoch = 3")
        )
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        row = connection.execute(
            text(
                "select confirmed_by, confirmed_at is not null, signed_in_at::date::text, act, made_at is not null,"
                " username from ab_user where id <> 99"
            )
        ).one()
        # its administrator still knows the password
        assert connection.scalar(text("select confirmed_at from ab_user where id = 99")) is None
    assert tuple(row) == ("upgrade", True, "2026-11-01", "grant", True, "CANBO")


def test_roles_of_an_older_version_get_the_permissions_this_one_brings_and_keep_what_an_admin_took_away(empty):
    with empty.owner() as connection:
        for name, subject in (("can_confirm", "Holders"), ("can_export", "Petitions")):
            connection.execute(
                "delete from ab_permission_view_role where role_id = (select id from ab_role where name = 'leader') and"
                " permission_view_id = (select v.id from ab_permission_view v join ab_permission p on p.id ="
                " v.permission_id join ab_view_menu m on m.id = v.view_menu_id where p.name = %s and m.name = %s)",
                [name, subject],
            )
        connection.execute(
            "delete from ab_permission_view where permission_id = (select id from ab_permission where name ="
            " 'can_confirm')"
        )
    initialise(empty.environ)
    with empty.session() as session:
        leader = session.scalars(select(Role).where(Role.name == "leader")).one()
        held = {(item.permission.name, item.view_menu.name) for item in leader.permissions}
    assert ("can_confirm", "Holders") in held and ("can_export", "Petitions") not in held


def test_who_was_shut_out_by_number_stays_and_facts_are_closed_after_the_upgrade(empty, tmp_path):
    number = "001085012345"
    denounced = petition_record(
        "1",
        "P",
        kind="denunciation",
        respondents=[{"name": "Ông B", "id_number": number}],
        case="C",
        processed={
            "on": "2026-10-06",
            "eligible": True,
            "competent": True,
            "direction": "accept",
        },
    )
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province"},
        case_record("C", "P", kind="denunciation", accepted_on="2026-10-07"),
    ]
    unnamed = petition_record("2", "P", kind="denunciation", signatories="none", petitioners=[])
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, [*lines, denounced, unnamed])))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        create_account(session, "CANBO", session.scalars(select(Unit)).one(), "officer").holder_key = holder_key(number)
        session.commit()
    with engine_of(empty).connect() as connection:
        connection.execute(text("update petitions set secrecy = 0, secrecy_until = null"))
        connection.commit()
        command.downgrade(alembic_config(connection), "0006")
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        closed = {
            table: connection.execute(text(f"select shut_out from {table} where shut_out is not null")).scalars().all()
            for table in ("petitions", "cases", "deadlines", "persons")
        }
        conflict = connection.execute(text("select account, why, stays_out from conflicts")).one()
        levels = dict(connection.execute(text("select number, secrecy from petitions")).tuples().all())
        top = connection.execute(text("select reviewed_by from ab_user where username = 'CANBO'")).scalar()
    assert tuple(conflict) == ("CANBO", "number", True) and levels == {"1": 1, "2": 0} and top == "operator"
    assert all(rows and all("CANBO" in row for row in rows) for rows in closed.values()), closed


def test_cases_kept_without_papers_count_as_extended_in_full_and_as_told(empty, tmp_path):
    case = case_record("C", "P", kind="denunciation", accepted_on="2026-08-03", complexity=[1, 2], extensions=[])
    suspended = [
        {"from": "2026-08-10", "to": "2026-08-12", "number": "1/QĐ", "ground": "expertise", "sent_on": "2026-08-11"},
    ]
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}, case | {"suspensions": suspended}]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0006")
        connection.commit()
        assert (
            "criteria_in_full"
            not in connection.scalars(
                text("select column_name from information_schema.columns where table_name = 'cases'"),
            ).all()
        )
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        columns = "criteria_in_full, sent_on::text, resumed_sent_on::text, ground"
        found = connection.execute(text(f"select {columns} from cases, suspensions")).one()
    assert tuple(found) == (True, "2026-08-10", "2026-08-12", None)


def test_a_chain_that_an_older_version_linked_stays_verifiable_after_the_upgrade_and_goes_on_with_a_key(
    empty, tmp_path
):
    """And what never got a place there, because a clock had been ahead, has one now."""
    engine = engine_of(empty)
    key = Ed25519PrivateKey.generate()
    moment = datetime.now(UTC)
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0006")
        connection.commit()
        columns = [column for column in audit_entries.c if column.name != "xid"]
        before = audit_chain.START
        place = 0
        for place, row in enumerate(connection.execute(select(*columns).order_by(audit_entries.c.at)).all(), start=1):
            before = audit_chain.digest(before, row)
            connection.execute(
                text("insert into audit_seals (place, entry_id, hash) values (:place, :id, :hash)"),
                {"place": place, "id": row.id, "hash": before},
            )
        late = (
            "insert into audit_entries (id, account, action, at) values (gen_random_uuid(), 'CHUA.CO.CHO',"
            " 'petition.read', now() - interval '3 hours')"
        )
        connection.execute(text(late))
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
    initialise(empty.environ)
    with empty.session() as session:
        assert list(audit_chain.verify(session, key, tmp_path)) == []
        audit_chain.keep(session, key, moment, tmp_path)
        heads = {row.place: bytes(row.hash) for row in session.execute(select(audit_heads))}
        assert heads[place] == before, "the head at the boundary is signed"
        assert audit_chain.tail(session)[0] == 0
        assert list(audit_chain.verify(session, key, tmp_path)) == []
        seals = session.execute(select(audit_seals.c.place, audit_seals.c.key_id).order_by(audit_seals.c.place)).all()
    assert all((row.key_id is None) == (row.place <= place) for row in seals) and len(seals) > place
    with engine.connect() as connection:  # down again: the version before links everything anew, its own way
        command.downgrade(alembic_config(connection), "0006")
        connection.commit()
        assert (
            connection.scalar(text("select count(*) from audit_seals")) == 0
            and connection.scalar(text("select count(*) from audit_entries")) > place
        )
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
    with empty.session() as session:
        audit_chain.keep(session, key, moment, tmp_path / "anew")
        assert list(audit_chain.verify(session, key, tmp_path / "anew")) == []


def test_unscanned_documents_are_held_again_by_the_version_before(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}, petition_record("1", "P")]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        document = new_document(session.scalars(select(Petition)).one(), "pdf", 1, "X")
        document.state = "read"
        document.unscanned = True
        document.told = seal(document, "told", {"name": "x"}, purpose_of(document))
        session.add(document)
        session.commit()
    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0006")
        connection.commit()
        assert connection.scalar(text("select state from documents")) == "held"
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.execute(text("select state, unscanned from documents")).one() == ("held", False)


def test_a_fact_that_was_added_to_petitions_comes_and_goes(empty, tmp_path):
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province"},
        petition_record("1", "P", source="forwarded", forwarded_on="2026-10-01"),
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0014")
        connection.commit()
        assert connection.scalar(text("select number from petitions")) == "1"
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.execute(text("select number, forwarded_on from petitions")).one() == ("1", None)


def test_the_number_of_a_paper_keeps_its_value_under_either_name(empty):
    with empty.session() as session:
        create_account(session, "CANBO", create_unit(session, "P", level="province"), "officer")
        session.commit()
    asked = "select {} from ab_user where username = 'CANBO'"
    with engine_of(empty).connect() as connection:
        assert connection.scalar(text(asked.format("paper"))) == "1/QĐ"
        command.downgrade(alembic_config(connection), "0018")
        connection.commit()
        assert connection.scalar(text(asked.format("document"))) == "1/QĐ"
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text(asked.format("paper"))) == "1/QĐ"


def test_without_undoing_the_steps_of_the_law_stay_and_corrections_go(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}, petition_record("1", "P")]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    day = date(2026, 11, 20)
    act = Act(on=day, by="X", today=day, calendar=SEED, note="gõ nhầm khi nhập")
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        petition = session.scalars(select(Petition)).one()
        petitions.process(session, petition, act, petitions.Finding(True, True, "accept"))
        correct_petition(session, petition, act, {"field": "policy"})
        undo(session, petition, act)
        session.commit()
    steps = "select step, count(*) from steps where step in ('process', 'correct', 'undo') group by step order by step"
    with engine_of(empty).connect() as connection:
        assert dict(connection.execute(text(steps)).all()) == {"correct": 1, "process": 1, "undo": 1}
        command.downgrade(alembic_config(connection), "0019")
        connection.commit()
        assert dict(connection.execute(text(steps)).all()) == {"process": 1}
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.execute(text("select field, processed_on from petitions")).one() == ("policy", None)
        assert connection.scalar(text("select undoes_id from steps where step = 'process'")) is None


def test_petitions_and_cases_by_deadline_have_their_indexes_from_that_version_on(empty):
    due = "select count(*) from pg_indexes where indexname ~ '^(petitions|cases)_due_' and indexdef like '%due_on, id%'"
    with engine_of(empty).connect() as connection:
        assert connection.scalar(text(due)) == 10
        command.downgrade(alembic_config(connection), "0021")
        connection.commit()
        assert connection.scalar(text(due)) == 0
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text(due)) == 10


def test_receipts_of_petitions_come_with_their_version_and_go_with_it(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}, petition_record("1", "P")]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        assert receipt_of(session, session.scalars(select(Petition)).one())
        session.commit()
    known = text("select receipt is not null, receipt_key is not null from petition_texts")
    with engine_of(empty).connect() as connection:
        assert tuple(connection.execute(known).one()) == (True, True)
        command.downgrade(alembic_config(connection), "0022")
        connection.commit()
        assert connection.scalar(text("select count(*) from petition_texts")) == 1
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert tuple(connection.execute(known).one()) == (False, False)


def test_withdrawn_receptions_stand_in_their_register_again_in_the_version_before(empty, tmp_path):
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province"},
        {"type": "reception", "id": "R/1", "unit": "P", "on": "2026-10-05", "kind": "regular", "people": 2},
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.scalars(select(Reception)).one().removed_at = datetime(2026, 10, 6, tzinfo=UTC)
        session.commit()
    known = text("select number, people from receptions")
    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0026")
        connection.commit()
        assert tuple(connection.execute(known).one()) == ("R/1", 2)
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from receptions where removed_at is null")) == 1


def test_what_was_closed_as_finished_before_is_open_again_in_the_version_before(empty, tmp_path):
    closed = {"on": "2025-06-20", "source": "Sổ 2025"}
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province", "uses_from": "2026-01-01"},
        petition_record("1", "P", received_on="2025-05-06", closed=closed),
        case_record("C/1", "P", accepted_on="2025-05-06", closed=closed),
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    known = text("select (select state from petitions), (select state from cases)")
    with engine_of(empty).connect() as connection:
        assert tuple(connection.execute(known).one()) == ("closed", "closed")
        command.downgrade(alembic_config(connection), "0027")
        connection.commit()
        assert tuple(connection.execute(known).one()) == ("received", "accepted")
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from units where uses_from is null")) == 1


def test_marks_of_duplicates_go_with_the_version_that_brought_them(empty, tmp_path):
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province"},
        petition_record("1", "P"),
        petition_record("2", "P"),
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        second = session.scalars(select(Petition).where(Petition.number == "2")).one()
        day = date(2026, 11, 20)
        act = Act(on=day, by="A", today=day, calendar=SEED, note="cùng việc")
        duplicates.mark(session, second, act, "1")
        undo(session, second, replace(act, note="đánh dấu nhầm"))
        duplicates.mark(session, second, act, "1")
        session.commit()
    steps = text("select step from steps order by recorded_at")
    with engine_of(empty).connect() as connection:
        assert connection.scalar(text("select count(*) from petitions where same_as_id is not null")) == 1
        command.downgrade(alembic_config(connection), "0029")
        connection.commit()
        assert connection.scalars(steps).all() == ["undo"]
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from petitions where same_as_id is null")) == 2


def test_what_was_opened_is_found_by_an_index_that_the_version_before_has_not(empty):
    found = text("select count(*) from pg_indexes where indexname = 'audit_entries_opened'")
    with empty.session() as session:
        audit.record(session, "petition.read", row_ids=[uuid4()])
        session.commit()
    with engine_of(empty).connect() as connection:
        entries = connection.scalar(text("select count(*) from audit_entries"))
        for revision, there in (("0031", 0), ("head", 1)):
            (command.downgrade if revision == "0031" else command.upgrade)(alembic_config(connection), revision)
            connection.commit()
            assert connection.scalar(found) == there
            assert connection.scalar(text("select count(*) from audit_entries")) == entries


def test_what_is_kept_closed_is_a_denunciation_for_the_version_before(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}]
    lines += [petition_record("1", "P"), petition_record("2", "P", kept_closed=True)]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    kinds = text("select number, kind from petitions order by number")
    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0032")
        connection.commit()
        assert connection.execute(kinds).all() == [("1", "complaint"), ("2", "denunciation")]
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from petitions where kept_closed")) == 0


def test_a_case_that_was_withdrawn_waits_for_the_version_before(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}, case_record("V/1", "P")]
    lines += [case_record("V/2", "P"), petition_record("1", "P", case="V/1", processed=TAKEN)]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        rows = {case.number: case for case in session.scalars(select(Case))}
        act = Act(on=date(2026, 10, 20), by="LD", today=date(2026, 10, 20), calendar=SEED, note="cùng một việc")
        merging.merge(session, rows["V/1"], act, "V/2")
        session.commit()
    states = text("select number, state from cases order by number")
    belongs = text("select c.number from petitions p join cases c on c.id = p.case_id")
    with engine_of(empty).connect() as connection:
        assert connection.execute(states).all() == [("V/1", "removed"), ("V/2", "reviewing")]
        command.downgrade(alembic_config(connection), "0033")
        connection.commit()
        assert connection.execute(states).all() == [("V/1", "reviewing"), ("V/2", "reviewing")]
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(belongs) == "V/2"
        assert connection.scalar(text("select count(*) from cases where removed_at is not null")) == 0


def test_places_are_filled_in_again_after_the_version_that_had_none(empty):
    counted = text("select count(*) from places where name = 'thành phố Huế'")
    with engine_of(empty).connect() as connection:
        assert connection.scalar(counted) == 1
        command.downgrade(alembic_config(connection), "0030")
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(counted) == 0
    initialise(empty.environ)
    with engine_of(empty).connect() as connection:
        assert connection.scalar(counted) == 1


def test_saved_lists_go_with_the_version_that_brought_them(empty):
    with empty.session() as session:
        unit = create_unit(session, "P", level="province")
        wanted = {"endpoint": "PetitionView.petitions", "filters": {"field": "land"}, "shared": True, "start": True}
        saved_lists.save(session, "CANBO", unit.id, saved_lists.Named(name="Đất đai", **wanted))
        session.commit()
    with engine_of(empty).connect() as connection:
        assert connection.scalar(text("select count(*) from saved_lists")) == 1
        command.downgrade(alembic_config(connection), "0025")
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from saved_lists")) == 0


def test_what_headings_mean_goes_with_the_version_that_brought_it(empty):
    with empty.session() as session:
        unit = create_unit(session, "P", level="province")
        name_headings(session, unit, {"Tên lạ": "names"})
        session.commit()
        assert names_of(session, "P") == {"ten la": "names"}
    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0024")
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from named_headings")) == 0


def test_petitions_of_an_earlier_version_are_told_to_be_indexed_anew(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}, petition_record("1", "P")]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    with engine_of(empty).connect() as connection:
        assert connection.scalar(text("select indexed from petition_texts")) == INDEX
        tokens = connection.scalar(text("select tokens from petition_texts"))
        command.downgrade(alembic_config(connection), "0023")
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert tuple(connection.execute(text("select indexed, tokens from petition_texts")).one()) == (0, tokens)


def test_drafts_go_with_the_version_that_brought_them_and_stay_their_writers_own_after_it(empty):
    with empty.session() as session:
        unit = create_unit(session, "P", level="province")
        for name in ("CANBO", "KHAC"):
            create_account(session, name, unit, "officer")
            drafts.keep(session, name, "/petitions/new", [["summary", "gõ dở"]])
        assert typed_twice.sent_before(session, "CANBO", uuid4()) is None
        session.commit()
    both = text("select (select count(*) from drafts), (select count(*) from sent_forms)")
    with engine_of(empty).connect() as connection:
        assert tuple(connection.execute(both).one()) == (2, 1)
        command.downgrade(alembic_config(connection), "0020")
        connection.commit()
        gone = text("select to_regclass('drafts'), to_regclass('sent_forms')")
        assert tuple(connection.execute(gone).one()) == (None, None)
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert tuple(connection.execute(both).one()) == (0, 0)
    initialise(empty.environ)
    with empty.session() as session:
        for name in ("CANBO", "KHAC"):
            drafts.keep(session, name, "/petitions/new", [["summary", "gõ dở"]])
        session.commit()
        account = session.scalars(select(Account).where(Account.username == "CANBO")).one()
        enter(session, permissions_and_scope(session, account)[1])
        assert session.scalars(text("select account from drafts")).all() == ["CANBO"]


def test_jobs_and_their_queue_go_and_come_back_and_the_queue_is_that_of_the_pinned_version(empty):
    with empty.session() as session:
        account = create_account(session, "CANBO", create_unit(session, "P", level="province"), "officer")
        session.commit()
        enter(session, permissions_and_scope(session, account)[1])
        ask(session, account, "export", {"language": "vi"})
        session.commit()
    queue = "select args, task_name, lock is not null from procrastinate.procrastinate_jobs"
    with engine_of(empty).connect() as connection:
        job = connection.scalar(text("select id from jobs"))
        assert tuple(connection.execute(text(queue)).one()) == ({"job": str(job)}, "job", True)
        command.downgrade(alembic_config(connection), "0014")
        connection.commit()
        found = "select to_regclass('jobs'), to_regclass('job_progress'), to_regnamespace('procrastinate')"
        assert tuple(connection.execute(text(found)).one()) == (None, None, None)
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalar(text("select count(*) from jobs")) == 0
        assert connection.execute(text(queue)).all() == []
    _, ours = (ROOT / "migrations" / "procrastinate" / f"{version('procrastinate')}.sql").read_text().split("\n", 1)
    assert ours == files("procrastinate").joinpath("sql/schema.sql").read_text(), "a newer one needs a migration"


def test_a_list_is_counted_from_the_index_alone_and_the_version_before_has_its_own_back(empty, tmp_path):
    lines = [{"type": "unit", "code": "P", "name": "P", "level": "province"}]
    lines += [petition_record(str(number), "P") for number in range(3)]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.scalars(select(Petition).where(Petition.number == "1")).one().removed_at = datetime.now(UTC)
        session.commit()
    carried = "select indexdef from pg_indexes where indexname in ('petitions_level_0', 'petitions_unit') order by 1"
    with engine_of(empty).connect() as connection:
        now = connection.scalars(text(carried)).all()
        assert all("INCLUDE" in index and "shut_out, registered_by" in index for index in now) and len(now) == 2
        command.downgrade(alembic_config(connection), "0014")
        connection.commit()
        before = connection.scalars(text(carried)).all()
        assert [index.split("INCLUDE ")[1] for index in before] == ["(path, unit_id)", "(path)"]
        assert connection.scalar(text("select count(*) from petitions where removed_at is null")) == 2
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert connection.scalars(text(carried)).all() == now
        connection.execute(text("set local enable_seqscan = off"))
        connection.execute(text("set local enable_bitmapscan = off"))
        counting = (
            "explain select count(*) from (select id from petitions where level_0 = (select id from units) and"
            " removed_at is null and shut_out is null and path >= '.' and registered_by is null order by received_on"
            " desc, id desc limit 11) s"
        )
        assert "Index Only Scan using petitions_level_0" in "\n".join(connection.scalars(text(counting)))
        assert connection.scalar(text("select count(*) from petitions where removed_at is not null")) == 1


def test_decisions_are_found_by_level_after_the_upgrade_and_by_path_before_it(empty, tmp_path):
    decision = {"on": "2026-01-10", "number": "1/QĐ", "outcome": "justified", "state_money": 10}
    lines = [
        {"type": "unit", "code": "P", "name": "P", "level": "province"},
        case_record("C", "P", accepted_on="2026-01-02", decision=decision),
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with empty.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
    by_level = {f"decisions_level_{level}" for level in range(4)}

    def found(connection):
        names = connection.scalars(text("select indexname from pg_indexes where tablename = 'decisions'")).all()
        return set(names) & {*by_level, "decisions_reported"}

    with engine_of(empty).connect() as connection:
        command.downgrade(alembic_config(connection), "0014")
        connection.commit()
        assert found(connection) == {"decisions_reported"}
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
        assert found(connection) == by_level
        assert tuple(connection.execute(text("select number, state_money from decisions")).one()) == ("1/QĐ", 10)
