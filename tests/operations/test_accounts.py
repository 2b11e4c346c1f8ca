"""Accounts: how many a unit gets, their passwords, how their rights are looked at again."""

import datetime as dt
import re
from datetime import date

import pytest
from sqlalchemy import select

from app.law import allocation
from app.law.profiles import PROFILES
from app.models import Unit
from app.operations.accounts import acts as account_acts
from app.operations.accounts import reviews
from app.operations.accounts.accounts import NewAccount, add_account, set_password
from app.operations.accounts.allocation import check_allocation
from app.operations.daily import run_daily
from app.operations.refusal import Refused
from app.security import passwords
from tests.conftest import PASSWORD, Browser, copied, create_account, create_unit, make_application, pages_of
from tests.support.people import find, key_of, sign_in

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
    assert all(rule.source and "Điều 6" in rule.source for rule in allocation.ALLOCATIONS)
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
        _, _, advice = add_account(session, NewAccount("MOT", "user", unit, holder="Người Mẫu An"))
        assert advice == []
        if profile == "party":
            with pytest.raises(
                Refused, match=r"mỗi đơn vị được cấp 01 tài khoản người dùng.*Điều 6.2.*nhập số văn bản"
            ):
                add_account(session, NewAccount("HAI", "user", unit, holder="Người Mẫu Bình"))
        _, _, advice = add_account(
            session,
            NewAccount("HAI", "user", unit, holder="Người Mẫu Bình", paper="12-CV/VP" if profile == "party" else None),
        )
        assert "đơn vị này đã có 1" in advice[0]
        assert check_allocation(session, unit, "manager", "", "13-CV/VP") and PROFILES[profile].allocation_binds == (
            profile == "party"
        )
    with empty.owner() as connection:
        assert connection.execute("select 1").fetchone()


def test_at_the_centre_nobody_holds_two_accounts_however_the_name_is_typed(empty):
    empty.app.config["PROFILE"] = "party"
    with empty.session() as session:
        unit = create_unit(session, "TW", level="central")
        add_account(session, NewAccount("MOT", "user", unit, holder="Hoàng Thị Hoà"))
        add_account(session, NewAccount("HAI", "user", unit, holder="Hoàng Thị Hoa"))
        with pytest.raises(Refused, match="mỗi cán bộ được cấp 01"):
            add_account(session, NewAccount("BON", "user", unit, holder="Hoàng  Thị Hòa"))


def test_the_grammar_of_identifiers_is_the_deployments(cluster):
    with copied(cluster) as installation:
        app = make_application(installation.environ | {"IDENTIFIER_GRAMMAR": r"UBKT\.[0-9]{4}"})
        with app.app_context(), installation.session() as session:
            unit = create_unit(session, "P", level="province")
        installation.app.config["IDENTIFIER_GRAMMAR"] = r"UBKT\.[0-9]{4}"
        with installation.session() as session:
            unit = create_unit(session, "Q", level="province")
            with pytest.raises(Refused, match="phải đúng mẫu"):
                add_account(session, NewAccount("MOT", "user", unit))
            add_account(session, NewAccount("UBKT.0001", "user", unit))


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
        ("Ngan-1aB", (), True, None),
        ("Ngan-1a", (), True, "length"),
        ("Ngan-1aB", (), False, "length"),
        ("P@ssw0rd-la-cua-toi-1", (), False, "common"),
        ("Qwerty-12-dai-lam-roi", (), False, "common"),
        ("Toi-ten-la-Nguyet-77", ("Trần Thị Nguyệt",), False, "personal"),
        ("TranThiNguyet-2026x", ("Trần Thị Nguyệt",), False, "personal"),
        ("Dong-ho-treo-Tuong-9", ("Trần Thị Nguyệt", "H42.05"), False, None),
    ],
)
def test_common_and_personal_words_and_the_length_with_a_second_factor(password, personal, second_factor, problem):
    assert passwords.problem(password, "CANBO.MAU", personal, second_factor) == problem


def test_the_party_profiles_common_initial_password_is_useless_without_the_token_and_dead_after_a_day(cluster):
    with copied(cluster) as installation:
        installation.app.config |= {"PROFILE": "party", "COMMON_INITIAL_PASSWORD": "Mat-khau-Chung-2026"}
        with installation.session() as session:
            account, password, _ = add_account(
                session,
                NewAccount("UBKT.01", "user", create_unit(session, "P", level="province"), ["officer"]),
                "operator",
            )
            assert password == "Mat-khau-Chung-2026"
            assert dt.timedelta(hours=23) < account.initial_until - dt.datetime.now(dt.UTC) <= dt.timedelta(hours=24)
            account.unit.sign_in_policy = "password"  # even where the policy would let a password in
            session.commit()
        assert Browser(installation.app).sign_in("UBKT.01", "Mat-khau-Chung-2026").status_code == 200
        with installation.owner() as connection:
            detail = connection.execute("select detail from audit_entries where action = 'account.refused'").fetchall()
        assert detail == [({"why": "common_initial"},)]


