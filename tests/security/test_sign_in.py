"""Accounts and signing in: locks, the first change of password, ceilings no role can widen."""

import re
import threading
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from flask_appbuilder.security.sqla.models import PermissionView, Role
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, RoleChange, Unit
from app.operations.accounts.accounts import NewAccount, add_account, set_password
from app.operations.refusal import Refused
from app.security import passwords, roles
from app.security.account_scope import permissions_and_scope
from tests.conftest import PASSWORD, Browser, pages_of
from tests.support.world import build

WRONG = "Không đăng nhập được"


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    return installation, build(installation, tmp_path_factory.mktemp("world"))


def actions(installation, account):
    with installation.owner() as connection:
        rows = connection.execute(
            "select action from audit_entries where account = %s order by at", [account]
        ).fetchall()
    return [row[0] for row in rows]


def try_to_sign_in(installation, identifier, password):
    browser = Browser(installation.app)
    page = browser.client.post(
        "/login/",
        data={"username": identifier, "password": password, "csrf_token": browser.token()},
        follow_redirects=True,
    )
    return WRONG not in page.get_data(as_text=True)


def test_five_wrong_passwords_lock_and_the_right_one_does_not_open(world):
    installation, _ = world
    for _ in range(5):
        assert not try_to_sign_in(installation, "BINH", "sai-roi-Sai-roi-1")
    assert not try_to_sign_in(installation, "BINH", PASSWORD)
    told = actions(installation, "BINH")
    assert (
        told.count("account.wrong_password") == 5
        and told.count("account.locked") == 1
        and told[-1] == "account.refused"
    )
    with installation.owner() as connection:
        (until,) = connection.execute("select locked_until from ab_user where username = 'BINH'").fetchone()
        assert timedelta(hours=11, minutes=55) < until - datetime.now(UTC) < timedelta(hours=12, minutes=1)
        connection.execute("update ab_user set locked_until = now() - interval '1 minute' where username = 'BINH'")
    assert try_to_sign_in(installation, "BINH", PASSWORD)


def test_an_admin_unlocks(world):
    installation, _ = world
    for _ in range(5):
        try_to_sign_in(installation, "CHUYENTRACH", "sai-roi-Sai-roi-1")
    with installation.owner() as connection:
        (key,) = connection.execute("select id from ab_user where username = 'CHUYENTRACH'").fetchone()
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    assert admin.post(f"/accounts/{key}/unlock", follow_redirects=True).status_code == 200
    assert try_to_sign_in(installation, "CHUYENTRACH", PASSWORD)


def test_repeated_locks_raise_an_alarm(world):
    installation, _ = world
    for _ in range(3):
        for _ in range(5):
            try_to_sign_in(installation, "AUDITOR", "sai-roi-Sai-roi-1")
        with installation.owner() as connection:
            connection.execute("update ab_user set locked_until = null where username = 'AUDITOR'")
    assert actions(installation, "AUDITOR").count("account.locks_repeated") == 1
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    assert "AUDITOR" in admin.get("/accounts/list/").get_data(as_text=True).split("<table")[0]


def test_unknown_and_wrong_get_one_answer_and_the_same_work(world):
    installation, _ = world
    with mock.patch.object(passwords, "check_password_hash", side_effect=passwords.check_password_hash) as checked:
        assert not try_to_sign_in(installation, "KHONGCO", "x")
        assert not try_to_sign_in(installation, "CHI", "x")
    assert checked.call_count == 2
    browser = Browser(installation.app)
    pages = [
        pages_of(
            re.sub(
                r'value="[^"]*"',
                "",
                browser.post("/login/", {"username": name, "password": "x"}).get_data(as_text=True),
            )
        )
        for name in ("KHONGCO2", "CHI")
    ]
    assert pages[0] == pages[1]


