"""Registers of past years: cases, decisions with amounts and execution come in with the petition of the row."""

import io
from contextlib import contextmanager
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Case, Petition, Unit
from app.operations.exchange.register_headings import HEADING_OF, column_of, column_under
from app.operations.exchange.register_in import RegisterFile, RegisterRefused, check_register, import_register
from app.operations.exchange.register_matter_headings import MATTERS
from app.operations.exchange.register_read import read_register
from app.operations.refusal import Refused
from app.reporting.filling import fill
from tests.conftest import create_unit

HEADINGS = ["Mã đơn", "Ngày đến", "Phân loại đơn", "Họ và tên", "Nội dung đơn", "Lần giải quyết"]
MATTER = ["Số vụ việc", "Ngày thụ lý", "Số quyết định", "Ngày ban hành quyết định", "Kết quả giải quyết"]
AMOUNTS = [
    "Kiến nghị thu hồi cho Nhà nước: tiền (triệu đồng)",
    "Kiến nghị trả lại đất (m2)",
    "Kiến nghị xử lý hành chính: người",
    "Đã thu hồi tiền",
    "Ngày thi hành xong",
]
TODAY = date(2026, 11, 20)
PETITION = ["K-1", "05/01/2026", "Khiếu nại", "Nguyễn Văn Mẫu", "Giá bồi thường", 1]
SETTLED = ["V-1", "10/01/2026", "15/QĐ", "20/02/2026", "Đúng một phần"]
DONE = ["1.250,5", 320, 2, "1000", "30/05/2026"]


def workbook(*rows, headings=(*HEADINGS, *MATTER, *AMOUNTS)):
    book = openpyxl.Workbook()
    for line in (headings, *rows):
        book.active.append(list(line))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(*rows):
    return read_register(workbook(*rows), "so.xlsx", "P").rows


@pytest.fixture(scope="module")
def unit(installation):
    with installation.session() as session:
        create_unit(session, "P")
        session.commit()
    return installation


@contextmanager
def imported(installation, *rows):
    """A session in which the rows are there, and what the import reported; nothing of it stays."""
    with installation.session() as session:
        yield session, import_register(session, RegisterFile(workbook(*rows), "so.xlsx", "P"), TODAY)
        session.rollback()


def test_every_heading_of_a_matter_is_recognised_and_means_one_column():
    for key, spellings in MATTERS.items():
        assert [column_of(spelling) for spelling in spellings] == [key] * len(spellings)
    assert column_of("Kết quả") is None, "a direction or an outcome: nobody knows"
    assert column_under("Kiến nghị thu hồi cho Nhà nước", "Tiền (triệu đồng)") == "due_state_money"
    assert column_under("Đã trả lại cho tổ chức, cá nhân", "Đất (m²)") == "done_returned_land"
    assert column_under("Quyết định giải quyết", "Số") == "decision_number"
    assert column_under("Quyết định giải quyết", "Ngày") == "decision_on"


def test_a_row_brings_case_decision_amounts_and_execution(unit):
    with imported(unit, [*PETITION, *SETTLED, *DONE]) as (session, report):
        assert dict(report.added) == {"petition": 1, "case": 1}
        assert any("tính là xử lý, thụ lý vào ngày thụ lý vụ việc" in warning for warning in report.warnings)
        petition = session.scalars(select(Petition)).one()
        case = session.scalars(select(Case)).one()
        assert (petition.case_id, case.number, case.accepted_on) == (case.id, "V-1", date(2026, 1, 10))
        assert (petition.processed_on, petition.direction) == (date(2026, 1, 10), "accept")
        decided = case.decision
        assert (decided.number, decided.decided_on, decided.outcome) == ("15/QĐ", date(2026, 2, 20), "partly")
        assert (float(decided.state_money), float(decided.returned_land), decided.people_to_discipline) == (
            1250.5,
            320,
            2,
        )
        (entry,) = case.entries
        assert (entry.executed_on, float(entry.state_money)) == (date(2026, 5, 30), 1000)
        assert decided.finished_on == date(2026, 5, 30) and case.due_on is None and petition.due_on is None
        root = session.scalars(select(Unit)).one()
        form = fill(session, "03/GQKN", root, date(2026, 1, 1), date(2026, 6, 30), None).rows["P"]
        assert (form["1"], form["7"]) == (1, 1)


