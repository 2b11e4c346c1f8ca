"""The law of petitions on screen: who may do what with which, and the words in which it is said."""

import io
import json
import re
import uuid
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.law.holidays import SEED
from app.models import Case, Deadline, Petition
from app.operations.act import Act
from app.operations.exchange.file_in import import_file
from app.operations.exchange.register_in import RegisterFile, import_register
from app.operations.petitions import petitions
from app.operations.refusal import Refused
from app.security.scope import enter, system_scope
from tests.conftest import Browser, case_record, pages_of, petition_record
from tests.support.world import build
from tests.views.test_work import registered

DENUNCIATION = {"kind": "denunciation", "summary": "Tố cáo việc thu tiền ngoài quy định"}
ANONYMOUS = {"signatories": "none", "petitioners-0-name": "", "petitioners-0-address": ""}
FORM = {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept"}
OURS = {}
NOT_OURS = {"competent": "0"}
UNFIT = {"eligible": "0", "competent": "0"}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.fixture
def officer(world):
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    return browser


def finding(browser, address, **values):
    answer = browser.post(f"{address}/process", FORM | values)
    return "" if answer.status_code == 302 else pages_of(answer.get_data(as_text=True))


def page_of(browser, address):
    return pages_of(browser.get(address).get_data(as_text=True))


def open_rules(world, address):
    with world.session() as session:
        rows = session.scalars(
            select(Deadline).where(
                Deadline.petition_id == uuid.UUID(address.rsplit("/", 1)[1]), Deadline.done_on.is_(None)
            )
        )
        return {row.rule: row.due_on for row in rows}


def test_an_anonymous_complaint_is_filed_and_nothing_else(officer, world):
    address = registered(officer, **ANONYMOUS)
    page = page_of(officer, f"{address}/process")
    assert "Đề xuất: Lưu đơn" in page and "Luật Khiếu nại, Điều 8" in page
    for values in (
        OURS,
        NOT_OURS | {"direction": "forward", "sent_to": "C"},
        UNFIT | {"direction": "return"},
        UNFIT | {"direction": "guide"},
    ):
        assert "chỉ lưu đơn (Luật Khiếu nại, Điều 8)" in finding(officer, address, difference="khác", **values)
    with world.session() as session:
        enter(session, system_scope("test"))
        petition = session.get(Petition, uuid.UUID(address.rsplit("/", 1)[1]))
        with pytest.raises(Refused, match="không thụ lý"):
            act = Act(on=date(2026, 10, 6), by="X", today=date(2026, 11, 1), calendar=SEED)
            petitions.process(session, petition, act, petitions.Finding(True, True, "accept"))
    assert finding(officer, address, direction="file", **UNFIT) == ""
    assert f"{address}/attach" not in officer.get(address).get_data(as_text=True)


def test_an_anonymous_complaint_that_a_file_took_up_is_kept_and_goes_no_further(officer, world, tmp_path):
    done = {"on": "2026-10-06", "eligible": True, "competent": True, "direction": "accept"}
    records = [
        petition_record("KN-nặc-danh", "A", signatories="none", petitioners=[], processed=done),
        case_record("A/nặc-danh", "A"),
        petition_record("KN-nặc-danh-2", "A", signatories="none", petitioners=[], processed=done, case="A/nặc-danh"),
    ]
    path = tmp_path / "file.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    with world.session() as session:
        import_file(session, path)
        session.commit()
        alone = session.scalars(select(Petition.id).where(Petition.number == "KN-nặc-danh")).one()
        case = session.scalars(select(Case.id).where(Case.number == "A/nặc-danh")).one()
    assert "Thụ lý giải quyết" in page_of(officer, f"/petitions/{alone}")
    for address in (f"/petitions/{alone}/attach", f"/cases/{case}/step/accept"):
        assert "không có họ tên thì không thụ lý" in pages_of(
            officer.get(address, follow_redirects=True).get_data(as_text=True)
        )
    assert "/step/accept" not in officer.get(f"/cases/{case}").get_data(as_text=True)


def test_the_receiver_inspects_an_anonymous_denunciation_itself_or_forwards_it(officer, world):
    address = registered(officer, **DENUNCIATION, **ANONYMOUS)
    page = page_of(officer, f"{address}/process?q_readable=yes&q_danger=no&q_concrete=yes&q_inspectable=yes")
    assert "Đề xuất: Thanh tra, kiểm tra" in page and "Điều 25.2" in page
    assert "không phù hợp" in finding(officer, address, direction="inspect", **NOT_OURS)
    assert "không có người để" in finding(officer, address, direction="return", **UNFIT)
    assert finding(officer, address, direction="inspect", **UNFIT) == ""
    assert (
        "không đủ điều kiện, không thuộc thẩm quyền; Thanh tra, kiểm tra" in page_of(officer, address)
        and open_rules(world, address) == {}
    )
    forwarded = registered(officer, **DENUNCIATION, **ANONYMOUS)
    assert finding(officer, forwarded, direction="forward", sent_to="C", **NOT_OURS) == ""


def test_inspection_is_no_way_for_a_complaint(officer):
    address = registered(officer)
    assert 'value="inspect"' not in officer.get(f"{address}/process").get_data(as_text=True)
    assert "Chọn một giá trị" in finding(officer, address, direction="inspect", **UNFIT)


def test_a_denunciation_that_is_not_ours_is_forwarded_and_guided_only_in_person(officer, world):
    address = registered(officer, **DENUNCIATION)
    assert "chỉ hướng dẫn khi người tố cáo đến trực tiếp" in finding(officer, address, direction="guide", **NOT_OURS)
    assert "chỉ hướng dẫn khi người tố cáo đến trực tiếp" in finding(officer, address, direction="guide", **UNFIT)
    assert finding(officer, address, direction="forward", sent_to="C", **NOT_OURS) == ""
    page = page_of(officer, address)
    assert "Chuyển tố cáo không thuộc thẩm quyền" in page and "5 ngày làm việc" in page and "12/10/2026" in page
    assert "Xử lý ban đầu" not in page and open_rules(world, address) == {}
    assert (
        finding(officer, registered(officer, source="reception", **DENUNCIATION), direction="guide", **NOT_OURS) == ""
    )


def test_what_lacks_something_is_guided_and_what_is_overdue_below_is_urged(officer):
    address = registered(officer)
    assert "Đề xuất: Hướng dẫn" in page_of(
        officer, f"{address}/process?q_readable=yes&q_signed=no&q_ours_to_complete=yes"
    )
    assert finding(officer, address, direction="guide", **UNFIT) == ""
    address = registered(officer)
    assert "Đề xuất: Đôn đốc giải quyết" in page_of(
        officer, f"{address}/process?q_readable=yes&q_signed=yes&q_settled=no&q_competent=no&q_overdue=yes"
    )
    assert finding(officer, address, direction="urge", sent_to="B", **UNFIT) == ""
    assert "Đôn đốc giải quyết: Đơn vị B" in page_of(officer, address)


def test_many_places_can_be_said_when_registering_and_when_processing(officer, world):
    address = registered(officer, many_places="y", **DENUNCIATION)
    assert open_rules(world, address) == {"denunciation.process": date(2026, 10, 19)}
    assert "phải xác minh tại nhiều nơi" in page_of(officer, address)
    later = registered(officer, **DENUNCIATION)
    assert open_rules(world, later) == {"denunciation.process": date(2026, 10, 14)}
    assert finding(officer, later, many_places="y") == ""
    assert open_rules(world, later) == {"denunciation.process": date(2026, 10, 19)}
    page = pages_of(officer.post("/petitions/new", registration(many_places="y")).get_data(as_text=True))
    assert "chỉ tố cáo mới có thời hạn xử lý kéo dài" in page


def registration(**values):
    from_work = {
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
    return from_work | values


def test_a_complaint_about_discipline_has_clocks_of_its_own(officer, world):
    address = registered(officer, instance="2", discipline="dismissal", field="civil_service")
    assert open_rules(world, address) == {
        "discipline.accept": date(2026, 10, 14)
    } and "Kỷ luật buộc thôi việc" in page_of(officer, address)
    assert finding(officer, address, discipline="dismissal") == ""
    officer.post(f"{address}/attach", {"on": "07/10/2026", "accept": "y", "remote": "y"})
    case = re.search(r"/cases/[0-9a-f-]+", officer.get(address).get_data(as_text=True)).group()
    page = page_of(officer, case)
    assert (
        "Giải quyết khiếu nại quyết định kỷ luật" in page
        and "30 ngày" in page
        and "Giải quyết khiếu nại lần hai" not in page
    )
    page = pages_of(
        officer.post("/petitions/new", registration(kind="denunciation", discipline="discipline")).get_data(
            as_text=True
        )
    )
    assert "chỉ khiếu nại mới chọn mục" in page


def test_a_second_complaint_cites_the_first_decision_here_or_elsewhere(officer, world):
    cited = {"previous_decision": "45/QĐ-UBND", "previous_body": "Chủ tịch UBND xã Mẫu", "previous_on": "03/09/2026"}
    page = pages_of(officer.post("/petitions/new", registration(**cited)).get_data(as_text=True))
    assert "chỉ khiếu nại lần hai, tố cáo tiếp mới ghi" in page
    late = cited | {"previous_on": "06/10/2026"}
    assert "sau ngày nhận đơn" in pages_of(
        officer.post("/petitions/new", registration(instance="2", **late)).get_data(as_text=True)
    )
    address = registered(officer, instance="2", **cited)
    assert "số 45/QĐ-UBND, 03/09/2026, Chủ tịch UBND xã Mẫu" in page_of(officer, address)
    assert finding(officer, address) == ""
    officer.post(f"{address}/attach", {"on": "07/10/2026"})
    case = re.search(r"/cases/[0-9a-f-]+", officer.get(address).get_data(as_text=True)).group()
    page = page_of(officer, case)
    assert "Khiếu nại lần hai" in page and "45/QĐ-UBND, 03/09/2026, Chủ tịch UBND xã Mẫu" in page
    inside = registered(
        officer, instance="2", previous_decision="số thường", previous_on="20/10/2026", received_on="02/11/2026"
    )
    assert finding(officer, inside, on="03/11/2026") == ""
    officer.post(f"{inside}/attach", {"on": "03/11/2026"})
    case = re.search(r"/cases/[0-9a-f-]+", officer.get(inside).get_data(as_text=True)).group()
    assert "A/complaint/thường" in page_of(officer, case)


def test_a_continued_denunciation_is_called_so_everywhere_and_is_reviewed_in_twenty_days(officer, world):
    address = registered(officer, instance="2", **DENUNCIATION)
    assert open_rules(world, address) == {"denunciation.review": date(2026, 10, 26)}
    with world.session() as session:  # a leader has lowered it: else a second person is asked before it is printed
        session.get_one(Petition, uuid.UUID(address.rsplit("/", 1)[1])).secrecy = 0
        session.commit()
    for where in (address, f"{address}/process", f"{address}/print", "/petitions/?kind=denunciation"):
        page = page_of(officer, where)
        assert "Tố cáo tiếp" in page and not re.search(r"lần (1|2|hai|đầu)", page), where
    assert "Tố cáo tiếp" in page_of(officer, "/inbox/")
    leader = Browser(world.app)
    leader.sign_in("LEADER")
    book = openpyxl.load_workbook(io.BytesIO(leader.get("/petitions/export?kind=denunciation&secret=0").data)).active
    cells = [cell for row in book.iter_rows(values_only=True) for cell in row]
    assert (
        "Tố cáo" in cells
        and 2 not in cells
        and not [cell for cell in cells if isinstance(cell, str) and cell.startswith("Lần")]
    )
    question = page_of(
        officer, f"{address}/process?q_readable=yes&q_danger=no&q_named=yes&q_competent=yes&q_unsettled=no"
    )
    assert "căn cứ để giải quyết lại" in question
    assert "không giải quyết lại" in page_of(
        officer, f"{address}/process?q_readable=yes&q_danger=no&q_named=yes&q_competent=yes&q_unsettled=no&q_grounds=no"
    )


def test_the_first_decision_not_given_in_time_opens_the_way_to_the_second(officer):
    address = registered(officer, received_on="01/07/2026")
    assert finding(officer, address, on="02/07/2026") == ""
    officer.post(f"{address}/attach", {"on": "02/07/2026", "accept": "y"})
    case = re.search(r"/cases/[0-9a-f-]+", officer.get(address).get_data(as_text=True)).group()
    page = page_of(officer, case)
    # 30 days from Monday 3/8, when the 30 from 2/7 had run out
    assert "Thời hạn khiếu nại lần hai" in page and "02/09/2026" in page


def test_leaving_a_petition_lying_is_told_with_its_last_day_and_stands_on_no_list(officer, world):
    address = registered(officer)
    page = page_of(officer, address)
    assert "căn cứ xử lý kỷ luật" in page and "45 ngày" in page and "19/11/2026" in page
    assert set(open_rules(world, address)) == {"complaint.accept"}


def test_no_screen_says_a_key_of_the_program(officer, world):
    leader = Browser(world.app)
    leader.sign_in("LEADER")
    for kind in ("complaint", "denunciation"):
        address = registered(officer, kind=kind)
        assert finding(officer, address) == ""
        officer.post(f"{address}/attach", {"on": "07/10/2026", "accept": "y"})
        case = re.search(r"/cases/[0-9a-f-]+", officer.get(address).get_data(as_text=True)).group()
        forged = {"on": "20/10/2026", "number": "9/QĐ", "outcome": "upheld"}
        pages = [
            page_of(officer, address),
            page_of(officer, case),
            pages_of(officer.post(f"{case}/step/decide", forged).get_data(as_text=True)),
        ]
        forged |= {
            "outcome": "true" if kind == "denunciation" else "justified",
            "people_to_discipline": "1",
            "officials_to_discipline": "2",
        }
        pages.append(pages_of(officer.post(f"{case}/step/decide", forged).get_data(as_text=True)))
        assert not [
            key
            for page in pages
            for key in re.findall(r"\b(?:upheld|accept|complaint|denunciation|people_to_discipline)\b", page)
        ]
        assert (
            "Ban hành kết luận nội dung tố cáo"
            if kind == "denunciation"
            else "Ban hành quyết định giải quyết khiếu nại"
        ) in pages[1]


def test_a_register_that_says_what_a_screen_forbids_is_kept_and_warned_of(world):
    headings = ["Ngày nhận", "Loại đơn", "Họ tên người gửi", "Nội dung đơn", "Đơn lần đầu, tiếp theo"]
    headings += ["Ngày xử lý", "Đủ điều kiện", "Thuộc thẩm quyền", "Hướng xử lý"]
    book = openpyxl.Workbook()
    book.active.append(headings)
    done = ["06/10/2026", "Có", "Không", "Hướng dẫn"]
    for again in ("Tố cáo", "Tố cáo tiếp"):
        book.active.append(["05/10/2026", "Tố cáo", "Trần Thị Mẫu", "Tố cáo thu tiền sai", again, *done])
    target = io.BytesIO()
    book.save(target)
    with world.session() as session:
        report = import_register(session, RegisterFile(target.getvalue(), "so.xlsx", "A", None), date(2026, 11, 1))
        assert [
            text
            for text in report.warnings
            if "2 dòng:" in text and "chỉ hướng dẫn khi người tố cáo đến trực tiếp" in text
        ]
        known = session.scalars(
            select(Petition).where(Petition.processed_on == date(2026, 10, 6), Petition.direction == "guide")
        )
        assert {row.instance for row in known if row.kind == "denunciation" and row.source == "post"} == {1, 2}
        session.rollback()
