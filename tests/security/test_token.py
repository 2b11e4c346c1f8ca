"""Signing in with the certificate on a token: what signs in, what does not and why, and what ends such a session."""

import datetime as dt
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from sqlalchemy import select

from app.models import Account, Certificate, Unit
from app.operations.accounts import acts as account_acts
from app.operations.daily import crls_running_out, run_daily
from app.operations.refusal import Refused
from app.security.trust import NotTrusted, check, read_trust
from tests.conftest import Browser, copied, create_account, make_application
from tests.support import pki
from tests.support.token_browser import Socket, TokenBrowser
from tests.support.world import build

SENTENCE = "Không đăng nhập được bằng thiết bị này"


@pytest.fixture(scope="module")
def world(cluster, tmp_path_factory):
    with copied(cluster) as installation:
        authorities = pki.World(tmp_path_factory.mktemp("pki"))
        installation.environ |= {
            "TOKEN_CA_FILE": str(authorities.ca_file),
            "TOKEN_CRL_FILE": str(authorities.crl_file),
            "TOKEN_SOCKET": "/run/token.sock",
        }
        installation.app = make_application(installation.environ)
        build(installation, tmp_path_factory.mktemp("world"))
        with installation.session() as session:
            for identifier, who in (("OFFICER", "good"), ("LEADER", "other")):
                bind(session, identifier, authorities.certificate(who))
            # Certificates that were good when they were bound and are not any more.
            for identifier, who in (
                ("RECEPTION", "expired"),
                ("SYNTHESIS", "revoked"),
                ("PUBLISHER", "not_yet_valid"),
                ("AUDITOR", "usage"),
                ("BINH", "weak_key"),
                ("CHI", "foreign"),
            ):
                bind(session, identifier, authorities.certificate(who), checked=False)
            session.commit()
        yield installation, authorities


def bind(session, identifier, certificate, checked=True):
    account = session.scalars(select(Account).where(Account.username == identifier)).unique().one()
    if checked:
        account_acts.bind(session, account, pki.pem(certificate), "1/BB", "gắn")
    else:
        session.add(
            Certificate(
                account=account,
                fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
                issuer=certificate.issuer.rfc4514_string(),
                serial=format(certificate.serial_number, "x"),
                subject=certificate.subject.rfc4514_string(),
                valid_to=certificate.not_valid_after_utc,
                bound_by="test",
            )
        )
    account.confirmed_by = "operator"
    account.confirmed_at = pki.NOW


def refusals(installation):
    with installation.owner() as connection:
        rows = connection.execute(
            "select account, detail from audit_entries where action = 'token.refused' order by at"
        ).fetchall()
    return [(account, detail["why"]) for account, detail in rows]


def test_a_bound_certificate_signs_in_and_works(world):
    installation, authorities = world
    browser = TokenBrowser(installation.app, authorities.certificate("good"))
    assert "Thiết bị đã được nhận" in browser.get("/login/").get_data(as_text=True)
    assert browser.sign_in_by_token().status_code == 302
    assert browser.get("/inbox/").status_code == 200
    with installation.owner() as connection:
        method, address = connection.execute(
            "select detail->>'method', address from audit_entries where action = 'account.signed_in' order by at desc"
            " limit 1"
        ).fetchone()
    assert (method, address) == ("token", "10.1.2.3")


@pytest.mark.parametrize(
    "who",
    [
        "expired",
        "not_yet_valid",
        "revoked",
        "foreign",
        "usage",
        "weak_key",
        "unbound",
        "copied_name",
        "copied_by_stranger",
    ],
)
def test_what_must_not_sign_in_does_not_and_the_trail_says_why(world, who):
    installation, authorities = world
    browser = TokenBrowser(installation.app, authorities.certificate(who))
    answer = browser.sign_in_by_token()
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403 and SENTENCE in page and "bộ phận quản trị" in page
    assert refusals(installation)[-1][1] == {"copied_name": "unbound", "copied_by_stranger": "foreign"}.get(who, who)
    assert browser.get("/inbox/").status_code == 302


def test_who_audits_the_whole_installation_reads_why_an_outsider_was_refused(world):
    installation, authorities = world
    TokenBrowser(installation.app, authorities.certificate("unbound")).sign_in_by_token()
    with installation.session() as session:
        for code in ("P", "C"):
            create_account(
                session, f"KIEM.{code}", session.scalars(select(Unit).where(Unit.code == code)).one(), "auditor"
            )
        session.commit()
    for code, reads in (("P", True), ("C", False)):
        browser = Browser(installation.app)
        browser.sign_in(f"KIEM.{code}")
        assert ("vì sao: unbound" in browser.get("/audit/?action=token.refused").get_data(as_text=True)) == reads


