"""Accounts in hand: how many a unit gets, who confirms them, what handing over ends, the records, requests, passwords, reviews."""

import datetime as dt
import io
import re
import zipfile
from datetime import date

import docx
import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.law import allocation
from app.law.minutes import FACTS, TITLES, body
from app.law.profiles import PROFILES
from app.models import Account, AccountRequest, Minutes, RoleAddition, Unit
from app.operations import account_acts, account_requests, confirmations, reviews
from app.operations.accounts import add_account, set_password
from app.operations.allocation import check_allocation
from app.operations.daily import run_daily
from app.operations.minutes import default_template, make_minutes, replace_template
from app.operations.refusal import Refused
from app.security import passwords
from app.security.account_scope import permissions_and_scope
from tests.conftest import PASSWORD, Browser, copied, create_account, create_unit, make_application, pages_of

NOW = dt.datetime.now(dt.UTC)


def find(session, identifier):
    return session.scalars(select(Account).where(Account.username == identifier)).unique().one()


def sign_in(installation, identifier, password=PASSWORD):
    browser = Browser(installation.app)
    assert browser.sign_in(identifier, password).status_code == 302
    return browser


def key_of(installation, identifier):
    with installation.owner() as connection:
        return connection.execute("select id from ab_user where username = %s", [identifier]).fetchone()[0]


# How many: the rules of the party regulation, Điều 6.2, as a table.


def held(users=0, managers=0, same=0):
    return allocation.Held(users, managers, same)


@pytest.mark.parametrize(
    ("tier", "kind", "has", "rules"),
    [
        ("central", "user", held(), []),
        ("central", "user", held(users=9), []),
        ("central", "user", held(users=9, same=1), ["central.user"]),
        ("central", "manager", held(users=1), []),
        ("central", "manager", held(users=1, managers=1), ["central.manager"]),
        ("local", "user", held(), []),
        ("local", "user", held(users=1), ["local.user"]),
        ("local", "manager", held(users=2), ["local.manager"]),
        ("local", "manager", held(users=3), []),
        ("local", "manager", held(users=3, managers=1), ["local.one_manager"]),
        ("local", "manager", held(users=0, managers=1), ["local.manager", "local.one_manager"]),
    ],
)
def test_how_many_accounts_a_unit_gets(tier, kind, has, rules):
    assert [rule.key for rule in allocation.broken(tier, kind, has, date(2026, 11, 21))] == rules


def test_the_rules_have_a_source_and_did_not_hold_before_the_regulation():
    assert all(rule.source and "Điều 6" in rule.source for rule in allocation.RULES)
    assert list(allocation.broken("local", "user", held(users=5), date(2022, 12, 31))) == []


@pytest.mark.parametrize(
    ("level", "above", "tier"),
    [
        ("central", None, "central"),
        ("department", "central", "central"),
        ("department", "province", "local"),
        ("province", "central", "local"),
        ("district", "province", "local"),
    ],
)
def test_which_units_are_central(level, above, tier):
    assert allocation.tier_of(level, above) == tier


@pytest.mark.parametrize("profile", ["state", "party"])
def test_the_rules_bind_in_the_party_profile_and_advise_in_the_state_profile(empty, profile):
    empty.app.config["PROFILE"] = profile
    with empty.session() as session:
        unit = create_unit(session, "P", level="province")
        _, _, advice = add_account(session, "MOT", "user", unit, holder="Người Mẫu An")
        assert advice == []
        if profile == "party":
            with pytest.raises(Refused, match=r"mỗi đơn vị được cấp 01 tài khoản người dùng.*Điều 6.2.*nhập số văn bản"):
                add_account(session, "HAI", "user", unit, holder="Người Mẫu Bình")
        _, _, advice = add_account(session, "HAI", "user", unit, holder="Người Mẫu Bình", document="12-CV/VP" if profile == "party" else None)
        assert "đơn vị này đã có 1" in advice[0]
        assert check_allocation(session, unit, "manager", "", "13-CV/VP") and PROFILES[profile].allocation_binds == (profile == "party")
    with empty.owner() as connection:
        assert connection.execute("select 1").fetchone()


def test_at_the_centre_nobody_holds_two_accounts_however_the_name_is_typed(empty):
    empty.app.config["PROFILE"] = "party"
    with empty.session() as session:
        unit = create_unit(session, "TW", level="central")
        add_account(session, "MOT", "user", unit, holder="Hoàng Thị Hoà")
        add_account(session, "HAI", "user", unit, holder="Hoàng Thị Hoa")
        with pytest.raises(Refused, match="mỗi cán bộ được cấp 01"):
            add_account(session, "BON", "user", unit, holder="Hoàng  Thị Hòa")


