"""In headless Chromium: each kind of account does its main task; every page passes axe (WCAG 2.2 A and AA); nothing is
asked of another host.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.support.scanner import clamd

ROOT = Path(__file__).parents[2]
PORT = 18080 + os.getpid() % 900
BASE = f"http://127.0.0.1:{PORT}"
SIZES = {"wide": {"width": 1366, "height": 768}, "narrow": {"width": 390, "height": 844}}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The application as `make run` starts it: init, demonstration data, gunicorn on a port of its own; with a scanner
    beside it.
    """
    folder = tmp_path_factory.mktemp("browser")
    folder.chmod(0o755)
    with clamd(folder) as scanner:
        yield from served(folder, {"CLAMD_SOCKET": scanner})


def served(folder, more):
    environ = more | {
        "INSTANCE_DIR": str(folder / "instance"),
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/root"),
        "PORT": str(PORT),
    }
    for arguments in (["init"], ["demo", "--petitions", "400"]):
        subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, env=environ, check=True, capture_output=True)
    process = subprocess.Popen(
        [sys.executable, "run.py"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    printed = []
    threading.Thread(target=lambda: printed.extend(process.stdout), daemon=True).start()
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{BASE}/login/")
            break
        except OSError:
            time.sleep(0.2)
    accounts = {
        account["identifier"]: account["password"]
        for account in json.loads((folder / "instance" / "demo-accounts.json").read_text())
    }
    yield accounts, printed
    process.terminate()
    assert process.wait(30) == 0


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser; every page they reach is checked."""

    def __init__(self, chromium, server, size="wide"):
        self.context = chromium.new_context(
            viewport=SIZES[size], locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", accept_downloads=True
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.asked = set()
        self.complaints = []
        self.page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))
        self.page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.accounts = server[0]

    def sign_in(self, identifier):
        self.go("/login/")
        self.page.fill("#username", identifier)
        self.page.fill("#password", self.accounts[identifier])
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)
        return self

    def go(self, address):
        self.page.goto(BASE + address if address.startswith("/") else address)
        self.check()

    def check(self):
        self.page.wait_for_load_state()  # its stylesheet counts, too
        # The watermark is faint on purpose (WCAG 1.4.3 leaves decoration out); what it says stands above the page in
        # full contrast.
        found = Axe().run(
            self.page, context={"exclude": [[".watermark"]]}, options={"runOnly": {"type": "tag", "values": TAGS}}
        )
        problems = [
            f"{item['id']}: {[node['html'][:120] for node in item['nodes'][:3]]}"
            for item in found.response["violations"]
        ]
        assert problems == [], f"{self.page.url}: {problems}"
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{self.page.url} scrolls sideways by {width}px"

    def press(self, text):
        self.page.get_by_role("link", name=text, exact=True).or_(
            self.page.get_by_role("button", name=text, exact=True)
        ).first.click()
        self.page.wait_for_load_state()
        self.check()

    def says(self, text):
        assert text in self.page.inner_text("main"), self.page.inner_text("main")[:2000]

    def leave(self):
        assert self.asked <= {BASE.split("/")[2]}, self.asked
        assert self.complaints == [], self.complaints
        self.context.close()


@pytest.fixture
def person(chromium, server):
    made = []

    def make(identifier, size="wide"):
        made.append(Person(chromium, server, size).sign_in(identifier))
        return made[-1]

    yield make
    for one in made:
        one.leave()


def fill(person, **values):
    for name, value in values.items():
        field = person.page.locator(f"#{name.replace('__', '-')}")
        field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)


def test_an_officer_registers_processes_accepts_and_decides(person):
    officer = person("CANBO.MAU")
    officer.says("Việc cần làm")
    officer.press("Vào sổ đơn mới")
    officer.page.click("text=Thêm người gửi")
    assert officer.page.locator("[data-line]").count() == 3
    fill(
        officer,
        kind="complaint",
        received_on="02/11/2026",
        people="1",
        field="land",
        petitioners__0__name="Nguyễn Thị Trình Duyệt",
        summary="Khiếu nại ranh giới thửa đất trình duyệt",
    )
    officer.press("Ghi vào sổ")
    officer.says("Đã vào sổ đơn số H42.05-2026-")
    address = officer.page.url
    officer.press("Xử lý đơn")
    for answer in ("Có", "Có", "Không", "Có"):
        officer.press(answer)
    officer.says("Đề xuất: Thụ lý giải quyết")
    fill(officer, on="04/11/2026")
    officer.press("Ghi kết quả xử lý")
    officer.press("Đưa vào vụ việc")
    fill(officer, on="05/11/2026")
    officer.page.check("#accept")
    officer.press("Ghi")
    officer.check()
    officer.says("Giải quyết khiếu nại lần đầu")
    officer.press("Ban hành quyết định giải quyết khiếu nại")
    fill(officer, on="16/11/2026", number="99/QĐ-TTr", outcome="partly", state_money="12,5")
    officer.press("Ghi")
    officer.says("Đã giải quyết")
    officer.says("12,5")
    officer.go("/petitions/")
    officer.page.fill("#text", "trinh duyet thua dat")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_url(re.compile("text="))
    officer.check()
    assert "trinh" not in officer.page.url and officer.page.input_value("#text") == "trinh duyet thua dat"
    officer.says("Nguyễn Thị Trình Duyệt")
    assert address


def test_a_leader_gives_a_task_by_the_keyboard_and_an_officer_does_it(person):
    leader = person("LANHDAO.MAU")
    leader.go("/tasks/")
    leader.press("Giao nhiệm vụ")
    page = leader.page
    page.focus("#origin")
    for typed in (None, "31/12/2027", "Rà soát các vụ việc đông người"):
        if typed:
            page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.select_option("#handlers", "CANBO.MAU")
    page.locator("#signer").focus()
    page.keyboard.type("Chánh Thanh tra")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/tasks/[0-9a-f-]{36}$"))
    leader.check()
    leader.says("Đã giao 1 nhiệm vụ")
    leader.says("Đang thực hiện")
    officer = person("CANBO.MAU", "narrow")
    officer.go(page.url)
    officer.press("Báo cáo kết quả")
    fill(officer, note="Đã rà soát, gửi danh sách kèm theo")
    officer.press("Ghi")
    officer.says("Đã báo cáo, chờ kết thúc")
    officer.says("Đã rà soát")
    leader.go(page.url)
    leader.press("Kết thúc nhiệm vụ")
    leader.press("Ghi")
    leader.says("Đã kết thúc")


def test_an_error_is_beside_its_field_and_the_form_is_still_filled_in(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/new")
    fill(officer, received_on="99/99/2026", summary="Nội dung không mất", petitioners__0__name="Người Gõ Sai")
    officer.press("Ghi vào sổ")
    officer.says("không phải ngày có thật")
    assert (
        officer.page.input_value("#summary") == "Nội dung không mất"
        and officer.page.get_attribute("#received_on", "aria-describedby") == "received_on-error"
    )


def test_a_petition_is_registered_with_the_keyboard_alone(person):
    officer = person("CANBO.MAU")
    officer.go("/inbox/")
    keyboard = officer.page.keyboard
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate("document.activeElement.className") == "skip"
    officer.go("/petitions/new")
    officer.page.focus("#kind")
    typed = {"petitioners-0-name": "Lê Thị Bàn Phím", "summary": "Phản ánh bằng bàn phím"}
    for _ in range(60):
        name = officer.page.evaluate("document.activeElement.name || document.activeElement.textContent")
        if name in typed:
            keyboard.type(typed[name])
        if "Ghi vào sổ" in name:
            with officer.page.expect_navigation():
                keyboard.press("Enter")
            break
        keyboard.press("Tab")
    officer.says("Đã vào sổ đơn số")


def test_a_complaint_is_typed_with_at_most_twenty_tabs_and_stored_with_one_chord(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/new")
    keyboard = officer.page.keyboard
    focused = "document.activeElement.name || ''"
    assert officer.page.evaluate(focused) == "kind", "the first field has the focus"
    typed = {
        "received_on": "3/11",
        "dated_on": "1/11/26",
        "people": "1",
        "petitioners-0-name": "Phùng Thị Đếm Phím",
        "petitioners-0-address": "thôn 3, xã Mẫu, tỉnh Mẫu",
        "respondents-0-name": "Ủy ban nhân dân xã Mẫu",
        "summary": "Khiếu nại quyết định thu hồi đất, đề nghị đo lại",
    }
    tabs = 0
    while (name := officer.page.evaluate(focused)) != "summary":
        if name in typed:
            keyboard.press("Control+A")
            keyboard.type(typed[name])
        keyboard.press("Tab")
        tabs += 1
        assert tabs <= 20
    keyboard.type(typed["summary"])
    with officer.page.expect_navigation():
        keyboard.press("Control+Enter")
    officer.check()
    officer.says("Đã vào sổ đơn số")
    officer.says("Phùng Thị Đếm Phím")
    officer.says("03/11/2026")


def test_enter_goes_on_to_the_next_field_and_a_person_is_added_by_keyboard(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/new")
    keyboard = officer.page.keyboard
    keyboard.press("Enter")
    assert officer.page.evaluate("document.activeElement.name") == "received_on"
    officer.page.focus("[name=petitioners-0-phone]")
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("Enter")
    assert officer.page.evaluate("document.activeElement.name") == "petitioners-1-name"
    keyboard.type("Người Thứ Hai")
    officer.page.focus("#summary")
    keyboard.type("dòng một")
    keyboard.press("Enter")
    keyboard.type("dòng hai")
    assert officer.page.input_value("#summary") == "dòng một\ndòng hai"


def test_what_is_asked_only_of_some_is_there_when_it_is_asked(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/new")
    page = officer.page
    assert page.locator("#forwarded_on").is_hidden() and page.locator("#previous_decision").is_hidden()
    assert page.locator("#many_places").is_hidden() and page.locator("#discipline").is_visible()
    fill(officer, source="forwarded", kind="denunciation", instance="2")
    assert page.locator("#forwarded_on").is_visible() and page.locator("#previous_decision").is_visible()
    assert page.locator("#many_places").is_visible() and page.locator("#discipline").is_hidden()
    officer.check()


def test_errors_are_summed_up_with_the_focus_there_and_lead_to_their_fields(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/new")
    fill(officer, received_on="99/99/2026")
    officer.press("Ghi vào sổ")
    assert officer.page.title().startswith("Có lỗi: ")
    assert "problems" in officer.page.evaluate("document.activeElement.className")
    officer.page.click(".problems a >> nth=0")
    assert officer.page.evaluate("document.activeElement.id") == "received_on"


def test_keys_that_lead_somewhere_are_listed_and_lead_there(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/")
    page = officer.page
    page.keyboard.press("Shift+?")
    assert page.locator("#shortcuts").is_visible() and "Alt + M" in page.inner_text("#shortcuts")
    officer.check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("?")
    assert page.input_value("#text") == "?" and page.locator("#shortcuts").is_hidden()
    with page.expect_navigation():
        page.keyboard.press("Alt+m")
    assert page.url.endswith("/petitions/new")
    assert page.locator("a[accesskey=m] u").inner_text() == "m"


def test_the_end_of_an_address_is_offered_to_every_person_of_a_petition_and_anything_else_can_stand(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/new")
    page = officer.page
    for line, typed, chosen in (
        (0, "Số 5, phuong ba dinh", "Số 5, phường Ba Đình, thành phố Hà Nội"),
        (1, "tp hue", "Thành phố Huế"),
    ):
        page.wait_for_selector(f".combobox #petitioners-{line}-address")
        page.locator(f"#petitioners-{line}-address").press_sequentially(typed)
        page.wait_for_selector(f"#petitioners-{line}-address__option--0")
        officer.check()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.input_value(f"#petitioners-{line}-address") == chosen
        page.click("text=Thêm người gửi")
    page.locator("#petitioners-2-address").press_sequentially("Bản không có tên, xa")
    page.keyboard.press("Tab")
    assert page.input_value("#petitioners-2-address") == "Bản không có tên, xa"
    assert page.input_value("#petitioners-0-address") == "Số 5, phường Ba Đình, thành phố Hà Nội"


def test_a_unit_is_found_by_a_part_of_its_name_with_the_keyboard(person):
    officer = person("CANBO.MAU")
    officer.go("/petitions/")
    page = officer.page
    page.wait_for_selector(".combobox #unit")
    page.focus("#unit")
    page.keyboard.type("thanh tra tinh")
    page.wait_for_selector(".combobox [role=option]")
    officer.check()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#unit") == "H42.05 – Thanh tra tỉnh mẫu"
    officer.press("Lọc")
    assert "H42.05" in page.url and "không có đơn vị" not in page.inner_text("main")


def test_a_leader_assigns_and_watches_the_subtree(person):
    leader = person("LANHDAO.MAU")
    leader.press("Cả cấp dưới")
    leader.says("UBND xã mẫu số")
    leader.go("/petitions/?kind=denunciation&unit=H42.05")
    leader.page.locator("table.rows tbody a").first.click()
    leader.check()
    leader.press("Phân công người xử lý")
    leader.page.select_option("#handlers", "CANBO.MAU")
    leader.press("Ghi")
    leader.says("CANBO.MAU")
    leader.page.fill("#note", "Mời người tố cáo đến làm việc")
    leader.press("Xem danh tính một lần")
    leader.says("Danh tính chỉ hiện trên trang này")


def test_a_synthesis_officer_exports_a_form(person, tmp_path):
    synthesis = person("TONGHOP.MAU")
    synthesis.go("/forms/?form=02/XLD")
    synthesis.says("Tổng hợp kết quả xử lý đơn")
    total = synthesis.page.locator("tr.total td").first.inner_text()
    with synthesis.page.expect_download() as download:
        synthesis.page.click("text=Xuất Excel")
    download.value.save_as(tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert str(next(row for row in rows if row[0] == "Tổng")[1]) == total.replace(".", "")
    for form in ("01/TCD", "03/GQKN", "04/GQTC", "05/KQTH", "06/QLKNTC"):
        synthesis.go(f"/forms/?form={form}")
    synthesis.press("Nhập số liệu đơn vị mình")
    fill(synthesis, c1="2")
    synthesis.press("Ghi")
    synthesis.says("Đã ghi biểu 06/QLKNTC")


def test_a_manager_sees_what_its_users_see(person):
    manager = person("QUANLY.MAU")
    manager.says("Việc cần làm")
    manager.go("/petitions/")
    manager.go("/forms/")
    manager.go("/receptions/")
    assert manager.page.goto(f"{BASE}/accounts/list/").status == 403
    manager.complaints.clear()  # Chromium reports the refused page


def test_an_administrator_gives_an_account_and_sees_no_petition(person):
    admin = person("QUANTRI.MAU")
    admin.press("Thêm")
    fill(admin, username="CANBO.TRINHDUYET", kind="user", holder="Cán bộ mới")
    admin.page.locator("#unit").press_sequentially("thanh tra")
    admin.page.locator(".combobox [role=option]").first.click()
    admin.page.select_option("#roles", "officer")
    admin.press("Ghi")
    assert re.search(r"Mật khẩu ban đầu của CANBO.TRINHDUYET: \S{16}", admin.page.inner_text("main"))
    for address in (
        "/accounts/list/",
        "/roles/list/",
        "/units/list/",
        "/units/add",
        "/holidays/list/",
        "/holidays/add",
        "/holiday-years/list/",
    ):
        admin.go(address)
    admin.page.goto(f"{BASE}/roles/list/")
    admin.page.locator("table.rows tbody a").first.click()
    admin.check()
    assert admin.page.goto(f"{BASE}/petitions/").status == 403
    admin.complaints.clear()


def test_a_reception_officer_records_a_meeting(person):
    reception = person("TIEPDAN.MAU")
    reception.press("Ghi lượt tiếp")
    fill(
        reception,
        on="02/11/2026",
        kind="regular",
        people="6",
        petitioners__0__name="Phạm Văn Khách",
        summary="Hỏi tiến độ giải quyết",
    )
    reception.press("Ghi vào sổ")
    reception.says("Phạm Văn Khách")
    reception.press("Ngày tiếp đã công bố")


def test_an_auditor_reads_the_trail(person):
    auditor = person("KIEMSOAT.MAU")
    auditor.says("Nhật ký")
    auditor.page.select_option("#action", "account.signed_in")
    auditor.press("Lọc")
    auditor.says("KIEMSOAT.MAU")


def test_a_publisher_has_a_page_that_says_so(person):
    person("CONGKHAI.MAU").says("chưa có công việc nào")


@pytest.mark.parametrize("identifier", ["CANBO.MAU", "TONGHOP.MAU", "QUANTRI.MAU", "TIEPDAN.MAU", "KIEMSOAT.MAU"])
def test_pages_fit_a_narrow_screen(person, identifier):
    one = person(identifier, "narrow")
    pages = {
        "CANBO.MAU": [
            "/inbox/",
            "/petitions/",
            "/petitions/new",
            "/registers/",
            "/account/password",
            "/recent/",
            "/cases/",
            "/tasks/",
        ],
        "TONGHOP.MAU": ["/forms/", "/petitions/", "/inbox/?whose=subtree"],
        "QUANTRI.MAU": ["/accounts/list/", "/accounts/add", "/roles/list/", "/holidays/list/", "/units/list/"],
        "TIEPDAN.MAU": ["/receptions/", "/receptions/new", "/receptions/days"],
        "KIEMSOAT.MAU": ["/audit/", "/audit/?account=KIEMSOAT.MAU&action=audit.read"],
    }
    for address in pages[identifier]:
        one.go(address)


def test_the_other_language(person):
    officer = person("CANBO.XA101")
    officer.press("English")
    officer.go("/inbox/")
    officer.says("Work to do")
    assert officer.page.get_attribute("html", "lang") == "en"


def test_the_start_prints_address_and_accounts(server):
    printed = "".join(server[1])
    assert BASE in printed and all(identifier in printed for identifier in server[0])
    assert "giới hạn số thao tác mỗi phút tính riêng cho từng tiến trình" in printed  # without Redis


def test_what_was_typed_when_the_session_was_lost_is_offered_again(person):
    officer = person("CANBO.XA101")
    page = officer.page
    officer.go("/petitions/new")
    with page.expect_response(lambda answer: answer.url.endswith("/drafts/keep")) as kept:
        page.click("text=Thêm người gửi")
        added = page.locator("[name^=petitioners-][name$=-name]").last.get_attribute("name")
        page.fill(f"[name={added}]", "Phạm Thị Bản Nháp")
        page.fill("#summary", "Đề nghị làm rõ nội dung đang gõ dở")
    assert kept.value.status == 204
    officer.context.clear_cookies()
    officer.sign_in("CANBO.XA101")
    officer.go("/petitions/new")
    page.wait_for_selector("#draft:not([hidden])")
    officer.says("Có bản nháp giữ lúc")
    officer.check()
    officer.press("Dùng tiếp")
    assert page.input_value("#summary") == "Đề nghị làm rõ nội dung đang gõ dở"
    assert page.input_value(f"[name={added}]") == "Phạm Thị Bản Nháp"
    officer.go("/petitions/new")
    page.wait_for_selector("#draft:not([hidden])")
    with page.expect_response(lambda answer: answer.url.endswith("/drafts/drop")):
        page.click("text=Bỏ bản nháp")
    officer.go("/petitions/new")
    page.wait_for_load_state("networkidle")
    assert page.locator("#draft").is_hidden()


def test_a_form_sent_after_the_session_was_lost_says_so_and_leads_back_to_what_was_typed(person):
    officer = person("CANBO.XA101")
    page = officer.page
    officer.go("/petitions/new")
    other = person("CANBO.XA101")
    other.go("/account/sessions")
    while other.page.get_by_role("button", name="Chấm dứt", exact=True).count():
        other.press("Chấm dứt")
    page.fill("#summary", "Gõ sau khi phiên đã hết")
    page.wait_for_selector("#session-ended:not([hidden])")
    officer.check()
    assert [word for word in officer.complaints if "401" not in word] == []
    officer.complaints.clear()  # that keeping it was refused is what the page tells of
    page.click("text=Đăng nhập lại")
    page.wait_for_url(lambda url: "/login/" in url)
    officer.says("Phiên làm việc đã hết, phần đang gõ đã được giữ")
    page.fill("#username", "CANBO.XA101")
    page.fill("#password", officer.accounts["CANBO.XA101"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("/petitions/new"))
    page.wait_for_selector("#draft:not([hidden])")
    officer.press("Dùng tiếp")
    assert page.input_value("#summary") == "Gõ sau khi phiên đã hết"


def test_the_menu_is_one_line_in_groups_and_one_button_on_a_narrow_screen(person):
    leader = person("LANHDAO.MAU")
    page = leader.page
    leader.go("/petitions/")
    assert page.locator("header .wide").bounding_box()["height"] < 60, "one line"
    manager = person("QUANLY.MAU")
    manager.go("/petitions/")
    assert manager.page.locator("header .wide").bounding_box()["height"] < 60, "one line for who sees everything"
    accounts = page.locator("nav details", has_text="Xác nhận tài khoản")
    assert accounts.locator("a").first.is_hidden()
    accounts.locator("summary").focus()
    page.keyboard.press("Enter")
    assert accounts.locator("a").first.is_visible()
    leader.check()
    page.keyboard.press("Escape")
    assert accounts.locator("a").first.is_hidden() and page.evaluate("document.activeElement.tagName") == "SUMMARY"
    narrow = person("LANHDAO.MAU", "narrow")
    narrow.go("/petitions/")
    link = narrow.page.get_by_role("link", name="Vụ việc", exact=True)
    assert link.is_hidden()
    narrow.page.click(".fold")
    assert link.is_visible() and narrow.page.get_attribute(".fold", "aria-expanded") == "true"
    narrow.check()
    link.click()
    narrow.page.wait_for_url("**/cases/")
    narrow.check()


def test_a_row_of_a_list_is_a_card_on_a_narrow_screen(person):
    officer = person("CANBO.MAU", "narrow")
    officer.go("/petitions/")
    row = officer.page.locator("table.carded tbody tr").first
    assert row.evaluate("row => getComputedStyle(row).display") == "flex"
    labels = [row.locator("td").nth(place).get_attribute("data-label") for place in (0, 1)]
    assert labels == ["Chọn", "Số đơn"] and row.locator("td input[name=chosen]").is_visible()
    assert officer.page.locator("table.carded thead").is_hidden()
    assert row.bounding_box()["width"] <= 390


def test_a_petition_typed_again_is_told_while_typing_and_put_away_with_one_key(person):
    officer = person("CANBO.MAU")
    typed = {
        "kind": "complaint",
        "received_on": "02/11/2026",
        "field": "land",
        "petitioners__0__name": "Ngô Thị Gửi Lại",
        "petitioners__0__address": "Thôn 5, xã mẫu",
        "summary": "Khiếu nại việc thu hồi 320 m² đất trồng lúa để làm đường liên xã",
    }
    officer.go("/petitions/new")
    fill(officer, **typed)
    officer.press("Ghi vào sổ")
    officer.says("Đã vào sổ đơn số")
    again = typed | {
        "petitioners__0__name": "ngo thi gui lai",
        "summary": "thu hoi 320 m2 dat trong lua lam duong lien xa",
    }
    officer.go("/petitions/new")
    fill(officer, **again)
    officer.page.keyboard.press("Tab")
    officer.page.wait_for_selector(".similar")
    officer.says("Đơn tương tự")
    officer.says("cùng họ tên")
    officer.check()
    officer.page.keyboard.press("Escape")
    assert officer.page.locator(".similar").count() == 0
    officer.press("Ghi vào sổ")
    officer.page.wait_for_selector(".similar")  # beside the petition, too
    officer.check()


def test_petitions_are_ticked_and_assigned_without_a_mouse(person):
    for size in ("wide", "narrow"):
        leader = person("LANHDAO.MAU", size)
        leader.go("/petitions/?state=received&unit=H42.05")
        for box in leader.page.locator("input[name=chosen]").all()[:2]:
            box.focus()
            leader.page.keyboard.press("Space")
        leader.page.locator("button[formaction$='/assign']").focus()
        leader.page.keyboard.press("Enter")
        leader.page.wait_for_url("**/many/assign")
        leader.says("2 đơn đã chọn")
        leader.check()
        leader.page.select_option("#handlers", "CANBO.MAU")
        leader.press("Ghi")
        leader.says("Đã ghi cho 2 đơn")
