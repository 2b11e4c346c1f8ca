"""Sessions on the server: how long they last, what ends them, that a cookie is worth nothing once its session is over;
second factors; limits.
"""

import re
import time
from unittest import mock

import pyotp
import pytest
from sqlalchemy import select

from app.extensions import db, limiter
from app.models import Account
from app.operations.accounts import second_factors
from app.security import wrong_tries
from app.security.sealed import unseal
from tests.conftest import PASSWORD, TEST, Browser, copied, make_application
from tests.support.token_browser import Socket
from tests.support.world import build


def sign_in(installation, identifier="OFFICER", password=PASSWORD):
    browser = Browser(installation.app)
    assert browser.sign_in(identifier, password).status_code == 302
    return browser


def inside(browser):
    return browser.get("/inbox/").status_code == 200


def why_ended(installation):
    with installation.owner() as connection:
        return connection.execute(
            "select detail->>'why' from audit_entries where action = 'session.ended' order by at desc limit 1"
        ).fetchone()[0]


@pytest.mark.parametrize(
    ("column", "age", "lives", "why"),
    [
        ("seen_at", "14 minutes", True, None),
        ("seen_at", "16 minutes", False, "idle"),
        ("made_at", "7 hours 59 minutes", True, None),
        ("made_at", "8 hours 1 minute", False, "too_long"),
    ],
)
def test_idle_fifteen_minutes_eight_hours_at_most(world, column, age, lives, why):
    installation, _ = world
    browser = sign_in(installation)
    with installation.owner() as connection:
        connection.execute(f"update account_sessions set {column} = now() - interval '{age}'")
    assert inside(browser) == lives
    assert lives or why_ended(installation) == why


def test_using_the_session_keeps_it_alive(world):
    installation, _ = world
    browser = sign_in(installation)
    for _ in range(3):
        with installation.owner() as connection:
            connection.execute("update account_sessions set seen_at = now() - interval '10 minutes'")
        assert inside(browser)
        with installation.owner() as connection:
            assert connection.execute(
                "select bool_and(seen_at > now() - interval '1 minute') from account_sessions"
            ).fetchone() == (True,)


def cookies(browser):
    return browser.client.get_cookie("donthu").value


def test_a_replayed_old_cookie_is_refused(world):
    installation, _ = world
    browser = sign_in(installation)
    stolen = cookies(browser)
    browser.post("/logout/")
    thief = installation.app.test_client()
    thief.set_cookie("donthu", stolen)
    assert thief.get("/inbox/").status_code == 302


def test_signing_in_gives_a_new_id_and_a_session_planted_before_is_worth_nothing(world):
    installation, _ = world
    browser = Browser(installation.app)
    browser.get("/login/")
    planted = cookies(browser)
    browser.sign_in("OFFICER")
    assert cookies(browser) != planted and inside(browser)
    thief = installation.app.test_client()
    thief.set_cookie("donthu", planted)
    assert thief.get("/inbox/").status_code == 302


def test_the_database_does_not_hold_what_the_cookie_holds(world):
    installation, _ = world
    browser = sign_in(installation)
    with browser.client.session_transaction() as session:
        token = session["sid"]
    with installation.owner() as connection:
        rows = connection.execute("select s::text from account_sessions s").fetchall()
    assert rows and all(token not in row for (row,) in rows)


def test_a_change_of_password_ends_every_other_session_and_renews_this_one(world):
    installation, _ = world
    mine = sign_in(installation)
    other = sign_in(installation)
    before = cookies(mine)
    new = "Dong-ho-treo-Tuong-9"
    assert mine.post("/account/password", {"current": PASSWORD, "password": new, "again": new}).status_code == 302
    assert inside(mine) and not inside(other)
    thief = installation.app.test_client()
    thief.set_cookie("donthu", before)
    assert thief.get("/inbox/").status_code == 302


