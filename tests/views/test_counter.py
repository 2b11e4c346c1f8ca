"""At the counter: what is typed is read as people type it, all that is wrong is told at once, what is odd passes."""

import json
import re

import pytest
from sqlalchemy import select

from app.clock import today
from app.models import Petition, Unit
from app.operations.content import PETITIONER, RESPONDENT, read_people
from app.operations.exchange.file_in import import_file
from app.operations.exchange.file_out import record_of
from tests.conftest import Browser, pages_of, petition_record
from tests.support.world import build

PETITION = {
    "kind": "complaint",
    "received_on": "05/10/2026",
    "source": "post",
    "signatories": "one",
    "people": "1",
    "field": "land",
    "instance": "1",
    "petitioners-0-name": "Trần Thị Mẫu",
    "summary": "Khiếu nại việc thu hồi đất",
}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.fixture(scope="module")
def officer(world):
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    return browser


def said(answer):
    return pages_of(answer.get_data(as_text=True))


def newest(world, look):
    with world.session() as session:
        found = session.scalars(select(Petition).where(Petition.registered_by == "OFFICER")).all()
        return look(max(found, key=lambda petition: petition.id))


def stored(world, officer, **change):
    """What the page says after the petition was registered, and the petition."""
    answer = officer.post("/petitions/new", PETITION | change, follow_redirects=True)
    page = said(answer)
    assert "Đã vào sổ đơn số" in page, re.findall(r"[^.]*Chưa ghi được[^.]*", page)
    return page


def test_every_error_is_told_in_one_round_with_a_link_to_its_field(officer):
    wrong = {"received_on": "31/02/2026", "people": "0", "summary": "", "petitioners-0-name": "", "kind": "letter"}
    answer = officer.post("/petitions/new", PETITION | wrong | {"previous_on": "x"})
    page = answer.get_data(as_text=True)
    summary = re.search(r'<div class="message danger problems".*?</div>', page, re.S).group()
    told = re.findall(r'<a href="#([\w-]+)">([^:<]+):', summary)
    assert told == [
        ("kind", "Loại đơn"),
        ("received_on", "Ngày nhận"),
        ("people", "Số người"),
        ("previous_on", "Ngày ban hành lần trước"),
        ("petitioners-0-name", "Người gửi đơn"),
        ("summary", "Tóm tắt nội dung"),
    ]
    assert "còn 6 chỗ cần sửa" in summary and 'role="alert"' in summary
    assert page.index("<title>Có lỗi: ") and all(f'id="{field}"' in page for field, _ in told)


def test_a_page_without_errors_has_no_summary(officer):
    page = officer.get("/petitions/new").get_data(as_text=True)
    assert "problems" not in page and "<title>Có lỗi" not in page


def test_an_error_within_a_line_names_the_line(officer):
    page = said(officer.post("/petitions/new", PETITION | {"petitioners-1-phone": "0" * 60}))
    assert "Người gửi đơn 2 – Điện thoại:" in page


@pytest.mark.parametrize(("typed", "day"), [("hôm nay", today()), ("5/10/26", None)])
def test_days_are_read_as_they_are_typed(world, officer, typed, day):
    stored(world, officer, received_on=typed)
    found = newest(world, lambda petition: petition.received_on)
    assert found == day or (day is None and f"{found:%d/%m/%Y}" == "05/10/2026")


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"people": "3"}, "Ghi 3 người nhưng chọn một người đứng tên"),
        ({"signatories": "many"}, "Chọn nhiều người đứng tên nhưng chỉ ghi một người"),
        ({"petitioners-0-id_number": "003099000001"}, "Trần Thị Mẫu: không có mã tỉnh 003"),
        ({"petitioners-0-phone": "12"}, "Trần Thị Mẫu: không giống số điện thoại"),
        ({"dated_on": "06/10/2026"}, "Ngày ghi trên đơn sau ngày nhận"),
        ({"received_on": "05/01/2026"}, "Ngày nhận 05/01/2026 đã quá một tháng"),
        ({"signatories": "many", "people": "7"}, "Đơn của 7 người thì cử người đại diện"),
        ({"petitioners-0-part": "authorised", "petitioners-1-name": "Lê Văn Mẫu"}, "chưa ghi giấy ủy quyền"),
        (
            {"signatories": "many", "people": "7"}
            | {f"petitioners-{place}-name": f"Người {place} Mẫu" for place in range(3)}
            | {f"petitioners-{place}-part": "representative" for place in range(3)},
            "Đơn của 7 người chỉ cử tối đa 2 người đại diện",
        ),
    ],
)
def test_what_is_odd_is_remarked_upon_and_stored(world, officer, change, remark):
    assert remark in stored(world, officer, **change)


