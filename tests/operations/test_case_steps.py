"""A case on screen: papers with number, day and ground, told in time; nothing beyond what was recommended."""

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import select

from app.models import Case, Deadline, Decision
from app.operations.daily import end_execution, run_daily
from tests.conftest import Browser, pages_of
from tests.support.world import build
from tests.views.test_work import processed, registered, step


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.fixture
def leader(world):
    browser = Browser(world.app)
    browser.sign_in("CHI")  # officer and leader of unit C
    return browser


def case_of(browser, kind="complaint", on="07/10/2026", received_on="05/10/2026", **values):
    """The address of a case accepted on that day."""
    address = registered(browser, kind=kind, received_on=received_on, **values)
    form = {"on": on, "eligible": "1", "competent": "1", "direction": "accept"}
    assert browser.post(f"{address}/process", form).status_code == 302
    browser.post(f"{address}/attach", {"on": on, "accept": "y", "paper": "05/TB"})
    return re.search(r"/cases/[0-9a-f-]+", browser.get(address).get_data(as_text=True)).group()


def row(session, case):
    return session.get(Case, uuid.UUID(case.rsplit("/", 1)[1]))


def due_of(world, case, rule):
    with world.session() as session:
        query = select(Deadline.due_on, Deadline.done_on).where(
            Deadline.case_id == row(session, case).id,
            Deadline.rule == rule,
        )
        return [tuple(found) for found in session.execute(query.order_by(Deadline.started_on))]


def test_a_denunciation_is_extended_twice_by_decisions_while_time_is_left(world, leader):
    case = case_of(leader, "denunciation", on="03/08/2026", received_on="03/08/2026")
    papers = {"paper": "01/QĐ", "days": "20", "criteria": ["1"]}
    assert "ghi số quyết định gia hạn" in step(leader, case, "extend", **papers | {"on": "01/09/2026", "paper": " "})
    assert "từ 1 đến 30 ngày" in step(leader, case, "extend", **papers | {"on": "01/09/2026", "days": "31"})
    assert "từ 1 đến 30 ngày" in step(leader, case, "extend", **papers | {"on": "01/09/2026", "days": ""})
    assert "đã hết ngày 03/09/2026" in step(leader, case, "extend", on="04/09/2026", **papers)
    page = step(leader, case, "extend", on="03/09/2026", **papers)
    assert "Gia hạn lần 1" in page and "thêm 20 ngày, quyết định số 01/QĐ, ngày 03/09/2026" in page
    assert due_of(world, case, "denunciation.settle") == [(date(2026, 9, 22), None)]
    assert "từ hai tiêu chí" in step(leader, case, "extend", on="20/09/2026", **papers)
    page = step(leader, case, "extend", **papers | {"on": "20/09/2026", "criteria": ["1", "2"], "days": "30"})
    assert "20/09/2026 là ngày nghỉ hằng tuần" in page  # a remark, not a refusal
    assert due_of(world, case, "denunciation.settle") == [(date(2026, 10, 22), None)]
    assert "nhiều nhất hai lần" in step(leader, case, "extend", **papers | {"on": "21/09/2026", "criteria": ["1", "2"]})
    assert f"{case}/step/extend" not in leader.get(case).get_data(as_text=True)


def test_recorded_decisions_replace_what_an_older_file_left_to_the_criteria(world, leader):
    case = case_of(leader, "denunciation", on="03/08/2026", received_on="03/08/2026")
    with world.session() as session:
        row(session, case).complexity = [1, 2]
        row(session, case).criteria_in_full = True
        session.commit()
    assert "coi như đã gia hạn đủ theo tiêu chí" in pages_of(leader.get(case).get_data(as_text=True))
    page = step(leader, case, "extend", on="01/09/2026", paper="01/QĐ", days="30", criteria=["1"])
    assert "từ nay chỉ tính các quyết định gia hạn đã ghi" in page
    assert due_of(world, case, "denunciation.settle") == [(date(2026, 10, 2), None)]


def test_a_complaint_is_determined_complex_once_and_in_time(world, leader):
    case = case_of(leader, on="03/08/2026", received_on="03/08/2026")
    papers = {"criteria": ["3"], "paper": "07/VB"}
    assert "Số ngày gia hạn" not in leader.get(f"{case}/step/extend").get_data(as_text=True)
    assert "đã hết ngày 03/09/2026" in step(leader, case, "extend", on="04/09/2026", **papers)
    step(leader, case, "extend", on="03/09/2026", **papers)
    assert due_of(world, case, "complaint.settle.first") == [(date(2026, 9, 17), None)]
    assert "đã được xác định là phức tạp" in step(leader, case, "extend", on="03/09/2026", **papers)