def test_one_sees_and_ends_ones_own_sessions_and_an_admin_anyones(world):
    installation, keys = world
    mine = sign_in(installation)
    lost = sign_in(installation)
    foreign = sign_in(installation, "CHI")
    page = mine.get("/account/sessions").get_data(as_text=True)
    (key,) = re.findall(r"/account/sessions/([0-9a-f-]{36})/end", page)  # one other; this one has no button
    with installation.owner() as connection:
        (others,) = connection.execute(
            "select s.id from account_sessions s join ab_user a on a.id = s.account_id where a.username = 'CHI'"
        ).fetchone()
    assert mine.post(f"/account/sessions/{others}/end").status_code == 404 and inside(foreign)
    assert mine.post(f"/account/sessions/{key}/end").status_code == 302
    assert not inside(lost) and inside(mine)
    admin = sign_in(installation, "ADMIN")
    account = keys["officer"]
    (key,) = re.findall(
        rf"/accounts/{account}/sessions/([0-9a-f-]{{36}})/end",
        admin.get(f"/accounts/{account}/sessions").get_data(as_text=True),
    )
    assert admin.post(f"/accounts/{account}/sessions/{key}/end").status_code == 302 and not inside(mine)


def test_sensitive_acts_ask_again_who_one_is_and_lead_back(world):
    installation, keys = world
    admin = sign_in(installation, "ADMIN")
    address = f"/accounts/{keys['officer']}/act/reset"
    assert admin.get(address).status_code == 200
    with installation.owner() as connection:
        connection.execute("update account_sessions set proved_at = now() - interval '11 minutes'")
    answer = admin.get(address)
    assert answer.status_code == 302 and "/account/again" in answer.headers["Location"]
    with installation.owner() as connection:  # a form opened in time may still be sent, one left open long may not
        connection.execute("update account_sessions set proved_at = now() - interval '26 minutes'")
    assert "/account/again" in admin.post(address, {"note": "x"}).headers["Location"]
    with installation.owner() as connection:
        (reset,) = connection.execute(
            "select count(*) from audit_entries where action = 'account.password_reset'"
        ).fetchone()
    assert reset == 0
    page = admin.post(answer.headers["Location"], {"password": "sai-roi-Sai-roi-1"})
    assert "Mật khẩu không đúng" in page.get_data(as_text=True)
    back = admin.post(answer.headers["Location"], {"password": PASSWORD})
    assert back.headers["Location"].endswith(address) and admin.get(address).status_code == 200


