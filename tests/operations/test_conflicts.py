"""Who may be the respondent does not read: by identity number at once, by name until a leader looked, by a leader's
mark; reveals with a custodian.
"""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models import Account, Petition, Unit
from app.operations.exchange.file_in import import_file
from app.operations.secrecy.conflicts import look_again
from app.security.tokens import holder_key
from tests.conftest import Browser, create_account, petition_record
from tests.support.world import build
from tests.views.test_work import registered

NUMBER = "001085012345"


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        for identifier, holder in (("LEADER.HAI", "Trần Thị Hai"), ("CANBO.BA", "Lê Văn Ba")):
            account = create_account(session, identifier, unit, "leader" if "LEADER" in identifier else "officer")
            account.holder = holder
        session.commit()
    return installation


def signed_in(world, identifier):
    browser = Browser(world.app)
    assert browser.sign_in(identifier).status_code == 302
    return browser


def denunciation(world, **more):
    values = {"respondents-0-name": "Người Khác Hẳn", **more}
    return registered(
        signed_in(world, "OFFICER"),
        kind="denunciation",
        **{"petitioners-0-name": "Hoàng Thị Gửi"},
        summary="tố cáo nội dung qwzx",
        **values,
    )


def confirmed(world, identifier, by="LEADER"):
    """The leader has confirmed the account on screen, as it is now."""
    leader = signed_in(world, by)
    with world.session() as session:
        account = session.scalars(select(Account).where(Account.username == identifier)).one()
        key = account.id
        seen = account.acted_at.isoformat()
    leader.post(f"/holders/{key}/confirm", {"seen": seen})


def reads(world, identifier, address):
    return "tố cáo nội dung qwzx" in signed_in(world, identifier).get(address).get_data(as_text=True)


def test_a_respondents_identity_number_shuts_the_holder_out_at_once_also_a_leader(world):
    address = denunciation(world, **{"respondents-0-name": "Ông Lãnh Đạo", "respondents-0-id_number": "001 085 012345"})
    assert reads(world, "LEADER", address) and reads(world, "LEADER.HAI", address)
    with world.session() as session:
        session.scalars(select(Account).where(Account.username == "LEADER.HAI")).one().holder_key = holder_key(NUMBER)
        session.commit()
    assert not reads(world, "LEADER.HAI", address) and reads(world, "LEADER", address)
    key = address.split("/")[2]
    assert signed_in(world, "LEADER.HAI").get(address).status_code == 404  # not even that it is there
    assert (
        signed_in(world, "LEADER.HAI").post(f"/petitions/{key}/reveal", {"note": "muốn biết ai tố cáo"}).status_code
        == 404
    )
    for text in ("qwzx", "hoàng thị gửi"):
        assert address not in signed_in(world, "LEADER.HAI").search(text).get_data(as_text=True)
    with world.session() as session:
        session.scalars(select(Account).where(Account.username == "LEADER.HAI")).one().holder_key = None
        session.commit()


def test_an_administrator_records_the_number_and_sees_only_that_it_is_known(world):
    admin = signed_in(world, "ADMIN")
    with world.session() as session:
        key = session.scalars(select(Account.id).where(Account.username == "CANBO.BA")).one()
    page = admin.get(f"/accounts/edit/{key}").get_data(as_text=True)
    roles = re.findall(r'<option selected value="([^"]+)"', page)
    assert roles and reads(world, "CANBO.BA", denunciation(world))
    answer = admin.post(f"/accounts/edit/{key}", {"id_number": NUMBER, "roles": roles, "manages": "", "paper": "1/QĐ"})
    assert answer.status_code == 302
    page = admin.get(f"/accounts/show/{key}").get_data(as_text=True)
    assert (
        "đã ghi (mã băm)" in page
        and NUMBER not in page
        and NUMBER not in admin.get(f"/accounts/edit/{key}").get_data(as_text=True)
    )
    with world.owner() as connection:
        assert connection.execute("select holder_key from ab_user where id = %s", [key]).fetchone()[0].startswith("#")
        assert NUMBER not in str(connection.execute("select * from ab_user where id = %s", [key]).fetchone())
    # until a leader has looked
    assert "/account/waiting" in signed_in(world, "CANBO.BA").get("/petitions/").headers["Location"]
    confirmed(world, "CANBO.BA")
    address = denunciation(world, **{"respondents-0-id_number": NUMBER})
    assert not reads(world, "CANBO.BA", address) and reads(world, "LEADER", address)
    admin.post(f"/accounts/edit/{key}", {"id_number": "", "roles": roles, "manages": "", "paper": "2/QĐ"})
    assert not reads(world, "CANBO.BA", address)  # an empty field leaves it as it is


