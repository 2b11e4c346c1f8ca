"""How long a petition takes at the counter: a typist who never touches the mouse, 60 ms a key, in headless Chromium."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.place import ROOT
from tests.bench.servers import free_port

KEY = 60  # ms
TYPED = {
    "received_on": "3/11",
    "dated_on": "1/11",
    "people": "1",
    "petitioners-0-name": "Nguyễn Thị Trình Duyệt",
    "petitioners-0-address": "Số 12, thôn Đông, xã Mẫu, tỉnh Mẫu",
    "petitioners-0-id_number": "001 190 012 345",
    "petitioners-0-phone": "0912 345 678",
    "respondents-0-name": "Ủy ban nhân dân xã Mẫu",
    "respondents-0-position": "Chủ tịch",
    "respondents-0-organisation": "Ủy ban nhân dân xã Mẫu",
}
SUMMARY = (
    "Khiếu nại quyết định thu hồi đất số 15/QĐ-UBND của Ủy ban nhân dân xã Mẫu: diện tích bị thu hồi đo thiếu so với"
    " giấy chứng nhận quyền sử dụng đất đã cấp, đề nghị đo đạc lại ranh giới thửa đất, xem xét mức bồi thường và trả"
    " lời bằng văn bản cho gia đình theo quy định của pháp luật về đất đai và khiếu nại."
)


def counter() -> None:
    """Prints how long the typist needed, with how many moves to another field."""
    with tempfile.TemporaryDirectory(prefix="donthu-counter-") as folder, sync_playwright() as playwright:
        Path(folder).chmod(0o755)
        port = free_port()
        environ = {"INSTANCE_DIR": f"{folder}/instance", "PORT": str(port), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
        for arguments in (["init"], ["demo", "--petitions", "50"]):
            command = [sys.executable, "run.py", *arguments]
            subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
        server = subprocess.Popen([sys.executable, "run.py"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        try:
            time.sleep(15)
            accounts = json.loads((Path(folder) / "instance" / "demo-accounts.json").read_text())
            password = next(one["password"] for one in accounts if one["identifier"] == "CANBO.MAU")
            page = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"]).new_page()
            page.goto(f"http://127.0.0.1:{port}/login/")
            page.fill("#username", "CANBO.MAU")
            page.fill("#password", password)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda address: "/login/" not in address)
            page.goto(f"http://127.0.0.1:{port}/petitions/new")
            page.wait_for_load_state("networkidle")
            _type(page)
        finally:
            server.terminate()
            server.wait(60)


def _type(page: Page) -> None:
    began = time.monotonic()
    moves = 0
    while (name := page.evaluate("document.activeElement.name || ''")) != "summary":
        if name in TYPED:
            page.keyboard.press("Control+A")
            page.keyboard.type(TYPED[name], delay=KEY)
        page.keyboard.press("Tab")
        page.wait_for_timeout(KEY)
        moves += 1
    page.keyboard.type(SUMMARY, delay=KEY)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    letters = sum(map(len, TYPED.values())) + len(SUMMARY)
    seconds = time.monotonic() - began
    print(f"counter: {len(TYPED) + 1} fields, {letters} characters, {moves} tabs, {seconds:.1f} s at {KEY} ms a key")