def test_guessing_at_the_second_question_locks_and_ends_the_session(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    for _ in range(5):
        answer = admin.post("/account/again", {"password": "sai-roi-Sai-roi-1"})
    assert "/login/" in answer.headers["Location"]
    assert "/login/" in admin.get("/accounts/list/").headers["Location"]


def test_the_cookie_is_bound_to_the_host_under_tls(world):
    installation, _ = world
    client = installation.app.test_client()
    answer = client.get("/login/", base_url="https://donthu.example")
    cookie = answer.headers["Set-Cookie"]
    assert (
        cookie.startswith("__Host-donthu=")
        and all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        and "Domain" not in cookie
    )


# Second factors.


def enrol_codes(browser):
    page = browser.get("/account/factors/codes").get_data(as_text=True)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    assert (
        browser.post("/account/factors/codes", {"name": "Điện thoại", "code": pyotp.TOTP(secret).now()}).status_code
        == 302
    )
    return secret


def password_step(installation, identifier="OFFICER"):
    browser = Browser(installation.app)
    answer = browser.sign_in(identifier)
    assert answer.headers["Location"].startswith("/login/second")
    return browser


def second(browser, code):
    page = browser.get("/login/second").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return browser.client.post("/login/second", data={"code": code, "csrf_token": token.group(1) if token else ""})


def test_a_code_is_asked_after_the_password_and_each_is_good_once(world):
    installation, _ = world
    secret = enrol_codes(sign_in(installation))
    browser = password_step(installation)
    assert not inside(browser), "the password alone opens nothing"
    moment = time.time() + 60
    with mock.patch.object(second_factors, "clock", lambda: moment):
        code = pyotp.TOTP(secret).at(moment)
        assert second(browser, "000000").status_code == 200
        assert second(browser, code).status_code == 302 and inside(browser)
        again = password_step(installation)
        assert second(again, code).status_code == 200 and not inside(again), "the same code a second time"


def test_guessing_codes_locks_the_account_though_the_password_is_right_each_time(world):
    installation, _ = world
    enrol_codes(sign_in(installation))
    for _ in range(5):
        second(password_step(installation), "000000")
    browser = Browser(installation.app)
    assert browser.sign_in("OFFICER").status_code == 200
    with installation.owner() as connection:
        assert connection.execute("select locked_until > now() from ab_user where username = 'OFFICER'").fetchone() == (
            True,
        )


def test_a_wrong_code_is_not_enrolled_and_the_secret_lies_sealed(world):
    installation, _ = world
    browser = sign_in(installation)
    browser.get("/account/factors/codes")
    assert "mã không đúng" in browser.post("/account/factors/codes", {"code": "000000"}).get_data(as_text=True)
    secret = enrol_codes(browser)
    with installation.owner() as connection:
        (row,) = connection.execute("select f::text from second_factors f").fetchone()
    assert secret not in row and secret.encode().hex() not in row
    with installation.session() as session:
        account = session.scalars(select(Account).where(Account.username == "OFFICER")).unique().one()
        assert unseal(account.open_factors[0], "secret") == secret


def test_where_a_second_factor_is_required_nothing_opens_before_one_is_enrolled_and_the_last_stays(world):
    installation, _ = world
    with installation.owner() as connection:
        connection.execute("update units set sign_in_policy = 'second_factor' where code = 'P'")
    browser = sign_in(installation)
    for address in ("/inbox/", "/petitions/", "/petitions/export"):
        assert browser.get(address).headers["Location"].endswith("/account/factors/")
    enrol_codes(browser)
    assert inside(browser)
    page = browser.get("/account/factors/").get_data(as_text=True)
    (key,) = re.findall(r"/account/factors/([0-9a-f-]{36})/end", page)
    assert "đăng ký yếu tố khác trước" in browser.post(f"/account/factors/{key}/end", follow_redirects=True).get_data(
        as_text=True
    )
    with installation.owner() as connection:
        connection.execute("update units set sign_in_policy = null")
    browser.post(f"/account/factors/{key}/end")
    # eight characters were enough only with the factor
    assert browser.get("/inbox/").headers["Location"].endswith("/account/password")
    assert Browser(installation.app).sign_in("OFFICER").headers["Location"] == "/"


def test_whoever_knew_only_the_password_is_out_once_a_factor_is_enrolled(world):
    installation, _ = world
    with installation.owner() as connection:
        connection.execute("update units set sign_in_policy = 'second_factor' where code = 'P'")
    holder = sign_in(installation)
    thief = sign_in(installation)
    assert thief.get("/account/factors/").status_code == 200
    enrol_codes(holder)
    assert inside(holder)
    for address in ("/inbox/", "/account/factors/"):
        assert "/login/" in thief.get(address).headers["Location"]


def test_the_secret_of_a_code_generator_is_not_in_the_cookie_and_new_each_time(world):
    installation, _ = world
    browser = sign_in(installation)
    secrets = []
    for _ in range(2):
        secrets.append(
            re.search(r"<code>([A-Z2-7]+)</code>", browser.get("/account/factors/codes").get_data(as_text=True)).group(
                1
            )
        )
        with browser.client.session_transaction() as session:
            assert all(secret not in str(dict(session)) for secret in secrets)
    assert secrets[0] != secrets[1]
    with installation.owner() as connection:
        (held,) = connection.execute("select challenge from account_sessions where challenge is not null").fetchone()
    assert secrets[1].encode() not in bytes(held)
    assert "mã không đúng" in browser.post("/account/factors/codes", {"code": pyotp.TOTP(secrets[0]).now()}).get_data(
        as_text=True
    )


def test_the_form_of_ones_password_does_not_go_round_the_lock(world):
    installation, _ = world
    browser = sign_in(installation)
    new = {"password": "Dong-ho-treo-Tuong-9", "again": "Dong-ho-treo-Tuong-9"}
    for _ in range(5):
        browser.post("/account/password", new | {"current": "sai-roi-Sai-roi-1"})
    assert "/login/" in browser.get("/inbox/").headers["Location"]
    other = installation.app.test_client()
    assert other.get("/inbox/").status_code == 302
    assert browser.sign_in("OFFICER").status_code == 200, "this browser is locked; strangers had no part in it"
    with installation.owner() as connection:
        assert connection.execute("select locked_until > now() from account_browsers").fetchone() == (True,)


@pytest.mark.parametrize(
    "address",
    [
        "/units/add",
        "/units/edit/{unit}",
        "/roles/add",
        "/roles/edit/1",
        "/accounts/add",
        "/accounts/edit/{officer}",
        "/accounts/{officer}/act/close",
        "/minutes/templates/grant",
    ],
)
def test_what_an_administrator_can_do_harm_with_asks_again(world, address):
    installation, keys = world
    admin = sign_in(installation, "ADMIN")
    with installation.owner() as connection:
        connection.execute("update account_sessions set proved_at = now() - interval '1 hour'")
    assert "/account/again" in admin.get(address.format(**keys)).headers["Location"]
    assert "/account/again" in admin.post(address.format(**keys), {"name": "x"}).headers["Location"]


def test_a_shorter_password_will_do_with_a_second_factor(world):
    installation, _ = world
    browser = sign_in(installation)
    short = {"current": PASSWORD, "password": "Ngan-1aB", "again": "Ngan-1aB"}
    assert "ít nhất 14 ký tự" in browser.post("/account/password", short).get_data(as_text=True)
    enrol_codes(browser)
    assert browser.post("/account/password", short).status_code == 302


# Limits.


@pytest.fixture
def limited(cluster, tmp_path):
    """A worker with limits on; small ones, so that the test is short.

    Redis and several workers: tests/commands/test_nginx.py.
    """
    with copied(cluster) as installation:
        build(installation, tmp_path)
        small = {
            "RATELIMIT_ENABLED": True,
            "WRONG_LIMIT": "3 per minute; 5 per 15 minutes",
            "EXPORT_LIMIT": "2 per minute",
            "SEARCH_LIMIT": "2 per minute",
        }
        with mock.patch.dict(TEST, small):
            worker = make_application(installation.environ)
            limiter.reset()
            yield installation, worker
            limiter.reset()
        limiter.enabled = False


_names = (f"KHONGCO{number}" for number in range(1000))


def guess(app, address="203.0.113.5", socket="/run/proxy.sock", name=None):
    """A wrong try: at an account that was not tried before, or at that one."""
    client = app.test_client()
    extra = {
        "environ_overrides": {"gunicorn.socket": Socket(socket), "REMOTE_ADDR": ""},
        "headers": {"X-Forwarded-For": address},
    }
    page = client.get("/login/", **extra).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    return client.post(
        "/login/", data={"username": name or next(_names), "password": "x", "csrf_token": token}, **extra
    )


def test_wrong_tries_are_counted_per_address_behind_a_unix_socket_and_the_answer_says_how_long_to_wait(limited):
    _, worker = limited
    for _ in range(3):
        assert guess(worker).status_code == 200
    answer = guess(worker)
    assert answer.status_code == 429 and re.search(r"Chờ \d+ giây rồi thử lại", answer.get_data(as_text=True))
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert guess(worker, "203.0.113.6").status_code == 200, "another address is another matter"


def test_the_client_cannot_choose_its_address_beyond_the_one_trusted_hop(limited):
    _, worker = limited
    for number in range(3):
        # nginx appends what it saw; only that counts
        assert guess(worker, f"8.8.8.{number}, 203.0.113.9").status_code == 200
    assert guess(worker, "8.8.8.77, 203.0.113.9").status_code == 429


def test_one_account_tried_again_and_again_counts_once(limited):
    _, worker = limited
    for _ in range(6):
        assert guess(worker, name="KHONGCO.MOT").status_code == 200
    assert [guess(worker).status_code for _ in range(3)] == [200, 200, 429]


def test_the_names_that_were_tried_are_not_kept(limited):
    installation, worker = limited
    guess(worker, name="Mat-khau-go-nham-77!")
    with installation.owner() as connection:
        ((row,),) = connection.execute("select t::text from wrong_tries t").fetchall()
    assert "203.0.113.5" in row and "nham" not in row and b"nham".hex() not in row


class Office(Browser):
    """A browser behind the office's one address."""

    def __init__(self, app):
        super().__init__(app)
        self.extra = {
            "environ_overrides": {"gunicorn.socket": Socket("/run/proxy.sock"), "REMOTE_ADDR": ""},
            "headers": {"X-Forwarded-For": "203.0.113.5"},
        }

    def sign_in(self, identifier, password=PASSWORD):
        page = self.client.get("/login/", **self.extra).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
        return self.client.post(
            "/login/", data={"username": identifier, "password": password, "csrf_token": token}, **self.extra
        ).status_code


def test_an_office_behind_one_address_mistypes_and_signs_in(limited):
    _, worker = limited
    for name in ("OFFICER", "CHI", "LEADER", "RECEPTION", "BINH", "SYNTHESIS"):
        person = Office(worker)
        assert person.sign_in(name, "go-nham-Go-nham-1") == 200
        assert person.sign_in(name) == 302
    assert [guess(worker).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_who_tries_many_accounts_does_not_hold_up_a_neighbour_at_a_known_browser(limited):
    _, worker = limited
    known = Office(worker)
    assert known.sign_in("OFFICER") == 302
    known.client.delete_cookie("donthu")
    while guess(worker).status_code == 200:
        pass
    assert known.sign_in("CHI") == 429, "an account that never signed in from here"
    assert Office(worker).sign_in("OFFICER") == 429
    assert known.sign_in("OFFICER") == 302


def test_what_no_limit_counts_any_more_is_forgotten(limited):
    installation, worker = limited
    guess(worker)
    with installation.owner() as connection:
        connection.execute("update wrong_tries set at = now() - interval '16 minutes'")
    with worker.app_context():
        run = db.session()
        wrong_tries.forget(run)
        run.commit()
    with installation.owner() as connection:
        assert connection.execute("select count(*) from wrong_tries").fetchone() == (0,)


def test_nobody_fills_the_trail_with_forged_headers(limited):
    installation, worker = limited
    client = worker.test_client()
    for _ in range(70):
        assert client.get("/login/", headers={"X-Client-Cert": "x"}).status_code == 400
    with installation.owner() as connection:
        assert connection.execute(
            "select count(*) from audit_entries where action = 'token.header_forged'"
        ).fetchone() == (60,)


def test_who_signs_in_is_not_counted_among_the_wrong(limited):
    installation, worker = limited
    for _ in range(4):
        browser = Browser(worker)
        assert browser.sign_in("OFFICER").status_code == 302


def test_exports_and_searches_are_limited_per_account(limited):
    _, worker = limited
    officer = Browser(worker)
    chi = Browser(worker)
    officer.sign_in("OFFICER")
    chi.sign_in("CHI")
    assert [officer.get("/petitions/export").status_code for _ in range(3)] == [200, 200, 429]
    assert chi.get("/petitions/export").status_code == 200
    assert [officer.search("bồi").status_code for _ in range(3)] == [200, 200, 429]
    assert officer.get("/petitions/").status_code == 200, "looking at the list is no search"


def test_all_other_sessions_of_ones_own_end_at_once_and_nobody_elses(world):
    installation, _ = world
    mine = sign_in(installation, "CHI")
    others = [sign_in(installation, "CHI") for _ in range(2)]
    someone = sign_in(installation, "LEADER")
    page = mine.post("/account/sessions/end-others", {}, follow_redirects=True).get_data(as_text=True)
    assert "Chấm dứt mọi phiên khác" not in page and "phiên khác" in page
    assert mine.get("/inbox/").status_code == 200 and someone.get("/inbox/").status_code == 200
    assert [other.get("/inbox/").status_code for other in others] == [302, 302]
