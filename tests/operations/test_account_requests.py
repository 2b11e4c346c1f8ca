"""Requests for accounts on their way up."""

import pytest
from sqlalchemy import select

from app.models import AccountRequest, Unit
from app.operations.accounts import requests as account_requests
from app.operations.refusal import Refused
from tests.conftest import create_account, pages_of
from tests.support.people import find, sign_in

LINE = {"identifier": "XIN.01", "kind": "user", "holder": "Người Xin", "roles": "officer"}


def test_a_request_climbs_with_documents_and_every_level_that_took_part_sees_it(world):
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        create_account(session, "LD.B", unit["B"], "leader")
        create_account(session, "LD.P", unit["P"], "leader")
        find(session, "ADMIN").active = False  # so that A is a level between
        create_account(session, "ADMIN.P", unit["P"], kind="admin")
        session.commit()
    below, middle, top, admin = (sign_in(installation, name) for name in ("LD.B", "LEADER", "LD.P", "ADMIN.P"))
    values = {f"lines-0-{name}": value for name, value in LINE.items()} | {
        "paper": "1/TTr-B",
        "lines-1-identifier": "XIN.02",
        "lines-1-kind": "user",
        "lines-1-holder": "Người Xin Hai",
        "lines-1-roles": "",
    }
    assert below.post("/account-requests/new", values).status_code == 302
    with installation.session() as session:
        request = session.scalars(select(AccountRequest)).unique().one()
        key = str(request.id)
        lines = [str(line.id) for line in request.lines]
    assert "B-TK-" not in sign_in(installation, "CHI").get("/account-requests/").get_data(as_text=True)
    assert "B-TK-" not in admin.get("/account-requests/decisions").get_data(as_text=True)
    assert (
        "nhập số văn bản"
        in pages_of(
            middle.post("/account-requests/forward", {"request": key, "paper": ""}, follow_redirects=True).get_data(
                as_text=True
            )
        ).lower()
    )
    middle.post("/account-requests/forward", {"request": key, "paper": "2/TH-A", "note": "đã kiểm tra"})
    top.post("/account-requests/forward", {"request": key, "paper": "3/TH-P"})
    page = admin.get("/account-requests/decisions").get_data(as_text=True)
    assert all(document in page for document in ("1/TTr-B", "2/TH-A", "3/TH-P")) and "Người Xin" in page
    granted = admin.post(f"/account-requests/{key}/lines/{lines[0]}", {"granted": "1"}).get_data(as_text=True)
    assert "Mật khẩu ban đầu của XIN.01" in granted
    admin.post(f"/account-requests/{key}/lines/{lines[1]}", {"granted": "0", "note": "chưa có thiết bị"})
    for browser in (below, middle, top):
        page = browser.get("/account-requests/").get_data(as_text=True)
        assert "Đã quyết định" in page and "chưa có thiết bị" in page and "3/TH-P" in page
    with installation.session() as session:
        account = find(session, "XIN.01")
        assert (
            account.unit.code == "B" and not account.opens_data and [role.name for role in account.roles] == ["officer"]
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"identifier": "CHI"}, "dòng 1: tên tài khoản “CHI” đã được cấp"),
        ({"identifier": "x"}, "dòng 1: tên tài khoản gồm"),
        ({"kind": "admin"}, "chỉ đề nghị tài khoản"),
        ({"holder": " "}, "nhập họ tên người giữ"),
        ({"roles": "administrator"}, "không có vai trò"),
        ({"roles": "la"}, "không có vai trò"),
    ],
)
def test_a_request_with_a_bad_line_is_refused_whole(world, change, sentence):
    installation, _ = world
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "B")).one()
        with pytest.raises(Refused, match=sentence):
            account_requests.ask(session, unit, [LINE | change], "1/TTr", "", "BINH")
        with pytest.raises(Refused, match="lặp lại"):
            account_requests.ask(session, unit, [LINE, LINE], "1/TTr", "", "BINH")
        with pytest.raises(Refused, match="số văn bản"):
            account_requests.ask(session, unit, [LINE], " ", "", "BINH")
        session.rollback()


def test_a_level_may_send_a_request_back_and_nobody_else_touches_it(world):
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        request = account_requests.ask(session, unit["B"], [LINE], "1/TTr", "", "BINH")
        assert request.at_unit is unit["A"]
        with pytest.raises(Refused, match="không chờ đơn vị này"):
            account_requests.forward(session, [request], unit["C"], "2/TH", "", "CHI")
        with pytest.raises(Refused, match="không chờ quyết định"):
            account_requests.decide(session, request.lines[0], True, None, "", find(session, "ADMIN"))
        with pytest.raises(Refused, match="lý do"):
            account_requests.send_back(session, request, unit["A"], "", "LEADER")
        account_requests.send_back(session, request, unit["A"], "thiếu văn bản", "LEADER")
        assert request.state == "returned"
        session.rollback()
