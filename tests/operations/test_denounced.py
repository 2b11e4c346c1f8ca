"""The denounced never reach the denouncer: whatever way their name is written, whatever way scope gives, whatever an
administrator does.
"""

import io
import json
import re
from dataclasses import fields

import pytest
from flask_appbuilder.security.sqla.models import Role
from openpyxl import load_workbook
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Account,
    Case,
    Conflict,
    Document,
    Petition,
    PetitionText,
    Reception,
    ReceptionText,
    StepNote,
    Unit,
)
from app.operations.documents.documents import new_document, purpose_of
from app.operations.exchange.file_in import import_file
from app.operations.exchange.register_in import RegisterFile, import_register
from app.operations.refusal import Refused
from app.operations.search import search
from app.operations.secrecy import conflicts
from app.reporting import lists
from app.reporting.inbox import SOONEST, Whose, inbox
from app.reporting.paging import Spot
from app.security import scope
from app.security.account_scope import WAYS, Standing, permissions_and_scope, who_reaches
from app.security.sealed import seal
from tests.conftest import TODAY, Browser, create_account, create_unit, petition_record
from tests.support.names import HOLDERS, OTHERS
from tests.support.names import WAYS as WRITTEN

SUMMARY = "nội dung tố cáo wxqz"


def signed_in(installation, identifier):
    browser = Browser(installation.app)
    assert browser.sign_in(identifier).status_code == 302
    return browser


def account_of(session, identifier):
    return session.scalars(select(Account).where(Account.username == identifier)).unique().one()


@pytest.fixture(scope="module")
def province(installation, tmp_path_factory):
    """A province that an inspectorate oversees, a department and a commune below; the twelve people hold accounts
    there, each in their own way.
    """
    with installation.session() as session:
        top = create_unit(session, "P", level="province")
        inspectorate = create_unit(session, "TT", top)
        inspectorate.oversees = top
        department = create_unit(session, "S", top)
        commune = create_unit(session, "X", department, level="commune")
        roles = {
            "LE.HAI": "leader",
            "TRAN.BA": "officer",
            "NGUYEN.TU": "leader",
            "PHAM.NAM": "officer",
            "BUI.SAU": "synthesis",
        }
        units = {"NGUYEN.TU": inspectorate, "BUI.SAU": top, "DO.BAY": commune, "VU.CHIN": top}
        for identifier, holder in HOLDERS.items():
            account = create_account(
                session, identifier, units.get(identifier, department), roles.get(identifier, "officer")
            )
            account.holder = holder
        manager = create_account(session, "TA.QUY.QL", commune, kind="manager", manages=["TRAN.BA"])
        manager.holder = HOLDERS["TA.QUY"]
        for identifier in ("CANBO", "LANHDAO"):
            create_account(session, identifier, department, "officer" if identifier == "CANBO" else "leader")
        session.commit()
    return installation


def denunciations(province, path, prefix, entries, **more):
    """An imported denunciation of the department for each entry of a respondent; their numbers in order."""
    records = [
        petition_record(f"{prefix}-{place}", "S", kind="denunciation", summary=SUMMARY, respondents=[entry], **more)
        for place, entry in enumerate(entries)
    ]
    file = path / f"{prefix}.jsonl"
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records))
    with province.session() as session:
        import_file(session, file)
        session.commit()
    return [record["id"] for record in records]


def seen(province, identifier, entity=Petition.number):
    """What an account finds under its own scope, as the first belt and the second let it."""
    with province.app.app_context():
        session = db.session()
        scope.enter(session, permissions_and_scope(session, account_of(session, identifier))[1])
        found = set(session.scalars(select(entity)))
        session.rollback()
    return found


def test_sixty_ways_to_write_a_name_open_to_nobody_they_may_mean(province, tmp_path):
    meant = [(account, entry) for account, entries in WRITTEN.items() for entry in entries]
    numbers = denunciations(province, tmp_path, "VIET", [entry for _, entry in meant])
    alarms = 0
    for account in HOLDERS:
        found = seen(province, account)
        own = {number for number, (holder, _) in zip(numbers, meant, strict=True) if holder == account}
        assert found & own == set(), f"{account} sees what is about them"
        if account not in ("DO.BAY", "VU.CHIN"):  # whose units are others
            alarms += len(set(numbers) - own - found)
    print(f"{alarms} petitions closed to somebody else with a like name")
    assert alarms <= len(numbers) * len(HOLDERS) // 50
    assert set(numbers) <= seen(province, "CANBO") and set(numbers) <= seen(province, "LANHDAO")
    others = denunciations(province, tmp_path, "KHAC", [{"name": name} for name in OTHERS])
    for account in ("LE.HAI", "TRAN.BA", "PHAM.NAM"):
        assert set(others) <= seen(province, account)


