"""The work on screen, step by step: what is typed survives an error, every transition only where the law's table allows
it, history kept.
"""

import io
import re
import uuid
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.clock import today
from app.models import Case, Deadline, Petition, Step
from tests.conftest import Browser, pages_of
from tests.support.jobs import run_waiting
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
    "petitioners-0-address": "Thôn 2",
    "summary": "Khiếu nại việc thu hồi đất",
    "attachments": "02 bản phô tô",
}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.fixture
def officer(world):
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    return browser


@pytest.fixture
def leader(world):
    browser = Browser(world.app)
    browser.sign_in("LEADER")
    return browser


def registered(browser, **values):
    answer = browser.post("/petitions/new", PETITION | values)
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]+)', answer.get_data(as_text=True))
    return answer.headers["Location"]


def processed(browser, **values):
    address = registered(browser)
    form = {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept"} | values
    assert browser.post(f"{address}/process", form).status_code == 302
    return address


def accepted(browser, **values):
    address = processed(browser)
    browser.post(f"{address}/attach", {"on": "07/10/2026", "accept": "y", "paper": "05/TB"} | values)
    page = browser.get(address).get_data(as_text=True)
    return re.search(r"/cases/[0-9a-f-]+", page).group()


def step(browser, case, key, **values):
    answer = browser.post(f"{case}/step/{key}", {"on": "20/10/2026", "paper": "1/VB"} | values, follow_redirects=True)
    return pages_of(answer.get_data(as_text=True))


def test_what_was_typed_survives_an_error_and_nothing_is_stored(world, officer):
    with world.session() as session:
        before = len(session.scalars(select(Petition.id)).all())
    page = officer.post("/petitions/new", PETITION | {"received_on": "31/02/2026"}).get_data(as_text=True)
    assert "không phải ngày có thật" in page and 'value="31/02/2026"' in page
    assert "Trần Thị Mẫu" in page and "Khiếu nại việc thu hồi đất" in page and "02 bản phô tô" in page
    with world.session() as session:
        assert len(session.scalars(select(Petition.id)).all()) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"received_on": "01/01/2030"}, "Ngày nhận: ngày 01/01/2030 ở tương lai"),
        ({"dated_on": "06/10/2126"}, "Ngày ghi trên đơn:"),
        ({"forwarded_on": "06/10/2026"}, "ngày văn bản chuyển đến sau ngày nhận"),
        ({"signatories": "none"}, "đơn nặc danh thì không ghi người gửi"),
        ({"petitioners-0-name": "", "petitioners-0-address": ""}, "nhập họ tên người gửi"),
        ({"petitioners-0-name": ""}, "thiếu trường bắt buộc"),
        ({"petitioners-1-name": "Người Hai"}, "chọn “Nhiều người đứng tên”"),
        ({"people": "0"}, "Số người:"),
        ({"people": "hai"}, "Số người: Không phải số nguyên"),
        ({"summary": ""}, "Tóm tắt nội dung: Không được để trống"),
        ({"kind": "letter"}, "Loại đơn: Chọn một giá trị"),
    ],
)
def test_a_message_names_the_field_and_what_to_do(officer, change, said):
    page = officer.post("/petitions/new", PETITION | change)
    assert page.status_code == 200 and said in pages_of(page.get_data(as_text=True)), re.findall(
        r'class="(?:error|message[^"]*)"[^>]*>([^<]+)', page.get_data(as_text=True)
    )


def test_a_registered_petition_is_sealed_numbered_and_has_its_deadline(world, officer):
    address = registered(officer)
    page = pages_of(officer.get(address).get_data(as_text=True))
    assert (
        "Khiếu nại việc thu hồi đất" in page
        and "Trần Thị Mẫu" in page
        and "7 ngày làm việc" in page
        and "Tiếp nhận, vào sổ" in page
    )
    with world.session() as session:
        petition = session.get(Petition, uuid.UUID(address.rsplit("/", 1)[1]))
        assert (
            re.fullmatch(r"A-2026-\d{5}", petition.number)
            and petition.registered_by == "OFFICER"
            and petition.due_on == date(2026, 10, 14)
        )