def test_an_initial_password_opens_nothing_until_it_is_changed(world):
    installation, keys = world
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        _, password, _ = add_account(session, NewAccount("MOI.VAO", "user", unit, ["officer"]), "operator")
        session.commit()
    browser = Browser(installation.app)
    browser.sign_in("MOI.VAO", password)
    for address in ("/inbox/", "/petitions/", f"/petitions/{keys['own']}", "/petitions/export", "/units/suggest?q=a"):
        answer = browser.get(address)
        assert answer.status_code == 302 and answer.headers["Location"].endswith("/account/password"), address
    page = browser.post("/account/password", {"current": password, "password": "ngan", "again": "ngan"}).get_data(
        as_text=True
    )
    assert "ít nhất 14 ký tự" in page
    answer = browser.post(
        "/account/password", {"current": password, "password": "Cau-moi-rat-dai-79", "again": "Cau-moi-rat-dai-79"}
    )
    assert answer.status_code == 302
    assert browser.get("/inbox/").status_code == 200


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Ngan-1a", "length"),
        ("khongcochuhoa-12345x", "classes"),
        ("KHONGCOCHUTHUONG-12", "classes"),
        ("KhongCoChuSoNao-x", "classes"),
        ("KhongCoKyTuKhac12", "classes"),
        ("Matkhau-cua-toi-2026", "common"),
        ("Mật-Khẩu-Của-Tôi-2026", None),
        ("Toi-la-CANBO.MAU-12", "identifier"),
        ("Dong-ho-treo\x00-Tuong-9", "control"),
        ("Dong-ho-treo-Tuong-9", None),
    ],
)
def test_which_passwords_are_refused(password, problem):
    assert passwords.problem(password, "CANBO.MAU") == problem


def test_initial_passwords_are_random_and_good():
    made = {passwords.initial_password() for _ in range(50)}
    assert len(made) == 50 and all(passwords.problem(password, "CANBO.MAU") is None for password in made)


def test_the_same_password_again_is_refused(world):
    with world[0].session() as session:
        account = session.scalars(select(Account).where(Account.username == "CHI")).one()
        with pytest.raises(Refused, match="phải khác"):
            set_password(session, account, PASSWORD, by_holder=True)


def test_an_identifier_is_given_once_and_never_changes(world):
    with world[0].session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        with pytest.raises(Refused, match="chỉ cấp một lần"):
            add_account(session, NewAccount("CHI", "user", unit))
        for bad in ("ab", "chi", "-CHI", "CHI VAN", "ĐỨC.MAU", "A" * 65):
            with pytest.raises(Refused, match="tên tài khoản gồm"):
                add_account(session, NewAccount(bad, "user", unit))
        account = session.scalars(select(Account).where(Account.username == "CHI")).one()
        with pytest.raises(ValueError, match="never changes"):
            account.username = "KHAC"


def test_signing_out_is_a_post_and_ends_the_session(world):
    browser = Browser(world[0].app)
    browser.sign_in("OFFICER")
    assert browser.get("/logout/").status_code == 405
    browser.post("/logout/")
    assert "/login/" in browser.get("/inbox/").headers["Location"]


@pytest.mark.parametrize(
    "address",
    ["/api/v1/security/login", "/resetpassword/form", "/users/list/", "/api/v1/security/refresh", "/registeruser/form"],
)
def test_flask_appbuilders_own_account_screens_and_password_api_are_gone(world, address):
    assert world[0].app.test_client().get(address).status_code == 404


def test_where_one_is_sent_after_signing_in_stays_here(world):
    browser = Browser(world[0].app)
    token = browser.token()
    answer = browser.client.post(
        "/login/?next=https://evil.example/", data={"username": "OFFICER", "password": PASSWORD, "csrf_token": token}
    )
    assert answer.status_code == 302 and "evil" not in answer.headers["Location"]