def test_whoever_is_meant_finds_neither_by_screen_nor_search_nor_reveal(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "MAN", [{"name": "Đ/c Trần Thị Ba (kế toán)"}])
    with province.session() as session:
        key = session.scalars(select(Petition.id).where(Petition.number == number)).one()
    respondent = signed_in(province, "TRAN.BA")
    officer = signed_in(province, "CANBO")
    address = f"/petitions/{key}"
    assert officer.get(address).status_code == 200 and f'href="{address}?' in officer.search("wxqz").get_data(
        as_text=True
    )
    for path in ("", "/print", "/slip", "/process", "/assign"):
        assert respondent.get(address + path).status_code in (403, 404), path
    assert respondent.post(f"{address}/reveal", {"note": "muốn biết ai tố cáo"}).status_code == 404
    for text in ("wxqz", number, "nguyễn văn mẫu"):
        assert f'href="{address}"' not in respondent.search(text).get_data(as_text=True)
    with province.app.app_context():
        session = db.session()
        account = account_of(session, "TRAN.BA")
        scope.enter(session, permissions_and_scope(session, account)[1])
        assert (
            number not in [row.number for row in search(session, "wxqz").petitions]
            and session.get(Petition, key) is None
        )
        session.rollback()


def test_nothing_can_be_subtracted_list_count_deadline_form_export_are_without_it(province, tmp_path):
    before = {name: figures(province, name) for name in ("LE.HAI", "LANHDAO")}
    done = {"on": "2026-10-07", "eligible": True, "competent": True, "direction": "accept"}
    case = {
        "type": "case",
        "case": "S/DEM",
        "unit": "S",
        "kind": "denunciation",
        "instance": 1,
        "remote": False,
        "complexity": [],
        "accepted_on": "2026-10-08",
    }
    record = petition_record(
        "DEM", "S", kind="denunciation", respondents=[{"name": "Ông Lê Lãnh Đạo Hai"}], processed=done, case="S/DEM"
    )
    (tmp_path / "dem.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in (case, record)))
    with province.session() as session:
        import_file(session, tmp_path / "dem.jsonl")
        session.commit()
    assert figures(province, "LE.HAI") == before["LE.HAI"]
    after = figures(province, "LANHDAO")
    assert all(after[name] != before["LANHDAO"][name] for name in after), after
    for entity in (Petition.number, PetitionText.petition_id):
        assert not {"DEM"} & seen(province, "LE.HAI", entity)


def figures(province, identifier):
    """What a leader could compare: rows and count of the list, open deadlines, a form's row, the export."""
    browser = signed_in(province, identifier)
    with province.app.app_context():
        session = db.session()
        scope.enter(session, permissions_and_scope(session, account_of(session, identifier))[1])
        count = lists.petitions(session, lists.Filters(), None, 10, 10_000).count
        deadlines = inbox(session, Whose(), SOONEST, Spot(), 10, 10_000).count
        session.rollback()
    form = browser.get("/forms/?form=02/XLD&start=01/10/2026&end=31/10/2026&unit=S").get_data(as_text=True)
    cells = tuple(re.findall(r"<td[^>]*>\s*([\d.]+)\s*</td>", form))
    exported = browser.get("/petitions/export?kind=denunciation").data
    sheet = load_workbook(io.BytesIO(exported)).active if exported.startswith(b"PK") else None
    firsts = [row[0].value for row in sheet.iter_rows()] if sheet is not None else ["Số đơn"]
    rows = len(firsts) - firsts.index("Số đơn") - 1
    return {"count": count, "deadlines": deadlines, "form": cells, **({"export": rows} if rows else {})}


def test_every_part_of_scope_that_gives_rows_is_a_way_that_is_looked_at():
    """A part that is added to Scope must be named in WAYS, or told here why it gives nobody a row."""
    gives_nothing = {"name", "holder_keys", "write", "grants", "rights", "system"}
    assert {item.name for item in fields(scope.Scope)} - gives_nothing == frozenset().union(
        *(way.parts for way in WAYS)
    )


def test_whoever_scope_lets_in_is_among_those_who_are_looked_at(world):
    """Every account of the world against every row of facts and content it can see: each is found by one of the
    WAYS.
    """
    installation, _ = world
    entities = (PetitionText, Document, StepNote, ReceptionText, Petition, Reception)
    with installation.app.app_context():
        session = db.session()
        accounts = session.scalars(select(Account).where(Account.kind != "admin")).unique().all()
        names = [account.username for account in accounts]
        checked = 0
        for name in names:
            account = account_of(session, name)
            scope.enter(session, permissions_and_scope(session, account)[1])
            rows = [row for entity in entities for row in session.scalars(select(entity))]
            places = {
                (
                    row.unit_id,
                    frozenset(
                        one
                        for one in (
                            row_name(row, "registered_by"),
                            *row_list(row, "handlers"),
                            *row_list(row, "verifiers"),
                        )
                        if one
                    ),
                )
                for row in rows
            }
            for unit, named in places:
                place = Standing(session.get(Unit, unit), named)
                assert name in {one.username for one in who_reaches(session, Account, place)}, (name, place)
                checked += 1
            session.rollback()
    assert checked > 10


def row_name(row, name):
    return getattr(row, name, None)


def row_list(row, name):
    return getattr(row, name, None) or ()


def test_a_manager_through_its_users_an_overseer_and_who_comes_to_reach_more_are_found(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "DUONG", [{"name": "ông Tạ Xuân Quý"}])
    assert number not in seen(province, "TA.QUY") and number not in seen(province, "TA.QUY.QL")
    (other,) = denunciations(province, tmp_path, "TREN", [{"name": "Nguyễn Văn Tư"}])
    assert other not in seen(province, "NGUYEN.TU") and other in seen(province, "VU.CHIN") | seen(province, "BUI.SAU")
    (third,) = denunciations(province, tmp_path, "SAU", [{"name": "Lý Văn Mới"}])
    with province.session() as session:
        commune = session.scalars(select(Unit).where(Unit.code == "X")).one()
        new = create_account(session, "LY.MOI", commune, kind="manager")
        new.holder = "Lý Văn Mới"
        session.commit()
    assert third not in seen(province, "LY.MOI")  # manages nobody yet
    with province.session() as session:
        account_of(session, "LY.MOI").manages = [account_of(session, "CANBO")]
        conflicts.look_for(session, account_of(session, "LY.MOI"))
        session.commit()
    assert third not in seen(province, "LY.MOI") and number in seen(province, "LY.MOI")


def test_a_name_in_the_text_or_added_later_shuts_out_too(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "TEXT", [])[:1] or [None]
    record = petition_record(
        "TEXT", "S", kind="denunciation", summary=f"{SUMMARY} của ông Phạm Quang Năm ở Sở", respondents=[]
    )
    (tmp_path / "text.jsonl").write_text(json.dumps(record, ensure_ascii=False))
    with province.session() as session:
        import_file(session, tmp_path / "text.jsonl")
        session.commit()
        key = session.scalars(select(Petition.id).where(Petition.number == "TEXT")).one()
    assert number is None and "TEXT" not in seen(province, "PHAM.NAM") and "TEXT" in seen(province, "TRAN.BA")
    signed_in(province, "CANBO").post(
        f"/petitions/{key}/process",
        {
            "on": "06/10/2026",
            "eligible": "1",
            "competent": "1",
            "direction": "accept",
            "difference": "x",
            "reason": "Liên quan bà Trần Thị Ba",
        },
    )
    assert "TEXT" not in seen(province, "TRAN.BA")


def test_an_excel_register_shuts_out_as_the_screen_does(province):
    rows = "Mã đơn;Ngày nhận;Loại đơn;Họ tên người gửi;Người bị khiếu nại, tố cáo;Nội dung đơn\n"
    rows += f"SO-1;05/10/2026;Tố cáo;Nguyễn Thị Gửi;Ông Hoàng Đức Tám (Trưởng phòng), Trần B;{SUMMARY}\n"
    with province.session() as session:
        import_register(session, RegisterFile(rows.encode(), "so.csv", "S", None), TODAY)
        session.commit()
    assert "SO-1" not in seen(province, "HOANG.TAM") and "SO-1" in seen(province, "CANBO")


def test_a_number_once_found_stays_whatever_an_administrator_records_later(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "SOCC", [{"name": "Người Lạ Hoắc", "id_number": "001099000123"}])
    with province.session() as session:
        create_account(
            session,
            "QUANTRI",
            session.scalars(select(Unit).where(Unit.code == "P")).one(),
            "administrator",
            kind="admin",
        )
        session.commit()
        key = account_of(session, "DANG.MUOI").id
    admin = signed_in(province, "QUANTRI")
    leader = signed_in(province, "LANHDAO")
    roles = {"roles": ["officer"], "manages": "", "paper": "1/QĐ"}
    for id_number in ("001 099 000 123", "001099000999"):
        assert admin.post(f"/accounts/edit/{key}", {"id_number": id_number, **roles}).status_code == 302
        with province.session() as session:
            account = account_of(session, "DANG.MUOI")
            assert account.confirmed_at is None  # another number waits for a leader as any widening does
            when = account.acted_at.isoformat()
        leader.post(f"/holders/{key}/confirm", {"seen": when})
        assert number not in seen(province, "DANG.MUOI")
    with province.session() as session:
        conflict = session.scalars(
            select(Conflict).where(Conflict.account == "DANG.MUOI", Conflict.why == "number")
        ).one()
        with pytest.raises(Refused, match="số định danh trùng"):
            conflicts.decide(session, conflict, False, "LANHDAO")


def test_a_reception_about_a_denunciation_is_closed_from_the_moment_it_is_said(province):
    with province.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "S")).one()
        for identifier in ("TIEP.MOT", "TIEP.HAI"):
            create_account(session, identifier, unit, "reception")
        session.commit()
    first = signed_in(province, "TIEP.MOT")
    second = signed_in(province, "TIEP.HAI")
    told = {
        "on": "05/10/2026",
        "kind": "regular",
        "people": "1",
        "about": "denunciation",
        "matter": "Vụ kín qpwo",
        "summary": "Chị Lan 0911222333 kể chuyện qpwo",
        "petitioners-0-name": "Nguyễn Thị Lan",
        "petitioners-0-phone": "0911 222 333",
        "respondents-0-name": "đồng chí Lê Lãnh Đạo Hai",
    }
    page = first.post("/receptions/new", told, follow_redirects=True).get_data(as_text=True)
    assert "của người tố cáo" in page  # whoever wrote it is told
    address = re.search(r"/receptions/[0-9a-f-]{36}", page).group()
    mine = first.get(address).get_data(as_text=True)
    assert "qpwo" in mine and "Nguyễn Thị Lan" not in mine and "Chị [đã che]" in mine and "0911222333" not in mine
    other = second.get(address).get_data(as_text=True)
    assert "qpwo" not in other and "Lan" not in other
    assert signed_in(province, "LE.HAI").get(address).status_code == 404  # the respondent, though leader of the unit
    leader = signed_in(province, "LANHDAO")
    shown = leader.get(address).get_data(as_text=True)
    assert "qpwo" in shown and "LE.HAI" in shown and "Nguyễn Thị Lan" not in shown
    opened = leader.post(f"{address}/reveal", {"note": "mời người tố cáo làm việc"}).get_data(as_text=True)
    assert "Nguyễn Thị Lan" in opened
    assert "Nguyễn Thị Lan" not in second.post(
        f"{address}/reveal", {"note": "mời người tố cáo làm việc"}, follow_redirects=True
    ).get_data(as_text=True)
    decide = re.search(r"/secrecy/conflicts/[0-9a-f-]+/decide", shown).group()
    leader.post(decide, {"stays_out": "0"})
    assert signed_in(province, "LE.HAI").get(address).status_code == 200