def test_the_grammar_of_identifiers_is_the_deployments(cluster):
    with copied(cluster) as installation:
        app = make_application(installation.environ | {"IDENTIFIER_GRAMMAR": r"UBKT\.[0-9]{4}"})
        with app.app_context(), installation.session() as session:
            unit = create_unit(session, "P", level="province")
        installation.app.config["IDENTIFIER_GRAMMAR"] = r"UBKT\.[0-9]{4}"
        with installation.session() as session:
            unit = create_unit(session, "Q", level="province")
            with pytest.raises(Refused, match="phải đúng mẫu"):
                add_account(session, "MOT", "user", unit)
            add_account(session, "UBKT.0001", "user", unit)


# Who confirms.


def open_scope(installation, identifier):
    with installation.session() as session:
        return permissions_and_scope(session, find(session, identifier))


def password_changed(installation, identifier):
    """As if the holder had changed the initial password."""
    with installation.owner() as connection:
        connection.execute("update ab_user set must_change_password = false where username = %s", [identifier])


def confirm(browser, key, seen=None):
    """The button beside that account, as the page now stands, or as it stood when `seen` was read."""
    found = re.search(rf'/holders/{key}/confirm".*?name="seen" value="([^"]+)"', browser.get("/holders/").get_data(as_text=True), re.S)
    return browser.post(f"/holders/{key}/confirm", {"seen": seen or (found.group(1) if found else "")})


def opens_nothing(installation, identifier):
    allowed, scope = open_scope(installation, identifier)
    return not (scope.facts or scope.text or scope.receptions or scope.audit or scope.write) and all(subject != "Petitions" for _, subject in allowed)


@pytest.mark.parametrize("way", ["create", "reset", "second admin", "roles", "role edited", "manager"])
def test_an_admin_cannot_become_a_leader(world, way):
    """By creating, resetting, giving roles, editing a role or making a manager; alone or with a second admin: without a leader's word nothing opens."""
    installation, _ = world
    with installation.session() as session:
        create_account(session, "ADMIN2", session.scalars(select(Unit).where(Unit.code == "A")).one(), kind="admin")
        session.commit()
    admin, second = sign_in(installation, "ADMIN"), sign_in(installation, "ADMIN2")
    victim = "LEADER"
    if way in ("create", "second admin", "manager"):
        victim = "MINH.LAM"
        values = {
            "username": victim,
            "kind": "manager" if way == "manager" else "user",
            "holder": "Người Mẫu",
            "unit": "A",
            "roles": [] if way == "manager" else ["leader"],
        }
        page = admin.post("/accounts/add", values | ({"manages": "OFFICER LEADER"} if way == "manager" else {})).get_data(as_text=True)
        password = re.search(r'<strong class="password">([^<]+)<', page).group(1).replace("&amp;", "&").replace("&#39;", "'")
    elif way == "reset":
        page = admin.post(f"/accounts/{key_of(installation, victim)}/act/reset", {"note": "quên mật khẩu"}).get_data(as_text=True)
        password = re.search(r'<strong class="password">([^<]+)<', page).group(1).replace("&amp;", "&").replace("&#39;", "'")
    elif way == "roles":
        victim, password = "PUBLISHER", None
        assert admin.post(f"/accounts/edit/{key_of(installation, victim)}", {"holder": "Người giữ", "roles": ["publisher", "leader"]}).status_code == 302
    else:
        victim, password = "PUBLISHER", None
        with installation.owner() as connection:
            (role,) = connection.execute("select id from ab_role where name = 'publisher'").fetchone()
        admin.post(f"/roles/edit/{role}", {"permissions": ["can_read Petitions", "can_reach SubtreeFacts", "can_reach UnitDenunciations"]})
    # A second admin's hand changes nothing: it is not there to confirm, by screen or crafted post.
    for helper in (admin, second):
        assert helper.get("/holders/").status_code == 403
        assert helper.post(f"/holders/{key_of(installation, victim)}/confirm").status_code == 403
        with installation.owner() as connection:
            for (addition,) in connection.execute("select id from role_additions").fetchall():
                assert helper.post(f"/holders/additions/{addition}", {"granted": "1"}).status_code == 403
    assert opens_nothing(installation, victim)
    intruder = Browser(installation.app)
    if password:
        intruder.sign_in(victim, password)
        intruder.post("/account/password", {"current": password, "password": "Cau-moi-rat-dai-79", "again": "Cau-moi-rat-dai-79"})
    else:
        intruder.sign_in(victim)
    for address in ("/inbox/", "/petitions/", "/forms/"):
        answer = intruder.get(address)
        assert answer.status_code == 403 or answer.headers["Location"].endswith("/account/waiting"), address


