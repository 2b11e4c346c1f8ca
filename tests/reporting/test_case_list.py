"""The list of cases: in every order each case once, by what narrows it, and nothing of another unit."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.clock import today
from app.models import Case
from app.operations.exchange.file_in import import_file
from app.reporting import case_list
from app.reporting.paging import Spot
from tests.conftest import Browser, case_record, create_account, pages_of, petition_record


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    lines = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        {"type": "unit", "code": "Q", "name": "Thanh tra Q", "level": "province"},
    ]
    processed = {"on": "2026-10-06", "eligible": True, "competent": True, "direction": "accept"}
    for place in range(11):
        unit = "Q" if place == 10 else "P"
        kind = ("complaint", "denunciation")[place % 2]
        lines += [
            case_record(f"V/{place:02d}", unit, kind=kind, accepted_on="2026-10-07"),
            petition_record(
                f"Đ/{place:02d}",
                unit,
                kind=kind,
                received_on="2026-10-05",
                handlers=["CANBO"] if place < 6 else ["KHAC"],
                summary=f"Việc thứ {place} về đêđiều" if place == 4 else f"Việc thứ {place} về ranh giới",
                processed=processed,
                case=f"V/{place:02d}",
            ),
        ]
    path = tmp_path_factory.mktemp("cases") / "file.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)
        rows = session.scalars(select(Case).order_by(Case.number)).all()
        create_account(session, "CANBO", rows[0].unit, "officer")
        for place, row in enumerate(rows):
            due = None if place % 4 == 0 else today() + timedelta(days=place // 2)
            session.execute(update(Case).where(Case.id == row.id).values(due_on=due))
        session.commit()
    return installation


@pytest.fixture(scope="module")
def officer(office):
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    return browser


def shown(browser, query=""):
    answer = browser.get(f"/cases/{query}", follow_redirects=True)
    assert answer.status_code == 200
    return [word for word in pages_of(answer.get_data(as_text=True)).split() if word.startswith("V/")]


@pytest.mark.parametrize("size", [1, 3, 11])
@pytest.mark.parametrize("name", sorted(case_list.ORDERS))
def test_each_case_comes_once_in_order_forwards_and_backwards(office, name, size):
    with office.session() as session:
        order = case_list.ORDERS[name]
        rows = [row for row in session.scalars(select(Case)) if order.day is None or row.due_on is not None]
        rows.sort(key=order.key_of if order.day is not None else lambda row: row.id, reverse=order.descending)
        whole = [row.number for row in rows]

        def walk(spot, turn):
            seen = []
            while spot is not None:
                page = case_list.cases(session, case_list.CaseFilters(), spot, size, 1000, order)
                assert page.count == len(whole)
                seen.append([row.number for row in page.rows])
                spot = turn(page)
            return seen

        forwards = walk(Spot(), lambda page: Spot(after=page.next) if page.next else None)
        assert [number for page in forwards for number in page] == whole
        backwards = walk(Spot(last=True), lambda page: Spot(before=page.previous) if page.previous else None)
        assert list(dict.fromkeys(number for page in reversed(backwards) for number in page)) == whole


def test_the_list_shows_the_units_cases_with_their_matter_handlers_and_deadline(officer):
    assert set(shown(officer)) == {f"V/{place:02d}" for place in range(10)}
    page = pages_of(officer.get("/cases/").get_data(as_text=True))
    assert "Việc thứ 0 về ranh giới" in page and "10 vụ việc" in page and "CANBO" in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?kind=denunciation", range(1, 10, 2)),
        ("?handler=CANBO", range(6)),
        ("?handler=CANBO&kind=complaint", (0, 2, 4)),
        ("?state=accepted", range(10)),
        ("?state=decided", ()),
        ("?unit=Q", ()),
        ("?unit=Q&subtree=1", ()),
    ],
)
def test_what_narrows_the_list(officer, query, numbers):
    assert set(shown(officer, query)) == {f"V/{place:02d}" for place in numbers}


def test_a_case_is_found_by_what_its_petitions_say_and_by_its_number(officer):
    answer = officer.post("/cases/search", {"text": "de dieu"})
    assert "de" not in answer.location.partition("text=")[2].split("&")[0].split("-")
    for text, found in (("đêđiều", ["V/04"]), ("V/07", ["V/07"]), ("khôngcótừnày", [])):
        answer = officer.post("/cases/search", {"text": text}, follow_redirects=True)
        page = pages_of(answer.get_data(as_text=True))
        assert [word for word in page.split() if word.startswith("V/") and word in {"V/04", "V/07"}][:1] == found[:1]


@pytest.mark.parametrize(
    "query", ["?order=number", "?size=7", "?after=x", "?order=due&after=_1", "?after=2026-01-01_x"]
)
def test_what_the_list_does_not_offer_is_refused(officer, query):
    assert officer.get(f"/cases/{query}").status_code == 400


def test_before_and_after_a_case_are_its_neighbours_in_the_list(office):
    with office.session() as session:
        for name, order in case_list.ORDERS.items():
            filters = case_list.CaseFilters(kind="complaint")
            whole = [row.id for row in case_list.cases(session, filters, Spot(), 100, 100, order).rows]
            assert len(whole) > 2, name
            rows = {row.id: row for row in session.scalars(select(Case))}
            beside = [case_list.beside(session, filters, order, rows[key]) for key in whole]
            assert beside == list(zip([None, *whole], [*whole[1:], None], strict=False))[: len(whole)]


def test_a_case_opened_from_the_list_leads_back_to_it_and_on_to_the_next(officer):
    listed = officer.get("/cases/?kind=complaint&size=25&order=oldest").get_data(as_text=True)
    address = re.search(r'href="(/cases/[0-9a-f-]{36}\?[^"]+)"', listed).group(1).replace("&amp;", "&")
    page = officer.get(address).get_data(as_text=True)
    back = re.findall(r'href="(/cases/\?[^"]+)"', page)
    assert back and {"kind=complaint", "order=oldest"} <= set(back[0].split("?")[1].replace("&amp;", "&").split("&"))
    onwards = re.search(r'rel="next" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    assert "Vụ việc trước" not in page and "Vụ việc trước" in officer.get(onwards).get_data(as_text=True)
    alone = officer.get(address.split("?")[0]).get_data(as_text=True)
    assert "Về danh sách" not in alone


def test_cases_are_narrowed_by_where_their_deadline_stands(office, officer):
    with office.session() as session:
        days = {row.number: row.due_on for row in session.scalars(select(Case))}
    overdue = {number for number, due in days.items() if due and due < today() and number != "V/10"}
    with office.session() as session:
        late = [session.scalars(select(Case).where(Case.number == number)).one() for number in ("V/01", "V/02")]
        for row in late:
            session.execute(update(Case).where(Case.id == row.id).values(due_on=today() - timedelta(days=3)))
        session.commit()
    assert set(shown(officer, "?phase=overdue")) == overdue | {"V/01", "V/02"}
    assert not {"V/01", "V/02"} & set(shown(officer, "?phase=in_time")) and "V/00" not in shown(
        officer, "?phase=due_soon"
    )
    page = officer.get("/cases/?phase=overdue").get_data(as_text=True)
    assert "Thời hạn: Quá hạn" in pages_of(page)
