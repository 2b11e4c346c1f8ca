"""A denunciation's compartment holds in every corner: notes, receptions, cases joined later, people pressing one button
twice, managers of two units.
"""

import json
import re
import threading

import pytest
from sqlalchemy import func, select

from app.models import Case, Petition, Reception, Suspension, Unit
from app.operations.exchange.file_in import import_file
from tests.conftest import Browser, create_account, pages_of, petition_record
from tests.support.world import build
from tests.views.test_work import PETITION, accepted, registered, step


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def signed_in(world, identifier):
    browser = Browser(world.app)
    assert browser.sign_in(identifier).status_code == 302
    return browser


def closed_case(world, **values):
    """A denunciation's case that CHUYENTRACH alone handles; its address and number."""
    leader = signed_in(world, "LEADER")
    officer = signed_in(world, "OFFICER")
    address = registered(officer, kind="denunciation", **values)
    leader.post(
        f"{address}/process",
        {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept", "difference": "ghi chú kín đáo"},
    )
    leader.post(f"{address}/attach", {"on": "07/10/2026", "accept": "y"})
    leader.post(f"{address}/assign", {"on": "07/10/2026", "handlers": ["CHUYENTRACH"]})
    page = leader.get(address).get_data(as_text=True)
    case = re.search(r"/cases/[0-9a-f-]+", page).group()
    return address, case, re.search(r"A/2026/\d+", page).group()


def test_a_case_cannot_be_taken_over_by_joining_it(world):
    _, case, number = closed_case(world)
    officer = signed_in(world, "OFFICER")
    assert "chỉ người được phân công" in step(officer, case, "withdraw")
    address = registered(officer, kind="denunciation")
    officer.post(f"{address}/process", {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept"})
    assert "không có vụ việc số" in officer.post(
        f"{address}/attach", {"on": "07/10/2026", "case_number": number}
    ).get_data(as_text=True)
    assert "chỉ người được phân công" in step(officer, case, "withdraw")


def test_notes_close_with_the_compartment(world):
    address, case, _ = closed_case(world)
    handler = signed_in(world, "CHUYENTRACH")
    officer = signed_in(world, "OFFICER")
    assert "lý do rất kín" in step(handler, case, "suspend", note="lý do rất kín", ground="expertise")
    assert "lý do rất kín" not in officer.get(case).get_data(as_text=True)
    assert "ghi chú kín đáo" not in officer.get(address).get_data(as_text=True)
    assert "ghi chú kín đáo" in handler.get(address).get_data(as_text=True)


def test_a_denouncers_name_does_not_show_in_the_reception_register(world):
    address, _, _ = closed_case(world)
    number = re.search(r"A-2026-\d{5}", signed_in(world, "LEADER").get(address).get_data(as_text=True)).group()
    with world.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        create_account(session, "TIEPDAN.HAI", unit, "reception")
        create_account(session, "TIEPDAN.MOT", unit, "reception")
        petition = session.scalars(select(Petition).where(Petition.number == number)).one()
        petition.registered_by = "TIEPDAN.MOT"
        session.commit()
    first = signed_in(world, "TIEPDAN.MOT")
    values = {
        "on": "05/10/2026",
        "kind": "regular",
        "people": "1",
        "petitioners-0-name": "Tên Người Tố Cáo",
        "summary": "Nộp đơn tố cáo",
        "petition": number,
    }
    assert first.post("/receptions/new", values).status_code == 302
    for identifier in ("TIEPDAN.MOT", "TIEPDAN.HAI", "LEADER", "SYNTHESIS"):
        browser = signed_in(world, identifier)
        listing = browser.get("/receptions/").get_data(as_text=True)
        assert "Tên Người Tố Cáo" not in listing, identifier
        with world.session() as session:
            key = session.scalars(select(Reception.id).join(Petition).where(Petition.number == number)).one()
        assert "Tên Người Tố Cáo" not in browser.get(f"/receptions/{key}").get_data(as_text=True), identifier


def together(times, act):
    threads = [threading.Thread(target=act) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_button_pressed_by_several_at_once_is_one_step(world):
    officers = [signed_in(world, "OFFICER") for _ in range(4)]
    case = accepted(officers[0])
    tokens = [officer.token() for officer in officers]
    waiting = iter(zip(officers, tokens, strict=True))
    lock = threading.Lock()

    def press():
        with lock:
            officer, token = next(waiting)
        officer.client.post(
            f"{case}/step/suspend",
            data={"on": "20/10/2026", "paper": "1/QĐ", "ground": "obstacle", "csrf_token": token},
        )

    together(4, press)
    with world.session() as session:
        found = session.scalars(
            select(func.count()).select_from(Suspension).join(Case).where(Case.id == case.rsplit("/", 1)[1])
        ).one()
    assert found == 1


def test_a_number_taken_by_a_row_nobody_here_sees_does_not_stop_the_register(world, tmp_path):
    with world.session() as session:
        taken = [petition_record(f"A-2026-{place:05d}", "C") for place in range(60, 64)]
        (tmp_path / "taken.jsonl").write_text("\n".join(json.dumps(record) for record in taken))
        import_file(session, tmp_path / "taken.jsonl")
        session.commit()
    with world.owner() as connection:
        connection.execute("update counters set value = 59 where series = 'petition' and year = 2026")
    browser = signed_in(world, "RECEPTION")
    page = browser.get(registered(browser)).get_data(as_text=True)
    assert "A-2026-00064" in page


def test_a_manager_has_a_right_only_where_one_of_its_users_has_it(world):
    with world.session() as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        create_account(session, "CANBO.C", units["C"], "officer")
        create_account(session, "HAI.NOI", units["A"], kind="manager", manages=["CANBO.C", "LEADER"])
        create_account(session, "CHUA.CO", units["A"], kind="manager")
        session.commit()
        foreign = session.scalars(select(Petition.id).where(Petition.number.like("C-complaint-cho-%"))).one()
    manager = signed_in(world, "HAI.NOI")
    assert manager.get(f"/petitions/{foreign}").status_code == 200
    answer = manager.post(f"/petitions/{foreign}/remove", {"note": "thử"}, follow_redirects=True)
    assert "ai trò của tài khoản ở đơn vị này" in pages_of(answer.get_data(as_text=True))
    mine = manager.post("/petitions/new", PETITION)
    assert mine.status_code == 200 and "ai trò của tài khoản không được làm việc này" in mine.get_data(as_text=True)
    empty = signed_in(world, "CHUA.CO")
    assert empty.get("/account/password").status_code == 200 and empty.get("/petitions/").status_code == 403
