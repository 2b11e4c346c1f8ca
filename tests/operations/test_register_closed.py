"""A register of what was finished before the unit used the software comes in closed; rows given back keep every
column they had.
"""

import io
import json
from contextlib import contextmanager
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Account, Case, Deadline, Petition, Unit
from app.operations.exchange.file_out import record_of
from app.operations.exchange.register_in import RegisterFile, import_register
from app.operations.exchange.register_left_out import write_left_out
from app.operations.exchange.register_read import read_register
from app.operations.records import read_record
from app.operations.refusal import Refused
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from tests.conftest import Browser, create_account, create_unit, pages_of

TODAY = date(2026, 11, 20)
FROM = date(2026, 7, 1)
LAST = date(2026, 6, 30)
HEADINGS = ["Mã đơn", "Ngày đến", "Phân loại đơn", "Họ và tên", "Nội dung đơn", "Ngày xử lý", "Đủ điều kiện"]
HEADINGS += ["Thuộc thẩm quyền", "Hướng xử lý", "Số vụ việc", "Ngày thụ lý", "Số quyết định", "Ngày quyết định"]
HEADINGS += ["Kết quả giải quyết", "Ngày thi hành xong", "Ngày rút đơn"]
WHERE = "Sổ năm 2025, tủ 3"


def line(number, day, *more, kind="Khiếu nại"):
    return [number, day, kind, "Nguyễn Văn Mẫu", f"Giá bồi thường {number}", *more]


OPEN = line("K-1", "05/01/2026")
GUIDED = line("K-2", "05/01/2026", "08/01/2026", "Có", "Không", "Hướng dẫn")
ACCEPTED = line("K-3", "05/01/2026", "", "", "", "", "V-3", "10/01/2026")
DECIDED = line("K-4", "05/01/2026", "", "", "", "", "V-4", "10/01/2026", "15/QĐ", "20/02/2026", "Đúng")
FINISHED = line("K-5", "05/01/2026", "", "", "", "", "V-5", "10/01/2026", "16/QĐ", "20/02/2026", "Đúng", "30/05/2026")
WITHDRAWN = line("K-6", "05/01/2026", "", "", "", "", "V-6", "10/01/2026", "", "", "", "", "15/02/2026")
AFTER = line("K-7", "05/07/2026")
LATER = line("K-8", "05/01/2026", "", "", "", "", "V-8", "10/01/2026", "17/QĐ", "20/08/2026", "Đúng")


def workbook(*rows, headings=HEADINGS):
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def office(installation):
    with installation.session() as session:
        unit = create_unit(session, "P", uses_from=FROM)
        other = create_unit(session, "Q")
        for name, roles in (("CANBO", ("officer",)), ("CHIHUY", ("officer", "leader"))):
            create_account(session, name, unit, *roles)
        create_account(session, "CHIHUY.Q", other, "officer", "leader")
        session.commit()
    return installation


@contextmanager
def imported(office, *rows, closed=WHERE, unit="P"):
    with office.session() as session:
        yield session, import_register(session, RegisterFile(workbook(*rows), "so.xlsx", unit, closed=closed), TODAY)
        session.rollback()


def found(session, number):
    return session.scalars(select(Petition).where(Petition.number == number)).one()


def running(session, row):
    column = Deadline.case_id if isinstance(row, Case) else Deadline.petition_id
    return session.scalars(select(Deadline).where(column == row.id, Deadline.done_on.is_(None))).all()