def test_who_denounced_is_covered_wherever_identity_is_not_open(province, tmp_path):
    person = {
        "name": "Trần Thị Thử",
        "phone": "0912345678",
        "id_number": "001090000002",
        "address": "Thôn 3, xã Thử Nghiệm",
    }
    text = "Chị Thử (TRAN THI THU), thôn 3 xã Thử Nghiệm, ĐT 0912.345.678, CCCD 001 090 000 002, tố cáo ông Khác"
    officer = signed_in(province, "CANBO")
    values = {
        "kind": "denunciation",
        "received_on": "05/10/2026",
        "source": "post",
        "signatories": "one",
        "people": "1",
        "field": "land",
        "instance": "1",
        "summary": text,
        **{f"petitioners-0-{key}": value for key, value in person.items()},
        "respondents-0-name": "Ông Khác Hẳn",
    }
    page = officer.post("/petitions/new", values, follow_redirects=True).get_data(as_text=True)
    assert "của người tố cáo" in page
    address = re.search(r"/petitions/([0-9a-f-]{36})/process", page).group(1)
    address = f"/petitions/{address}"
    officer.post(
        f"{address}/process",
        {
            "on": "06/10/2026",
            "eligible": "1",
            "competent": "1",
            "direction": "accept",
            "difference": "đã gọi chị Thử",
            "reason": "theo đơn của bà Trần Thị Thử",
        },
    )
    secrets = (
        "Thử,",
        "chị Thử",
        "Chị Thử",
        "TRAN THI THU",
        "Trần Thị Thử",
        "thôn 3",
        "0912.345.678",
        "001 090 000 002",
    )
    for where in (address, "/petitions/", "/inbox/", f"{address}/print"):
        shown = officer.get(where, follow_redirects=True).get_data(as_text=True)
        assert [secret for secret in secrets if secret in shown] == [], where
        if where == address:
            assert shown.count("[đã che]") >= 3
    opened = officer.post(f"{address}/reveal", {"note": "mời người tố cáo làm việc"}).get_data(as_text=True)
    assert "Trần Thị Thử" in opened and "0912.345.678" in opened