def test_the_leader_or_manager_confirms_and_then_it_opens(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    admin.post("/accounts/add", {"username": "MOI.VAO", "kind": "user", "holder": "Người Mới", "unit": "A", "roles": ["officer"]})
    assert opens_nothing(installation, "MOI.VAO")
    key = key_of(installation, "MOI.VAO")
    assert "Chờ người giữ đổi mật khẩu ban đầu" in sign_in(installation, "MANAGER").get("/holders/").get_data(as_text=True)
    with installation.session() as session, pytest.raises(Refused, match="chưa đổi mật khẩu"):
        account = find(session, "MOI.VAO")
        confirmations.confirm(session, account, find(session, "MANAGER"), account.acted_at.isoformat())
    password_changed(installation, "MOI.VAO")
    for identifier, may in (("OFFICER", 403), ("CHI", 404), ("BINH", 403), ("MANAGER", 302)):
        assert confirm(sign_in(installation, identifier), key).status_code == may, identifier
    assert not opens_nothing(installation, "MOI.VAO")
    with installation.owner() as connection:
        told = connection.execute("select account, detail->>'of', detail->>'acted_by' from audit_entries where action = 'account.confirmed'").fetchall()
    assert told == [("MANAGER", "MOI.VAO", "ADMIN")]


def test_nobody_confirms_themselves_and_where_a_unit_has_nobody_the_unit_above_does(world):
    installation, _ = world
    with installation.session() as session:
        binh = find(session, "BINH")
        account_acts.asks_confirmation(session, binh, "reset")
        session.commit()
        who = confirmations.Confirmers(session)
        assert {one.username for one in who.for_account(binh)} == {"LEADER", "MANAGER"}  # unit B has no leader: A's
        leader = find(session, "LEADER")
        account_acts.asks_confirmation(session, leader, "reset")
        session.flush()
        assert {one.username for one in confirmations.Confirmers(session).for_account(leader)} == {"MANAGER"}
        seen = leader.acted_at.isoformat()
        with pytest.raises(Refused, match="không tự xác nhận"):
            confirmations.confirm(session, leader, leader, seen)
        with pytest.raises(Refused, match="chỉ lãnh đạo"):
            confirmations.confirm(session, leader, find(session, "CHI"), seen)
        assert confirmations.waiting_for(session, leader) == []  # who waits confirms nobody
        session.rollback()


def test_what_a_role_gains_counts_once_the_top_leader_agrees(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    with installation.session() as session:
        create_account(session, "TREN", session.scalars(select(Unit).where(Unit.code == "P")).one(), "leader")
        session.commit()
    with installation.owner() as connection:
        (role,) = connection.execute("select id from ab_role where name = 'publisher'").fetchone()
    admin.post(f"/roles/edit/{role}", {"permissions": ["can_publish Decisions", "can_read Receptions"]})
    with installation.owner() as connection:
        ((addition,),) = connection.execute("select id from role_additions").fetchall()
    assert sign_in(installation, "LEADER").post(f"/holders/additions/{addition}", {"granted": "1"}).status_code == 404  # not at the top
    top = sign_in(installation, "TREN")
    assert "read Receptions" in top.get("/holders/").get_data(as_text=True)
    assert top.post(f"/holders/additions/{addition}", {"granted": "1"}).status_code == 302
    with installation.session() as session:
        found = session.scalars(select(Role).where(Role.name == "publisher")).one()
        assert ("can_read", "Receptions") in {(row.permission.name, row.view_menu.name) for row in found.permissions}
        assert session.scalars(select(RoleAddition.granted)).all() == [True]


def test_a_unit_that_comes_to_oversee_more_makes_its_accounts_wait(world):
    installation, keys = world
    with installation.session() as session:
        create_account(session, "ADMIN.P", session.scalars(select(Unit).where(Unit.code == "P")).one(), kind="admin")
        unit = str(session.scalars(select(Unit.id).where(Unit.code == "C")).one())
        session.commit()
    assert not opens_nothing(installation, "CHI")
    assert sign_in(installation, "ADMIN.P").post(f"/units/edit/{unit}", {"name": "Đơn vị C", "oversees": "P", "sign_in_policy": ""}).status_code == 302
    assert opens_nothing(installation, "CHI")
    with installation.session() as session:
        create_account(session, "TREN", session.scalars(select(Unit).where(Unit.code == "P")).one(), "leader")
        # Another leader of C reaches no further than C: only who reaches the whole of P may let CHI.
        create_account(session, "LD.C", session.scalars(select(Unit).where(Unit.code == "B")).one(), "leader")
        assert {one.username for one in confirmations.Confirmers(session).for_account(find(session, "CHI"))} == {"TREN"}
        session.rollback()


def test_where_the_units_above_have_nobody_whoever_oversees_them_confirms(world):
    """A commune without a leader, in a province without one: the inspectorate that oversees the province answers for it."""
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        commune = create_unit(session, "P9", unit["P"], level="commune")
        inspectorate = create_unit(session, "TT", unit["P"], oversees=unit["P"])
        leader = create_account(session, "LD.TT", inspectorate, "leader")
        account, _, _ = add_account(session, "MOT.P9", "user", commune, ["officer"])
        assert confirmations.Confirmers(session).for_account(account) == [leader]
        assert account in confirmations.waiting_for(session, leader)
        leader_of_p = create_account(session, "LD.P", unit["P"], "leader")
        assert set(confirmations.Confirmers(session).for_account(account)) == {leader, leader_of_p}
        session.rollback()


def test_nobody_below_lets_an_account_reach_what_lies_above(world):
    """A new unit under B that oversees all of P: B's and A's leaders do not reach so far, P's does."""
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        child = create_unit(session, "B1", unit["B"], level="commune", oversees=unit["P"])
        account, _, _ = add_account(session, "MOT.B1", "user", child, ["leader"])
        create_account(session, "LD.B", unit["B"], "leader")
        assert confirmations.Confirmers(session).for_account(account) == []
        create_account(session, "LD.P", unit["P"], "leader")
        assert {one.username for one in confirmations.Confirmers(session).for_account(account)} == {"LD.P"}
        # Nor through a manager: who manages A's leader from B is confirmed by somebody who reaches all of A.
        manager, _, _ = add_account(session, "QL.B", "manager", unit["B"], manages=["LEADER"])
        assert {one.unit.code for one in confirmations.Confirmers(session).for_account(manager)} == {"A"}
        session.rollback()


def test_a_harmless_act_does_not_hide_another(world):
    installation, _ = world
    admin, manager = sign_in(installation, "ADMIN"), sign_in(installation, "MANAGER")
    key = key_of(installation, "LEADER")
    admin.post(f"/accounts/edit/{key}", {"roles": ["leader", "synthesis"]})
    admin.post(f"/accounts/{key}/act/reset", {"note": "quên"})
    page = pages_of(manager.get("/holders/").get_data(as_text=True))
    assert "Mở rộng quyền: ADMIN" in page and "Đặt lại mật khẩu: ADMIN" in page and "mọi đơn tố cáo của đơn vị" in page


def test_a_confirmation_counts_only_for_what_was_seen(world):
    installation, _ = world
    admin, manager = sign_in(installation, "ADMIN"), sign_in(installation, "MANAGER")
    key = key_of(installation, "LEADER")
    admin.post(f"/accounts/edit/{key}", {"roles": ["leader", "synthesis"]})
    seen = re.search(r'name="seen" value="([^"]+)"', manager.get("/holders/").get_data(as_text=True)).group(1)
    admin.post(f"/accounts/edit/{key}", {"roles": ["leader", "synthesis", "officer"]})  # while the manager's page is open
    confirm(manager, key, seen)
    assert opens_nothing(installation, "LEADER")
    confirm(manager, key)
    assert not opens_nothing(installation, "LEADER")


def test_a_confirmation_that_comes_while_the_administrator_acts_does_not_cover_the_act(world):
    installation, _ = world
    with installation.session() as session:
        account_acts.asks_confirmation(session, find(session, "OFFICER"), "widen")
        session.commit()
        account = find(session, "OFFICER")  # the administrator's session has read: not confirmed
        assert account.confirmed_at is None
        with installation.owner() as connection:  # the leader's confirmation commits now
            connection.execute("update ab_user set confirmed_at = now(), confirmed_by = 'LEADER' where username = 'OFFICER'")
        account_acts.asks_confirmation(session, account, "bind")
        session.commit()
    with installation.owner() as connection:
        assert connection.execute("select confirmed_at, act from ab_user where username = 'OFFICER'").fetchone() == (None, "bind")


def test_a_new_role_begins_without_permissions_over_data(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    assert admin.post("/roles/add", {"name": "Văn thư", "permissions": ["can_read Petitions", "can_reach SubtreeFacts", "can_read Units"]}).status_code == 302
    with installation.session() as session:
        role = session.scalars(select(Role).where(Role.name == "Văn thư")).one()
        assert {(row.permission.name, row.view_menu.name) for row in role.permissions} == {("can_read", "Units")}
        assert len(session.scalars(select(RoleAddition)).all()) == 2


def test_another_holder_is_a_hand_over_and_nothing_else(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    admin.post(f"/accounts/edit/{key_of(installation, 'OFFICER')}", {"holder": "Người Khác", "roles": ["officer"]})
    with installation.session() as session:
        assert find(session, "OFFICER").holder == "Người giữ OFFICER"


def test_the_password_before_a_reset_is_remembered(world):
    installation, _ = world
    with installation.session() as session:
        account = find(session, "OFFICER")
        account_acts.reset_password(session, account, None, "lộ mật khẩu")
        with pytest.raises(Refused, match="10 mật khẩu gần nhất"):
            set_password(session, account, PASSWORD, by_holder=True)
        session.rollback()


def test_the_operator_confirms_when_nobody_is_left(world):
    installation, _ = world
    with installation.session() as session:
        account = find(session, "CHI")
        account_acts.asks_confirmation(session, account, "reset")
        assert confirmations.Confirmers(session).for_account(account) == []
        confirmations.confirm_by_operator(session, account)
        assert account.opens_data
        session.rollback()


# Handing over, resetting, locking, closing.


@pytest.mark.parametrize("act", ["hand_over", "reset", "suspend", "close", "factors"])
def test_every_open_session_ends_within_one_request(world, act):
    installation, _ = world
    first, other = sign_in(installation, "OFFICER"), sign_in(installation, "OFFICER")
    assert first.get("/inbox/").status_code == other.get("/inbox/").status_code == 200
    page = sign_in(installation, "ADMIN").post(
        f"/accounts/{key_of(installation, 'OFFICER')}/act/{act}", {"holder": "Người Nhận", "document": "5/BB", "note": "lý do"}
    )
    assert page.status_code == 200 and "Biên bản số" in page.get_data(as_text=True)
    for browser in (first, other):
        for address in ("/inbox/", "/petitions/", "/account/password"):
            assert "/login/" in browser.get(address).headers["Location"]


def test_handing_over_leaves_the_old_holder_nothing_and_tells_the_leader_the_open_work(world):
    installation, keys = world
    with installation.session() as session:
        account = find(session, "CHUYENTRACH")
        password, minutes = account_acts.hand_over(session, account, "Người Nhận Mẫu", "7/QĐ", "chuyển công tác")
        assert account.holder == "Người Nhận Mẫu" and account.confirmed_at is None and account.must_change_password
        assert minutes.facts["old_holder"] == "Người giữ CHUYENTRACH"
        session.commit()
    assert Browser(installation.app).sign_in("CHUYENTRACH").status_code == 200  # the old password is nothing now
    key = key_of(installation, "CHUYENTRACH")
    page = sign_in(installation, "LEADER").get(f"/holders/{key}/work").get_data(as_text=True)
    assert "A-denunciation-kín" in page
    assert sign_in(installation, "ADMIN").get(f"/holders/{key}/work").status_code == 403
    assert sign_in(installation, "CHI").get(f"/holders/{key}/work").status_code == 404
    new = Browser(installation.app)
    new.sign_in("CHUYENTRACH", password)
    assert new.get("/inbox/").headers["Location"].endswith("/account/password")


@pytest.mark.parametrize(("act", "values", "sentence"), [
    ("hand_over", {"holder": "", "document": "1/QĐ"}, "nhập họ tên người nhận"),
    ("hand_over", {"holder": "Người Nhận", "document": ""}, "bàn giao phải có văn bản"),
    ("close", {"document": ""}, "đóng tài khoản phải có văn bản"),
    ("revoke", {}, "chưa gắn thiết bị"),
])  # fmt: skip
def test_a_refused_act_says_why_and_changes_nothing(world, act, values, sentence):
    installation, _ = world
    page = (
        sign_in(installation, "ADMIN").post(f"/accounts/{key_of(installation, 'OFFICER')}/act/{act}", values | {"note": "lý do đã gõ"}).get_data(as_text=True)
    )
    assert sentence in page.lower() or sentence in page
    assert "lý do đã gõ" in page
    assert Browser(installation.app).sign_in("OFFICER").status_code == 302


def test_a_closed_account_stays_closed_and_its_name_is_never_given_again(world):
    installation, _ = world
    with installation.session() as session:
        account = find(session, "CHI")
        account_acts.close(session, account, "9/QĐ", "nghỉ hưu")
        for act in (account_acts.restore, account_acts.suspend, account_acts.reset_password):
            with pytest.raises(Refused, match="đã đóng"):
                act(session, account, "1/QĐ", "")
        with pytest.raises(Refused, match="kể cả khi đã đóng"):
            add_account(session, "CHI", "user", account.unit)
        session.rollback()


# Records.


def text_of(data):
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])


@pytest.mark.parametrize("kind", TITLES)
def test_every_record_is_a_word_file_with_all_its_places_filled(world, kind):
    installation, _ = world
    with installation.session() as session:
        more = {"serial": "1a2b", "old_serial": "0f", "issuer": "CA thử nghiệm", "valid_to": "01/01/2028", "old_holder": "Người Giao"}
        made = make_minutes(session, kind, find(session, "OFFICER"), "3/QĐ", "lý do <b>&", **more)
        text = text_of(made.document)
        session.rollback()
    assert TITLES[kind] in text and "OFFICER" in text and "3/QĐ" in text and "lý do <b>&" in text and "{{" not in text and "01/BB-A" in text


def test_records_are_numbered_per_unit_and_year_and_can_be_downloaded(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    key = key_of(installation, "OFFICER")
    for act in ("suspend", "restore"):
        admin.post(f"/accounts/{key}/act/{act}", {"note": "thử"})
    with installation.session() as session:
        numbers = session.scalars(select(Minutes.number).order_by(Minutes.made_at)).all()
        found = str(session.scalars(select(Minutes.id).order_by(Minutes.made_at)).first())
    assert [number.split("/BB-A/")[0] for number in numbers] == ["01", "02"]
    answer = admin.get(f"/minutes/{found}.docx")
    assert answer.status_code == 200 and "BIÊN BẢN KHÓA TÀI KHOẢN" in text_of(answer.get_data())


def with_text(kind, text, **files):
    document = docx.Document(io.BytesIO(default_template(kind)))
    document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    if files:
        with zipfile.ZipFile(stream, "a") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    return stream.getvalue()


def test_an_administrator_puts_another_template_in_place(world):
    installation, _ = world
    with installation.session() as session:
        replace_template(session, "grant", with_text("grant", "Nơi nhận: {{ unit }}"))
        made = make_minutes(session, "grant", find(session, "OFFICER"), "3/QĐ")
        assert "Nơi nhận: Đơn vị A" in text_of(made.document)
        session.rollback()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"not a zip", "không phải mẫu Word"),
        (b"", "không phải mẫu Word"),
        (with_text("grant", "{{ khong_co }}"), "không điền được"),
        (with_text("grant", "{{ unit"), "không điền được"),
        (with_text("grant", "{{ ''.__class__.__mro__[1].__subclasses__() }}"), "không có lệnh"),
        (with_text("grant", "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}"), "không có lệnh"),
        (with_text("grant", "{% if account == 'x' %}{% else %}{{ 1/0 }}{% endif %}"), "không có lệnh"),
        (with_text("grant", "{% set a = 'x' * 300000000 %}"), "không có lệnh"),
        (with_text("grant", "{{ unit|upper }}"), "không có lệnh"),
        (with_text("grant", "x", **{"word/vbaProject.bin": "x"}), "macro"),
    ],
    ids=["text", "empty", "unknown place", "broken", "escape", "escape by a loop", "fails later", "eats memory", "filter", "macro"],
)
def test_a_template_that_names_anything_else_is_refused(world, data, sentence):
    installation, _ = world
    with installation.session() as session:
        with pytest.raises(Refused, match=sentence):
            replace_template(session, "grant", data)