def test_in_the_state_profile_initial_passwords_are_random_whatever_is_set(cluster):
    with copied(cluster) as installation, installation.session() as session:
        unit = create_unit(session, "P", level="province")
        made = {add_account(session, NewAccount(f"MOT.{number}", "user", unit))[1] for number in range(3)}
        assert len(made) == 3


def test_an_administrators_password_grows_old_in_two_months(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    with installation.owner() as connection:
        connection.execute(
            "update ab_user set changed_password_at = now() - interval '59 days' where username = 'ADMIN'"
        )
    assert admin.get("/accounts/list/").status_code == 200
    with installation.owner() as connection:
        connection.execute("update ab_user set changed_password_at = now() - interval '61 days'")
    assert admin.get("/accounts/list/").headers["Location"].endswith("/account/password")
    assert sign_in(installation, "OFFICER").get("/inbox/").status_code == 200


def test_an_account_nobody_used_for_45_days_is_disabled_by_the_daily_work(world):
    installation, _ = world
    with installation.owner() as connection:
        connection.execute(
            "update ab_user set made_at = now() - interval '400 days', acted_at = now() - interval '400 days',"
            " signed_in_at = now() - interval '44 days'"
        )
        connection.execute(
            "update ab_user set signed_in_at = now() - interval '46 days' where username in ('OFFICER', 'ADMIN')"
        )
    with installation.session() as session:
        told = list(run_daily(session))
        session.commit()
    assert len([line for line in told if "tạm dừng" in line]) == 2
    assert (
        Browser(installation.app).sign_in("OFFICER").status_code == 200
        and Browser(installation.app).sign_in("LEADER").status_code == 302
    )
    with installation.session() as session:
        account_acts.restore(session, find(session, "OFFICER"), None, "đi công tác về")
        session.commit()
        assert reviews.disable_idle(session, dt.datetime.now(dt.UTC)) == []
    assert Browser(installation.app).sign_in("OFFICER").status_code == 302


def test_the_password_before_a_reset_is_remembered(world):
    installation, _ = world
    with installation.session() as session:
        account = find(session, "OFFICER")
        account_acts.reset_password(session, account, None, "lộ mật khẩu")
        with pytest.raises(Refused, match="10 mật khẩu gần nhất"):
            set_password(session, account, PASSWORD, by_holder=True)
        session.rollback()


# Reviews.


def test_managers_look_at_their_users_every_six_months_and_admins_see_who_was_not(world):
    installation, _ = world
    with installation.owner() as connection:
        connection.execute(
            "update ab_user set confirmed_at = now() - interval '7 months', reviewed_at = null where username in"
            " ('OFFICER', 'PUBLISHER')"
        )
    admin, manager, leader = (sign_in(installation, name) for name in ("ADMIN", "MANAGER", "LEADER"))
    page = pages_of(admin.get("/accounts/reports").get_data(as_text=True))
    assert re.search(r"Quá sáu tháng chưa rà soát \(2\) OFFICER ?, PUBLISHER", page)
    assert "2 tài khoản quá sáu tháng" in admin.get("/accounts/list/").get_data(as_text=True)
    officer = key_of(installation, "OFFICER")
    publisher = key_of(installation, "PUBLISHER")
    assert "đến hạn rà soát" in manager.get("/holders/").get_data(as_text=True)
    manager.post("/holders/review", {"account": [str(officer), str(publisher)]})  # PUBLISHER is not the manager's
    leader.post("/holders/review", {"account": [str(publisher)]})
    with installation.session() as session:
        assert find(session, "OFFICER").reviewed_by == "MANAGER" and find(session, "PUBLISHER").reviewed_by == "LEADER"
    assert "Quá sáu tháng chưa rà soát (0)" in pages_of(admin.get("/accounts/reports").get_data(as_text=True))


def test_the_reports_say_who_reaches_what_who_never_came_and_who_has_the_initial_password(world):
    installation, _ = world
    with installation.session() as session:
        add_account(
            session,
            NewAccount("CHUA.VAO", "user", session.scalars(select(Unit).where(Unit.code == "A")).one(), ["synthesis"]),
        )
        session.commit()
        found = {line.account.username: line for line in reviews.rights(session, date.today())}
    assert (
        found["CHUA.VAO"].never_signed_in
        and found["CHUA.VAO"].initial_password
        and found["CHUA.VAO"].reaches == ["SubtreeFacts"]
    )
    assert found["MANAGER"].reaches == ["OwnUnit", "SubtreeFacts", "UnitDenunciations"] and found["ADMIN"].reaches == []
    assert not found["OFFICER"].initial_password