def test_the_same_name_is_shut_out_until_a_leader_has_looked(world):
    address = denunciation(world, **{"respondents-0-name": "LE VAN BA"})
    leader = signed_in(world, "LEADER")
    assert not reads(world, "CANBO.BA", address) and reads(world, "OFFICER", address)
    page = leader.get(address).get_data(as_text=True)
    assert "CANBO.BA" in page and "Trùng họ tên" in page and "lãnh đạo quyết định" in page
    decide = re.search(r"/secrecy/conflicts/[0-9a-f-]+/decide", page).group()
    assert signed_in(world, "OFFICER").post(decide, {"stays_out": "0"}).status_code == 403
    leader.post(decide, {"stays_out": "0"})
    assert reads(world, "CANBO.BA", address)
    leader.post(decide, {"stays_out": "1"})
    assert not reads(world, "CANBO.BA", address)


def test_nobody_decides_about_themselves_and_a_leader_marks_others(world):
    address = denunciation(world, **{"respondents-0-name": "Trần Thị Hai"})
    key = address.split("/")[2]
    assert not reads(world, "LEADER.HAI", address)
    leader = signed_in(world, "LEADER")
    decide = re.search(r"/secrecy/conflicts/[0-9a-f-]+/decide", leader.get(address).get_data(as_text=True)).group()
    # does not even see the question
    assert signed_in(world, "LEADER.HAI").post(decide, {"stays_out": "0"}).status_code == 404
    assert "tự đánh dấu" in leader.post(
        f"/secrecy/conflicts/petition/{key}/mark", {"account": "LEADER"}, follow_redirects=True
    ).get_data(as_text=True)
    assert "nào tiếp cận được hồ sơ này" in leader.post(
        f"/secrecy/conflicts/petition/{key}/mark", {"account": "CHI"}, follow_redirects=True
    ).get_data(as_text=True)
    assert reads(world, "CHUYENTRACH", address)
    leader.post(f"/secrecy/conflicts/petition/{key}/mark", {"account": "CHUYENTRACH"})
    assert not reads(world, "CHUYENTRACH", address)
    leader.post(f"{address}/assign", {"on": "07/10/2026", "handlers": ["CHUYENTRACH"]})
    assert not reads(world, "CHUYENTRACH", address)  # not even when it is named a handler


def test_a_file_shuts_out_as_the_screen_does(world, tmp_path):
    record = petition_record(
        "NHAP-1",
        "A",
        kind="denunciation",
        summary="tố cáo nội dung qwzx",
        respondents=[{"name": "Lê Văn Ba"}, {"name": "Ông B", "id_number": NUMBER}],
    )
    (tmp_path / "file.jsonl").write_text(json.dumps(record, ensure_ascii=False))
    with world.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.commit()
        petition = session.scalars(select(Petition).where(Petition.number == "NHAP-1")).one()
        assert petition.text.shut_out == sorted(["CANBO.BA", holder_key(NUMBER)])
        address = f"/petitions/{petition.id}"
    assert not reads(world, "CANBO.BA", address) and reads(world, "OFFICER", address)


def test_a_new_holder_is_shut_out_of_what_came_before(world):
    address = denunciation(world, **{"respondents-0-name": "Phạm Thị Tân"})
    other = denunciation(world, **{"respondents-0-name": "Phạm Văn Tân"})
    since = datetime.now(UTC)
    with world.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        create_account(session, "MOI.DEN", unit, "officer").holder = "Phạm Thị  Tân"
        session.commit()
        assert look_again(session, since) == 1
        assert look_again(session, since) == 0
        session.commit()
    assert not reads(world, "MOI.DEN", address) and reads(world, "MOI.DEN", other) and reads(world, "OFFICER", address)


