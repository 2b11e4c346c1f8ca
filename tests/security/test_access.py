"""The whole access table: every route is named, and every role gets exactly what the table says."""

import pytest

from tests.conftest import Browser
from tests.support.routes import ALL, ROUTES, form_of, walked
from tests.support.world import CLOSED, build


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    return installation, build(installation, tmp_path_factory.mktemp("world"))


def test_every_route_is_named_and_every_name_is_a_route(installation):
    routes = {rule.endpoint for rule in installation.app.url_map.iter_rules()}
    assert routes == set(ROUTES), (
        "name the route in tests/support/routes.py: who may open it, and how the leak walk calls it"
    )


def test_no_route_changes_anything_by_get(installation):
    for rule in installation.app.url_map.iter_rules():
        changing = (
            "unlock",
            "confirm",
            "change",
            "policy",
            "review",
            "forward",
            "send_back",
            "decide",
            "end",
            "end_session",
            "delete",
            "reveal",
            "logout",
            "action",
            "action_post",
            "upload",
            "extract",
            "checked",
            "mark",
        )
        if rule.endpoint.split(".")[-1] in changing:
            assert "GET" not in rule.methods, rule


@pytest.mark.parametrize("role", sorted(ALL))
def test_a_role_opens_what_the_table_says_and_nothing_else(world, role):
    installation, keys = world
    browser = Browser(installation.app)
    assert browser.sign_in(role.upper()).status_code == 302
    for endpoint, route in walked():
        methods = {rule.endpoint: rule.methods for rule in installation.app.url_map.iter_rules()}[endpoint]
        for call in route.calls:
            address = call.format(**keys)
            answer = browser.get(address) if "GET" in methods else browser.post(address, form_of(route, keys))
            refused = answer.status_code == 403
            expected = route.roles is None or role in route.roles
            assert refused != expected, f"{role} {address}: {answer.status_code}"
            assert answer.status_code < 500, f"{role} {address}"


def test_nobody_signed_in_is_sent_to_the_sign_in_form(installation):
    browser = Browser(installation.app)
    for rule in installation.app.url_map.iter_rules():
        route = ROUTES[rule.endpoint]
        if route.roles is None or "GET" not in rule.methods:
            continue
        answer = browser.get(
            route.calls[0].format(
                **dict.fromkeys(
                    (
                        "petition",
                        "task",
                        "waiting",
                        "closed",
                        "denunciation",
                        "case",
                        "reception",
                        "unit",
                        "document",
                        "closed_document",
                        "approval",
                        "conflict",
                        "job",
                        "saved",
                    ),
                    "0" * 8 + "-0000-7000-8000-" + "0" * 12,
                ),
                chi=1,
                officer=1,
            )
        )
        if rule.endpoint.startswith("DraftView."):
            assert answer.status_code == 401, "a script is told, and not led anywhere"
        else:
            assert answer.status_code == 302 and "/login/" in answer.headers["Location"], rule


def test_every_answer_carries_the_security_headers(installation):
    answer = Browser(installation.app).get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe-inline" not in policy and "http" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY" and answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    secure = installation.app.test_client().get("/login/", base_url="https://donthu.example")
    assert (
        "Secure" in secure.headers["Set-Cookie"]
        and secure.headers["Set-Cookie"].startswith("__Host-donthu=")
        and "Path=/" in secure.headers["Set-Cookie"]
        and "Strict-Transport-Security" in secure.headers
    )


def test_a_post_without_the_token_is_refused(world):
    installation, keys = world
    browser = Browser(installation.app)
    browser.sign_in("OFFICER")
    answer = browser.client.post(f"/petitions/{keys['own']}/process", data={"on": "21/10/2026"})
    assert answer.status_code == 400 and "Tải lại trang" in answer.get_data(as_text=True)


def test_reading_a_unit_below_shows_facts_without_text(world):
    installation, keys = world
    leader = Browser(installation.app)
    officer = Browser(installation.app)
    leader.sign_in("LEADER")
    page = leader.get(f"/petitions/{keys['below']}").get_data(as_text=True)
    assert "B-complaint-dưới" in page and "chỉ xem được số liệu" in page and "Nội dung dưới" not in page
    officer.sign_in("OFFICER")
    assert officer.get(f"/petitions/{keys['below']}").status_code == 404


def test_the_handler_and_the_leader_open_a_closed_denunciation_others_see_that_it_exists(world):
    installation, keys = world
    for identifier, opens in (
        ("CHUYENTRACH", True),
        ("LEADER", True),
        ("MANAGER", True),
        ("OFFICER", False),
        ("SYNTHESIS", False),
    ):
        browser = Browser(installation.app)
        browser.sign_in(identifier)
        page = browser.get(f"/petitions/{keys['closed']}").get_data(as_text=True)
        assert "A-denunciation-" in page
        assert (f"Nội dung {CLOSED}" in page) == opens, identifier
        assert f"Họ {CLOSED}" not in page  # the denouncer's name opens only by reveal


def test_a_denouncers_name_opens_only_with_a_reason_written_down_first(world):
    installation, keys = world
    browser = Browser(installation.app)
    browser.sign_in("CHUYENTRACH")
    page = browser.post(f"/petitions/{keys['closed']}/reveal", {"note": "ngắn"}, follow_redirects=True).get_data(
        as_text=True
    )
    assert f"Họ {CLOSED}" not in page and "ghi rõ lý do" in page
    page = browser.post(f"/petitions/{keys['closed']}/reveal", {"note": "Mời người tố cáo làm việc"}).get_data(
        as_text=True
    )
    assert f"Họ {CLOSED}" in page
    with installation.owner() as connection:
        row = connection.execute(
            "select account, reason from audit_entries where action = 'identity.revealed' and account = 'CHUYENTRACH'"
        ).fetchall()
    assert row == [("CHUYENTRACH", "Mời người tố cáo làm việc")]
