"""Browsers an account has signed in from before: what a stranger types does not close the way for who has the right
password there.
"""

import re

import pyotp
import pytest
from sqlalchemy import select

from app.models import Account
from app.operations.accounts.accounts import set_password
from app.operations.accounts.acts import hand_over, reset_password, suspend
from tests.conftest import PASSWORD, Browser, pages_of

WRONG = "sai-roi-Sai-roi-1"
MARK = "donthu_browser"


def known(installation, identifier="OFFICER"):
    """A browser that signed in before, and out again."""
    browser = Browser(installation.app)
    assert browser.sign_in(identifier).status_code == 302
    browser.post("/logout/")
    return browser


def opens(browser, identifier="OFFICER", password=PASSWORD):
    return browser.sign_in(identifier, password).status_code == 302


def browsers(installation):
    with installation.owner() as connection:
        return connection.execute(
            "select a.username, b.locked_until > now(), b.ended_why from account_browsers b join ab_user a on a.id ="
            " b.account_id order by b.made_at"
        ).fetchall()


def lock_from_outside(installation, identifier="OFFICER"):
    for _ in range(5):
        assert not opens(Browser(installation.app), identifier, WRONG)
    assert not opens(Browser(installation.app), identifier), "strangers are locked out"


def test_five_wrong_ones_by_a_stranger_do_not_lock_out_who_has_the_right_password_at_a_known_browser(world):
    installation, _ = world
    mine = known(installation)
    lock_from_outside(installation)
    assert opens(mine) and opens(mine)
    assert not opens(Browser(installation.app)), "and that opened nothing for strangers"


def test_a_known_browser_has_five_of_its_own_and_strangers_keep_theirs(world):
    installation, _ = world
    mine = known(installation)
    other = known(installation)
    for _ in range(5):
        assert not opens(mine, password=WRONG)
    assert not opens(mine), "the right one does not open any more"
    assert opens(other) and opens(Browser(installation.app))
    with installation.owner() as connection:
        told = connection.execute(
            "select action, detail->>'browser' from audit_entries where account = 'OFFICER' and action ~ 'wrong|locked'"
        ).fetchall()
    assert told == [("account.wrong_password", "known")] * 5 + [("account.locked", "known")]


def test_wrong_ones_at_a_known_browser_are_counted_anew_after_a_right_one(world):
    installation, _ = world
    mine = known(installation)
    for _ in range(3):
        assert [opens(mine, password=WRONG) for _ in range(4)] == [False] * 4
        assert opens(mine)
        mine.post("/logout/")


def test_nothing_tells_a_stranger_which_of_the_two_it_was(world):
    installation, _ = world
    mine = known(installation)
    lock_from_outside(installation)

    def page(browser, password):
        answer = browser.sign_in("OFFICER", password)
        assert MARK not in answer.headers.get("Set-Cookie", "")
        return answer.status_code, pages_of(re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)))

    seen = {page(Browser(installation.app), WRONG), page(Browser(installation.app), PASSWORD), page(mine, WRONG)}
    assert len(seen) == 1


def test_a_signed_in_holder_is_not_thrown_out_by_a_strangers_lock(world):
    """Showing again who one is, and a new password, at the browser one signed in from."""
    installation, _ = world
    mine = Browser(installation.app)
    mine.sign_in("OFFICER")
    lock_from_outside(installation)
    assert mine.post("/account/again", {"password": PASSWORD}).status_code == 302
    new = {"current": PASSWORD, "password": "Dong-ho-treo-Tuong-9", "again": "Dong-ho-treo-Tuong-9"}
    assert mine.post("/account/password", new).status_code == 302
    assert mine.get("/inbox/").status_code == 200
    mine.post("/logout/")
    assert opens(mine, password="Dong-ho-treo-Tuong-9"), "the browser where the password was changed is still known"


def test_wrong_second_factors_are_counted_the_same_way(world):
    installation, _ = world
    mine = Browser(installation.app)
    mine.sign_in("OFFICER")
    page = mine.get("/account/factors/codes").get_data(as_text=True)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    assert mine.post("/account/factors/codes", {"name": "x", "code": pyotp.TOTP(secret).now()}).status_code == 302
    mine.post("/logout/")
    for _ in range(5):
        thief = Browser(installation.app)
        thief.sign_in("OFFICER")
        thief.post("/login/second", {"code": "000000"})
    assert not opens(Browser(installation.app))
    assert mine.sign_in("OFFICER").headers["Location"].startswith("/login/second")