def test_row_security_alone_shuts_out_too(world):
    """The second belt by itself: SQL by hand under the account's settings sees no row."""
    address = denunciation(world, **{"respondents-0-name": "Trần Thị Hai"})
    key = address.split("/")[2]
    settings = "select set_config('app.{}', %s, true)"
    with world.owner() as connection, connection.transaction():
        role = connection.info.dbname + "_app"
        connection.execute(f"set local role {role}")
        unit = connection.execute("select id, path from units where code = 'A'").fetchone()
        for name, value in (
            ("text_low", unit[1]),
            ("text_high", unit[1] + "~"),
            ("lead_units", f"{{{unit[0]}}}"),
            ("accounts", "{LEADER.HAI}"),
            ("holder_keys", ""),
        ):
            connection.execute(settings.format(name), [value])
        count = "select count(*) from petition_texts where petition_id = %s"
        assert connection.execute(count, [key]).fetchone()[0] == 1
        connection.execute(settings.format("holder_keys"), ["{LEADER.HAI}"])
        assert connection.execute(count, [key]).fetchone()[0] == 0


def test_where_it_is_so_set_a_reveal_needs_a_second_person(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "REVEAL_APPROVAL", True)
    address = denunciation(world, **{"respondents-0-id_number": NUMBER})
    key = address.split("/")[2]
    officer = signed_in(world, "OFFICER")
    leader = signed_in(world, "LEADER")
    page = officer.post(
        f"/petitions/{key}/reveal", {"note": "mời người tố cáo làm việc"}, follow_redirects=True
    ).get_data(as_text=True)
    assert "Hoàng Thị Gửi" not in page and "người thứ hai" in page
    officer.post(f"/approvals/ask/reveal/petition/{key}", {"reason": "mời người tố cáo làm việc"})
    approval = re.search(
        r"/approvals/([0-9a-f-]{36})/decide", leader.get("/approvals/open").get_data(as_text=True)
    ).group(1)
    leader.post(f"/approvals/{approval}/decide", {"granted": "1"})
    assert "Hoàng Thị Gửi" in officer.post(f"/petitions/{key}/reveal").get_data(as_text=True)
    # for one page view
    assert "Hoàng Thị Gửi" not in officer.post(f"/petitions/{key}/reveal", follow_redirects=True).get_data(as_text=True)
    with world.owner() as connection:
        rows = connection.execute(
            "select reason from audit_entries where action = 'identity.revealed' and %s = any(row_ids)", [key]
        ).fetchall()
    assert rows == [("mời người tố cáo làm việc",)]
    officer.post(f"/approvals/ask/reveal/petition/{key}", {"reason": "mời người tố cáo lần nữa"})
    custodian = signed_in(world, "CUSTODIAN")
    asked = re.search(
        r"/approvals/([0-9a-f-]{36})/decide", custodian.get("/approvals/open").get_data(as_text=True)
    ).group(1)
    with (
        world.session() as session
    ):  # who keeps the secrets turns out to be the respondent, and reads no petition to know it from
        session.scalars(select(Account).where(Account.username == "CUSTODIAN")).one().holder_key = holder_key(NUMBER)
        session.commit()
    assert asked not in custodian.get("/approvals/open").get_data(as_text=True)
    assert "không được tiếp cận hồ sơ này" in custodian.post(
        f"/approvals/{asked}/decide", {"granted": "1"}, follow_redirects=True
    ).get_data(as_text=True)
    approval = re.search(
        r"/approvals/([0-9a-f-]{36})/decide", leader.get("/approvals/open").get_data(as_text=True)
    ).group(1)
    leader.post(f"/approvals/{approval}/decide", {"granted": "0"})
    assert "Hoàng Thị Gửi" not in officer.post(f"/petitions/{key}/reveal", follow_redirects=True).get_data(as_text=True)