def test_an_admin_given_every_role_still_opens_no_data_and_others_no_accounts(world):
    installation, _ = world
    with installation.session() as session:
        everything = session.scalars(select(Role)).all()
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        for kind in ("admin", "user", "manager"):
            account, _, _ = add_account(session, NewAccount(f"TATCA.{kind.upper()}", kind, unit), "operator")
            account.roles = list(everything)
        session.flush()
        for kind, forbidden in (("admin", roles.DATA), ("user", roles.ACCOUNTS), ("manager", roles.ACCOUNTS)):
            account = session.scalars(select(Account).where(Account.username == f"TATCA.{kind.upper()}")).one()
            if kind == "manager":
                account.manages = [session.scalars(select(Account).where(Account.username == "TATCA.USER")).one()]
            allowed, scope = permissions_and_scope(session, account)
            assert not allowed & forbidden, kind
            if kind == "admin":
                assert allowed == roles.ACCOUNTS | roles.READ_COMMON
                assert not (scope.facts or scope.text or scope.receptions or scope.audit or scope.write)
        session.rollback()


def test_the_role_screen_cannot_give_an_admin_data(world):
    """Whatever is posted, the ceiling is computed at each request."""
    installation, keys = world
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    with installation.owner() as connection:
        (role,) = connection.execute("select id from ab_role where name = 'publisher'").fetchone()
        (me,) = connection.execute("select id from ab_user where username = 'ADMIN'").fetchone()
        connection.execute("insert into ab_user_role (user_id, role_id) values (%s, %s)", [me, role])
    answer = admin.post(
        f"/roles/edit/{role}",
        {"permissions": ["can_read Petitions", "can_reach SubtreeFacts", "can_read Audit", "can_write Accounts"]},
    )
    assert answer.status_code == 302
    with installation.app.app_context():
        held = {(item.permission.name, item.view_menu.name) for item in db.session.get(Role, role).permissions}
        waiting = {(row.permission, row.subject, row.removal) for row in db.session.scalars(select(RoleChange))}
    # what would open data, or close it, waits for somebody who leads; what is over accounts is never taken
    assert held == {("can_publish", "Decisions")}
    added = {("can_read", "Petitions", False), ("can_reach", "SubtreeFacts", False), ("can_read", "Audit", False)}
    assert waiting == added | {("can_publish", "Decisions", True)}
    for address in ("/petitions/", "/audit/", "/forms/", f"/petitions/{keys['own']}"):
        assert admin.get(address).status_code == 403


def test_an_admin_makes_an_account_on_screen_and_sees_its_password_once(world):
    installation, _ = world
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    values = {"username": "TREN.MANHINH", "kind": "user", "holder": "Người Mới", "unit": "A", "roles": ["officer"]}
    page = pages_of(admin.post("/accounts/add", values, follow_redirects=True).get_data(as_text=True))
    password = re.search(r"ban đầu của TREN.MANHINH: (\S+) –", page.replace("&amp;", "&").replace("&#39;", "'")).group(
        1
    )
    assert password not in admin.get("/accounts/list/").get_data(as_text=True)
    assert try_to_sign_in(installation, "TREN.MANHINH", password)
    refused = pages_of(
        admin.post("/accounts/add", values | {"username": "TREN.MANHINH2", "kind": "admin"}).get_data(as_text=True)
    )
    assert "không được giữ vai trò xem dữ liệu" in refused and "TREN.MANHINH2" in admin.post(
        "/accounts/add", values | {"username": "TREN.MANHINH2", "kind": "admin"}
    ).get_data(as_text=True)


def test_a_manager_sees_what_its_users_see_together(world):
    installation, _ = world
    with installation.session() as session:
        manager = session.scalars(select(Account).where(Account.username == "MANAGER")).one()
        allowed, scope = permissions_and_scope(session, manager)
        officer, leader = (permissions_and_scope(session, account) for account in manager.manages)
        assert allowed == officer[0] | leader[0]
        assert scope.accounts == {"MANAGER", "OFFICER", "LEADER"} and scope.write == officer[1].write | leader[1].write
        manager.manages = []
        assert permissions_and_scope(session, manager)[1].facts.high == ""
        session.rollback()