def test_the_places_of_a_template_are_told():
    assert {line.fact for kind in TITLES for line in body(kind)} <= set(FACTS)


# Requests.


LINE = {"identifier": "XIN.01", "kind": "user", "holder": "Người Xin", "roles": "officer"}


def test_a_request_climbs_with_documents_and_every_level_that_took_part_sees_it(world):
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        create_account(session, "LD.B", unit["B"], "leader")
        create_account(session, "LD.P", unit["P"], "leader")
        find(session, "ADMIN").active = False  # so that A is a level between
        create_account(session, "ADMIN.P", unit["P"], kind="admin")
        session.commit()
    below, middle, top, admin = (sign_in(installation, name) for name in ("LD.B", "LEADER", "LD.P", "ADMIN.P"))
    values = {f"lines-0-{name}": value for name, value in LINE.items()} | {
        "document": "1/TTr-B",
        "lines-1-identifier": "XIN.02",
        "lines-1-kind": "user",
        "lines-1-holder": "Người Xin Hai",
        "lines-1-roles": "",
    }
    assert below.post("/account-requests/new", values).status_code == 302
    with installation.session() as session:
        request = session.scalars(select(AccountRequest)).unique().one()
        key, lines = str(request.id), [str(line.id) for line in request.lines]
    assert "B-TK-" not in sign_in(installation, "CHI").get("/account-requests/").get_data(as_text=True)
    assert "B-TK-" not in admin.get("/account-requests/decisions").get_data(as_text=True)
    assert (
        "nhập số văn bản"
        in pages_of(middle.post("/account-requests/forward", {"request": key, "document": ""}, follow_redirects=True).get_data(as_text=True)).lower()
    )
    middle.post("/account-requests/forward", {"request": key, "document": "2/TH-A", "note": "đã kiểm tra"})
    top.post("/account-requests/forward", {"request": key, "document": "3/TH-P"})
    page = admin.get("/account-requests/decisions").get_data(as_text=True)
    assert all(document in page for document in ("1/TTr-B", "2/TH-A", "3/TH-P")) and "Người Xin" in page
    granted = admin.post(f"/account-requests/{key}/lines/{lines[0]}", {"granted": "1"}).get_data(as_text=True)
    assert "Mật khẩu ban đầu của XIN.01" in granted
    admin.post(f"/account-requests/{key}/lines/{lines[1]}", {"granted": "0", "note": "chưa có thiết bị"})
    for browser in (below, middle, top):
        page = browser.get("/account-requests/").get_data(as_text=True)
        assert "Đã quyết định" in page and "chưa có thiết bị" in page and "3/TH-P" in page
    with installation.session() as session:
        account = find(session, "XIN.01")
        assert account.unit.code == "B" and not account.opens_data and [role.name for role in account.roles] == ["officer"]