def test_what_was_open_at_the_start_of_a_period_opens_its_forms(unit):
    """The opening balances of a period are rows: what was not processed or not carried out, of amounts what is left."""
    headings = (*HEADINGS, *MATTER, AMOUNTS[0], AMOUNTS[3], "Ngày thi hành")
    waiting = ["K-7", "03/08/2026", "Khiếu nại", "Trần Thị Mẫu", "Giá đất", 1]
    decided = [*PETITION, *SETTLED, "1.250,5", "1000", "01/09/2026"]
    done = ["K-8", "03/05/2026", "Khiếu nại", "Lê Văn Mẫu", "Giá nhà", 1]
    done += ["V-8", "05/05/2026", "16/QĐ", "20/06/2026", "Sai"]  # leaves nothing to carry out
    with unit.session() as session:
        data = workbook(waiting, decided, done, headings=headings)
        import_register(session, RegisterFile(data, "so.xlsx", "P"), TODAY)
        root = session.scalars(select(Unit)).one()
        period = (date(2026, 9, 15), date(2026, 12, 14))
        processing = fill(session, "02/XLD", root, *period, None).rows["P"]
        assert (processing["1"], processing["2"]) == (1, 0), "carried over: received before, not yet processed"
        carried_out = fill(session, "05/KQTH", root, *period, None).rows["P"]
        assert carried_out["1"] == 1 and 250.5 in map(float, carried_out.values()), "what is left of 1250.5"
        session.rollback()


def test_a_register_of_cases_that_knows_no_day_of_receipt_takes_that_of_acceptance(unit):
    headings = ["Phân loại đơn", "Họ và tên", "Nội dung đơn", *MATTER]
    settled = ["Khiếu nại", "Nguyễn Văn Mẫu", "Giá bồi thường", *SETTLED]
    reviewed = ["Khiếu nại", "Trần Thị Mẫu", "Giá đất", "V-2", None, None, None, None]
    (whole, lacks) = read_register(workbook(settled, reviewed, headings=headings), "so.xlsx", "P").rows
    assert whole.record["received_on"] == whole.case["accepted_on"] == date(2026, 1, 10)
    assert lacks.problems == ["Ngày thụ lý: để trống, mà sổ không có cột “Ngày nhận”"]
    with unit.session() as session:
        data = workbook(settled, headings=headings)
        report = import_register(session, RegisterFile(data, "so.xlsx", "P"), TODAY)
        assert "1 dòng không ghi “Ngày nhận”: tính là ngày thụ lý vụ việc" in report.warnings
        root = session.scalars(select(Unit)).one()
        form = fill(session, "03/GQKN", root, date(2026, 1, 1), date(2026, 6, 30), None).rows["P"]
        assert (form["1"], form["2"], form["7"]) == (1, 1, 1)
        session.rollback()
    without = workbook(["Khiếu nại", "A", "B"], headings=["Phân loại đơn", "Họ và tên", "Nội dung đơn"])
    with pytest.raises(Refused, match="Ngày nhận"):
        read_register(without, "so.xlsx", "P")


