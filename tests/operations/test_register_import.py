"""Importing registers.

Preview and import of one file, files and rows that are there already, numbers of other units, files without names.
"""

import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import event, func, select

from app.cli import main
from app.models import Account, Counter, HeldFile, ImportedFile, Petition
from app.operations.content import PETITIONER, read_people
from app.operations.exchange.register_held import HELD_FOR, held, hold, let_go, sweep_held
from app.operations.exchange.register_in import RegisterFile, RegisterRefused, check_register, import_register
from app.operations.exchange.register_left_out import write_left_out
from app.operations.exchange.register_read import problems, read_register
from app.operations.refusal import Refused
from tests.conftest import DATA, TODAY, Browser, create_account, create_unit
from tests.support.world import build

HEADINGS = ["Mã đơn", "Ngày đến", "Phân loại đơn", "Họ và tên", "Nơi ở", "Trích yếu", "Lĩnh vực"]


def row(summary, number=None, names="Nguyễn Văn Mẫu", day="05/10/2026", kind="Khiếu nại"):
    return [number, day, kind, names, "Thôn 1", summary, "Đất đai"]


def workbook(*rows, headings=HEADINGS):
    book = openpyxl.Workbook()
    for line in (headings, *rows):
        book.active.append(list(line))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.fixture
def browser(world):
    found = Browser(world.app)
    found.sign_in("OFFICER")
    return found


def send(browser, data=None, name="so.xlsx", **fields):
    form = {**fields, **({"file": (io.BytesIO(data), name)} if data is not None else {})}
    return browser.post("/registers/", form, content_type="multipart/form-data", follow_redirects=True).get_data(
        as_text=True
    )


def token_of(page):
    return re.search(r'name="held"[^>]*value="([^"]*)"', page).group(1)


def stored(world, summary_of_day):
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(Petition).where(Petition.received_on == summary_of_day))


def test_after_the_preview_the_file_need_not_be_chosen_again(world, browser):
    page = send(browser, workbook(row("Đòi lại mảnh vườn")))
    assert "Không có lỗi" in page and "Đang giữ tệp “so.xlsx”" in page
    told = token_of(page)
    assert "Đã nhập 1 đơn" in send(browser, held=told, **{"import": "1"})
    again = send(browser, held=told, **{"import": "1"})
    assert "tệp đã xem trước không còn" in again and token_of(again) == ""
    assert "chọn tệp sổ" in send(browser)


def test_what_is_held_is_sealed_opens_to_its_sender_only_once_and_half_an_hour_at_most(world):
    moment = datetime.now(UTC)
    data = workbook(row("Chữ chỉ có trong tệp này"))
    with world.session() as session:
        mine, other = (
            session.scalars(select(Account.id).where(Account.username == name)).one() for name in ("OFFICER", "LEADER")
        )
        token = hold(session, mine, data, "sổ.xlsx", moment)
        session.commit()
        assert held(session, mine, token, moment) == (data, "sổ.xlsx")
        for account, when in ((other, moment), (mine, moment + HELD_FOR + timedelta(seconds=1))):
            with pytest.raises(Refused, match="không còn"):
                held(session, account, token, when)
        with world.owner() as connection:
            blob, name, kept = connection.execute("select data, name, token from held_files").fetchone()
        assert data[:60] not in blob and "sổ".encode() not in name and token != kept
        let_go(session, mine, token, moment)
        with pytest.raises(Refused, match="không còn"):
            let_go(session, mine, token, moment)
        hold(session, mine, data, "sổ.xlsx", moment)
        sweep_held(session, moment + HELD_FOR + timedelta(seconds=1))
        assert session.scalar(select(func.count()).select_from(HeldFile)) == 0


def test_a_file_that_was_imported_asks_before_it_is_imported_again(world, browser):
    data = workbook(row("Đòi lại ao cá", day="07/10/2026"))
    assert "Đã nhập 1 đơn" in send(browser, data, **{"import": "1"})
    page = send(browser, data)
    assert re.search(r"tệp này đã được nhập lúc \d\d:\d\d ngày \d\d/\d\d/\d{4} \(OFFICER, 1 dòng\)", page)
    assert "đã có đơn A-2026-" in page and "cùng ngày nhận, người gửi và nội dung" in page
    refused = send(browser, data, **{"import": "1"})
    assert "có hai lần trong sổ" in refused and stored(world, datetime(2026, 10, 7).date()) == 1
    assert "Đã nhập 1 đơn" in send(browser, held=token_of(refused), again="1", **{"import": "1"})
    assert stored(world, datetime(2026, 10, 7).date()) == 2
    with world.session() as session:
        assert all(len(item.digest) == 16 for item in session.scalars(select(ImportedFile)))


