"""In headless Chromium: security keys, and every screen of accounts with axe at both sizes; once with the keyboard
alone.
"""

import re

import pytest

from tests.views.test_browser import BASE, Person, chromium, person, server  # noqa: F401  fixtures

LOCAL = BASE.replace("127.0.0.1", "localhost")  # security keys need a host name


class AtLocalhost(Person):
    """Somebody at the same server by its host name, with a security key that answers by itself."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.protocol = self.context.new_cdp_session(self.page)
        self.protocol.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": False,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.key = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def go(self, address):
        self.page.goto(LOCAL + address if address.startswith("/") else address)
        self.check()

    def leave(self):
        assert self.asked <= {LOCAL.split("/")[2]}, self.asked
        self.context.close()

    def password_step(self, identifier):
        self.go("/login/")
        self.page.fill("#username", identifier)
        self.page.fill("#password", self.accounts[identifier])
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/login/second*")
        self.check()


def test_a_security_key_is_enrolled_asked_for_and_a_copied_or_replayed_answer_is_refused(chromium, server):  # noqa: F811
    officer = AtLocalhost(chromium, server).sign_in("TIEPDAN.MAU")
    officer.go("/account/factors/key")
    officer.page.fill("#name", "Khóa của phòng tiếp dân")
    officer.page.get_by_role("button", name="Đăng ký").click()
    officer.page.wait_for_url("**/account/factors/")
    officer.says("Khóa của phòng tiếp dân")
    officer.press("Đăng xuất")
    sent = []
    officer.page.on(
        "request",
        lambda request: (
            sent.append(request.post_data) if request.method == "POST" and "second" in request.url else None
        ),
    )
    officer.password_step("TIEPDAN.MAU")
    officer.page.get_by_role("button", name="Dùng khóa bảo mật").click()
    officer.page.wait_for_url(lambda url: "/login/" not in url)
    officer.press("Đăng xuất")
    # The answer to an earlier challenge, sent once more.
    answer = re.search(r"credential=([^&]+)", sent[0]).group(1)
    officer.password_step("TIEPDAN.MAU")
    officer.page.evaluate(
        "answer => { document.querySelector('[name=credential]').value = decodeURIComponent(answer.replace(/\\+/g, '"
        " ')); }",
        answer,
    )
    officer.page.evaluate("document.querySelector('#factor').submit()")
    officer.page.wait_for_selector(".message.danger")
    assert "/login/second" in officer.page.url
    # A copied key: its counter goes back.
    (credential,) = officer.protocol.send("WebAuthn.getCredentials", {"authenticatorId": officer.key})["credentials"]
    officer.protocol.send(
        "WebAuthn.removeCredential", {"authenticatorId": officer.key, "credentialId": credential["credentialId"]}
    )
    officer.protocol.send(
        "WebAuthn.addCredential", {"authenticatorId": officer.key, "credential": credential | {"signCount": 0}}
    )
    officer.page.get_by_role("button", name="Dùng khóa bảo mật").click()
    officer.page.wait_for_selector(".message.danger")
    assert "/login/second" in officer.page.url
    officer.leave()


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_screens_of_accounts_pass_axe(person, size):  # noqa: F811
    admin = person("QUANTRI.MAU", size)
    admin.go("/accounts/list/")
    key = re.search(r"/accounts/show/(\d+)[^>]*>CANBO.MAU<", admin.page.content()).group(1)
    acts = [f"/accounts/{key}/act/{act}" for act in ("reset", "hand_over", "suspend", "close")]
    for address in (
        f"/accounts/show/{key}",
        "/accounts/add",
        *acts,
        f"/accounts/{key}/sessions",
        "/accounts/reports",
        "/minutes/",
        "/minutes/templates/grant",
        "/account-requests/decisions",
    ):
        admin.go(address)
    leader = person("LANHDAO.MAU", size)
    for address in (
        "/holders/",
        f"/holders/{key}/work",
        "/account-requests/",
        "/account-requests/new",
        "/account/sessions",
        "/account/password",
        "/account/again",
        "/account/factors/",
        "/account/factors/codes",
        "/account/factors/key",
    ):
        leader.go(address)


def test_an_account_is_asked_for_granted_confirmed_and_used_by_keyboard_alone(person, chromium, server):  # noqa: F811
    leader = person("LANHDAO.MAU")
    leader.go("/account-requests/new")
    leader.page.focus("#paper")
    for text in ("12/TTr-TT", "\t", "CANBO.MOI", "\t", "Người Mẫu Mới", "\t", "\t", "Cán"):
        leader.page.keyboard.press("Tab") if text == "\t" else leader.page.keyboard.type(text)
    leader.page.get_by_role("button", name="Gửi đề nghị").focus()
    leader.page.keyboard.press("Enter")
    leader.page.wait_for_url("**/account-requests/")
    admin = person("QUANTRI.MAU")
    admin.go("/account-requests/decisions")
    admin.page.get_by_role("button", name="Cấp", exact=True).focus()
    admin.page.keyboard.press("Enter")
    admin.page.wait_for_selector("strong.password")
    admin.check()
    admin.says("Biên bản số")
    password = admin.page.inner_text("strong.password")
    newcomer = Person(chromium, (server[0] | {"CANBO.MOI": password}, server[1])).sign_in("CANBO.MOI")
    newcomer.says("Mật khẩu ban đầu phải được đổi")
    for name, text in (("current", password), ("password", "Dong-ho-treo-Tuong-9"), ("again", "Dong-ho-treo-Tuong-9")):
        newcomer.page.focus(f"#{name}")
        newcomer.page.keyboard.type(text)
    newcomer.page.keyboard.press("Enter")
    newcomer.page.wait_for_url("**/account/waiting")
    newcomer.check()
    newcomer.says("QUANTRI.MAU")
    newcomer.says("LANHDAO.MAU")
    leader.go("/holders/")
    leader.page.get_by_role("button", name="Xác nhận CANBO.MOI").focus()
    leader.page.keyboard.press("Enter")
    leader.page.wait_for_selector(".message.success")
    leader.check()
    newcomer.press("Kiểm tra lại")
    newcomer.says("Việc cần làm")
    newcomer.leave()


def test_the_sign_in_page_reads_well_and_works_without_a_mouse_or_script(chromium, server):  # noqa: F811
    context = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(BASE + "/login/")
    assert page.locator("h1").inner_text() == "Đăng nhập"
    assert "Quên mật khẩu thì đề nghị quản trị cấp lại" in page.inner_text("main")
    page.keyboard.type("CANBO.MAU")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(server[0]["CANBO.MAU"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/")
    context.close()