def test_a_named_denunciation_is_guarded_from_registration_and_the_slip_tells_nothing(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "KIN", [{"name": "Ai Đó Khác"}])
    record = petition_record("KIN-ND", "S", kind="denunciation", signatories="none", petitioners=[], summary=SUMMARY)
    (tmp_path / "nd.jsonl").write_text(json.dumps(record, ensure_ascii=False))
    with province.session() as session:
        import_file(session, tmp_path / "nd.jsonl")
        session.commit()
        levels = dict(
            session.execute(select(Petition.number, Petition.secrecy).where(Petition.number.in_([number, "KIN-ND"])))
            .tuples()
            .all()
        )
        key = session.scalars(select(Petition.id).where(Petition.number == number)).one()
    assert levels == {number: 1, "KIN-ND": 0}
    officer = signed_in(province, "CANBO")
    asked = officer.get(f"/petitions/{key}/print")
    assert asked.status_code == 302 and "/approvals/ask/print" in asked.headers["Location"]
    assert number not in [
        str(row[0].value) for row in load_workbook(io.BytesIO(officer.get("/petitions/export").data)).active.iter_rows()
    ]
    assert "MẬT · CANBO ·" in officer.get(f"/petitions/{key}").get_data(as_text=True)
    slip = officer.get(f"/petitions/{key}/slip").get_data(as_text=True)
    assert number in slip and "Nguyễn Văn Mẫu" not in slip and "Tố cáo" not in slip