def test_suspension_and_resumption_are_decisions_that_are_sent(world, leader):
    case = case_of(leader)
    # a ground of denunciations
    assert "Chọn một giá trị" in step(
        leader,
        case,
        "suspend",
        on="08/10/2026",
        ground="expertise",
    )
    assert "ghi số quyết định tạm đình chỉ" in step(
        leader,
        case,
        "suspend",
        on="08/10/2026",
        ground="obstacle",
        paper="",
    )
    page = step(leader, case, "suspend", on="08/10/2026", ground="obstacle", paper="11/QĐ")
    assert "trở ngại khách quan" in page and "Quyết định số 11/QĐ, chưa gửi" in page
    for key in ("decide", "extend"):
        assert "nên không thể" in step(leader, case, key, on="09/10/2026")
    assert "ghi số quyết định tiếp tục" in step(leader, case, "resume", on="12/10/2026", paper="")
    step(leader, case, "resume", on="12/10/2026", paper="12/QĐ")
    assert due_of(world, case, "complaint.suspend.send") == [(date(2026, 10, 13), None), (date(2026, 10, 15), None)]
    for key, values in (("extend", {"criteria": "1"}), ("decide", {"number": "1/QĐ-S", "outcome": "justified"})):
        assert "tạm đình chỉ nên không ra quyết định nào" in step(leader, case, key, on="09/10/2026", **values)
    assert "trước ngày ban hành" in step(leader, case, "tell", on="07/10/2026", which="0")
    assert "Quyết định số 11/QĐ, gửi ngày 09/10/2026" in step(leader, case, "tell", on="09/10/2026", which="0")
    assert "Quyết định tiếp tục số 12/QĐ, gửi ngày 13/10/2026" in step(leader, case, "tell", on="13/10/2026", which="0")
    assert [
        done
        for _, done in due_of(
            world,
            case,
            "complaint.suspend.send",
        )
    ] == [date(2026, 10, 9), date(2026, 10, 13)]
    assert f"{case}/step/tell" not in leader.get(case).get_data(as_text=True)
    assert "chờ gửi" in step(leader, case, "tell", on="13/10/2026", which="0")


def test_before_the_law_knew_it_a_complaint_is_neither_suspended_nor_discontinued(leader):
    case = case_of(leader, on="02/06/2026", received_on="01/06/2026")
    for key, ground in (("suspend", "obstacle"), ("discontinue", "object_gone")):
        assert "chỉ có trong luật từ ngày 01/07/2026" in step(leader, case, key, on="30/06/2026", ground=ground)
    assert "Đã rút toàn bộ" in step(leader, case, "withdraw", on="30/06/2026", paper_kind="application", number="9/TB")


def test_discontinuation_has_a_ground_of_its_kind_and_is_told(world, leader):
    case = case_of(leader, "denunciation")
    assert "Chọn một giá trị" in step(leader, case, "discontinue", ground="object_gone")
    assert "Chọn một giá trị" in step(leader, case, "discontinue", ground="withdrawn")  # the step “withdraw” asks first
    page = step(leader, case, "discontinue", on="20/10/2026", ground="respondent_dead", paper="5/QĐ")
    assert "Người bị tố cáo chết" in page and "Quyết định số 5/QĐ, chưa gửi" in page
    assert due_of(world, case, "denunciation.suspend.send") == [(date(2026, 10, 27), None)]
    assert "gửi ngày 21/10/2026" in step(leader, case, "tell", on="21/10/2026", which="0")


ASKED = {
    "paper_kind": "minutes",
    "paper": "3/BB",
    "paper_on": "19/10/2026",
    "violation": "no",
    "threat": "no",
    "slander": "no",
    "number": "6/QĐ",
}


@pytest.mark.parametrize("question", ["violation", "threat", "slander"])
def test_a_withdrawn_denunciation_goes_on_where_the_law_says_so(world, leader, question):
    case = case_of(leader, "denunciation")
    assert "trả lời câu hỏi này" in step(
        leader,
        case,
        "withdraw",
        **{key: value for key, value in ASKED.items() if key != question},
    )
    page = step(leader, case, "withdraw", **ASKED | {question: "yes"})
    assert "vẫn tiếp tục giải quyết" in page and "Đang giải quyết" in page and "3/BB" in page and "? Có." in page
    with world.session() as session:
        assert row(session, case).state == "accepted" and row(session, case).ending is None


def test_a_denunciation_ends_by_withdrawal_with_paper_and_decision(world, leader):
    case = case_of(leader, "denunciation")
    assert "số đơn rút hoặc biên bản" in step(leader, case, "withdraw", **ASKED | {"paper": ""})
    assert "số quyết định đình chỉ" in step(leader, case, "withdraw", **ASKED | {"number": ""})
    assert "kiểm tra lại ngày" in step(leader, case, "withdraw", **ASKED | {"paper_on": "21/10/2026"})
    page = step(leader, case, "withdraw", **ASKED)
    for said in ("Đã rút toàn bộ", "Biên bản ghi nhận việc rút 3/BB, 19/10/2026", "Quyết định số 6/QĐ, chưa gửi"):
        assert said in page
    assert page.count("? Không.") == 3


