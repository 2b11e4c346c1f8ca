"""The real thing: nginx with the configuration we generate, tokens in SoftHSM, curl and Chromium in front of them."""

import datetime as dt
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.support import pki
from tests.support.stack import PIN, ROOT, Stack, Stick
from tests.views.test_browser import TAGS

POLICY = Path("/etc/chromium/policies/managed/donthu-test.json")
SENTENCE = "Không đăng nhập được bằng thiết bị này"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    found = Stack(folder)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def sticks(stack):
    return {who: Stick(stack.folder, who, certificate, key) for who, (certificate, key) in stack.world.holders.items()}


@pytest.fixture(scope="module")
def bound(stack, sticks, browser):
    """An administrator binds the officer's token on screen, and the leader confirms it: the whole way round, in a
    browser.
    """
    (stack.folder / "good.pem").write_bytes(pki.pem(stack.world.certificate("good")))
    for identifier in ("CANBO.MAU", "LANHDAO.MAU"):
        ((key,),) = stack.sql("select id from ab_user where username = %s", [identifier])
        if identifier == "CANBO.MAU":
            page = enter(browser, stack, "QUANTRI.MAU")
            page.goto(f"{stack.plain}/accounts/{key}/act/bind")
            page.set_input_files("#file", stack.folder / "good.pem")
            page.fill("#paper", "01/BB-TEST")
            page.get_by_role("button", name="Gắn thiết bị lưu khóa").click()
            assert "Biên bản số" in page.inner_text("main")
        else:
            page = enter(browser, stack, "LANHDAO.MAU")
            page.goto(f"{stack.plain}/holders/")
            page.get_by_role("button", name="Xác nhận CANBO.MAU").click()
            assert "Đã xác nhận CANBO.MAU" in page.inner_text("main")
        page.context.close()
    return sticks["good"]


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def browser(playwright):
    found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    yield found
    found.close()


def enter(browser, stack, identifier):
    page = browser.new_context(ignore_https_errors=True, locale="vi-VN").new_page()
    page.goto(f"{stack.plain}/login/")
    page.fill("#username", identifier)
    page.fill("#password", stack.passwords[identifier])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def test_nginx_accepts_the_generated_configuration_and_settings_cannot_break_out_of_it(stack):
    assert subprocess.run(["nginx", "-t", "-c", stack.folder / "nginx.conf"], capture_output=True).returncode == 0
    broken = stack.environ | {"SERVER_NAME": "x; ssl_verify_client off"}
    done = subprocess.run(
        [sys.executable, "run.py", "deploy", "nginx"], cwd=ROOT, env=broken, capture_output=True, text=True
    )
    assert done.returncode == 1 and "SERVER_NAME" in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_configuration_in_the_repository_is_the_generated_one():
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root")}
    done = subprocess.run(
        [sys.executable, "run.py", "deploy", "nginx"], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == (ROOT / "deploy" / "nginx.conf").read_text()


def test_only_the_owner_and_nginxs_group_reach_the_sockets(stack):
    for name in ("PROXY_SOCKET", "TOKEN_SOCKET"):
        assert Path(stack.environ[name]).stat().st_mode & 0o007 == 0


def test_a_token_signs_in_through_nginx_and_losing_it_ends_the_session_at_the_next_request(stack, bound, tmp_path):
    jar = tmp_path / "jar"
    assert stack.sign_in(bound, jar)[0] == 302
    assert "__Host-donthu" in jar.read_text()
    status, page = stack.curl(bound, "/inbox/", jar=jar)
    assert status == 200 and "Việc cần làm" in page
    status, page = stack.curl(None, "/inbox/", jar=jar)  # the stick is out: no certificate in the handshake
    assert status == 403 and SENTENCE in page
    assert stack.curl(bound, "/inbox/", jar=jar)[0] == 302  # and back in: the session is over all the same
    assert stack.sql(
        "select detail->>'why' from audit_entries where action = 'session.ended' order by at desc limit 1"
    ) == [("no_certificate",)]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("expired", "expired"),
        ("revoked", "revoked"),
        ("foreign", "foreign"),
        ("usage", "usage"),
        ("weak_key", "weak_key"),
        ("not_yet_valid", "not_yet_valid"),
        ("unbound", "unbound"),
        ("copied_name", "unbound"),
        ("copied_by_stranger", "foreign"),
    ],
)
def test_the_refusals_against_the_real_nginx(stack, sticks, bound, tmp_path, who, why):
    status, page = stack.sign_in(sticks[who], tmp_path / "jar")
    assert status == 403 and SENTENCE in page and "FAILED" not in page
    assert stack.last_refusal() == why
    assert stack.curl(sticks[who], "/inbox/", jar=tmp_path / "jar")[0] in (302, 403)


