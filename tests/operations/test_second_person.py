"""What is secret leaves with a second person's approval and a mark, and nobody else's way round it."""

import io
import re

from openpyxl import load_workbook
from PIL import Image

from app.models import Petition
from tests.operations.test_documents import SECRET_PLACE, denounced, look, own, scanner, signed_in, upload, work, world  # noqa: F401  fixtures among them
from tests.support import hostile
from tests.views.test_work import registered


def test_secret_documents_leave_only_with_a_second_person_and_a_mark(world):  # noqa: F811
    handler = signed_in(world, "CHUYENTRACH")
    leader = signed_in(world, "LEADER")
    petition, _ = denounced(world)
    _, address = upload(handler, petition, "mat.pdf", hostile.pdf("Secret"))
    work(world)
    key = address.split("/")[2]
    look(handler, address)
    page = handler.get(address).get_data(as_text=True)
    assert "MẬT · CHUYENTRACH ·" in page  # a denunciation's original with a name in it is Mật from the start
    assert handler.get(f"{address}/original").status_code == 403
    asked = handler.get(f"{address}/download")
    assert asked.status_code == 302 and f"/approvals/ask/download/document/{key}" in asked.headers["Location"]
    assert "ít nhất 10 ký tự" in handler.post(f"/approvals/ask/download/document/{key}", {"reason": "cần"}).get_data(
        as_text=True
    )
    handler.post(f"/approvals/ask/download/document/{key}", {"reason": "gửi hội đồng tư vấn"})
    approval = re.search(
        r"/approvals/([0-9a-f-]{36})/decide", leader.get("/approvals/open").get_data(as_text=True)
    ).group(1)
    assert handler.get(f"{address}/download").status_code == 302  # not yet answered
    assert handler.post(f"/approvals/{approval}/decide", {"granted": "1"}).status_code == 403
    leader.post(f"/approvals/{approval}/decide", {"granted": "1"})
    given = handler.get(f"{address}/download")
    assert given.data.startswith(b"%PDF-") and b"/Font" not in given.data
    plain = signed_in(world, "OFFICER")
    _, open_one = upload(plain, own(world), "thuong.pdf", hostile.pdf("Secret"))
    work(world)
    unmarked = plain.get(f"{open_one}/page/1.png").data
    assert dark(handler.get(f"{address}/page/1.png").data) > dark(unmarked) * 2
    assert handler.get(f"{address}/download").status_code == 302  # used up
    with world[0].owner() as connection:
        rows = connection.execute(
            "select action, account from audit_entries where action in ('approval.asked', 'approval.decided',"
            " 'document.downloaded') order by at desc limit 3"
        )
        assert [tuple(row) for row in rows.fetchall()][::-1] == [
            ("approval.asked", "CHUYENTRACH"),
            ("approval.decided", "LEADER"),
            ("document.downloaded", "CHUYENTRACH"),
        ]


def dark(data):
    return sum(value < 240 for value in Image.open(io.BytesIO(data)).convert("L").tobytes())


def test_a_file_takes_the_highest_level_of_its_dossier(world):  # noqa: F811
    handler = signed_in(world, "CHUYENTRACH")
    petition, case = denounced(world)
    _, scan = upload(handler, case, "bút tích.pdf", hostile.pdf())
    work(world)
    # also what came with the case
    assert "MẬT ·" in handler.get(scan).get_data(as_text=True) and handler.get(f"{scan}/original").status_code == 403
    look(handler, scan)
    made = re.search(
        r"/documents/[0-9a-f-]{36}", handler.post(f"{scan}/cover", {"regions": "1 0 0 1 1"}).headers["Location"]
    ).group()
    work(world)
    assert handler.get(f"{made}/download").status_code == 302 and "bút tích.pdf" not in handler.get(made).get_data(
        as_text=True
    )
    officer = signed_in(world, "OFFICER")
    address = registered(officer)
    _, earlier = upload(officer, address, "trước.pdf", hostile.pdf())
    work(world)
    assert officer.get(f"{earlier}/original").status_code == 200
    officer.post(f"/secrecy/petition/{address.split('/')[2]}", {"level": "2", "number": "3/TM"})
    assert officer.get(f"{earlier}/original").status_code == 403 and "TỐI MẬT ·" in officer.get(earlier).get_data(
        as_text=True
    )