def test_what_another_unit_imported_is_not_told(world):
    data = workbook(row("Đòi lại ruộng", day="08/10/2026"))
    with world.session() as session:
        import_register(session, RegisterFile(data, "so.xlsx", "C", None), TODAY, "C", "AI.DO")
        session.commit()
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    page = send(browser, data)
    assert "đã được nhập" not in page and "đã có đơn" not in page and "AI.DO" not in page


def test_a_number_of_ones_own_unit_is_a_problem_and_one_of_another_unit_is_never_told(world, browser):
    with world.session() as session:
        import_register(
            session, RegisterFile(workbook(row("Của A", "A/1"), row("Của A khác", "A/2")), "so.xlsx", "A", None), TODAY
        )
        import_register(session, RegisterFile(workbook(row("Của C", "C/1")), "so.xlsx", "C", None), TODAY)
        session.commit()
    page = send(browser, workbook(row("Mới", "A/1"), row("Khác", "C/1"), row("Nữa", "A-9"), row("Lại", "A-9")))
    assert "Mã đơn: “A/1” đã có" in page and "Mã đơn: “A-9” ghi ở nhiều dòng" in page and "2 dòng có lỗi" in page
    free, taken = (send(browser, workbook(row("Chuyện khác", number, day="09/10/2026"))) for number in ("C/7", "C/1"))
    plain = [re.sub(r'value="[^"]*"|C/\d', "", page) for page in (free, taken)]
    assert plain[0] == plain[1]  # a preview shows the same whether another unit has the number or not
    page = send(browser, workbook(row("Chuyện khác", "C/1", day="09/10/2026")), **{"import": "1"})
    assert "mã “C/1” không dùng được, nhận số mới A-2026-" in page
    with world.session() as session, pytest.raises(RegisterRefused, match="“C/1” đã có"):
        import_register(session, RegisterFile(workbook(row("Bởi người vận hành", "C/1")), "so.xlsx", "A", None), TODAY)


def test_a_register_without_a_names_column_asks_and_goes_on_with_the_same_file(world, browser):
    headings = [*HEADINGS[:3], "Danh tính", *HEADINGS[4:]]
    data = workbook(row("Cây đổ", day="12/10/2026", kind="Kiến nghị"), headings=headings)
    page = send(browser, data, **{"import": "1"})
    assert (
        "không tìm thấy cột họ tên người gửi; các cột chưa nhận ra: “Danh tính”" in page
        and stored(world, datetime(2026, 10, 12).date()) == 0
    )
    page = send(browser, held=token_of(page), anonymous="1")
    assert "nhập là đơn nặc danh: dòng 2" in page and "Bỏ qua cột không nhận ra: Danh tính" in page
    assert "Đã nhập 1 đơn" in send(browser, held=token_of(page), anonymous="1", **{"import": "1"})
    with world.session() as session:
        assert session.scalars(
            select(Petition.signatories).where(Petition.received_on == datetime(2026, 10, 12).date())
        ).all() == ["none"]


def test_days_to_come_are_refused_in_every_column_of_days(world):
    headings = [*HEADINGS, "Ngày viết đơn", "Ngày xử lý", "Đủ điều kiện", "Thuộc thẩm quyền", "Hướng xử lý"]
    line = [*row("Đòi đất", day="01/02/2999"), "01/03/2999", "01/04/2999", "Có", "Không", "Hướng dẫn"]
    with world.session() as session:
        register = read_register(workbook(line, headings=headings), "so.xlsx", "A")
        check_register(session, register, TODAY)
    assert list(problems(register)) == [
        f"dòng 2: {heading}: ở tương lai" for heading in ("Ngày nhận", "Ngày ghi trên đơn", "Ngày xử lý")
    ]


def test_what_is_there_already_is_told_of_the_same_people_and_matter_only(world):
    with world.session() as session:
        import_register(
            session,
            RegisterFile(
                workbook(row("Tố cáo cán bộ thu tiền", kind="Tố cáo", day="13/10/2026")), "so.xlsx", "A", None
            ),
            TODAY,
        )
        session.flush()
        lines = [
            row("tố cáo cán bộ thu tiền", kind="Tố cáo", day="13/10/2026", names="1. Ông NGUYỄN VĂN MẪU"),
            row("tố cáo cán bộ thu tiền", kind="Tố cáo", day="14/10/2026"),
            row("tố cáo cán bộ thu tiền", kind="Tố cáo", day="13/10/2026", names="Trần Thị Thử"),
            row("tố cáo cán bộ nhận quà", kind="Tố cáo", day="13/10/2026"),
            row("tố cáo cán bộ thu tiền", kind="Tố cáo", day="14/10/2026"),
        ]
        register = read_register(workbook(*lines), "so.xlsx", "A")
        check_register(session, register, TODAY)
        session.rollback()
    said = [" ".join(line.warnings) for line in register.rows]
    assert (
        said[0].startswith("đã có đơn A-2026-")
        and said[1:4] == ["", "", ""]
        and said[4] == "cùng ngày nhận, người gửi và nội dung với dòng 3"
    )