def test_a_refused_outsider_is_told_the_same_whatever_the_reason(world):
    installation, authorities = world
    pages = set()
    for who in ("expired", "revoked", "foreign", "unbound"):
        page = TokenBrowser(installation.app, authorities.certificate(who)).sign_in_by_token().get_data(as_text=True)
        pages.add(re.sub(r"\d\d:\d\d:\d\d \d\d/\d\d/\d{4}", "", page))
    assert len(pages) == 1


def test_what_nginx_refused_gets_the_same_page_and_its_own_entry(world):
    installation, authorities = world
    for verdict, why in (
        ("FAILED:certificate has expired", "expired"),
        ("FAILED:certificate revoked", "revoked"),
        ("FAILED:CRL has expired", "crl_expired"),
        ("FAILED:unable to get certificate CRL", "crl_missing"),
        ("FAILED:unsuitable certificate purpose", "usage"),
        ("FAILED:EE certificate key too weak", "weak_key"),
        ("FAILED:certificate is not yet valid", "not_yet_valid"),
        ("FAILED:unable to verify the first certificate", "foreign"),
    ):
        browser = TokenBrowser(installation.app, authorities.certificate("good"), verdict)
        answer = browser.get("/login/refused")
        assert answer.status_code == 403 and SENTENCE in answer.get_data(as_text=True)
        assert refusals(installation)[-1][1] == why
        assert browser.sign_in_by_token().status_code == 403  # good or not: nginx did not let it through


def test_another_certificate_or_none_ends_the_session(world):
    installation, authorities = world
    for change, why in (
        ({"certificate": None, "verdict": "NONE"}, "no_certificate"),
        ({"certificate": authorities.certificate("other")}, "other_certificate"),
    ):
        browser = TokenBrowser(installation.app, authorities.certificate("good"))
        browser.sign_in_by_token()
        assert browser.get("/inbox/").status_code == 200
        for name, value in change.items():
            setattr(browser, name, value)
        assert browser.get("/inbox/").status_code == 302
        browser.certificate = authorities.certificate("good")
        browser.verdict = "SUCCESS"
        assert browser.get("/inbox/").status_code == 302, (
            "once ended, the token coming back does not bring the session back"
        )
        with installation.owner() as connection:
            (told,) = connection.execute(
                "select detail->>'why' from audit_entries where action = 'session.ended' order by at desc limit 1"
            ).fetchone()
        assert told == why


def test_a_token_session_is_over_on_the_ordinary_host(world):
    installation, authorities = world
    browser = TokenBrowser(installation.app, authorities.certificate("good"))
    browser.sign_in_by_token()
    browser.socket = "/run/proxy.sock"
    browser.certificate = None
    extra = browser.extra()
    del extra["headers"]["X-Client-Verify"]
    assert browser.client.get("/inbox/", **extra).status_code == 302


def test_a_certificate_revoked_during_the_session_ends_it(world):
    installation, authorities = world
    browser = TokenBrowser(installation.app, authorities.certificate("other"))
    browser.sign_in_by_token()
    assert browser.get("/inbox/").status_code == 200
    good = authorities.crl_file.read_bytes()
    try:
        revoked = [authorities.certificate("revoked"), authorities.certificate("other")]
        authorities.crl_file.write_bytes(authorities.issuing.crl(revoked) + authorities.root.crl())
        assert browser.get("/inbox/").status_code == 302
    finally:
        authorities.crl_file.write_bytes(good)


@pytest.mark.parametrize("entrance", ["tcp", "/run/proxy.sock"])
def test_a_forged_header_is_refused_and_written_down(world, entrance):
    installation, authorities = world
    client = installation.app.test_client()
    environ = {} if entrance == "tcp" else {"environ_overrides": {"gunicorn.socket": Socket(entrance)}}
    for headers in (
        {"X-Client-Cert": pki.escaped(authorities.certificate("good")), "X-Client-Verify": "SUCCESS"},
        {"X-Client-Forged": "1"},
    ):
        answer = client.get("/inbox/", headers=headers, **environ)
        assert answer.status_code == 400 and "certificate" not in answer.get_data(as_text=True)
    with installation.owner() as connection:
        (count,) = connection.execute(
            "select count(*) from audit_entries where action = 'token.header_forged'"
        ).fetchone()
    assert count >= 2