def test_where_the_network_may_hold_no_secret_the_guards_are_the_same_and_the_level_is_not_claimed(
    province, tmp_path, monkeypatch
):
    (number,) = denunciations(province, tmp_path, "MANG", [{"name": "Ai Đó Khác"}])
    monkeypatch.setitem(province.app.config, "NETWORK_SECRECY", 0)
    with province.session() as session:
        key = session.scalars(select(Petition.id).where(Petition.number == number)).one()
    officer = signed_in(province, "CANBO")
    page = officer.get(f"/petitions/{key}").get_data(as_text=True)
    assert "BẢO VỆ NGƯỜI TỐ CÁO · CANBO ·" in page and "MẬT ·" not in page
    assert officer.get(f"/petitions/{key}/print").status_code == 302
    # not offered here
    assert officer.post(f"/secrecy/petition/{key}", {"level": "1", "number": "1/M"}).status_code == 200


def test_what_narrows_the_reach_of_others_waits_for_them(province):
    with province.session() as session:
        if session.scalars(select(Account).where(Account.username == "QUANTRI")).first() is None:
            create_account(
                session,
                "QUANTRI",
                session.scalars(select(Unit).where(Unit.code == "P")).one(),
                "administrator",
                kind="admin",
            )
        create_account(session, "TRUONG", session.scalars(select(Unit).where(Unit.code == "P")).one(), "leader")
        session.commit()
        unit = session.scalars(select(Unit.id).where(Unit.code == "S")).one()
        names = [f"{item.permission.name} {item.view_menu.name}" for item in role_of(session, "leader").permissions]
        role = role_of(session, "leader").id
    admin = signed_in(province, "QUANTRI")
    admin.post(f"/units/edit/{unit}", {"name": "Đơn vị S", "sign_in_policy": "token"})
    assert policy(province) == "token"  # stronger holds at once
    page = admin.post(
        f"/units/edit/{unit}", {"name": "Đơn vị S", "sign_in_policy": "password"}, follow_redirects=True
    ).get_data(as_text=True)
    assert policy(province) == "token" and "chờ lãnh đạo" in page
    with province.owner() as connection:
        connection.execute("update units set sign_in_policy = null where code = 'S'")
        (change,) = connection.execute("select id from policy_changes where granted is null").fetchone()
    assert signed_in(province, "CANBO").post(f"/holders/policies/{change}", {"granted": "1"}).status_code == 403
    assert str(change) in signed_in(province, "LANHDAO").get("/holders/").get_data(as_text=True)
    signed_in(province, "LANHDAO").post(f"/holders/policies/{change}", {"granted": "1"})
    assert policy(province) == "password"
    kept = [name for name in names if name != "can_confirm Holders"]
    admin.post(f"/roles/edit/{role}", {"permissions": kept})
    with province.session() as session:
        assert "can_confirm" in {item.permission.name for item in role_of(session, "leader").permissions}
    with province.owner() as connection:
        (change,) = connection.execute("select id from role_changes where removal and granted is null").fetchone()
        connection.execute("update ab_user set active = false where username in ('TRUONG', 'VU.CHIN', 'BUI.SAU')")
    # The top is where it was: with nobody left there only the operator decides, never somebody below.
    assert signed_in(province, "LANHDAO").post(f"/holders/changes/{change}", {"granted": "1"}).status_code == 404
    with province.owner() as connection:
        connection.execute("update ab_user set active = true where username in ('TRUONG', 'VU.CHIN', 'BUI.SAU')")
    assert signed_in(province, "TRUONG").post(f"/holders/changes/{change}", {"granted": "0"}).status_code == 302