def test_roles_are_the_table_and_stay_as_an_admin_left_them(empty):
    with empty.session() as session:
        found = {
            role.name: {(item.permission.name, item.view_menu.name) for item in role.permissions}
            for role in session.scalars(select(Role))
        }
        assert found == {name: set(pairs) for name, pairs in roles.ROLES.items()}
        officer = session.scalars(select(Role).where(Role.name == "officer")).one()
        officer.permissions = officer.permissions[:1]
        session.flush()
        before = session.scalar(select(func.count()).select_from(PermissionView))
        roles.sync(session)
        assert (
            len(officer.permissions) == 1 and session.scalar(select(func.count()).select_from(PermissionView)) == before
        )
        session.rollback()


def test_wrong_tries_at_once_cannot_undo_a_lock(world):
    installation, _ = world
    browsers = [Browser(installation.app) for _ in range(8)]
    waiting = iter([(browser, browser.token()) for browser in browsers])
    lock = threading.Lock()

    def guess():
        with lock:
            browser, token = next(waiting)
        browser.client.post(
            "/login/", data={"username": "SYNTHESIS", "password": "sai-roi-Sai-roi-1", "csrf_token": token}
        )

    threads = [threading.Thread(target=guess) for _ in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with installation.owner() as connection:
        locked, locks = connection.execute(
            "select locked_until > now(), locks from ab_user where username = 'SYNTHESIS'"
        ).fetchone()
    assert locked and locks == 1
    assert not try_to_sign_in(installation, "SYNTHESIS", PASSWORD)


def test_a_new_password_or_a_closed_account_ends_every_session(world):
    installation, _ = world
    browser = Browser(installation.app)
    browser.sign_in("CHI")
    assert browser.get("/inbox/").status_code == 200
    with installation.session() as session:
        set_password(
            session,
            session.scalars(select(Account).where(Account.username == "CHI")).one(),
            "Cau-khac-rat-dai-79",
            by_holder=True,
        )
        session.commit()
    assert "/login/" in browser.get("/inbox/").headers["Location"]
    other = Browser(installation.app)
    other.sign_in("CHI", "Cau-khac-rat-dai-79")
    assert other.get("/inbox/").status_code == 200
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    with installation.owner() as connection:
        (key,) = connection.execute("select id from ab_user where username = 'CHI'").fetchone()
    assert admin.post(f"/accounts/{key}/act/suspend", {"note": "nghỉ việc"}).status_code == 200
    assert "/login/" in other.get("/inbox/").headers["Location"]
    assert not try_to_sign_in(installation, "CHI", "Cau-khac-rat-dai-79")


def test_a_change_of_roles_stands_in_the_trail(world):
    installation, _ = world
    admin = Browser(installation.app)
    admin.sign_in("ADMIN")
    with installation.owner() as connection:
        (key,) = connection.execute("select id from ab_user where username = 'RECEPTION'").fetchone()
    admin.post(f"/accounts/edit/{key}", {"holder": "Người giữ", "roles": ["reception", "officer"], "active": "y"})
    with installation.owner() as connection:
        rows = connection.execute(
            "select columns from audit_entries where account = 'ADMIN' and table_name = 'ab_user' and action ="
            " 'row.changed'"
        ).fetchall()
    assert any("roles+officer" in columns for (columns,) in rows)


def test_what_is_typed_in_the_name_field_by_mistake_is_not_kept(world):
    installation, _ = world
    assert not try_to_sign_in(installation, "Mat-khau-go-nham-77!", "x")
    with installation.owner() as connection:
        rows = connection.execute("select detail::text from audit_entries where action = 'account.refused'").fetchall()
    assert not any("go-nham" in str(row) for row in rows)