def test_the_bound_certificate_of_a_locked_account_does_not_sign_in(world):
    installation, authorities = world
    with installation.session() as session:
        account = session.scalars(select(Account).where(Account.username == "LEADER")).unique().one()
        account_acts.suspend(session, account, None, "nghỉ phép")
        session.commit()
    assert TokenBrowser(installation.app, authorities.certificate("other")).sign_in_by_token().status_code == 403
    assert refusals(installation)[-1] == ("LEADER", "locked")
    with installation.session() as session:
        account = session.scalars(select(Account).where(Account.username == "LEADER")).unique().one()
        account_acts.restore(session, account, None, "đi làm lại")
        session.commit()
    assert TokenBrowser(installation.app, authorities.certificate("other")).sign_in_by_token().status_code == 302


def test_five_wrong_passwords_leave_the_token_path_open(world):
    installation, authorities = world
    for _ in range(5):
        browser = Browser(installation.app)
        browser.client.post(
            "/login/", data={"username": "OFFICER", "password": "sai-roi-Sai-roi-1", "csrf_token": browser.token()}
        )
    with installation.owner() as connection:
        assert connection.execute("select locked_until > now() from ab_user where username = 'OFFICER'").fetchone() == (
            True,
        )
    assert TokenBrowser(installation.app, authorities.certificate("good")).sign_in_by_token().status_code == 302


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("expired", "crl_expired"),
        ("missing", "crl_missing"),
        ("gone", "crl_missing"),
        ("of the root only", "crl_missing"),
    ],
)
def test_without_a_fresh_crl_nobody_gets_in_and_the_administrator_is_told(world, change, why):
    installation, authorities = world
    good = authorities.crl_file.read_bytes()
    try:
        if change == "expired":
            authorities.write_crls(last=pki.NOW - dt.timedelta(days=10))
        elif change == "missing":
            authorities.crl_file.write_bytes(b"")
        elif change == "gone":
            authorities.crl_file.unlink()
        else:
            authorities.crl_file.write_bytes(authorities.root.crl())
        assert TokenBrowser(installation.app, authorities.certificate("good")).sign_in_by_token().status_code == 403
        assert refusals(installation)[-1][1] == why
        admin = Browser(installation.app)
        admin.sign_in("ADMIN")
        assert "không ai đăng nhập được bằng thiết bị lưu khóa" in admin.get("/accounts/list/").get_data(as_text=True)
    finally:
        authorities.crl_file.write_bytes(good)
    assert TokenBrowser(installation.app, authorities.certificate("good")).sign_in_by_token().status_code == 302


def test_the_alarm_comes_three_days_before_a_crl_runs_out(world):
    installation, authorities = world
    good = authorities.crl_file.read_bytes()
    with installation.session() as session:
        assert crls_running_out(pki.NOW) == []
        assert len(crls_running_out(pki.NOW + dt.timedelta(days=4))) == 2
        try:
            authorities.write_crls(days=2)
            told = [line for line in run_daily(session) if "danh sách thu hồi" in line]
        finally:
            authorities.crl_file.write_bytes(good)
        session.rollback()
    assert len(told) == 2 and "CA cấp phát thử nghiệm" in " ".join(told)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("expired", "đã hết hạn"),
        ("not_yet_valid", "chưa đến ngày"),
        ("revoked", "đã bị thu hồi"),
        ("foreign", "không do tổ chức được tin cậy"),
        ("usage", "không dùng để đăng nhập"),
        ("weak_key", "quá yếu"),
        ("good", "đã từng gắn"),
    ],
)
def test_a_certificate_that_would_not_sign_in_cannot_be_bound(world, who, sentence):
    installation, authorities = world
    with installation.session() as session:
        account = session.scalars(select(Account).where(Account.username == "CHUYENTRACH")).unique().one()
        with pytest.raises(Refused, match=sentence):
            account_acts.bind(session, account, pki.pem(authorities.certificate(who)), None, "")
        with pytest.raises(Refused, match="không phải chứng thư"):
            account_acts.bind(session, account, b"-----BEGIN rubbish", None, "")
        session.rollback()


def test_a_new_binding_ends_sessions_and_waits_for_confirmation(world):
    installation, authorities = world
    certificate, _ = authorities.issuing.issue(pki.name("Người Mẫu An mới"))
    before = TokenBrowser(installation.app, authorities.certificate("good"))
    before.sign_in_by_token()
    with installation.session() as session:
        account = session.scalars(select(Account).where(Account.username == "OFFICER")).unique().one()
        minutes = account_acts.bind(session, account, pki.pem(certificate), "2/BB", "thay thiết bị")
        assert minutes.kind == "replace" and account.confirmed_at is None
        session.commit()
    assert before.get("/inbox/").status_code == 302
    assert before.sign_in_by_token().status_code == 403, "the old certificate is nobody's now"
    after = TokenBrowser(installation.app, certificate)
    assert after.sign_in_by_token().status_code == 302
    assert after.get("/inbox/").headers["Location"].endswith("/account/waiting")
    leader = TokenBrowser(installation.app, authorities.certificate("other"))
    leader.sign_in_by_token()
    with installation.owner() as connection:
        (key,) = connection.execute("select id from ab_user where username = 'OFFICER'").fetchone()
    page = leader.get("/holders/").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    assert format(certificate.serial_number, "x") in page
    extra = leader.extra()
    extra["headers"]["Referer"] = "https://token.example/"
    assert "Gắn thiết bị lưu khóa" in page
    assert (
        leader.client.post(f"/holders/{key}/confirm", data={"csrf_token": token, "seen": seen}, **extra).status_code
        == 302
    )
    assert after.get("/inbox/").status_code == 200