def role_of(session, name):
    return session.scalars(select(Role).where(Role.name == name)).one()


def policy(province):
    with province.owner() as connection:
        return connection.execute("select sign_in_policy from units where code = 'S'").fetchone()[0]


def test_the_trail_does_not_tell_an_auditor_that_something_is_closed_to_them(province, tmp_path):
    with province.session() as session:
        account = create_account(
            session, "KIEMSOAT", session.scalars(select(Unit).where(Unit.code == "S")).one(), "auditor"
        )
        account.holder = "Trịnh Kiểm Soát"
        session.commit()
    denunciations(province, tmp_path, "SOAT", [{"name": "Trịnh Kiểm Soát"}])
    page = signed_in(province, "KIEMSOAT").get("/audit/?action=conflict.found").get_data(as_text=True)
    assert "KIEMSOAT" not in re.sub(r"<header.*?</header>|<footer.*?</footer>", "", page, flags=re.DOTALL).replace(
        "Đơn vị", ""
    )


DONE = {"on": "2026-10-07", "eligible": True, "competent": True, "direction": "accept"}


def put(province, path, *records):
    """These records are imported."""
    (path / "put.jsonl").write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records))
    with province.session() as session:
        import_file(session, path / "put.jsonl")
        session.commit()


def denounced_in(number, respondents, **more):
    return petition_record(number, "S", kind="denunciation", respondents=respondents, processed=DONE, **more)


def case_of(number, **more):
    return {
        "type": "case",
        "case": number,
        "unit": "S",
        "kind": "denunciation",
        "instance": 1,
        "remote": False,
        "complexity": [],
        "accepted_on": "2026-10-08",
        **more,
    }


def key_of(province, entity, number):
    with province.session() as session:
        return session.scalars(select(entity.id).where(entity.number == number)).one()


def test_another_petition_of_the_same_case_is_closed_to_the_respondent_too_and_tells_nothing_of_the_case(
    province, tmp_path
):
    mate = denounced_in("MATE-1", [{"name": "Ông Lê Lãnh Đạo Hai"}], case="S/MATE")
    put(
        province,
        tmp_path,
        case_of("S/MATE"),
        mate,
        denounced_in("MATE-2", []),
        denounced_in("MATE-3", [], case="S/MATE"),
    )
    joined = key_of(province, Petition, "MATE-2")
    # imported into the case: closed at once
    assert {"MATE-1", "MATE-2", "MATE-3"} & seen(province, "LE.HAI") == {"MATE-2"}
    values = {"on": "08/10/2026", "case_number": "S/MATE"}
    assert "S/MATE" in signed_in(province, "LANHDAO").post(
        f"/petitions/{joined}/attach", values, follow_redirects=True
    ).get_data(as_text=True)
    assert not {"MATE-1", "MATE-2", "MATE-3"} & seen(province, "LE.HAI") and joined not in seen(
        province, "LE.HAI", PetitionText.petition_id
    )
    browser = signed_in(province, "LE.HAI")
    assert (
        browser.get(f"/petitions/{joined}").status_code == browser.get(f"/petitions/{joined}/attach").status_code == 404
    )
    revealed = browser.post(f"/petitions/{joined}/reveal", {"note": "mời người tố cáo làm việc"}, follow_redirects=True)
    assert "Nguyễn Văn Mẫu" not in revealed.get_data(as_text=True)
    with province.session() as session:  # another person, the leader says: then all of them are open again
        conflict = session.scalars(
            select(Conflict).join(Petition).where(Petition.number == "MATE-1", Conflict.account == "LE.HAI")
        ).one()
        conflicts.decide(session, conflict, False, "LANHDAO")
        session.commit()
    assert {"MATE-1", "MATE-2", "MATE-3"} <= seen(province, "LE.HAI")


FOUND_LATER = {
    "initials": ({"respondents": [{"name": "Trần Q. K."}]}, "Trần Quốc Khoa"),
    "a space missing": ({"respondents": [{"name": "ông Triệu MạnhCường"}]}, "Triệu Mạnh Cường"),
    "the decision cited": (
        {"previous_decision": {"number": "1", "body": "Kết luận về ông Vi Sơn Lâm", "on": "2020-01-02"}},
        "Vi Sơn Lâm",
    ),
    "initials in the text": ({"summary": "Tố cáo ông Khổng V. H. nhận tiền"}, "Khổng Viết Hoàng"),
}