def test_the_mark_is_for_no_script_and_for_this_host_alone_under_tls(world):
    installation, _ = world
    for base, name in (("http://localhost", MARK), ("https://localhost", f"__Host-{MARK}")):
        client = installation.app.test_client()
        page = client.get("/login/", base_url=base).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
        form = {"username": "OFFICER", "password": PASSWORD, "csrf_token": token}
        answer = client.post("/login/", data=form, base_url=base, headers={"Referer": f"{base}/login/"})
        (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith(f"{name}=")]
        assert (
            all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"))
            and "Domain" not in cookie
        )
        assert ("Secure" in cookie) == base.startswith("https")


def test_the_database_does_not_hold_the_mark_nor_show_that_two_accounts_share_a_browser(world):
    installation, _ = world
    shared = known(installation)
    mark = shared.client.get_cookie(MARK).value
    assert opens(shared, "CHI") and shared.client.get_cookie(MARK).value == mark
    with installation.owner() as connection:
        rows = connection.execute("select b::text, b.mark from account_browsers b").fetchall()
    assert len({bytes(kept) for _, kept in rows}) == 2 and all(
        mark not in row and mark.encode().hex() not in row for row, _ in rows
    )
    shared.post("/logout/")
    lock_from_outside(installation)
    lock_from_outside(installation, "CHI")
    assert opens(shared) and shared.post("/logout/") and opens(shared, "CHI")


@pytest.mark.parametrize("shown", ["x" * 43, "", "a" * 5000, "\u00e9" * 43])
def test_a_mark_nobody_was_given_makes_nobody_known(world, shown):
    installation, _ = world
    lock_from_outside(installation)
    browser = Browser(installation.app)
    browser.client.set_cookie(MARK, shown)
    assert not opens(browser)


ACTS = {
    "reset": lambda session, account: reset_password(session, account, "1/QĐ", "quên mật khẩu"),
    "hand_over": lambda session, account: hand_over(session, account, "Người Khác", "1/QĐ", "chuyển công tác"),
    "suspended": lambda session, account: suspend(session, account, "1/QĐ", "tạm nghỉ"),
    "password": lambda session, account: set_password(session, account, "Dong-ho-treo-Tuong-9", by_holder=False),
}


@pytest.mark.parametrize("why", ACTS)
def test_what_ends_every_session_makes_every_browser_a_strangers(world, why):
    installation, _ = world
    mine = known(installation)
    with installation.session() as session:
        account = session.scalars(select(Account).where(Account.username == "OFFICER")).one()
        before = account.password
        ACTS[why](session, account)
        session.commit()
    assert browsers(installation) == [("OFFICER", None, why)]
    with installation.owner() as connection:  # whatever else the act did is undone, and strangers are locked out
        undone = "password = %s, active = true, initial_until = null, locked_until = now() + interval '1 hour'"
        connection.execute(f"update ab_user set {undone} where username = 'OFFICER'", [before])
    assert not opens(mine)


def test_a_new_factor_makes_strangers_of_all_browsers_but_this_one(world):
    installation, _ = world
    known(installation)
    mine = Browser(installation.app)
    mine.sign_in("OFFICER")
    page = mine.get("/account/factors/codes").get_data(as_text=True)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    mine.post("/account/factors/codes", {"name": "x", "code": pyotp.TOTP(secret).now()})
    assert browsers(installation) == [("OFFICER", None, "factor"), ("OFFICER", None, None)]


def test_a_browser_not_used_for_long_is_a_strangers_again(world):
    installation, _ = world
    mine = known(installation)
    lock_from_outside(installation)
    with installation.owner() as connection:
        connection.execute("update account_browsers set seen_at = now() - interval '401 days'")
    assert not opens(mine)


def test_an_admin_unlocks_known_browsers_too(world):
    installation, keys = world
    mine = known(installation)
    for _ in range(5):
        opens(mine, password=WRONG)
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    address = f"/accounts/{keys['officer']}/unlock"
    assert address in admin.get(f"/accounts/show/{keys['officer']}").get_data(as_text=True)
    assert admin.post(address).status_code == 302
    assert opens(mine)