@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "inputs").glob("E*")))
def test_every_file_from_other_peoples_trouble_is_previewed_and_imported_or_refused_by_a_sentence(world, browser, name):
    data = (DATA / "inputs" / name).read_bytes()
    with world.session() as session:
        before = session.scalar(select(func.count()).select_from(Petition))
    page = send(browser, data, name, again="1", **{"import": "1"})
    with world.session() as session:
        added = session.scalar(select(func.count()).select_from(Petition)) - before
    refused = {
        "E06": "ô có lỗi Excel",
        "E07": "công thức chưa được tính",
        "E50": "mất chữ",
        "E51c": "sai bảng mã",
        "E53": "mật khẩu",
        "E56": "Số người",
    }
    said = refused.get(name.split("-")[0])
    assert (said in page and added == 0) if said else (f"Đã nhập {added} đơn" in page and added > 0)


def test_the_merged_and_the_numbered_names_are_stored_as_people(world):
    with world.session() as session:
        petitions = session.scalars(select(Petition).where(Petition.received_on == datetime(2026, 3, 6).date())).all()
        assert [[person["name"] for person in read_people(petition, PETITIONER)] for petition in petitions] == [
            ["Nguyễn Văn Mẫu"]
        ]
        assert [petition.kind for petition in petitions] == ["denunciation"]


def test_an_account_that_may_not_import_holds_no_file(world):
    with world.session() as session:
        leader = session.scalars(select(Account).where(Account.username == "LEADER")).one()
        create_account(session, "CHI.XEM", leader.unit, "synthesis")
        session.commit()
    viewer = Browser(world.app)
    viewer.sign_in("CHI.XEM")
    assert viewer.post("/registers/", {"held": "x"}).status_code == 403


def test_numbers_are_looked_up_for_all_rows_at_once(empty):
    asked = []

    def listen(_connection, _cursor, statement, *_):
        asked.extend(name for name in ("number_taken", "counters") if name in statement)

    with empty.session() as session:
        create_unit(session, "S")
        given = [row(f"Việc {place}", number="S-2026-00003" if place == 2 else None) for place in range(7)]
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        import_register(session, RegisterFile(workbook(*given), "so.xlsx", "S", None), TODAY, "S")
        event.remove(session.get_bind(), "before_cursor_execute", listen)
        numbers = session.scalars(select(Petition.number)).all()
        assert session.scalars(select(Counter.value)).all() == [7]
    assert sorted(numbers) == [f"S-2026-0000{number}" for number in range(1, 8)]
    assert len(asked) <= 5  # one look at those given, two rounds of new ones: 3 was brought along


def test_good_rows_are_taken_and_the_others_given_back_with_what_is_wrong(world, browser):
    data = workbook(
        row("Đòi lại bờ kênh", day="11/10/2026"),
        row("Không rõ ngày", day="31/02/2026", names="Trần Thị Sai"),
        row("Loại lạ", day="11/10/2026", kind="Đơn lạ"),
    )
    page = send(browser, data)
    assert "2 dòng có lỗi" in page and "Nhập 1 dòng đúng" in page
    given = browser.post("/registers/", {"held": token_of(page), "bad": "1"}, content_type="multipart/form-data")
    assert [line[0] for line in lines_of(given.data)[1:]] == ["31/02/2026", "11/10/2026"]
    page = send(browser, held=token_of(page), good="1")
    assert "Đã nhập 1 đơn" in page and "Đang giữ tệp “cac-dong-co-loi.xlsx”" in page and "Nhập 0 dòng" not in page
    assert stored(world, datetime(2026, 10, 11).date()) == 1
    rest = browser.post("/registers/", {"held": token_of(page), "bad": "1"}, content_type="multipart/form-data")
    lines = lines_of(rest.data)
    assert lines[0][-1] == "Lỗi cần sửa" and "Ngày nhận: “31/02/2026” không phải ngày" in lines[1][-1]
    mended = openpyxl.load_workbook(io.BytesIO(rest.data))
    place = {cell.value: cell.column for cell in mended.active[1]}
    mended.active.cell(2, place["Ngày nhận"]).value = "11/10/2026"
    mended.active.cell(3, place["Loại đơn"]).value = "Khiếu nại"
    target = io.BytesIO()
    mended.save(target)
    assert "Đã nhập 2 đơn" in send(browser, target.getvalue(), **{"import": "1"})
    assert stored(world, datetime(2026, 10, 11).date()) == 3