def test_rows_of_one_case_are_one_and_a_case_without_a_number_gets_one(unit):
    second = ["K-2", "06/01/2026", "Khiếu nại", "Trần Thị Mẫu", "Giá bồi thường", 1]
    third = ["K-3", "07/01/2026", "Tố cáo", "Lê Văn Mẫu", "Thu tiền sai", 1]
    none = [None] * 5
    conclusion = [None, "12/01/2026", "3/KL", "20/03/2026", "đúng"]
    rows = [*PETITION, *SETTLED, *none], [*second, *SETTLED, *none], [*third, *conclusion, *none]
    with imported(unit, *rows) as (session, _):
        cases = {case.number: case for case in session.scalars(select(Case))}
        assert len(cases) == 2 and len(cases["V-1"].petitions) == 2
        (other,) = cases.keys() - {"V-1"}
        assert (cases[other].kind, cases[other].decision.outcome) == ("denunciation", "true")
        assert other.startswith("P") and "2026" in other


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({10: "khó hiểu"}, "Kết quả giải quyết: không hiểu “khó hiểu”; ghi một trong: Khiếu nại đúng"),
        ({10: "công nhận"}, "không hiểu “công nhận”"),  # of a second instance
        ({10: None}, "Kết quả giải quyết: để trống, mà dòng có ghi quyết định"),
        ({9: None}, "Ngày quyết định, kết luận: để trống"),
        ({8: None}, "Số quyết định, kết luận: để trống"),
        ({7: None}, "Ngày thụ lý: để trống, mà dòng có ghi quyết định"),
        ({9: "01/01/2026"}, "Ngày quyết định, kết luận: quyết định trước ngày thụ lý"),
        ({13: "2,5"}, "Kiến nghị xử lý hành chính: người: "),
        ({11: "một ngàn"}, "Kiến nghị thu hồi cho Nhà nước: tiền: "),
        ({15: None}, "Ngày thi hành: để trống, mà dòng có ghi kết quả thi hành"),
        ({15: "01/02/2026"}, "thi hành trước ngày quyết định"),
        ({8: None, 9: None, 10: None}, "để trống, mà dòng có ghi quyết định"),  # the amounts are of one
        (dict.fromkeys((8, 9, 10, 11, 12, 13)), "để trống, mà dòng có ghi kết quả thi hành"),
    ],
)
def test_what_does_not_hold_is_told_at_its_column(changed, said):
    cells = [*PETITION, *SETTLED, *DONE]
    for place, value in changed.items():
        cells[place] = value
    (row,) = read(cells)
    assert row.record is None and any(said in problem for problem in row.problems), row.problems


def test_where_an_office_writes_nothing_yet_there_is_nothing():
    (row,) = read([*PETITION, None, None, "-", "–", "Đang giải quyết", 0, "0", "0,0", "-", None])
    assert row.record is not None and row.case is None and "case" not in row.record
    (row,) = read([*PETITION, "V-1", "10/01/2026", None, None, "chưa giải quyết", 0, 0, 0, 0, None])
    assert row.record is not None and "decision" not in row.case and "execution" not in row.case


def test_an_amount_without_its_decision_is_not_lost_without_a_word():
    (row,) = read([*PETITION, "V-1", "10/01/2026", None, None, None, "5", None, None, None, None])
    assert row.record is None and any("Số quyết định, kết luận: để trống" in said for said in row.problems)


def test_one_case_told_twice_differently_is_a_problem_and_so_is_a_number_that_is_taken(unit):
    other = ["V-1", "11/01/2026", "15/QĐ", "20/02/2026", "Đúng một phần"]
    second = ["K-2", "06/01/2026", "Khiếu nại", "Trần Thị Mẫu", "Giá bồi thường", 1]
    none = [None] * 5
    future = ["V-9", "10/01/2026", "16/QĐ", "20/12/2026", "Đúng một phần"]
    for rows, said in (
        (([*PETITION, *SETTLED, *none], [*second, *other, *none]), "“V-1” ở dòng 2 ghi khác"),
        (([*second, *future, *none],), "ở tương lai"),
    ):
        with pytest.raises(RegisterRefused, match=said), imported(unit, *rows):
            pass
    with imported(unit, [*PETITION, *SETTLED, *none]) as (session, _):
        register = read_register(workbook([*second, *SETTLED, *none]), "so.xlsx", "P")
        check_register(session, register, TODAY)
        assert register.rows[0].problems == ["Số vụ việc: “V-1” đã có"]


def test_the_second_instance_has_its_own_outcomes():
    cells = [*PETITION, *SETTLED, *DONE]
    cells[5] = 2
    cells[10] = "Giữ nguyên"
    (row,) = read(cells)
    assert row.case["decision"]["outcome"] == "upheld" and HEADING_OF["outcome"] == "Kết quả giải quyết"