def test_an_expired_crl_keeps_everybody_out(stack, bound, tmp_path):
    good = stack.world.crl_file.read_bytes()
    try:
        stack.world.write_crls(last=pki.NOW - dt.timedelta(days=10))
        stack.reload()
        assert stack.sign_in(bound, tmp_path / "jar")[0] == 403
        assert stack.last_refusal() == "crl_expired"
    finally:
        stack.world.crl_file.write_bytes(good)
        stack.reload()
    assert stack.sign_in(bound, tmp_path / "jar2")[0] == 302


def test_headers_of_ones_own_change_nothing_on_either_host(stack, bound, sticks, tmp_path):
    forged = ("-H", f"X-Client-Cert: {pki.escaped(stack.world.certificate('good'))}", "-H", "X-Client-Verify: SUCCESS")
    assert stack.curl(None, "/login/", stack.plain, *forged)[0] == 400
    assert stack.sql("select count(*) > 0 from audit_entries where action = 'token.header_forged'") == [(True,)]
    status, page = stack.curl(sticks["unbound"], "/login/", None, *forged, jar=tmp_path / "jar")
    assert status == 200
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    more = (*forged, "-e", stack.token + "/login/", "--data-urlencode", f"csrf_token={found}")
    assert stack.curl(sticks["unbound"], "/login/", None, *more, jar=tmp_path / "jar")[0] == 403
    assert stack.last_refusal() == "unbound"


def test_the_clients_address_comes_from_nginx_alone(stack):
    stack.curl(None, "/login/", stack.plain, "-H", "X-Forwarded-For: 8.8.8.8", "-H", "X-Client-Cert: x")
    assert stack.sql(
        "select address from audit_entries where action = 'token.header_forged' order by at desc limit 1"
    ) == [("127.0.0.1",)]


def test_the_limit_of_accounts_tried_in_vain_is_one_for_all_workers(stack, tmp_path):
    """Thirty accounts a minute from one address, whichever of the two workers they meet; the next one waits.

    Other addresses do not.
    """
    names = (f"KHONGCO{number}" for number in range(100))

    def guess(address):
        jar = tmp_path / f"jar-{address}"
        _, page = stack.curl(None, "/login/", stack.plain, "--interface", address, jar=jar)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
        form = ("--data-urlencode", f"csrf_token={found}", "-d", f"username={next(names)}", "-d", "password=x")
        more = ("--interface", address, "-e", stack.plain + "/login/", *form)
        return stack.curl(None, "/login/", stack.plain, *more, jar=jar)

    assert {guess("127.0.0.5")[0] for _ in range(30)} == {200}
    status, page = guess("127.0.0.5")
    assert status == 429 and re.search(r"Chờ \d+ (giây|phút) rồi thử lại", page)
    assert guess("127.0.0.6")[0] == 200


def test_the_trail_is_sealed_beside_serving(stack):
    """And goes on being sealed when the process that does it dies."""
    sealed = lambda: stack.sql("select count(*) from audit_seals")[0][0]  # noqa: E731
    stack.wait(sealed)
    before = sealed()
    found = subprocess.run(
        ["pgrep", "-P", str(stack.processes[1].pid), "-f", "run.py background"],
        capture_output=True,
        text=True,
        check=True,
    )
    os.kill(int(found.stdout), signal.SIGKILL)
    stack.curl(None, "/login/", stack.plain, "-H", "X-Client-Cert: x")  # writes an entry
    for _ in range(3):  # begun anew within fifteen seconds, sealed ten later
        if sealed() > before:
            return
        time.sleep(12)
    assert sealed() > before