@pytest.mark.parametrize(
    ("row", "petition", "case"),
    [
        (OPEN, "closed", None),
        (GUIDED, "processed", None),
        (ACCEPTED, "processed", "closed"),
        (DECIDED, "processed", "closed"),
        (FINISHED, "processed", "finished"),
        (WITHDRAWN, "processed", "withdrawn"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_what_was_open_is_closed_with_where_its_end_is_told(office, row, petition, case):
    with imported(office, row) as (session, report):
        stored = found(session, row[0])
        assert stored.state == petition and (stored.case and stored.case.state) == case
        assert not any("không đóng" in warning for warning in report.warnings)
        closed = stored.case if case == "closed" else stored
        if "closed" in (petition, case):
            assert (closed.closed_on, closed.closed_source) == (LAST, WHERE) and running(session, closed) == []
        for record in filter(None, (record_of(stored), stored.case and record_of(stored.case))):
            read_record(json.loads(json.dumps(record, default=str)))  # what comes out is a file that comes in


@pytest.mark.parametrize("row", [AFTER, LATER], ids=["after", "later"])
def test_what_has_a_day_since_the_unit_uses_the_software_stays_open_and_is_told_of(office, row):
    with imported(office, row, OPEN) as (session, report):
        stored = found(session, row[0])
        assert (stored.case or stored).closed_on is None and found(session, "K-1").state == "closed"
        assert [said for said in report.warnings if "dòng 2: không đóng vì" in said and "01/07/2026" in said]


def test_without_saying_so_nothing_is_closed(office):
    with imported(office, OPEN, closed="  ") as (session, _):
        assert found(session, "K-1").state == "received"


def test_a_unit_that_did_not_say_since_when_it_uses_the_software_closes_nothing(office):
    with pytest.raises(Refused, match="chưa ghi ngày dùng phần mềm"), imported(office, OPEN, unit="Q"):
        pass


def test_only_a_leader_closes(office):
    with office.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        for name, able in (("CANBO", False), ("CHIHUY", True)):
            with office.session() as own:
                account = own.merge(session.scalars(select(Account).where(Account.username == name)).one())
                _, scope = permissions_and_scope(own, account)
                enter(own, scope)
                file = RegisterFile(workbook(OPEN), "so.xlsx", unit.code, closed=WHERE)
                if able:
                    import_register(own, file, TODAY, unit.code, name)
                    assert found(own, "K-1").state == "closed"
                else:
                    with pytest.raises(Refused, match="vai trò"):
                        import_register(own, file, TODAY, unit.code, name)
                own.rollback()


def test_the_form_asks_only_whom_it_may_serve(office):
    for name, asked in (("CANBO", False), ("CHIHUY", True), ("CHIHUY.Q", False)):
        browser = Browser(office.app)
        browser.sign_in(name)
        assert ('name="closed"' in browser.get("/registers/").get_data(as_text=True)) is asked, name
        if asked:
            form = {"file": (io.BytesIO(workbook(OPEN)), "so.xlsx"), "import": "1", "closed": WHERE}
            answer = browser.post("/registers/", form, content_type="multipart/form-data", follow_redirects=True)
            assert "Đã nhập 1 đơn" in pages_of(answer.get_data(as_text=True))
    with office.session() as session:
        assert found(session, "K-1").closed_source == WHERE


def test_rows_that_are_given_back_keep_the_columns_nobody_knows(office):
    headings = ["Ngày đến", "Phân loại đơn", "Họ và tên", "Nội dung đơn", "Tủ số", "Người trực"]
    bad = ["32/01/2026", "Khiếu nại", "Nguyễn Văn Mẫu", "Giá bồi thường", "T-7", "Trần Thị Trực"]
    good = ["05/01/2026", "Khiếu nại", "Lê Văn Mẫu", "Giá đất", "T-8", ""]
    register = read_register(workbook(bad, good, headings=headings), "so.xlsx", "P")
    target = io.BytesIO()
    write_left_out(register.bad, target)
    rows = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
    told = dict(zip(rows[0], rows[1], strict=True))
    assert (told["Tủ số"], told["Người trực"], told["Nội dung đơn"]) == ("T-7", "Trần Thị Trực", "Giá bồi thường")
    again = read_register(target.getvalue(), "so.xlsx", "P")
    assert len(again.bad) == 1 and again.unknown == ["Tủ số", "Người trực"]


def test_a_case_that_was_never_accepted_leaves_no_clock_of_its_petition(office):
    waiting = line("K-9", "05/01/2026", "", "", "", "", "V-9")
    with imported(office, waiting) as (session, _):
        stored = found(session, "K-9")
        assert stored.state == "closed" and stored.case.state == "closed"
        assert running(session, stored) == [] == running(session, stored.case)


@pytest.mark.parametrize("first", [0, 1])
def test_one_late_row_keeps_its_case_open_in_whatever_order_the_rows_stand(office, first):
    rows = [line("K-10", day, "", "", "", "", "V-10", "10/01/2026") for day in ("05/01/2026", "05/08/2026")]
    rows[1][0] = "K-11"
    with imported(office, *(rows if first == 0 else rows[::-1])) as (session, report):
        assert found(session, "K-10").case.closed_on is None
        assert sum("không đóng vì" in said for said in report.warnings) == 2