@pytest.mark.parametrize(("change", "sentence"), [
    ({"identifier": "CHI"}, "dòng 1: tên tài khoản “CHI” đã được cấp"), ({"identifier": "x"}, "dòng 1: tên tài khoản gồm"), ({"kind": "admin"}, "chỉ đề nghị tài khoản"),
    ({"holder": " "}, "nhập họ tên người giữ"), ({"roles": "administrator"}, "không có vai trò"), ({"roles": "la"}, "không có vai trò"),
])  # fmt: skip
def test_a_request_with_a_bad_line_is_refused_whole(world, change, sentence):
    installation, _ = world
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "B")).one()
        with pytest.raises(Refused, match=sentence):
            account_requests.ask(session, unit, [LINE | change], "1/TTr", "", "BINH")
        with pytest.raises(Refused, match="lặp lại"):
            account_requests.ask(session, unit, [LINE, LINE], "1/TTr", "", "BINH")
        with pytest.raises(Refused, match="số văn bản"):
            account_requests.ask(session, unit, [LINE], " ", "", "BINH")
        session.rollback()


def test_a_level_may_send_a_request_back_and_nobody_else_touches_it(world):
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        request = account_requests.ask(session, unit["B"], [LINE], "1/TTr", "", "BINH")
        assert request.at_unit is unit["A"]
        with pytest.raises(Refused, match="không chờ đơn vị này"):
            account_requests.forward(session, [request], unit["C"], "2/TH", "", "CHI")
        with pytest.raises(Refused, match="không chờ quyết định"):
            account_requests.decide(session, request.lines[0], True, None, "", find(session, "ADMIN"))
        with pytest.raises(Refused, match="lý do"):
            account_requests.send_back(session, request, unit["A"], "", "LEADER")
        account_requests.send_back(session, request, unit["A"], "thiếu văn bản", "LEADER")
        assert request.state == "returned"
        session.rollback()