def lines_of(data):
    return [list(line) for line in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def test_where_no_row_is_right_nothing_is_taken(world, browser):
    page = send(browser, workbook(row("Sai cả", day="32/10/2026")), good="1")
    assert "chưa nhập dòng nào" in page


def test_the_command_takes_good_rows_and_writes_the_others(world, monkeypatch, tmp_path, capsys):
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    register = tmp_path / "so.xlsx"
    register.write_bytes(workbook(row("Đòi lại đê", day="20/09/2026"), row("Sai", day="32/10/2026")))
    rest = tmp_path / "loi.xlsx"
    assert main(["import", str(register), "--unit", "A"]) == 1
    assert main(["import", str(register), "--unit", "A", "--good", str(rest)]) == 0
    told = capsys.readouterr()
    assert "đã nhập: 1 petition" in told.out and "chưa nhập 1 dòng có lỗi" in told.err
    assert len(lines_of(rest.read_bytes())) == 2 and rest.stat().st_mode & 0o077 == 0
    assert stored(world, datetime(2026, 9, 20).date()) == 1


def test_a_case_number_of_another_unit_is_never_told(world, browser):
    headings = [*HEADINGS, "Số vụ việc", "Ngày thụ lý"]

    def book(number, day):
        return workbook([*row("Đòi lại giếng", day=day), number, "15/10/2026"], headings=headings)

    with world.session() as session:
        import_register(session, RegisterFile(book("VV/C", "13/10/2026"), "so.xlsx", "C", None), TODAY)
        import_register(session, RegisterFile(book("VV/A", "13/10/2026"), "so.xlsx", "A", None), TODAY)
        session.commit()
    assert "Số vụ việc: “VV/A” đã có" in send(browser, book("VV/A", "14/10/2026"))
    free, taken = (send(browser, book(number, "14/10/2026")) for number in ("VV/F", "VV/C"))
    assert re.sub(r'value="[^"]*"|VV/.', "", free) == re.sub(r'value="[^"]*"|VV/.', "", taken)
    page = send(browser, book("VV/C", "14/10/2026"), **{"import": "1"})
    assert "số vụ việc “VV/C” không dùng được, vụ việc nhận số mới" in page


def test_a_column_that_was_not_recognised_is_named_once_and_remembered_for_the_unit(world, browser):
    headings = ["Mã đơn", "Hôm nào", "Kiểu", "Ai", "Nơi ở", "Chuyện gì", "Lĩnh vực"]
    data = workbook(row("Đòi lại cổng làng", day="16/10/2026"), headings=headings)
    page = send(browser, data)
    assert "không tìm thấy dòng tiêu đề" in page and "Cột chưa nhận ra" in page
    heard = re.findall(r'name="heading" value="([^"]*)"', page)
    assert heard == ["Hôm nào", "Kiểu", "Ai", "Chuyện gì"]
    named = {"heading": heard, "column": ["received_on", "kind", "names", "summary"]}
    page = send(browser, held=token_of(page), **named)
    assert "Không có lỗi" in page and 'value="names" selected' in page
    assert "Đã nhập 1 đơn" in send(browser, held=token_of(page), **{"import": "1"})
    other = workbook(row("Đòi lại sân đình", day="16/10/2026"), headings=headings)
    assert "Đã nhập 1 đơn" in send(browser, other, **{"import": "1"})
    with world.session() as session:
        with pytest.raises(Refused, match="không tìm thấy dòng tiêu đề"):
            import_register(session, RegisterFile(other, "so.xlsx", "C", None), TODAY, "C")
        session.rollback()
    page = send(browser, other, heading=["Ai"], column=[""])
    assert "không tìm thấy cột họ tên người gửi" in page
    page = send(browser, other, heading=["Ai"], column=["khong-co"])
    assert "không có cột như đã chọn" in page
    send(browser, other, heading=heard, column=[""] * 4)


def test_people_in_merged_lines_are_given_back_with_their_row():
    book = openpyxl.load_workbook(io.BytesIO(workbook(row("Chung đơn", day="32/10/2026"), row("Chung đơn"))))
    sheet = book.active
    sheet["D3"] = "Trần Thị Cùng"
    sheet["E3"] = "Thôn 2"
    for column in "ABCFG":
        sheet.merge_cells(f"{column}2:{column}3")
    target = io.BytesIO()
    book.save(target)
    register = read_register(target.getvalue(), "so.xlsx", "A")
    given = io.BytesIO()
    write_left_out(register.bad, given)
    (headings, line) = lines_of(given.getvalue())
    cells = dict(zip(headings, line, strict=True))
    assert cells["Họ tên người gửi"] == "Nguyễn Văn Mẫu\nTrần Thị Cùng" and cells["Địa chỉ"] == "Thôn 1\nThôn 2"
