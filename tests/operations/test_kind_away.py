"""What was taken for a denunciation gets its right kind: by two people, and nothing that was closed opens."""

import io
import json
import re

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Approval, Petition
from app.operations.content import PETITIONER, RESPONDENT, denouncers_of, read_people
from app.operations.documents.documents import new_document
from app.operations.exchange.file_in import import_file
from app.operations.exchange.file_out import export_unit, record_of
from app.operations.units import find_unit
from tests.conftest import Browser, copied, create_account, pages_of, petition_record

NAME = "Mã Văn Kín"
TEXT = "giấuquỹ"
SENDER = {"name": NAME, "address": "Thôn Vắng", "id_number": "001090000001"}
BLAMED = {"name": "Đỗ Văn Bị"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    lines = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        petition_record(
            "Đ/TC",
            "P",
            kind="denunciation",
            received_on="2026-10-06",
            summary=f"Trưởng phòng {TEXT} của {NAME}",
            petitioners=[SENDER],
            respondents=[BLAMED],
            handlers=["CANBO"],
        ),
    ]
    path = tmp_path_factory.mktemp("office") / "file.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)
        unit = find_unit(session, "P")
        for name, role in (("LANHDAO", "leader"), ("CANBO", "officer"), ("KHAC", "officer"), ("TONGHOP", "synthesis")):
            create_account(session, name, unit, role)
        create_account(session, "DO.BI", unit, "officer").holder = BLAMED["name"]
        session.commit()
    return installation


@pytest.fixture(scope="module")
def key(office):
    with office.session() as session:
        return str(session.scalars(select(Petition.id)).one())


def person(office, name):
    browser = Browser(office.app)
    assert browser.sign_in(name).status_code == 302
    return browser


def typed(page):
    """The correction form as it stands, as a browser would send it."""
    found = {}
    form = page[page.index('<form method="post" class="grid"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {what}="([^"]*)"', tag) for what in ("name", "value"))
        if name and 'type="checkbox"' not in tag and 'type="submit"' not in tag:
            found[name.group(1)] = value.group(1) if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected[^>]*value="([^"]*)"', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def corrected(officer, key):
    address = f"/corrections/petition/{key}"
    form = typed(officer.get(address).get_data(as_text=True)) | {"kind": "complaint", "note": "vào sổ nhầm loại đơn"}
    return pages_of(officer.post(address, form, follow_redirects=True).get_data(as_text=True))


def test_it_takes_two_people_and_the_grant_is_used_up(office, key):
    officer = person(office, "CANBO")
    assert "cần người thứ hai" in corrected(officer, key)
    ask = f"/approvals/ask/kind/petition/{key}"
    assert f'href="{ask}"' in officer.get(f"/petitions/{key}").get_data(as_text=True)
    assert person(office, "TONGHOP").post(ask, {"reason": "đây là đơn khiếu nại"}).status_code in (200, 403)
    officer.post(ask, {"reason": "đọc lại thì đây là đơn khiếu nại"})
    leader = person(office, "LANHDAO")
    waiting = leader.get("/approvals/open").get_data(as_text=True)
    assert "Đổi loại đơn tố cáo" in waiting
    leader.post(re.search(r"/approvals/[0-9a-f-]+/decide", waiting).group(0), {"granted": "1"})
    assert f"/corrections/petition/{key}" in officer.get("/approvals/").get_data(as_text=True)
    assert "Đã sửa đơn số Đ/TC" in corrected(officer, key)
    with office.session() as session:
        petition = session.scalars(select(Petition)).one()
        assert (petition.kind, petition.kept_closed, petition.number) == ("complaint", True, "Đ/TC")
        running = {deadline.rule for deadline in petition.deadlines if deadline.done_on is None}
        assert running == {"complaint.accept"}
        assert session.scalars(select(Approval)).one().used_at is not None
    assert officer.get(ask).status_code == 404, "it is no denunciation any more"


def test_nothing_that_was_closed_opens(office, key):
    with office.session() as session:
        petition = session.scalars(select(Petition)).one()
        assert petition.secrecy == 1 and "DO.BI" in petition.shut_out
        assert petition.text.compartment and all(one.compartment for one in petition.persons)
        assert new_document(petition, "pdf", 1, "X").compartment
        assert [one["name"] for one in denouncers_of(session, [petition])[petition.id]] == [NAME]
    seen = {
        name: {address: person(office, name).get(address).get_data(as_text=True) for address in addresses(key)}
        for name in ("LANHDAO", "CANBO", "KHAC", "TONGHOP", "DO.BI")
    }
    for name, pages in seen.items():
        assert not [address for address, page in pages.items() if NAME in page or "Thôn Vắng" in page], name
    for name in ("KHAC", "TONGHOP", "DO.BI"):
        assert not [address for address, page in seen[name].items() if TEXT in page], name
    for name in ("LANHDAO", "CANBO"):
        assert TEXT in seen[name][f"/petitions/{key}"] and "giữ bí mật" in pages_of(seen[name]["/petitions/"])


def addresses(key):
    return (
        *(f"/petitions/{key}{part}" for part in ("", "/similar", "/assign", "/process")),
        *("/petitions/", "/inbox/", "/recent/", "/cases/", f"/corrections/petition/{key}"),
    )


def test_no_workbook_tells_who_sent_it(office):
    leader = person(office, "LANHDAO")
    for address in ("/petitions/export", "/petitions/export?names=1"):
        answer = leader.get(address)
        if answer.data[:2] == b"PK":
            cells = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
            assert NAME not in str(list(cells))


def test_who_reads_no_denunciations_of_others_finds_it_by_no_word(office):
    for name, words in (("KHAC", TEXT), ("KHAC", NAME), ("TONGHOP", NAME), ("DO.BI", TEXT)):
        page = person(office, name).post("/petitions/search", {"text": words}, follow_redirects=True)
        assert "Đ/TC" not in pages_of(page.get_data(as_text=True)), (name, words)
    page = person(office, "CANBO").post("/petitions/search", {"text": TEXT}, follow_redirects=True)
    assert "Đ/TC" in pages_of(page.get_data(as_text=True))


def test_a_correction_of_something_else_opens_nothing_and_no_level_falls(office, key):
    officer = person(office, "CANBO")
    address = f"/corrections/petition/{key}"
    form = typed(officer.get(address).get_data(as_text=True)) | {"field": "policy", "note": "ghi sai lĩnh vực"}
    assert "Đã sửa đơn số" in pages_of(officer.post(address, form, follow_redirects=True).get_data(as_text=True))
    with office.session() as session:
        petition = session.scalars(select(Petition)).one()
        assert petition.field == "policy" and petition.text.compartment and petition.secrecy == 1


def test_a_file_carries_that_it_is_closed(office, cluster, tmp_path):
    with office.session() as session:
        file = tmp_path / "file.jsonl"
        with file.open("w", encoding="utf-8") as target:
            export_unit(session, find_unit(session, "P"), target)
        before = record_of(session.scalars(select(Petition)).one())
    with copied(cluster) as elsewhere, elsewhere.session() as session:
        import_file(session, file)
        petition = session.scalars(select(Petition)).one()
        assert record_of(petition) == before and petition.kept_closed and petition.text.compartment
        assert read_people(petition, PETITIONER) == [SENDER] and read_people(petition, RESPONDENT) == [BLAMED]