# Passwords.


def test_the_last_ten_passwords_are_refused_and_the_eleventh_is_not(empty):
    with empty.session() as session:
        account = create_account(session, "CANBO", create_unit(session, "P"), "officer")
        used = [f"Dong-ho-treo-Tuong-{number}" for number in range(11)]
        for password in used:
            set_password(session, account, password, by_holder=True)
        for password in used[-11:-1]:
            with pytest.raises(Refused, match="10 mật khẩu gần nhất"):
                set_password(session, account, password, by_holder=True)
        set_password(session, account, PASSWORD, by_holder=True)  # older than ten


@pytest.mark.parametrize(
    ("password", "personal", "second_factor", "problem"),
    [
        ("Ngan-1aB", (), True, None), ("Ngan-1a", (), True, "length"), ("Ngan-1aB", (), False, "length"),
        ("P@ssw0rd-la-cua-toi-1", (), False, "common"), ("Qwerty-12-dai-lam-roi", (), False, "common"),
        ("Toi-ten-la-Nguyet-77", ("Trần Thị Nguyệt",), False, "personal"), ("TranThiNguyet-2026x", ("Trần Thị Nguyệt",), False, "personal"),
        ("Dong-ho-treo-Tuong-9", ("Trần Thị Nguyệt", "H42.05"), False, None),
    ],
)  # fmt: skip
def test_common_and_personal_words_and_the_length_with_a_second_factor(password, personal, second_factor, problem):
    assert passwords.problem(password, "CANBO.MAU", personal, second_factor) == problem