def test_a_session_begun_by_password_ends_when_the_unit_requires_a_token(world):
    installation, _ = world
    browser = Browser(installation.app)
    browser.sign_in("MANAGER")
    assert browser.get("/inbox/").status_code == 200
    with installation.owner() as connection:
        connection.execute("update units set sign_in_policy = 'token' where code = 'P'")
    try:
        for address in ("/inbox/", "/account/password", "/account/again"):
            assert "/login/" in browser.get(address).headers["Location"]
    finally:
        with installation.owner() as connection:
            connection.execute("update units set sign_in_policy = null")
    assert browser.get("/inbox/").status_code == 302


def test_where_a_token_is_required_the_password_path_does_not_exist(world):
    installation, authorities = world
    with installation.owner() as connection:
        connection.execute("update units set sign_in_policy = 'token' where code = 'P'")  # inherited by A and B
        connection.execute("update ab_user set locked_until = null, wrong_passwords = 0")
    try:
        browser = Browser(installation.app)
        assert browser.sign_in("LEADER").status_code == 200 and browser.get("/inbox/").status_code == 302
        with installation.owner() as connection:
            (detail,) = connection.execute(
                "select detail from audit_entries where account = 'LEADER' and action = 'account.refused' order by at"
                " desc limit 1"
            ).fetchone()
        assert detail == {"why": "token_only"}
        assert TokenBrowser(installation.app, authorities.certificate("other")).sign_in_by_token().status_code == 302
    finally:
        with installation.owner() as connection:
            connection.execute("update units set sign_in_policy = null")


@pytest.fixture(scope="module")
def responder(world, tmp_path_factory):
    """OpenSSL's OCSP responder behind HTTP on loopback."""
    _, authorities = world
    folder = tmp_path_factory.mktemp("ocsp")
    certificate, key = authorities.issuing.issue(
        pki.name("OCSP"), purposes=(Usage.OCSP_SIGNING,), key_usage=pki.usage(digital_signature=True)
    )
    (folder / "signer.crt").write_bytes(pki.pem(certificate))
    (folder / "signer.key").write_bytes(pki.key_pem(key))
    (folder / "ca.crt").write_bytes(pki.pem(authorities.issuing.certificate))
    lines = []
    for who in ("good", "other", "unbound"):
        serial = format(authorities.certificate(who).serial_number, "X")
        serial = serial if len(serial) % 2 == 0 else f"0{serial}"
        state = f"R\t400101000000Z\t{pki.NOW:%y%m%d%H%M%SZ}" if who == "unbound" else "V\t400101000000Z\t"
        lines.append(f"{state}\t{serial}\tunknown\t/CN={who}\n")
    (folder / "index.txt").write_text("".join(lines))

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "asked").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            subprocess.run(
                [
                    "openssl",
                    "ocsp",
                    "-index",
                    "index.txt",
                    "-CA",
                    "ca.crt",
                    "-rsigner",
                    "signer.crt",
                    "-rkey",
                    "signer.key",
                    "-ndays",
                    "1",
                    "-reqin",
                    "asked",
                    "-respout",
                    "answer",
                ],
                cwd=folder,
                check=True,
                capture_output=True,
            )
            data = (folder / "answer").read_bytes()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_ocsp_is_asked_where_it_is_configured(world, responder):
    _, authorities = world
    trust = read_trust(authorities.ca_file, authorities.crl_file, responder)
    moment = dt.datetime.now(dt.UTC)
    check(authorities.certificate("good"), trust, moment)
    with pytest.raises(NotTrusted) as refused:
        check(authorities.certificate("unbound"), trust, moment)
    assert refused.value.why == "revoked"
    with pytest.raises(NotTrusted) as refused:  # the responder does not know it
        check(authorities.certificate("copied_name"), trust, moment)
    assert refused.value.why == "ocsp"
    down = read_trust(authorities.ca_file, authorities.crl_file, "http://127.0.0.1:1/")
    with pytest.raises(NotTrusted) as refused:  # no answer is no sign-in
        check(authorities.certificate("good"), down, moment)
    assert refused.value.why == "ocsp"