def test_an_asker_never_answers_and_an_old_answer_is_worth_nothing(world):  # noqa: F811
    leader = signed_in(world, "LEADER")
    petition, _ = denounced(world)
    leader.post(f"/secrecy/petition/{petition.split('/')[2]}", {"level": "2", "number": "05/TM"})
    assert leader.get(f"{petition}/print").status_code == 302
    leader.post(f"/approvals/ask/print/petition/{petition.split('/')[2]}", {"reason": "họp hội đồng tư vấn"})
    with world[0].owner() as connection:
        (key,) = connection.execute(
            "select id from approvals where asked_by = 'LEADER' order by asked_at desc limit 1"
        ).fetchone()
    assert "không tự phê duyệt" in leader.post(
        f"/approvals/{key}/decide", {"granted": "1"}, follow_redirects=True
    ).get_data(as_text=True)
    custodian = signed_in(world, "CUSTODIAN")
    assert (
        "họp hội đồng tư vấn" in custodian.get("/approvals/open").get_data(as_text=True)
        and custodian.get(petition).status_code == 403
    )
    custodian.post(f"/approvals/{key}/decide", {"granted": "1"})
    with world[0].owner() as connection:
        connection.execute("update approvals set decided_at = now() - interval '25 hours' where id = %s", [key])
    assert leader.get(f"{petition}/print").status_code == 302
    with world[0].owner() as connection:
        connection.execute("update approvals set decided_at = now() where id = %s", [key])
    printed = leader.get(f"{petition}/print").get_data(as_text=True)
    assert (
        "TỐI MẬT · LEADER ·" in printed
        and "05/TM" in printed
        and SECRET_PLACE.split(",")[0] not in printed
        and "Giữ bí mật theo Luật Tố cáo" in printed
    )


def test_a_list_leaves_secret_petitions_out_unless_a_second_person_allowed_them(world):  # noqa: F811
    leader = signed_in(world, "LEADER")
    custodian = signed_in(world, "CUSTODIAN")
    petition, _ = denounced(world)
    leader.post(f"/secrecy/petition/{petition.split('/')[2]}", {"level": "1", "number": "7/M"})
    with world[0].session() as session:
        number = session.get(Petition, petition.split("/")[2]).number
    numbers = lambda data: [str(row[0].value) for row in load_workbook(io.BytesIO(data)).active.iter_rows()]  # noqa: E731
    assert number not in numbers(leader.get("/petitions/export").data)
    assert leader.get("/petitions/export?kind=denunciation&secret=1").status_code == 302
    leader.post("/approvals/export?kind=denunciation&secret=1", {"reason": "tổng hợp theo yêu cầu"})
    assert "danh sách có đơn được bảo vệ (Loại đơn: Tố cáo)" in custodian.get("/approvals/open").get_data(as_text=True)
    key = re.search(
        r"/approvals/([0-9a-f-]{36})/decide", custodian.get("/approvals/open").get_data(as_text=True)
    ).group(1)
    custodian.post(f"/approvals/{key}/decide", {"granted": "1"})
    assert leader.get("/petitions/export?secret=1").status_code == 302  # another list than the one that was allowed
    words = [leader.search("nhận tiền").request.args["text"] for _ in range(2)]
    assert words[0] != words[1]
    leader.post(f"/approvals/export?secret=1&text={words[0]}", {"reason": "tổng hợp theo yêu cầu"})
    assert "(có từ tìm kiếm)" in custodian.get("/approvals/open").get_data(as_text=True)
    asked = leader.get(f"/approvals/export?secret=1&text={words[1]}").get_data(as_text=True)
    assert "đang chờ trả lời" in asked  # the same search, however its address is sealed
    given = leader.get("/petitions/export?kind=denunciation&secret=1").data
    told = numbers(given)
    assert number in told and "MẬT · LEADER ·" in told[0]
    assert "MẬT · LEADER" in load_workbook(io.BytesIO(given)).active.oddHeader.center.text


def test_levels_need_number_and_term_and_only_who_approves_lowers_them(world):  # noqa: F811
    leader = signed_in(world, "LEADER")
    officer = signed_in(world, "OFFICER")
    address = registered(officer)
    form = f"/secrecy/petition/{address.split('/')[2]}"
    assert "sổ đăng ký" in officer.post(form, {"level": "1"}).get_data(as_text=True)
    page = officer.post(form, {"level": "1", "number": "9/M", "until": "01/01/2050"}).get_data(as_text=True)
    assert "thời hạn bảo vệ phải từ" in page and "9/M" in page
    assert officer.post(form, {"level": "1", "number": "9/M"}).status_code == 302
    assert "Mật" in officer.get(address).get_data(as_text=True)
    assert "hạ độ mật hoặc rút ngắn thời hạn bảo vệ do người có quyền phê duyệt" in officer.post(
        form, {"level": "0"}
    ).get_data(as_text=True)
    sooner = officer.post(form, {"level": "1", "number": "9/M", "until": "22/11/2027"}).get_data(as_text=True)
    # a term that ends sooner lowers, too
    assert "hạ độ mật hoặc rút ngắn thời hạn bảo vệ do người có quyền phê duyệt" in sooner
    assert leader.post(form, {"level": "0"}).status_code == 302
    assert "MẬT ·" not in officer.get(address).get_data(as_text=True)