def test_one_of_several_withdraws_and_the_case_goes_on(world, leader):
    several = {"signatories": "many", "people": "2", "petitioners-1-name": "Người Hai"}
    case = case_of(leader, "denunciation", **several)
    assert "trả lời câu hỏi này" in step(leader, case, "withdraw", **ASKED)
    assert "vẫn tiếp tục giải quyết" in step(leader, case, "withdraw", everyone="no", **ASKED)
    with world.session() as session:
        assert row(session, case).state == "accepted"
    assert "Đã rút toàn bộ" in step(leader, case, "withdraw", everyone="yes", **ASKED)


def decided(browser, kind="complaint", **values):
    case = case_of(browser, kind, on="06/10/2026")
    number = {"number": f"{uuid.uuid4().hex[:8]}/QĐ", "outcome": "justified" if kind == "complaint" else "true"}
    return case, step(browser, case, "decide", **{"on": "20/10/2026"} | number | values)


def test_a_decision_with_nothing_to_execute_ends_by_itself_on_the_day_it_takes_effect(world, leader):
    case, page = decided(leader)
    assert "tự kết thúc ngày" not in page  # 19/11/2026 has come
    with world.session() as session:
        assert row(session, case).decision.finished_on == date(2026, 11, 19) and row(session, case).state == "finished"
    assert f"{case}/step/send" in leader.get(case).get_data(as_text=True)  # it is still to be sent
    case, page = decided(leader, on="10/11/2026")
    assert "Đã giải quyết" in page and "tự kết thúc ngày 10/12/2026" in page
    with world.session() as session:
        assert row(session, case).state == "decided"
        assert end_execution(session, date(2026, 12, 9)) == 0 and end_execution(session, date(2026, 12, 10)) == 1
        assert row(session, case).state == "finished"
        session.rollback()
    case, page = decided(leader, "denunciation", on="20/10/2026")
    with world.session() as session:
        assert row(session, case).decision.finished_on == date(2026, 10, 20)
        assert not [line for line in run_daily(session) if "không có nội dung phải thi hành" in line]


def test_what_was_stored_before_its_day_is_shown_as_of_today(world, leader):
    case, _ = decided(leader)
    with world.session() as session:
        row(session, case).state = "decided"
        session.commit()
    page = leader.get(case).get_data(as_text=True)
    assert "Đã thi hành xong" in page and f"{case}/step/execute" not in page
    with world.session() as session:
        assert any("1 quyết định, kết luận không có nội dung phải thi hành" in line for line in run_daily(session))
        session.commit()


def test_a_number_is_given_once_a_unit_year_and_kind(world, leader):
    decided(leader, number="77/QĐ-UBND")
    case, page = decided(leader, number="77/qđ-ubnd")
    assert "Số quyết định, kết luận: số “77/qđ-ubnd” đã dùng" in page
    assert "Đã thực hiện xong kết luận" in decided(leader, "denunciation", number="77/QĐ-UBND")[1]
    assert "Đã thi hành xong" in step(leader, case, "decide", number="78/QĐ-UBND", outcome="unjustified")


def test_an_unjustified_complaint_recommends_nothing(leader):
    for name in ("state_money", "individuals_restored"):
        assert "khiếu nại sai thì không có kiến nghị" in decided(leader, outcome="unjustified", **{name: "1"})[1]


def test_more_than_recommended_is_executed_only_with_a_reason(world, leader):
    case, _ = decided(leader, "denunciation", state_money="10", people_to_discipline="1")
    assert "vượt số kiến nghị" in step(leader, case, "execute", state_money="10,5")
    step(leader, case, "execute", state_money="6")
    assert "vượt số kiến nghị" in step(leader, case, "execute", state_money="5")
    assert "vượt số kiến nghị" in step(leader, case, "execute", people_disciplined="2")
    assert "Tiền lãi chậm nộp" in step(leader, case, "execute", state_money="5", note="Tiền lãi chậm nộp")
    assert "chưa thực hiện hết" in step(leader, case, "finish")
    step(leader, case, "execute", people_disciplined="1")
    assert "Đã thực hiện xong kết luận" in step(leader, case, "finish")
    with world.session() as session:
        assert len(row(session, case).entries) == 3


def test_acceptance_before_processing_and_a_decision_on_a_day_off_are_remarks(world, leader):
    address = processed(leader)
    page = leader.post(
        f"{address}/attach",
        {"on": "05/10/2026", "accept": "y"},
        follow_redirects=True,
    ).get_data(as_text=True)
    assert "Ngày thụ lý 05/10/2026 trước ngày xử lý đơn 06/10/2026" in page
    assert "24/10/2026 là ngày nghỉ hằng tuần" in decided(leader, on="24/10/2026")[1]
    with world.session() as session:
        assert session.scalars(
            select(Decision).where(Decision.decided_on == date(2026, 10, 24)),
        ).one().case.accepted_on == date(2026, 10, 6)


def test_a_reflection_is_discontinued_with_a_reason_and_finished_when_answered(leader):
    case = case_of(leader, "reflection")
    assert "ghi căn cứ đình chỉ" in step(leader, case, "discontinue", note="")
    page = step(leader, case, "decide", number="1/TL", outcome="answered")
    assert "Đã trả lời, đã kết thúc" in page and "hi hành" not in page and "Có hiệu lực" not in page
