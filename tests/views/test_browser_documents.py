"""In headless Chromium: documents, covering, a second person, the mark; axe at both sizes, and once with the keyboard
alone.
"""

import re
import time

import pytest

from tests.support import hostile
from tests.views.test_browser import BASE, Person, chromium, person, server  # noqa: F401  fixtures

TEXT = "ĐƠN TỐ CÁO\nTôi tên là Nguyễn Thị Mẫu Thử, ở Thôn 1, xã mẫu\ntố cáo ông X nhận tiền khi cấp đất"


def wait_until(one, address, words):
    for _ in range(60):
        one.page.goto(BASE + address)
        if words in one.page.inner_text("main"):
            one.check()
            return
        time.sleep(1)
    raise AssertionError(one.page.inner_text("main"))


@pytest.fixture(scope="module")
def denounced(chromium, server, tmp_path_factory):  # noqa: F811
    """A denunciation registered with the keyboard alone, a scan of it uploaded: its address and the scan's."""
    officer = Person(chromium, server).sign_in("CANBO.MAU")
    officer.go("/petitions/new")
    page = officer.page
    page.focus("#kind")
    page.keyboard.type("Tố cáo")
    for field, value in (
        ("received_on", "01/11/2026"),
        ("petitioners-0-name", "Nguyễn Thị Mẫu Thử"),
        ("petitioners-0-address", "Thôn 1, xã mẫu"),
        ("summary", "Tố cáo nhận tiền"),
    ):
        page.focus(f"#{field}")
        page.keyboard.press("Control+A")
        page.keyboard.type(value)
    page.focus("form button.btn-primary[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/petitions/[0-9a-f-]{36}"))
    petition = re.search(r"/petitions/[0-9a-f-]{36}", page.url).group()
    scan = tmp_path_factory.mktemp("scan") / "đơn.png"
    scan.write_bytes(hostile.picture(TEXT, (1300, 800)))
    page.set_input_files("#file", scan)
    page.get_by_role("button", name="Tải lên").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    officer.check()
    officer.says("đơn.png")
    wait_until(officer, petition, "Xem được, tìm được")
    document = re.search(r"/documents/[0-9a-f-]{36}", page.content()).group()
    officer.go(document)
    page.fill("#note", "xem để xử lý đơn")
    officer.press("Mở bản gốc")
    officer.leave()
    return petition, document


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_every_screen_of_documents_and_secrets_passes(person, denounced, size):  # noqa: F811
    petition, document = denounced
    officer = person("CANBO.MAU", size)
    for address in (
        petition,
        document,
        f"{document}/cover",
        "/approvals/",
        petition.replace("petitions", "secrecy/petition"),
        f"/approvals/ask/download/document/{document[11:]}",
    ):
        officer.go(address)
    officer.leave()
    leader = person("LANHDAO.MAU", size)
    leader.go("/approvals/open")
    leader.go(petition)
    leader.leave()
    auditor = person("KIEMSOAT.MAU", size)
    auditor.go("/audit/heads")
    auditor.leave()


def test_a_region_is_drawn_covered_and_the_copy_checked(person, denounced):  # noqa: F811
    _, document = denounced
    officer = person("CANBO.MAU")
    officer.go(f"{document}/cover")
    board = officer.page.locator(".board").first
    board.scroll_into_view_if_needed()  # a picture is loaded when it comes into view, and has no height before
    board.locator("img").evaluate("picture => picture.decode()")
    box = board.bounding_box()
    officer.page.mouse.move(box["x"] + 60, box["y"] + 60)
    officer.page.mouse.down()
    officer.page.mouse.move(box["x"] + 360, box["y"] + 120)
    officer.page.mouse.up()
    assert (
        re.fullmatch(r"1( [\d.]+){4}", officer.page.input_value("#regions"))
        and officer.page.locator(".region").count() == 1
    )
    officer.press("Bỏ vùng cuối")
    assert officer.page.input_value("#regions") == ""
    officer.page.fill("#regions", "1 5 5 60 12")
    assert officer.page.locator(".region").count() == 1
    officer.press("Làm bản che")
    made = re.search(r"/documents/[0-9a-f-]{36}", officer.page.url).group()
    wait_until(officer, made, "Xem hết các trang")
    assert officer.page.evaluate("document.querySelector('img.page').naturalWidth") > 300
    officer.press("Đã kiểm tra, không còn danh tính")
    officer.says("Đã kiểm tra: CANBO.MAU")


def test_what_is_secret_leaves_with_a_second_person_and_prints_blank_without(person, denounced):  # noqa: F811
    petition, document = denounced
    officer = person("CANBO.MAU")
    officer.go(document)
    officer.page.emulate_media(media="print")
    shown = officer.page.evaluate(
        "[...document.querySelectorAll('main > *')].filter(e => e.offsetParent !== null).map(e => e.className)"
    )
    assert shown == ["secret-note"], shown
    officer.page.emulate_media(media="screen")
    officer.press("Tải bản xem (PDF)")
    officer.page.fill("#reason", "gửi hội đồng tư vấn")
    officer.press("Gửi đề nghị")
    officer.says("đang chờ")
    leader = person("LANHDAO.MAU")
    leader.go("/approvals/open")
    leader.page.get_by_role("button", name="Phê duyệt").click()
    officer.go("/approvals/")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name="Tải tài liệu").click()
    assert download.value.suggested_filename == "đơn.png.pdf"