@pytest.mark.parametrize("way", FOUND_LATER)
def test_a_new_account_is_closed_to_whatever_names_its_holder_before_it_opens_anything(province, tmp_path, way):
    told, holder = FOUND_LATER[way]
    number = f"LATER-{len(way)}"
    identifier = f"MOI.{len(way)}"
    put(province, tmp_path, denounced_in(number, **{"respondents": [], **told}))
    with province.session() as session:
        account = create_account(
            session, identifier, session.scalars(select(Unit).where(Unit.code == "S")).one(), "leader"
        )
        account.holder = holder
        session.commit()
        assert number in seen(province, identifier)
        assert conflicts.look_for(session, account_of(session, identifier)) == 1
        session.commit()
    assert number not in seen(province, identifier)


def test_a_new_account_is_closed_to_the_petition_whose_reception_or_document_to_verify_names_its_holder(
    province, tmp_path
):
    reception = {
        "type": "reception",
        "id": "TD-REC",
        "unit": "S",
        "on": "2026-10-09",
        "kind": "regular",
        "people": 1,
        "petitioners": [],
        "respondents": [{"name": "Lý Bá Quang"}],
        "summary": "kể chuyện",
        "petition": "REC",
    }
    put(province, tmp_path, denounced_in("REC", []), reception)
    with province.session() as session:
        create_account(
            session, "MOI.Q", session.scalars(select(Unit).where(Unit.code == "S")).one(), "officer"
        ).holder = "Lý Bá Quang"
        session.commit()
        assert conflicts.look_for(session, account_of(session, "MOI.Q")) == 1
        session.commit()
    assert "REC" not in seen(province, "MOI.Q")


def test_papers_of_a_case_and_what_it_cites_do_not_tell_who_denounced(province, tmp_path):
    paper = {
        "ground": "withdrawn",
        "number": "9/QĐ",
        "paper": "application",
        "paper_number": "Đơn rút của bà Nguyễn Văn Mẫu",
        "paper_on": "2026-10-19",
    }
    cited = {"number": "1/KL", "body": "Kết luận theo đơn Nguyễn Văn Mẫu 2020", "on": "2020-01-02"}
    respondent = {"name": "Ai Đó Khác", "position": "thủ trưởng của ông Nguyễn Văn Mẫu"}
    petition = denounced_in("RUT", [respondent], case="S/RUT", previous_decision=cited)
    put(province, tmp_path, case_of("S/RUT", withdrawn_on="2026-10-20", ending=paper), petition)
    pages = [f"/cases/{key_of(province, Case, 'S/RUT')}", f"/petitions/{key_of(province, Petition, 'RUT')}"]
    for identifier in ("BUI.SAU", "CANBO"):
        browser = signed_in(province, identifier)
        for page in pages:
            told = browser.get(page)
            assert told.status_code == 200 and "Nguyễn Văn Mẫu" not in told.get_data(as_text=True), (identifier, page)
    shown = signed_in(province, "CANBO").get(pages[0]).get_data(as_text=True)
    assert "Đơn rút của bà [đã che]" in shown and "Kết luận theo đơn [đã che] 2020" in shown


def test_who_signed_a_closed_original_is_not_told_that_it_is_signed_is(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "KY", [{"name": "Ai Đó Khác"}])
    signature = {
        "signer": "NGUYỄN VĂN MẪU",
        "organisation": "HỢP TÁC XÃ MẪU",
        "on": None,
        "intact": True,
        "whole": True,
    }
    with province.session() as session:
        document = new_document(
            session.scalars(select(Petition).where(Petition.number == number)).one(), "pdf", 10, "CANBO"
        )
        document.state = "read"
        document.pages = 1
        document.secrecy = 1
        document.told = seal(
            document,
            "told",
            {"name": "a.pdf", "sha256": "0", "note": "", "signatures": [signature]},
            purpose_of(document),
        )
        session.add(document)
        session.commit()
        address = f"/documents/{document.id}"
    browser = signed_in(province, "CANBO")
    shown = browser.get(address).get_data(as_text=True)
    assert (
        "Mở bản gốc" in shown
        and "có chữ ký số" in shown
        and "NGUYỄN VĂN MẪU" not in shown
        and "HỢP TÁC XÃ" not in shown
    )
    browser.post(f"{address}/reveal", {"note": "đối chiếu chữ ký trên đơn"})
    assert "NGUYỄN VĂN MẪU" in browser.get(address).get_data(as_text=True)


