"""Nobody becomes somebody else: who confirms an account, and what a confirmation covers."""

import re

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.models import RoleChange, Unit
from app.operations.accounts import acts as account_acts
from app.operations.accounts import confirmations
from app.operations.accounts.accounts import NewAccount, add_account
from app.operations.refusal import Refused
from app.security.account_scope import permissions_and_scope
from tests.conftest import Browser, create_account, create_unit, pages_of
from tests.support.people import find, key_of, sign_in


def open_scope(installation, identifier):
    with installation.session() as session:
        return permissions_and_scope(session, find(session, identifier))


def password_changed(installation, identifier):
    """As if the holder had changed the initial password."""
    with installation.owner() as connection:
        connection.execute("update ab_user set must_change_password = false where username = %s", [identifier])


def confirm(browser, key, seen=None):
    """The button beside that account, as the page now stands, or as it stood when `seen` was read."""
    found = re.search(
        rf'/holders/{key}/confirm".*?name="seen" value="([^"]+)"', browser.get("/holders/").get_data(as_text=True), re.S
    )
    return browser.post(f"/holders/{key}/confirm", {"seen": seen or (found.group(1) if found else "")})


def opens_nothing(installation, identifier):
    allowed, scope = open_scope(installation, identifier)
    return not (scope.facts or scope.text or scope.receptions or scope.audit or scope.write) and all(
        subject != "Petitions" for _, subject in allowed
    )


@pytest.mark.parametrize("way", ["create", "reset", "second admin", "roles", "role edited", "manager"])
def test_an_admin_cannot_become_a_leader(world, way):
    """By creating, resetting, giving roles, editing a role or making a manager; alone or with a second admin: without a
    leader's word nothing opens.
    """
    installation, _ = world
    with installation.session() as session:
        create_account(session, "ADMIN2", session.scalars(select(Unit).where(Unit.code == "A")).one(), kind="admin")
        session.commit()
    admin = sign_in(installation, "ADMIN")
    second = sign_in(installation, "ADMIN2")
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
        page = admin.post(
            "/accounts/add", values | ({"manages": "OFFICER LEADER"} if way == "manager" else {})
        ).get_data(as_text=True)
        password = (
            re.search(r'<strong class="password">([^<]+)<', page).group(1).replace("&amp;", "&").replace("&#39;", "'")
        )
    elif way == "reset":
        page = admin.post(f"/accounts/{key_of(installation, victim)}/act/reset", {"note": "quên mật khẩu"}).get_data(
            as_text=True
        )
        password = (
            re.search(r'<strong class="password">([^<]+)<', page).group(1).replace("&amp;", "&").replace("&#39;", "'")
        )
    elif way == "roles":
        victim = "PUBLISHER"
        password = None
        assert (
            admin.post(
                f"/accounts/edit/{key_of(installation, victim)}",
                {"holder": "Người giữ", "roles": ["publisher", "leader"]},
            ).status_code
            == 302
        )
    else:
        victim = "PUBLISHER"
        password = None
        with installation.owner() as connection:
            (role,) = connection.execute("select id from ab_role where name = 'publisher'").fetchone()
        admin.post(
            f"/roles/edit/{role}",
            {"permissions": ["can_read Petitions", "can_reach SubtreeFacts", "can_reach UnitDenunciations"]},
        )
    # A second admin's hand changes nothing: it is not there to confirm, by screen or crafted post.
    for helper in (admin, second):
        assert helper.get("/holders/").status_code == 403
        assert helper.post(f"/holders/{key_of(installation, victim)}/confirm").status_code == 403
        with installation.owner() as connection:
            for (addition,) in connection.execute("select id from role_changes").fetchall():
                assert helper.post(f"/holders/changes/{addition}", {"granted": "1"}).status_code == 403
    assert opens_nothing(installation, victim)
    intruder = Browser(installation.app)
    if password:
        intruder.sign_in(victim, password)
        intruder.post(
            "/account/password", {"current": password, "password": "Cau-moi-rat-dai-79", "again": "Cau-moi-rat-dai-79"}
        )
    else:
        intruder.sign_in(victim)
    for address in ("/inbox/", "/petitions/", "/forms/"):
        answer = intruder.get(address)
        assert answer.status_code == 403 or answer.headers["Location"].endswith("/account/waiting"), address


