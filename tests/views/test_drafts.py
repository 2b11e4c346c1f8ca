"""What is typed is kept until it is stored, for its writer alone; a form sent twice is stored once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Case, Draft, ExecutionEntry, Petition, Step, Unit
from app.operations import drafts
from app.operations.daily import run_daily
from app.operations.refusal import Refused
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from app.views.kept import KEPT
from tests.conftest import PASSWORD, Browser
from tests.support.fuzz_stage import build_stage
from tests.support.routes import ROUTES

WORDS = "Chữ gõ dở hồng hạc"
PETITION = {
    "kind": "complaint",
    "received_on": "05/10/2026",
    "source": "post",
    "signatories": "one",
    "people": "1",
    "petitioners-0-name": "Trần Thị Mẫu",
    "summary": "Thu hồi đất",
    "field": "land",
    "instance": "1",
}
# Where a form is that somebody of the unit opens, by which role.
OPENED = {
    "PetitionView.new": ("officer", "/petitions/new"),
    "PetitionView.process": ("officer", "/petitions/{waiting}/process"),
    "PetitionView.step": ("leader", "/petitions/{waiting}/assign"),
    "CaseView.step": ("leader", "/cases/{accepted}/step/suspend"),
    "ReceptionView.new": ("reception", "/receptions/new"),
    "TaskView.new": ("leader", "/tasks/new"),
    "TaskView.step": ("leader", "/tasks/{own_task}/answer"),
    "CorrectionView.petition": ("leader", "/corrections/petition/{waiting}"),
    "CorrectionView.case": ("leader", "/corrections/case/{decided}"),
    "CorrectionView.decision": ("leader", "/corrections/decision/{decided}"),
    "CorrectionView.entry": ("leader", "/corrections/entry/{entry}"),
    "CorrectionView.undo": ("leader", "/corrections/undo/petition/{removed}"),
    "ReceptionCorrectionView.correct": ("leader", "/corrections/reception/{reception}"),
    "ReceptionCorrectionView.keep": ("leader", "/corrections/reception/{reception}/withdraw"),
    "CorrectionView.note": ("leader", "/corrections/note/petition/{waiting}"),
    "AccountRequestView.new": ("leader", "/account-requests/new"),
    "AccountActionView.act": ("admin", "/accounts/{account}/act/suspend"),
    "FormView.typed": ("synthesis", None),
    "ApprovalView.ask": ("leader", None),
    "ApprovalView.ask_export": ("leader", None),
    "SecrecyView.determine": ("leader", None),
}
# Forms whose typing is not kept, and why.
NOT_KEPT = {
    "proves who one is": {
        *("SignInView.login", "SignInView.second", "SignInView.logout", "OwnAccountView.password"),
        *("OwnAccountView.again", "FactorView.key", "FactorView.codes"),
    },
    "is one button, or one line asked in passing": {
        *(
            "PetitionView.search",
            "SimilarView.typed",
            "ManyView.step",
            "ManyView.slips",
            "ManyView.export",
            "SavedListView.save",
            "SavedListView.drop",
            "PetitionView.reveal",
            "ReceptionView.reveal",
            "ReceptionView.link",
            "ReceptionView.search",
            "OwnAccountView.end_others",
            "CaseView.search",
            "DocumentView.reveal",
        ),
        *("OwnAccountView.end_session", "FactorView.end", "AccountActionView.unlock"),
        *("AccountActionView.end_session", "HolidayView.delete", "HolidayYearView.delete", "ReleaseView.decide"),
        *("DocumentView.extract", "DocumentView.checked", "SecrecyView.mark", "SecrecyView.decide"),
        *("HolderView.confirm", "HolderView.change", "HolderView.policy", "HolderView.review"),
        *("AccountRequestView.send_back", "AccountRequestView.forward", "AccountRequestView.decide"),
        *("DraftView.keep", "DraftView.drop", "DraftView.beat", "ReceptionView.days"),
        *("JobView.result", "SignInView.refused", "PlaceView.suggest"),
    },
    "is a file, or stands in its address": {
        *("DocumentView.upload", "DocumentView.cover", "RegisterView.register", "MinutesView.replace"),
    },
    "is a catalogue's line, of an administrator": {
        f"{view}.{verb}"
        for view in ("AccountView", "RoleView", "UnitView", "HolidayView", "HolidayYearView")
        for verb in ("add", "edit")
    },
}


@pytest.fixture(scope="module")
def stage(installation, tmp_path_factory):
    keys = build_stage(installation, tmp_path_factory.mktemp("stage"))
    found = {noun: str(next(pool)) for noun, pool in keys.items()}
    found["removed"] = str(next(keys["waiting"]))
    sent = {"on": "21/10/2026", "note": "vào sổ hai lần"}
    assert signed_in(installation, "LEADER").post(f"/petitions/{found['removed']}/remove", sent).status_code == 302
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        entry = select(ExecutionEntry).join(Case).where(Case.unit_id == unit.id)
        found["entry"] = str(session.scalars(entry).first().id)
    return installation, found


def signed_in(installation, name):
    browser = Browser(installation.app)
    assert browser.sign_in(name).status_code == 302
    return browser


def address_of(endpoint, keys):
    template = OPENED[endpoint][1] or ROUTES[endpoint].calls[0]
    try:
        return template.format(**keys)
    except KeyError as missing:
        pytest.fail(f"no {missing} on the stage for {endpoint}")


def end_sessions(installation):
    with installation.owner() as connection:
        connection.execute("update account_sessions set ended_at = now(), ended_why = 'idle'")


def test_each_form_is_kept_or_said_why_not(installation):
    rules = installation.app.url_map.iter_rules()
    sent = {rule.endpoint for rule in rules if "POST" in rule.methods}
    said = set().union(*NOT_KEPT.values())
    assert sent - KEPT == said, "say in NOT_KEPT why what is typed there is not kept, or keep it"
    assert not said & KEPT and set(OPENED) == KEPT


@pytest.mark.parametrize("endpoint", sorted(KEPT))
def test_a_session_that_ends_while_a_form_is_half_typed_loses_nothing(stage, endpoint):
    installation, keys = stage
    role, _ = OPENED[endpoint]
    address = address_of(endpoint, keys)
    browser = signed_in(installation, role.upper())
    assert browser.get(address).status_code == 200, f"{role} opens {address}"
    path = address.partition("?")[0]
    typed = json.dumps([["note", WORDS], ["summary", WORDS]])
    assert browser.post("/drafts/keep", {"address": path, "typed": typed}).status_code == 204
    token = browser.token()
    end_sessions(installation)
    answer = browser.client.post(path, data={"note": WORDS + " hai", "csrf_token": token}, headers={"Referer": path})
    assert answer.status_code == 302 and answer.location.startswith("/login/?next=")
    page = browser.get(answer.location).get_data(as_text=True)
    assert "Phiên làm việc đã hết, phần đang gõ đã được giữ" in page
    assert "không có quyền" not in page.lower()
    who = {"username": role.upper(), "password": PASSWORD, "csrf_token": token_in(page)}
    back = browser.client.post(answer.location, data=who)
    assert back.status_code == 302 and back.location.partition("?")[0] == path
    assert browser.get(back.location).status_code == 200
    kept = browser.get(f"/drafts/?address={path}").get_json()
    assert ["note", WORDS + " hai"] in kept["typed"] and re.fullmatch(r"\d\d:\d\d \d\d/\d\d/\d{4}", kept["kept"])
    assert browser.post("/drafts/drop", {"address": path}).status_code == 204
    assert browser.get(f"/drafts/?address={path}").status_code == 204


def test_of_a_form_that_is_not_kept_it_is_not_said(stage):
    installation, _ = stage
    admin = signed_in(installation, "ADMIN")
    token = admin.token()
    end_sessions(installation)
    answer = admin.client.post("/holidays/add", data={"day": "24/12/2027", "csrf_token": token})
    page = admin.get(answer.location).get_data(as_text=True)
    assert "đăng nhập rồi gửi lại" in page and "phần đang gõ đã được giữ" not in page


def token_in(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)


def once_in(page):
    return re.search(r'name="once" value="([^"]+)"', page).group(1)


def registered(installation):
    with installation.session() as session:
        return session.scalar(select(func.count()).select_from(Petition))


def test_a_draft_is_gone_when_the_form_is_stored_and_stays_when_it_is_refused(stage):
    installation, _ = stage
    browser = signed_in(installation, "OFFICER")
    typed = {"address": "/petitions/new", "typed": json.dumps([["summary", WORDS]])}
    browser.post("/drafts/keep", typed)
    refused = browser.post("/petitions/new", PETITION | {"received_on": "32/13/2026"})
    assert refused.status_code == 200
    assert browser.get("/drafts/?address=/petitions/new").status_code == 200
    stored = browser.post("/petitions/new", PETITION)
    assert stored.status_code == 302
    assert browser.get("/drafts/?address=/petitions/new").status_code == 204


def test_a_form_sent_twice_is_stored_once_and_shows_what_was_stored(stage):
    installation, _ = stage
    browser = signed_in(installation, "OFFICER")
    form = PETITION | {"once": once_in(browser.get("/petitions/new").get_data(as_text=True))}
    before = registered(installation)
    first = browser.post("/petitions/new", form)
    again = browser.post("/petitions/new", form)
    assert first.status_code == again.status_code == 302 and first.location == again.location
    assert registered(installation) == before + 1
    page = browser.get(again.location).get_data(as_text=True)
    assert "đã được ghi ở lần bấm trước" in page


def test_a_form_sent_four_times_at_once_is_stored_once(stage):
    installation, _ = stage
    browser = signed_in(installation, "OFFICER")
    form = PETITION | {"once": once_in(browser.get("/petitions/new").get_data(as_text=True))}
    before = registered(installation)
    form["csrf_token"] = browser.token()
    cookie = browser.client.get_cookie("donthu").value

    def send(_place):
        client = installation.app.test_client()
        client.set_cookie("donthu", cookie)
        return client.post("/petitions/new", data=form)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len({answer.location for answer in answers}) == 1
    assert registered(installation) == before + 1


def test_what_was_refused_is_stored_when_it_is_mended(stage):
    installation, _ = stage
    browser = signed_in(installation, "OFFICER")
    once = once_in(browser.get("/petitions/new").get_data(as_text=True))
    refused = browser.post("/petitions/new", PETITION | {"once": once, "received_on": "31/12/2030"})
    assert refused.status_code == 200 and once_in(refused.get_data(as_text=True)) == once
    before = registered(installation)
    assert browser.post("/petitions/new", PETITION | {"once": once}).status_code == 302
    assert registered(installation) == before + 1


def test_a_step_sent_twice_is_taken_once(stage):
    installation, keys = stage
    browser = signed_in(installation, "LEADER")
    address = f"/corrections/note/petition/{keys['waiting']}"
    form = {"note": "Đã gọi điện cho người gửi đơn", "once": once_in(browser.get(address).get_data(as_text=True))}
    for _ in range(3):
        answer = browser.post(address, form)
        assert answer.status_code == 302 and answer.location.endswith(f"/petitions/{keys['waiting']}")
    with installation.session() as session:
        steps = select(func.count()).where(Step.step == "note", Step.petition_id == keys["waiting"])
        assert session.scalar(steps) == 1


def test_only_its_writer_opens_a_draft_whatever_the_role(stage):
    installation, keys = stage
    address = f"/petitions/{keys['waiting']}/process"
    browser = signed_in(installation, "OFFICER")
    browser.post("/drafts/keep", {"address": address, "typed": json.dumps([["reason", WORDS]])})
    for other in ("LEADER", "MANAGER", "ADMIN", "AUDITOR"):
        answer = signed_in(installation, other).get(f"/drafts/?address={address}")
        assert answer.status_code == 204, other
    with installation.app.app_context():
        session = db.session()
        leader = session.scalars(select(Account).where(Account.username == "LEADER")).one()
        enter(session, permissions_and_scope(session, leader)[1])
        assert {row.account for row in session.scalars(select(Draft))} <= {"LEADER"}
        with pytest.raises(Refused, match="chính mình"):
            drafts.find(session, "OFFICER", address, None)
    with installation.owner() as connection:
        bodies = connection.execute("select body from drafts").fetchall()
        assert bodies and all(WORDS.encode() not in bytes(body) for (body,) in bodies)


def test_a_draft_of_a_correction_shows_no_denouncer_again(stage):
    installation, keys = stage
    with installation.session() as session:
        found = select(Petition.id).where(Petition.number == "A-denunciation-cho-thường")
        key = session.scalars(found).one()
    address = f"/corrections/petition/{key}"
    browser = signed_in(installation, "LEADER")
    typed = [["petitioners-0-name", "Người Tố Cáo Mẫu"], ["summary", "Người Tố Cáo Mẫu tố cáo"], ["note", WORDS]]
    browser.post("/drafts/keep", {"address": address, "typed": json.dumps(typed)})
    assert browser.get(f"/drafts/?address={address}").get_json()["typed"] == [["note", WORDS]]
    token = browser.token()
    end_sessions(installation)
    sent = {"petitioners-0-name": "Người Tố Cáo Mẫu", "note": WORDS + " hai", "csrf_token": token}
    assert browser.client.post(address, data=sent).status_code == 302
    again = signed_in(installation, "LEADER")
    assert again.get(f"/drafts/?address={address}").get_json()["typed"] == [["note", WORDS + " hai"]]


def test_a_draft_about_what_the_account_sees_no_more_is_gone(stage):
    installation, keys = stage
    browser = signed_in(installation, "OFFICER")
    address = f"/petitions/{keys['waiting']}/process"
    browser.post("/drafts/keep", {"address": address, "typed": json.dumps([["reason", WORDS]])})
    with installation.session() as session:
        officer = session.scalars(select(Account).where(Account.username == "OFFICER")).one()
        mine = officer.unit
        officer.unit = session.scalars(select(Unit).where(Unit.code == "C")).one()
        session.commit()
        assert browser.get(f"/drafts/?address={address}").status_code == 204
        officer.unit = mine
        session.commit()
    assert browser.get(f"/drafts/?address={address}").status_code == 204, "it went, and does not come back"


def test_after_thirty_days_a_draft_is_gone_and_what_was_sent_is_forgotten(stage):
    installation, _ = stage
    browser = signed_in(installation, "OFFICER")
    for address in ("/petitions/new", "/receptions/new"):
        browser.post("/drafts/keep", {"address": address, "typed": json.dumps([["summary", WORDS]])})
    with installation.owner() as connection:
        connection.execute("update drafts set kept_at = now() - interval '31 days' where address = '/petitions/new'")
        connection.execute("update sent_forms set sent_at = now() - interval '3 days'")
    with installation.session() as session:
        list(run_daily(session))
        session.commit()
        assert "/receptions/new" in session.scalars(select(Draft.address)).all()
        assert "/petitions/new" not in session.scalars(select(Draft.address)).all()
    with installation.owner() as connection:
        assert connection.execute("select count(*) from sent_forms").fetchone() == (0,)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"address": "/petitions/new", "typed": "[]"}, 400),
        ({"address": "/petitions/new", "typed": "{"}, 400),
        ({"address": "/petitions/new", "typed": "[" * 100_000}, 400),
        ({"address": "/petitions/new", "typed": '[["a", 1]]'}, 400),
        ({"address": "/login/", "typed": '[["password", "x"]]'}, 404),
        ({"address": "/nowhere", "typed": '[["a", "b"]]'}, 404),
        ({"typed": '[["a", "b"]]'}, 404),
        ({"address": "/petitions/new", "typed": json.dumps([["summary", "x" * 200_001]])}, 413),
    ],
)
def test_what_is_no_draft_is_refused(stage, sent, status):
    assert signed_in(stage[0], "OFFICER").post("/drafts/keep", sent).status_code == status


def test_typing_is_a_use_of_the_session_and_a_day_stays_its_end(stage):
    installation, _ = stage
    browser = signed_in(installation, "OFFICER")
    token = browser.token()
    with installation.owner() as connection:
        connection.execute("update account_sessions set seen_at = now() - interval '14 minutes'")
        assert browser.client.post("/drafts/beat", data={"csrf_token": token}).status_code == 204
        seen = "select max(seen_at) > now() - interval '1 minute' from account_sessions where ended_at is null"
        assert connection.execute(seen).fetchone() == (True,)
        connection.execute("update account_sessions set made_at = now() - interval '9 hours'")
    assert browser.client.post("/drafts/beat", data={"csrf_token": token}).status_code == 401


def test_the_cookie_is_sent_when_it_changes_and_never_with_a_file(stage):
    browser = signed_in(stage[0], "OFFICER")
    assert "Set-Cookie" in browser.get("/lang/en").headers
    browser.get("/petitions/")
    for address in ("/petitions/", "/petitions/new", "/inbox/", "/static/donthu.css", "/static/donthu.js"):
        answer = browser.get(address)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers, address
        answer.close()


def test_without_a_right_it_is_said_and_without_a_session_it_is_not(stage):
    installation, _ = stage
    officer = signed_in(installation, "OFFICER")
    refused = officer.get("/accounts/list/", follow_redirects=True)
    assert "không có quyền" in refused.get_data(as_text=True)
    nobody = Browser(installation.app)
    page = nobody.get("/accounts/list/", follow_redirects=True).get_data(as_text=True)
    assert "không có quyền" not in page and "Phiên làm việc đã hết" not in page