def test_with_a_second_person_for_identity_a_guessed_sender_is_not_confirmed_by_the_text_either(
    province, tmp_path, monkeypatch
):
    sender = [{"name": "Đặng Thùy Trâmxy"}]
    put(
        province,
        tmp_path,
        petition_record("TIM-T", "S", kind="denunciation", summary="Bà Đặng Thùy Trâmxy kể việc", petitioners=sender),
    )

    def found():
        with province.app.app_context():
            session = db.session()
            scope.enter(session, permissions_and_scope(session, account_of(session, "CANBO"))[1])
            numbers = [petition.number for petition in search(session, "Đặng Thùy Trâmxy").petitions]
            session.rollback()
            return numbers

    assert found() == ["TIM-T"]
    monkeypatch.setitem(province.app.config, "REVEAL_APPROVAL", True)
    assert found() == []


def test_an_auditor_reads_nothing_in_the_trail_of_what_is_closed_to_them(province, tmp_path):
    (number,) = denunciations(province, tmp_path, "VET", [{"name": "Ông Phạm Quang Năm"}])
    key = key_of(province, Petition, number)
    reasons = ["in hồ sơ tố cáo ông Phạm Quang Năm", "xác minh đơn tố cáo ông Năm"]
    browser = signed_in(province, "CANBO")
    browser.post(f"/approvals/ask/print/petition/{key}", {"reason": reasons[0]})
    browser.post(f"/petitions/{key}/reveal", {"note": reasons[1]})
    for identifier, tells in (("PHAM.NAM", False), ("LANHDAO", True)):
        with province.session() as session:
            account = account_of(session, identifier)
            account.roles.append(session.scalars(select(Role).filter_by(name="auditor")).one())
            session.commit()
        told = signed_in(province, identifier).get("/audit/").get_data(as_text=True)
        assert [part in told for part in (number, *reasons)] == [tells] * 3, identifier


def test_a_note_of_a_case_that_names_a_reader_closes_its_petitions_to_them(province, tmp_path):
    put(province, tmp_path, case_of("S/NOTE"), denounced_in("NOTE", [{"name": "Ai Đó Khác"}], case="S/NOTE"))
    assert "NOTE" in seen(province, "PHAM.NAM")
    values = {
        "on": "12/10/2026",
        "paper": "1/QĐ",
        "ground": "expertise",
        "note": "mở rộng xác minh cả ông Phạm Quang Năm",
    }
    signed_in(province, "LANHDAO").post(f"/cases/{key_of(province, Case, 'S/NOTE')}/step/suspend", values)
    assert "NOTE" not in seen(province, "PHAM.NAM")


def test_whoever_imported_a_register_and_turns_out_to_be_meant_sees_its_row_no_more(province):
    heading = "Mã đơn;Ngày nhận;Loại đơn;Họ tên người gửi;Người bị khiếu nại, tố cáo;Nội dung đơn"
    rows = f"{heading}\nIMP-1;05/10/2026;Tố cáo;Nguyễn Thị Gửi;Ông Kha Mạnh Dũng;zzz\n"
    with province.session() as session:
        department, commune = (session.scalars(select(Unit).where(Unit.code == code)).one() for code in ("S", "X"))
        account = create_account(session, "NHAP", department, "reception")
        account.holder = "Người Khác Nào"
        session.commit()
        import_register(session, RegisterFile(rows.encode(), "so.csv", "S", None), TODAY, "S", "NHAP")
        session.commit()
        account = account_of(session, "NHAP")
        account.holder = "Kha Mạnh Dũng"
        account.unit = commune
        session.flush()
        assert conflicts.look_for(session, account) == 1
        session.commit()
    assert "IMP-1" not in seen(province, "NHAP")


def test_a_second_person_is_asked_for_who_came_about_a_denunciation(province, tmp_path, monkeypatch):
    monkeypatch.setitem(province.app.config, "REVEAL_APPROVAL", True)
    put(
        province,
        tmp_path,
        {
            "type": "reception",
            "id": "TD-ASK",
            "unit": "S",
            "on": "2026-10-09",
            "kind": "regular",
            "people": 1,
            "about": "denunciation",
            "petitioners": [{"name": "Mã Văn Kín"}],
            "respondents": [{"name": "Ai Đó", "position": "chồng bà Mã Văn Kín"}],
            "summary": "kể chuyện",
        },
    )
    key = key_of(province, Reception, "TD-ASK")
    browser = signed_in(province, "LANHDAO")
    shown = browser.get(f"/receptions/{key}").get_data(as_text=True)
    assert f"/approvals/ask/reveal/reception/{key}" in shown and "Mã Văn Kín" not in shown
    asked = browser.post(
        f"/approvals/ask/reveal/reception/{key}", {"reason": "mời người đến làm việc lại"}, follow_redirects=True
    )
    assert "TD-ASK" in asked.get_data(as_text=True)