def test_the_leader_or_manager_confirms_and_then_it_opens(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    admin.post(
        "/accounts/add",
        {"username": "MOI.VAO", "kind": "user", "holder": "Người Mới", "unit": "A", "roles": ["officer"]},
    )
    assert opens_nothing(installation, "MOI.VAO")
    key = key_of(installation, "MOI.VAO")
    assert "Chờ người giữ đổi mật khẩu ban đầu" in sign_in(installation, "MANAGER").get("/holders/").get_data(
        as_text=True
    )
    with installation.session() as session, pytest.raises(Refused, match="chưa đổi mật khẩu"):
        account = find(session, "MOI.VAO")
        confirmations.confirm(session, account, find(session, "MANAGER"), account.acted_at.isoformat())
    password_changed(installation, "MOI.VAO")
    for identifier, may in (("OFFICER", 403), ("CHI", 404), ("BINH", 403), ("MANAGER", 302)):
        assert confirm(sign_in(installation, identifier), key).status_code == may, identifier
    assert not opens_nothing(installation, "MOI.VAO")
    with installation.owner() as connection:
        told = connection.execute(
            "select account, detail->>'of', detail->>'acted_by' from audit_entries where action = 'account.confirmed'"
        ).fetchall()
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
        ((addition,),) = connection.execute("select id from role_changes").fetchall()
    # not at the top
    assert sign_in(installation, "LEADER").post(f"/holders/changes/{addition}", {"granted": "1"}).status_code == 404
    top = sign_in(installation, "TREN")
    assert "read Receptions" in top.get("/holders/").get_data(as_text=True)
    assert top.post(f"/holders/changes/{addition}", {"granted": "1"}).status_code == 302
    with installation.session() as session:
        found = session.scalars(select(Role).where(Role.name == "publisher")).one()
        assert ("can_read", "Receptions") in {(row.permission.name, row.view_menu.name) for row in found.permissions}
        assert session.scalars(select(RoleChange.granted)).all() == [True]


def test_a_unit_that_comes_to_oversee_more_makes_its_accounts_wait(world):
    installation, keys = world
    with installation.session() as session:
        create_account(session, "ADMIN.P", session.scalars(select(Unit).where(Unit.code == "P")).one(), kind="admin")
        unit = str(session.scalars(select(Unit.id).where(Unit.code == "C")).one())
        session.commit()
    assert not opens_nothing(installation, "CHI")
    assert (
        sign_in(installation, "ADMIN.P")
        .post(f"/units/edit/{unit}", {"name": "Đơn vị C", "oversees": "P", "sign_in_policy": ""})
        .status_code
        == 302
    )
    assert opens_nothing(installation, "CHI")
    with installation.session() as session:
        create_account(session, "TREN", session.scalars(select(Unit).where(Unit.code == "P")).one(), "leader")
        # Another leader of C reaches no further than C: only who reaches the whole of P may let CHI.
        create_account(session, "LD.C", session.scalars(select(Unit).where(Unit.code == "B")).one(), "leader")
        assert {one.username for one in confirmations.Confirmers(session).for_account(find(session, "CHI"))} == {"TREN"}
        session.rollback()


def test_where_the_units_above_have_nobody_whoever_oversees_them_confirms(world):
    """A commune without a leader, in a province without one: the inspectorate that oversees the province answers for
    it.
    """
    installation, _ = world
    with installation.session() as session:
        unit = {row.code: row for row in session.scalars(select(Unit))}
        commune = create_unit(session, "P9", unit["P"], level="commune")
        inspectorate = create_unit(session, "TT", unit["P"], oversees=unit["P"])
        leader = create_account(session, "LD.TT", inspectorate, "leader")
        account, _, _ = add_account(session, NewAccount("MOT.P9", "user", commune, ["officer"]))
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
        account, _, _ = add_account(session, NewAccount("MOT.B1", "user", child, ["leader"]))
        create_account(session, "LD.B", unit["B"], "leader")
        assert confirmations.Confirmers(session).for_account(account) == []
        create_account(session, "LD.P", unit["P"], "leader")
        assert {one.username for one in confirmations.Confirmers(session).for_account(account)} == {"LD.P"}
        # Nor through a manager: who manages A's leader from B is confirmed by somebody who reaches all of A.
        manager, _, _ = add_account(session, NewAccount("QL.B", "manager", unit["B"], manages=["LEADER"]))
        assert {one.unit.code for one in confirmations.Confirmers(session).for_account(manager)} == {"A"}
        session.rollback()


def test_a_harmless_act_does_not_hide_another(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    manager = sign_in(installation, "MANAGER")
    key = key_of(installation, "LEADER")
    admin.post(f"/accounts/edit/{key}", {"roles": ["leader", "synthesis"]})
    admin.post(f"/accounts/{key}/act/reset", {"note": "quên"})
    page = pages_of(manager.get("/holders/").get_data(as_text=True))
    assert "Mở rộng quyền: ADMIN" in page and "Đặt lại mật khẩu: ADMIN" in page and "mọi đơn tố cáo của đơn vị" in page


def test_a_confirmation_counts_only_for_what_was_seen(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    manager = sign_in(installation, "MANAGER")
    key = key_of(installation, "LEADER")
    admin.post(f"/accounts/edit/{key}", {"roles": ["leader", "synthesis"]})
    seen = re.search(r'name="seen" value="([^"]+)"', manager.get("/holders/").get_data(as_text=True)).group(1)
    # while the manager's page is open
    admin.post(f"/accounts/edit/{key}", {"roles": ["leader", "synthesis", "officer"]})
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
            connection.execute(
                "update ab_user set confirmed_at = now(), confirmed_by = 'LEADER' where username = 'OFFICER'"
            )
        account_acts.asks_confirmation(session, account, "bind")
        session.commit()
    with installation.owner() as connection:
        assert connection.execute("select confirmed_at, act from ab_user where username = 'OFFICER'").fetchone() == (
            None,
            "bind",
        )


def test_a_new_role_begins_without_permissions_over_data(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    assert (
        admin.post(
            "/roles/add",
            {"name": "Văn thư", "permissions": ["can_read Petitions", "can_reach SubtreeFacts", "can_read Units"]},
        ).status_code
        == 302
    )
    with installation.session() as session:
        role = session.scalars(select(Role).where(Role.name == "Văn thư")).one()
        assert {(row.permission.name, row.view_menu.name) for row in role.permissions} == {("can_read", "Units")}
        assert len(session.scalars(select(RoleChange)).all()) == 2


def test_the_operator_confirms_when_nobody_is_left(world):
    installation, _ = world
    with installation.session() as session:
        account = find(session, "CHI")
        account_acts.asks_confirmation(session, account, "reset")
        assert confirmations.Confirmers(session).for_account(account) == []
        confirmations.confirm_by_operator(session, account)
        assert account.opens_data
        session.rollback()
