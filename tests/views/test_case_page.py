"""The page of a case says what it is about, who handles it, and which clock runs while acceptance is considered."""

import re

import pytest
from sqlalchemy import select

from app.models import Case, Petition
from tests.conftest import Browser, case_record, create_account, pages_of, petition_record, take_in

ACCEPT = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}
DENOUNCER = {"name": "Trịnh Quỳnh Khuê", "address": "Ngõ 7 phố Mẫu"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    def one(number, **more):
        return petition_record(number, "P", processed=ACCEPT, **more)

    against = [{"name": "Trần Văn Bị"}]
    records = [
        {"type": "unit", "code": "P", "name": "Sở Mẫu", "level": "province"},
        case_record("VV-1", "P", accepted_on="2026-10-08"),
        case_record("VV-T", "P", kind="denunciation"),
        one("K-1", summary="Thu hồi đất", petitioners=[{"name": "Lê Mẫu"}], respondents=against, case="VV-1"),
        one("K-2", summary="Cùng việc thu hồi đất", petitioners=[{"name": "Ngô Mẫu"}], case="VV-1"),
        one("K-3", summary="Việc khác"),
        one(
            "T-1",
            kind="denunciation",
            summary="Ông Bị thu tiền của Trịnh Quỳnh Khuê",
            petitioners=[DENOUNCER],
            respondents=against,
            handlers=["CANBO"],
            case="VV-T",
        ),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("cases"), records)
        unit = session.scalars(select(Case)).first().unit
        create_account(session, "CANBO", unit, "officer")
        create_account(session, "KHAC", unit, "officer")
        session.commit()
    return installation


def page_of(office, name, number, more=""):
    browser = Browser(office.app)
    browser.sign_in(name)
    with office.session() as session:
        key = session.scalars(select(Case.id).where(Case.number == number)).one()
    answer = browser.get(f"/cases/{key}{more}", follow_redirects=True)
    return pages_of(answer.get_data(as_text=True))


def test_what_every_petition_of_it_is_about(office):
    page = page_of(office, "KHAC", "VV-1")
    for said in ("Thu hồi đất", "Cùng việc thu hồi đất", "Lê Mẫu", "Ngô Mẫu", "Trần Văn Bị"):
        assert said in page


def test_who_denounced_is_not_told_nor_anything_to_who_does_not_read_it(office):
    page = page_of(office, "CANBO", "VV-T")
    assert "Ông Bị thu tiền của [đã che]" in page and "giữ bí mật" in page and "Người xử lý CANBO" in page
    assert "Khuê" not in page and "Ngõ 7" not in page
    other = page_of(office, "KHAC", "VV-T")
    assert "thu tiền" not in other and "Trần Văn Bị" not in other


def test_the_clock_of_acceptance_runs_while_it_is_considered(office):
    assert "Không có thời hạn đang chạy" not in page_of(office, "CANBO", "VV-T")


def test_putting_a_petition_into_a_case_leads_to_the_case(office):
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    with office.session() as session:
        petition = session.scalars(select(Petition.id).where(Petition.number == "K-3")).one()
        case = session.scalars(select(Case.id).where(Case.number == "VV-1")).one()
    page = browser.get(f"/petitions/{petition}/attach?case_number=VV-1").get_data(as_text=True)
    assert 'value="VV-1"' in page
    answer = browser.post(f"/petitions/{petition}/attach", {"on": "20/10/2026", "case_number": "VV-1"})
    assert answer.headers["Location"].endswith(f"/cases/{case}")


def test_a_form_says_whose_it_is(office):
    with office.session() as session:
        create_account(session, "QUANTRI", session.scalars(select(Case)).first().unit, kind="admin")
        session.commit()
    admin = Browser(office.app)
    admin.sign_in("QUANTRI")
    with office.owner() as connection:
        (unit,) = connection.execute("select id from units where code = 'P'").fetchone()
        (account,) = connection.execute("select id from ab_user where username = 'CANBO'").fetchone()
    assert "Sở Mẫu" in admin.get(f"/units/edit/{unit}").get_data(as_text=True).split("<h1>")[1].split("</h1>")[0]
    answer = admin.get(f"/accounts/edit/{account}", follow_redirects=True).get_data(as_text=True)
    assert "CANBO" in answer.split("<h1>")[1].split("</h1>")[0]


def test_it_prints_what_the_page_tells_and_is_told_of(office):
    printed = page_of(office, "KHAC", "VV-1", "/print")
    for said in ("Khiếu nại lần đầu số VV-1", "Thu hồi đất", "Trần Văn Bị", "Thời hạn", "Quá trình", "In trang này"):
        assert said in printed
    assert "Tải lên" not in printed
    with office.owner() as connection:
        query = (
            "select account, table_name from audit_entries where action = 'dossier.printed' order by at desc limit 1"
        )
        assert connection.execute(query).fetchone() == ("KHAC", "cases")


def test_a_secret_case_prints_only_with_a_second_person(office):
    with office.session() as session:
        session.scalars(select(Case).where(Case.number == "VV-T")).one().secrecy = 1
        session.commit()
    asked = page_of(office, "CANBO", "VV-T", "/print")
    assert "Đề nghị phê duyệt" in asked and "In trang này" not in asked


def test_pages_say_where_they_stand(office):
    with office.session() as session:
        case = session.scalars(select(Case.id).where(Case.number == "VV-1")).one()
        petition = session.scalars(select(Petition.id).where(Petition.number == "K-3")).one()
    browser = Browser(office.app)
    browser.sign_in("CANBO")

    def crumbs(address):
        page = browser.get(address).get_data(as_text=True)
        found = re.search(r'<nav class="crumbs".*?</nav>', page, re.DOTALL)
        return re.findall(r'href="([^"]+)"', found.group(0)) if found else []

    assert crumbs("/petitions/") == crumbs("/inbox/") == []
    assert crumbs(f"/petitions/{petition}") == ["/petitions/"]
    assert crumbs(f"/corrections/note/petition/{petition}") == ["/petitions/", f"/petitions/{petition}"]
    assert crumbs(f"/cases/{case}/step/suspend") == ["/cases/", f"/cases/{case}"]
    assert crumbs(f"/corrections/note/case/{case}") == ["/cases/", f"/cases/{case}"]
    filtered = f"/petitions/{petition}?list=1&kind=complaint"
    assert crumbs(filtered) == ["/petitions/?kind=complaint"], "back to the list as it was"