def test_what_is_not_odd_leaves_no_remark(world, officer):
    page = officer.post("/petitions/new", PETITION | {"received_on": "hôm nay"}, follow_redirects=True)
    assert "message warning" not in re.sub(r"<div[^>]*hidden>", "", page.get_data(as_text=True))


def test_a_representative_an_authorised_person_and_an_organisation_are_kept_with_their_papers(world, officer):
    people = {
        "petitioners-0-name": "Công ty TNHH Mẫu",
        "petitioners-0-sort": "organisation",
        "petitioners-1-name": "Lê Văn Đại Diện",
        "petitioners-1-part": "authorised",
        "petitioners-1-paper": "Giấy ủy quyền 12/2026",
        "respondents-0-organisation": "UBND xã Mẫu",
    }
    page = stored(world, officer, **people)
    assert "Cơ quan, tổ chức" in page and "Người được ủy quyền" in page and "Giấy ủy quyền 12/2026" in page

    def people_of(petition):
        return read_people(petition, PETITIONER), read_people(petition, RESPONDENT), record_of(petition)

    petitioners, respondents, record = newest(world, people_of)
    assert petitioners == [
        {"name": "Công ty TNHH Mẫu", "sort": "organisation"},
        {"name": "Lê Văn Đại Diện", "part": "authorised", "paper": "Giấy ủy quyền 12/2026"},
    ]
    assert respondents == [{"name": "UBND xã Mẫu", "sort": "organisation"}]
    assert record["petitioners"] == petitioners and record["respondents"] == respondents
    assert "representative" not in officer.search("authorised").get_data(as_text=True)


def test_who_was_authorised_stands_behind_nothing(officer):
    alone = {"petitioners-0-part": "authorised", "petitioners-0-paper": "1/2026"}
    assert "nhập họ tên người gửi" in said(officer.post("/petitions/new", PETITION | alone))


def test_parts_and_papers_of_persons_come_and_go_with_the_exchange_file(world, tmp_path):
    people = [{"name": "Hội Mẫu", "sort": "organisation", "part": "representative", "paper": "Văn bản cử 1"}]
    record = petition_record(
        "TRAODOI/1", "A", petitioners=people, respondents=[{"name": "Sở Mẫu", "sort": "organisation"}]
    )
    (tmp_path / "one.jsonl").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    with world.session() as session:
        import_file(session, tmp_path / "one.jsonl")
        petition = session.scalars(select(Petition).where(Petition.number == "TRAODOI/1")).one()
        assert record_of(petition)["petitioners"] == people
        session.rollback()


def test_the_next_petition_of_a_pile_keeps_source_day_field_and_kind_and_the_number_is_a_link(world, officer):
    facts = {"kind": "denunciation", "source": "reception", "received_on": "06/10/2026", "field": "policy"}
    answer = officer.post("/petitions/new", PETITION | facts | {"again": "1"}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    number = newest(world, lambda petition: (petition.number, str(petition.id)))
    assert f'<a href="/petitions/{number[1]}">{number[0]}</a>' in page
    form = page[page.index('<form method="post" class="grid"') :]
    for value in ("denunciation", "reception", "policy"):
        assert re.search(rf'<option selected value="{value}">', form), value
    assert 'value="06/10/2026"' in form and "Trần Thị Mẫu" not in form and "thu hồi đất" not in form


def test_an_address_that_somebody_changed_starts_an_empty_form(officer):
    page = officer.get("/petitions/new?received_on=99&kind=%3Cx%3E&source=x&field=x")
    assert page.status_code == 200 and "&lt;x&gt;" not in page.get_data(as_text=True)


def test_a_unit_is_found_by_code_name_or_a_part_of_it_without_diacritics(world, officer):
    with world.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
    for typed in ("A", unit.name, unit.name.lower(), "don vi a"):
        assert {"code": "A", "name": unit.name} in officer.get("/units/suggest", query_string={"q": typed}).get_json()