def test_the_party_profiles_common_initial_password_is_useless_without_the_token_and_dead_after_a_day(cluster):
    with copied(cluster) as installation:
        installation.app.config |= {"PROFILE": "party", "COMMON_INITIAL_PASSWORD": "Mat-khau-Chung-2026"}
        with installation.session() as session:
            account, password, _ = add_account(session, "UBKT.01", "user", create_unit(session, "P", level="province"), ["officer"], confirmed_by="operator")
            assert password == "Mat-khau-Chung-2026"
            assert dt.timedelta(hours=23) < account.initial_until - dt.datetime.now(dt.UTC) <= dt.timedelta(hours=24)
            account.unit.sign_in_policy = "password"  # even where the policy would let a password in
            session.commit()
        assert Browser(installation.app).sign_in("UBKT.01", "Mat-khau-Chung-2026").status_code == 200
        with installation.owner() as connection:
            detail = connection.execute("select detail from audit_entries where action = 'account.refused'").fetchall()
        assert detail == [({"common_initial": True},)]


def test_in_the_state_profile_initial_passwords_are_random_whatever_is_set(cluster):
    with copied(cluster) as installation, installation.session() as session:
        unit = create_unit(session, "P", level="province")
        made = {add_account(session, f"MOT.{number}", "user", unit)[1] for number in range(3)}
        assert len(made) == 3