def test_the_law_asks_one_question_at_a_time_and_differing_needs_a_reason(officer):
    address = registered(officer)
    page = pages_of(officer.get(f"{address}/process").get_data(as_text=True))
    assert "tiếng Việt" in page and "Điều 6" in page and "chữ ký" not in page
    query = "?q_readable=yes&q_signed=yes&q_settled=no&q_competent=no&q_overdue=no&q_copies=no"
    html = officer.get(f"{address}/process{query}").get_data(as_text=True)
    assert "Hướng dẫn" in pages_of(html) and re.search(r'<option selected value="guide"', html)
    other = {"on": "06/10/2026", "eligible": "1", "competent": "0", "direction": "forward", "sent_to": "C"}
    page = officer.post(f"{address}/process{query}", other).get_data(as_text=True)
    assert "chọn khác đề xuất thì phải ghi lý do" in page
    assert (
        officer.post(
            f"{address}/process{query}", other | {"difference": "Cơ quan C đã thụ lý vụ liên quan"}
        ).status_code
        == 302
    )
    page = pages_of(officer.get(address).get_data(as_text=True))
    assert "Chuyển đơn: Đơn vị C" in page and "Cơ quan C đã thụ lý vụ liên quan" in page and "Xử lý đơn" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"on": "04/10/2026"}, "trước ngày nhận đơn"),
        ({"competent": "1", "eligible": "0"}, "không đủ điều kiện thì không thể thuộc thẩm quyền"),
        ({"direction": "file"}, "hướng xử lý không phù hợp"),
        ({"eligible": ""}, "Điều kiện xử lý"),
        ({"sent_to": "KHONGCO"}, "không có đơn vị mã"),
    ],
)
def test_processing_that_breaks_the_rules_is_refused(officer, change, said):
    address = registered(officer)
    form = {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept"} | change
    page = officer.post(f"{address}/process", form)
    assert page.status_code == 200 and said in page.get_data(as_text=True)
    assert "Chờ xử lý" in officer.get(address).get_data(as_text=True)


def test_an_anonymous_denunciation_is_its_own_state(officer):
    anonymous = {"kind": "denunciation", "signatories": "none", "petitioners-0-name": "", "petitioners-0-address": ""}
    address = registered(officer, **anonymous)
    page = officer.post(
        f"{address}/process", {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept"}
    )
    assert "Luật Tố cáo, Điều 25" in page.get_data(as_text=True)
    assert (
        officer.post(
            f"{address}/process",
            {"on": "06/10/2026", "eligible": "1", "competent": "0", "direction": "forward", "sent_to": "C"},
        ).status_code
        == 302
    )


def test_from_paper_to_executed(world, officer, leader):
    case = accepted(officer)
    page = pages_of(officer.get(case).get_data(as_text=True))
    assert "Đang giải quyết" in page and "30 ngày" in page and "05/TB" not in page.split("Quá trình")[0]
    assert "Xác định vụ việc phức tạp" not in page  # the officer does not approve extensions
    assert "ít nhất một tiêu chí" in step(leader, case, "extend")
    assert "ghi số, ngày văn bản" in step(leader, case, "extend", criteria="3", paper="")
    assert "45 ngày" in step(leader, case, "extend", criteria=["3", "5"])
    assert "Tạm dừng tính hạn" in step(officer, case, "suspend", on="21/10/2026", ground="obstacle")
    assert "đồng hồ dừng" in pages_of(officer.get(case).get_data(as_text=True))
    assert "trước ngày tạm đình chỉ" in step(officer, case, "resume", on="20/10/2026")
    page = step(officer, case, "resume", on="26/10/2026")
    assert "thứ Tư 21/10/2026 đến Chủ nhật 25/10/2026 – tạm đình chỉ" in page
    page = step(
        officer,
        case,
        "decide",
        on="10/11/2026",
        number="10/QĐ-UBND",
        outcome="justified",
        state_money="1.234,5",
        returned_land="-1",
    )
    assert "phải từ 0" in page and "1.234,5" in officer.post(
        f"{case}/step/decide", {"state_money": "1.234,5"}
    ).get_data(as_text=True)
    page = step(
        officer,
        case,
        "decide",
        on="10/11/2026",
        number="10/QĐ-UBND",
        outcome="justified",
        state_money="1.234,5",
        people_to_discipline="1",
        officials_to_discipline="2",
    )
    assert "lớn hơn tổng số người" in page
    page = step(
        officer, case, "decide", on="10/11/2026", number="10/QĐ-UBND", outcome="justified", state_money="1.234,5"
    )
    assert "Đã giải quyết" in page and "1.234,5" in page and "Gửi quyết định" in page
    assert "Gửi kết quả" in step(officer, case, "send", on="11/11/2026")
    assert f"{case}/step/send" not in officer.get(case).get_data(as_text=True)
    assert "kết quả đã gửi ngày 11/11/2026" in step(officer, case, "send", on="12/11/2026")
    assert "ít nhất một số liệu" in step(officer, case, "execute", on="12/11/2026")
    assert "có hiệu lực từ ngày 10/12/2026" in step(officer, case, "execute", on="12/11/2026", state_money="1000")
    assert "1.000" in step(
        officer,
        case,
        "execute",
        on="12/11/2026",
        state_money="1000",
        note="Tự nguyện thi hành trước",
    )
    assert "trước lần thi hành sau cùng" in step(officer, case, "finish", on="11/11/2026")
    assert "chưa thi hành hết" in step(officer, case, "finish", on="13/11/2026")
    assert "Đã thi hành xong" in step(officer, case, "finish", on="13/11/2026", note="Phần còn lại được miễn")
    with world.session() as session:
        found = session.scalars(select(Case).where(Case.number.like("A/2026/%"), Case.state == "finished")).one()
        taken = [
            row.step for row in session.scalars(select(Step).where(Step.case_id == found.id).order_by(Step.recorded_at))
        ]
        assert taken == ["open", "accept", "extend", "suspend", "resume", "decide", "send", "execute", "finish"]
        waiting = {
            row.rule
            for row in session.scalars(
                select(Deadline).where(Deadline.case_id == found.id),
            )
            if row.done_on is None
        }
        assert waiting == {"complaint.suspend.send"}  # both decisions, to suspend and to go on, are still to be sent


def test_a_step_the_state_does_not_allow_is_refused(officer):
    case = accepted(officer)
    for key in ("accept", "resume", "send", "execute", "finish"):
        page = pages_of(officer.get(f"{case}/step/{key}", follow_redirects=True).get_data(as_text=True))
        assert "nên không thể" in page, key


@pytest.mark.parametrize(
    ("key", "state"),
    [("withdraw", "Đã rút toàn bộ"), ("discontinue", "Đình chỉ"), ("withdraw_part", "Đang giải quyết")],
)
def test_withdrawal_in_whole_or_part_and_discontinuation(officer, leader, key, state):
    case = accepted(officer)
    papers = {"note": "nội dung thứ hai", "ground": "object_gone", "paper_kind": "application", "number": "2/QĐ"}
    assert state in step(leader if key == "discontinue" else officer, case, key, **papers)


def test_a_second_petition_joins_a_case_and_a_foreign_case_is_not_there(officer, world):
    first = accepted(officer)
    number = re.search(r"A/2026/\d+", officer.get(first).get_data(as_text=True)).group()
    address = processed(officer)
    assert "không có vụ việc số" in officer.post(
        f"{address}/attach", {"on": "07/10/2026", "case_number": "C/complaint/chimhoàngyến"}
    ).get_data(as_text=True)
    assert officer.post(f"{address}/attach", {"on": "07/10/2026", "case_number": number}).status_code == 302
    with world.session() as session:
        assert len(session.scalars(select(Case).where(Case.number == number)).one().petitions) == 2


def test_assigning_closes_a_denunciation_to_the_others(officer, leader, world):
    address = registered(officer, kind="denunciation", summary="Tố cáo việc riêng")
    assert "Tố cáo việc riêng" in officer.get(address).get_data(as_text=True)
    assert "ở tương lai" in leader.post(
        f"{address}/assign", {"on": "01/01/2099", "handlers": ["CHUYENTRACH"]}
    ).get_data(as_text=True)
    assert "trước ngày nhận đơn" in leader.post(
        f"{address}/assign", {"on": "04/10/2026", "handlers": ["CHUYENTRACH"]}
    ).get_data(as_text=True)
    assert leader.post(f"{address}/assign", {"on": "06/10/2026", "handlers": ["CHUYENTRACH"]}).status_code == 302
    page = officer.get(address).get_data(as_text=True)
    assert "Tố cáo việc riêng" not in page and "Xử lý đơn</a>" not in page
    assert "chỉ người được phân công" in officer.get(f"{address}/process", follow_redirects=True).get_data(as_text=True)
    handler = Browser(world.app)
    handler.sign_in("CHUYENTRACH")
    assert "Tố cáo việc riêng" in handler.get(address).get_data(as_text=True)
    assert address.rsplit("/", 1)[1] in handler.get("/inbox/?whose=mine").get_data(as_text=True)


def test_assigning_in_a_unit_below_is_refused_before_its_accounts_are_listed(leader, world):
    with world.session() as session:
        below = session.scalars(select(Petition.id).where(Petition.number == "B-complaint-dưới")).one()
    page = leader.get(f"/petitions/{below}/assign", follow_redirects=True).get_data(as_text=True)
    assert "ở đơn vị này không được thực hiện bước này" in page and "BINH" not in page


def test_a_petition_of_a_case_is_neither_withdrawn_nor_attached_again(officer, leader):
    case = accepted(officer)
    address = re.search(r"/petitions/[0-9a-f-]{36}", officer.get(case).get_data(as_text=True)).group()
    assert "không rút khỏi sổ được" in leader.get(f"{address}/remove", follow_redirects=True).get_data(as_text=True)
    assert "chưa thuộc vụ việc nào" in officer.get(f"{address}/attach", follow_redirects=True).get_data(as_text=True)
    page = leader.get(address).get_data(as_text=True)
    assert f"{address}/remove" not in page and f"{address}/attach" not in page and f"{address}/assign" in page


def test_a_record_is_withdrawn_with_a_reason_never_deleted(officer, leader, world):
    address = registered(officer, summary="Vào sổ nhầm")
    assert officer.get(address).status_code == 200  # where its number is told of, once
    assert officer.get(f"{address}/remove").status_code == 403
    assert "Không được để trống" in leader.post(f"{address}/remove", {"note": ""}).get_data(as_text=True)
    assert leader.post(f"{address}/remove", {"note": "Vào sổ hai lần"}).status_code == 302
    key = address.rsplit("/", 1)[1]
    assert key not in officer.get("/petitions/").get_data(as_text=True)
    assert key not in officer.get("/inbox/").get_data(as_text=True)
    page = pages_of(officer.get(address).get_data(as_text=True))
    assert "Đã rút khỏi sổ" in page and "Vào sổ hai lần" in page


def test_the_inbox_shows_the_most_overdue_first(officer):
    dates = re.findall(r'badge-phase \w+">(\d\d/\d\d/\d{4})', officer.get("/inbox/").get_data(as_text=True))
    days = [date(int(text[6:]), int(text[3:5]), int(text[:2])) for text in dates]
    assert len(days) > 3 and days == sorted(days)


def test_filters_stand_in_the_address_and_pages_follow_each_other(world, officer):
    for place in range(30):
        registered(officer, summary=f"Đơn phân trang {place}", field="policy")
    seen = []
    address = "/petitions/?field=policy&kind=complaint"
    while address:
        page = officer.get(address).get_data(as_text=True)
        seen += re.findall(r"<td><a href=\"/petitions/([0-9a-f-]{36})", page)
        following = re.search(r'href="(/petitions/\?[^"]*after=[^"]*)"', page)
        address = following.group(1).replace("&amp;", "&") if following else None
        assert address is None or "field=policy" in address
    assert len(seen) == len(set(seen)) == 30
    assert officer.get("/petitions/?after=x").status_code == 400
    assert "Không có đơn nào khớp" in officer.search("khôngcótừnày").get_data(as_text=True)
    assert "Đơn phân trang 7" in officer.search("phan trang 7").get_data(as_text=True)


def test_searched_words_stand_sealed_in_the_address_for_one_account(world, officer):
    for place in range(30):
        registered(officer, summary=f"Đơn niêm phong địa chỉ {place}")
    answer = officer.search("niêm phong địa", kind="complaint")
    address = answer.request.full_path
    page = answer.get_data(as_text=True)
    assert "kind=complaint" in address and 'value="niêm phong địa"' in page
    links = re.findall(r'href="(/petitions/(?:export)?\?[^"]*)"', page)
    assert any("after=" in link for link in links) and any("export" in link for link in links)
    assert not any(word in link for link in [address, *links] for word in ("ni%C3%AAm", "niêm", "phong"))
    following = next(link for link in links if "after=" in link).replace("&amp;", "&")
    assert officer.get(following).get_data(as_text=True).count("Đơn niêm phong địa chỉ") == 5
    export = next(link for link in links if "export" in link).replace("&amp;", "&")
    assert len(list(openpyxl.load_workbook(io.BytesIO(officer.get(export).data)).active.rows)) == 34, (
        "title, filters, who"
    )
    page = officer.get("/petitions/?nguoila=1&secret=1&kind=complaint").get_data(as_text=True)
    assert "nguoila" not in page and "kind=complaint" in page  # filters and nothing else go on into links
    leader = Browser(world.app)
    sealed = answer.request.args["text"]
    leader.sign_in("LEADER")
    for browser, spoilt in (
        (leader, address),
        (officer, address.replace(sealed, sealed[:-4] + "AAAA")),
        (officer, "/petitions/?text=niêm+phong"),
    ):
        page = browser.get(spoilt).get_data(as_text=True)
        assert "gõ lại từ cần tìm" in page and "Đơn niêm phong địa chỉ" not in page


def test_receptions_are_registered_and_days_announced(world):
    browser = Browser(world.app)
    browser.sign_in("RECEPTION")
    values = {
        "on": "05/10/2026",
        "kind": "regular",
        "people": "6",
        "matter": "Vụ chợ",
        "petitioners-0-name": "Lê Văn Khách",
        "summary": "Hỏi về đất chợ",
        "result": "Đã hướng dẫn",
    }
    page = pages_of(browser.post("/receptions/new", values, follow_redirects=True).get_data(as_text=True))
    assert "Đã vào sổ tiếp công dân" in page and "Lê Văn Khách" in page and "Hỏi về đất chợ" in page
    assert "Số người" in browser.post("/receptions/new", values | {"people": "0"}).get_data(as_text=True)
    assert browser.post("/receptions/days", {"on": "15/12/2026", "holder": "head"}).status_code == 302
    assert "đã được công bố" in browser.post("/receptions/days", {"on": "15/12/2026", "holder": "head"}).get_data(
        as_text=True
    )
    address = registered(browser, summary="Đơn nhận khi tiếp")
    assert "Đơn nhận khi tiếp" in browser.get(address).get_data(as_text=True)
    assert "Đơn nhận khi tiếp" in browser.get("/petitions/").get_data(as_text=True)


def test_a_changed_holiday_recomputes_open_deadlines_and_says_so(world, officer):
    address = registered(officer, received_on=f"{today():%d/%m/%Y}")
    with world.session() as session:
        petition = session.scalars(select(Petition).order_by(Petition.registered_at.desc()).limit(1)).one()
        before = petition.due_on
        key = petition.id
    admin = Browser(world.app)
    admin.sign_in("ADMIN")
    page = pages_of(
        admin.post(
            "/holidays/add", {"day": f"{before:%d/%m/%Y}", "kind": "off", "name": "Nghỉ thử"}, follow_redirects=True
        ).get_data(as_text=True)
    )
    assert "Đang tính lại" in page
    (job,) = run_waiting(world)
    assert "Đã tính lại" in admin.get(f"/jobs/{job}").get_data(as_text=True)
    with world.session() as session:
        assert session.get(Petition, key).due_on > before
    assert "ngày nghỉ lễ" in officer.get(address).get_data(as_text=True)
    with world.owner() as connection:
        assert (
            connection.execute(
                "select detail->>'changed' from audit_entries where action = 'holiday.recomputed'"
            ).fetchone()[0]
            != "0"
        )


def test_typed_form_and_statutory_form_on_screen(world):
    browser = Browser(world.app)
    browser.sign_in("SYNTHESIS")
    period = "start=15/06/2026&end=14/09/2026"
    page = browser.post(f"/forms/typed?{period}", {"c6": "1", "c8": "2"}).get_data(as_text=True)
    assert "cột 8 ≤ cột 6" in page
    page = pages_of(
        browser.post(f"/forms/typed?{period}", {"c1": "3", "c6": "2", "c8": "1"}, follow_redirects=True).get_data(
            as_text=True
        )
    )
    assert "Biểu 06/QLKNTC" in page and "Chưa nhập: Đơn vị B" in page
    reversed_days = browser.get("/forms/typed?start=02/02/2026&end=01/01/2026", follow_redirects=True)
    assert "Ngày cuối kỳ trước ngày đầu kỳ" in pages_of(reversed_days.get_data(as_text=True))
    assert browser.get("/forms/export?unit=ZZZ&endpoint=x").status_code == 400
    page = pages_of(browser.get("/forms/?form=02/XLD&start=01/09/2025&end=20/09/2025").get_data(as_text=True))
    assert "01/2024/TT-TTCP" in page
    page = browser.get("/forms/?form=05/KQTH&start=15/09/2026&end=14/12/2026").get_data(as_text=True)
    assert "Kết quả thi hành Quyết định" in page and 'class="total"' in page
    assert browser.get("/forms/?form=02/XLD&unit=C").get_data(as_text=True).count("nằm ngoài phạm vi") == 1


def test_a_leader_sees_the_subtrees_work_and_writes_only_its_own(leader):
    page = leader.get("/inbox/?whose=subtree").get_data(as_text=True)
    assert "Đơn vị B" in page
    below = re.search(r'<a href="(/petitions/[0-9a-f-]{36})">B-complaint-cho-dưới', page).group(1)
    assert "Xử lý đơn</a>" not in leader.get(below).get_data(as_text=True)
    assert (
        leader.post(
            f"{below}/process",
            {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept"},
            follow_redirects=True,
        ).status_code
        == 404
    )