def test_a_resumed_tls_session_brings_no_certificate(stack, bound):
    """With nginx's own defaults a resumed session shows a certificate whose key is no longer there."""
    context = ssl.create_default_context(cafile=str(stack.folder / "root.crt"))
    certificate, key = stack.world.holders["good"]
    (stack.folder / "file.pem").write_bytes(pki.pem(certificate) + pki.key_pem(key))
    context.load_cert_chain(stack.folder / "file.pem")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    port = int(stack.token.rsplit(":", 1)[1])

    def ask(session=None):
        with (
            socket.create_connection(("127.0.0.1", port)) as raw,
            context.wrap_socket(raw, server_hostname="localhost", session=session) as tls,
        ):
            tls.sendall(b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: tls.recv(65536), b""))
            return tls.session, tls.session_reused, answer

    session, _, answer = ask()
    assert b" 200 " in answer.split(b"\r\n")[0]
    _, reused, _ = ask(session)
    assert reused is False


@pytest.fixture(scope="module")
def chromium_with_token(stack, bound, playwright, tmp_path_factory):
    """Chromium that finds the officer's token through its PKCS#11 module, as on a desk; only the PIN dialog is spared
    it.
    """
    folder = tmp_path_factory.mktemp("chromium")
    database = f"sql:{folder}/.pki/nssdb"
    (folder / ".pki" / "nssdb").mkdir(parents=True)
    flags = subprocess.run(
        ["pkg-config", "--cflags", "p11-kit-1"], check=True, capture_output=True, text=True
    ).stdout.split()
    module = folder / "token.so"
    subprocess.run(
        [
            "gcc",
            "-shared",
            "-fPIC",
            "-o",
            module,
            ROOT / "tests" / "data" / "pkcs11_without_pin_dialog.c",
            *flags,
            "-ldl",
        ],
        check=True,
    )
    (folder / "root.crt").write_bytes(pki.pem(stack.world.root.certificate))
    (folder / "issuing.crt").write_bytes(pki.pem(stack.world.issuing.certificate))
    for command in (
        ["certutil", "-N", "-d", database, "--empty-password"],
        ["certutil", "-A", "-d", database, "-n", "root", "-t", "C,,", "-i", folder / "root.crt"],
        ["certutil", "-A", "-d", database, "-n", "issuing", "-t", ",,", "-i", folder / "issuing.crt"],
        ["modutil", "-force", "-dbdir", database, "-add", "token", "-libfile", module],
    ):
        subprocess.run(command, env=bound.environ | {"HOME": str(folder)}, check=True, capture_output=True)
    POLICY.parent.mkdir(parents=True, exist_ok=True)
    POLICY.write_text(
        json.dumps({"AutoSelectCertificateForUrls": [json.dumps({"pattern": stack.token, "filter": {}})]})
    )
    try:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu"],
            env=bound.environ | {"HOME": str(folder), "TOKEN_PIN": PIN},
        )
        yield context
        context.close()
    finally:
        POLICY.unlink()


def passes_axe(page):
    page.wait_for_load_state()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert [item["id"] for item in found.response["violations"]] == []


def test_a_browser_with_a_token_signs_in_works_loses_it_and_is_out(stack, bound, chromium_with_token):
    page = chromium_with_token.new_page()
    page.goto(f"{stack.token}/login/")
    passes_axe(page)
    page.keyboard.press("Enter")  # the button has the focus
    page.wait_for_url("**/inbox/")
    page.goto(f"{stack.token}/petitions/")
    assert "Sổ đơn" in page.inner_text("main") and page.locator("table.rows tbody tr").count() > 0
    bound.pull_out()
    try:
        answer = page.goto(f"{stack.token}/petitions/")
        assert answer.status == 403 and SENTENCE in page.inner_text("main")
        passes_axe(page)
        # its stylesheet came, too
        assert page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundColor") == "rgb(122, 19, 32)"
    finally:
        bound.put_in()
    assert stack.sql(
        "select detail->>'why' from audit_entries where action = 'session.ended' order by at desc limit 1"
    ) == [("no_certificate",)]