def test_an_administrators_password_grows_old_in_two_months(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    with installation.owner() as connection:
        connection.execute("update ab_user set changed_password_at = now() - interval '59 days' where username = 'ADMIN'")
    assert admin.get("/accounts/list/").status_code == 200
    with installation.owner() as connection:
        connection.execute("update ab_user set changed_password_at = now() - interval '61 days'")
    assert admin.get("/accounts/list/").headers["Location"].endswith("/account/password")
    assert sign_in(installation, "OFFICER").get("/inbox/").status_code == 200


def test_an_account_nobody_used_for_45_days_is_disabled_by_the_daily_work(world):
    installation, _ = world
    with installation.owner() as connection:
        connection.execute(
            "update ab_user set made_at = now() - interval '400 days', acted_at = now() - interval '400 days', signed_in_at = now() - interval '44 days'"
        )
        connection.execute("update ab_user set signed_in_at = now() - interval '46 days' where username in ('OFFICER', 'ADMIN')")
    with installation.session() as session:
        told = list(run_daily(session))
        session.commit()
    assert len([line for line in told if "tạm dừng" in line]) == 2
    assert Browser(installation.app).sign_in("OFFICER").status_code == 200 and Browser(installation.app).sign_in("LEADER").status_code == 302
    with installation.session() as session:
        account_acts.restore(session, find(session, "OFFICER"), None, "đi công tác về")
        session.commit()
        assert reviews.disable_idle(session, dt.datetime.now(dt.UTC)) == []
    assert Browser(installation.app).sign_in("OFFICER").status_code == 302


# Reviews.


def test_managers_look_at_their_users_every_six_months_and_admins_see_who_was_not(world):
    installation, _ = world
    with installation.owner() as connection:
        connection.execute("update ab_user set confirmed_at = now() - interval '7 months', reviewed_at = null where username in ('OFFICER', 'PUBLISHER')")
    admin, manager, leader = (sign_in(installation, name) for name in ("ADMIN", "MANAGER", "LEADER"))
    page = pages_of(admin.get("/accounts/reports").get_data(as_text=True))
    assert re.search(r"Quá sáu tháng chưa rà soát \(2\) OFFICER ?, PUBLISHER", page)
    assert "2 tài khoản quá sáu tháng" in admin.get("/accounts/list/").get_data(as_text=True)
    officer, publisher = key_of(installation, "OFFICER"), key_of(installation, "PUBLISHER")
    assert "đến hạn rà soát" in manager.get("/holders/").get_data(as_text=True)
    manager.post("/holders/review", {"account": [str(officer), str(publisher)]})  # PUBLISHER is not the manager's
    leader.post("/holders/review", {"account": [str(publisher)]})
    with installation.session() as session:
        assert find(session, "OFFICER").reviewed_by == "MANAGER" and find(session, "PUBLISHER").reviewed_by == "LEADER"
    assert "Quá sáu tháng chưa rà soát (0)" in pages_of(admin.get("/accounts/reports").get_data(as_text=True))


def test_the_reports_say_who_reaches_what_who_never_came_and_who_has_the_initial_password(world):
    installation, _ = world
    with installation.session() as session:
        add_account(session, "CHUA.VAO", "user", session.scalars(select(Unit).where(Unit.code == "A")).one(), ["synthesis"])
        session.commit()
        found = {line.account.username: line for line in reviews.rights(session, date.today())}
    assert found["CHUA.VAO"].never_signed_in and found["CHUA.VAO"].initial_password and found["CHUA.VAO"].reaches == ["SubtreeFacts"]
    assert found["MANAGER"].reaches == ["OwnUnit", "SubtreeFacts", "UnitDenunciations"] and found["ADMIN"].reaches == []
    assert not found["OFFICER"].initial_password
