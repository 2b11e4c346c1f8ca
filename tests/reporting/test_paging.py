"""Lists turn in both directions and in every order: each row once, in order, whatever the size of a page."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.clock import today
from app.models import Account, Case, Deadline, Petition, Reception
from app.operations.exchange.file_in import import_file
from app.reporting import inbox as work
from app.reporting import lists
from app.reporting.paging import Spot
from tests.conftest import Browser, create_account, pages_of, petition_record

FIRST = date(2026, 1, 5)


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    lines = [{"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"}]
    lines += [
        petition_record(
            f"Đ/{place:02d}",
            "P",
            kind=("complaint", "reflection")[place % 2],
            received_on=(FIRST + timedelta(days=place // 3)).isoformat(),  # three a day: identity decides among them
            handlers=["CANBO"] if place % 5 == 0 else ["KHAC"],
            summary=f"Việc thứ {place} về ranh giới",
        )
        for place in range(31)
    ]
    path = tmp_path_factory.mktemp("lists") / "file.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)
        rows = session.scalars(select(Petition).order_by(Petition.number)).all()
        for name in ("CANBO", "KHAC"):
            create_account(session, name, rows[0].unit, "officer")
        create_account(session, "CHUNG", rows[0].unit, "officer", "reception")
        # A third has none; the others lie around today, two on each day.
        for place, row in enumerate(rows):
            due = None if place % 3 == 0 else today() + timedelta(days=place // 2 - 8)
            session.execute(update(Petition).where(Petition.id == row.id).values(due_on=due))
        session.commit()
    return installation


@pytest.fixture
def session(office):
    with office.session() as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="module")
def officer(office):
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    return browser


def expected(session, name, filters):
    rows = [row for row in session.scalars(select(Petition)) if not filters.kind or row.kind == filters.kind]
    if name.startswith("due"):
        rows = [row for row in rows if row.due_on is not None]
    day = "due_on" if name.startswith("due") else "received_on"
    rows.sort(key=lambda row: (getattr(row, day), row.id), reverse=name in ("", "due_last"))
    return [row.number for row in rows]


@pytest.mark.parametrize("filters", [lists.Filters(), lists.Filters(kind="complaint")], ids=["all", "narrowed"])
@pytest.mark.parametrize("size", [1, 4, 7, 31, 100])
@pytest.mark.parametrize("name", sorted(lists.ORDERS))
def test_each_row_comes_once_in_order_forwards_and_backwards(session, name, size, filters):
    order = lists.ORDERS[name]
    whole = expected(session, name, filters)

    def walk(spot, turn):
        seen = []
        while True:
            page = lists.petitions(session, filters, spot, size, 1000, order)
            seen.append([row.number for row in page.rows])
            assert page.count == len(whole) and len(page.rows) <= size
            spot = turn(page)
            if spot is None:
                return seen

    forwards = walk(Spot(), lambda page: page.next and Spot(after=page.next))
    assert sum(forwards, []) == whole
    backwards = walk(Spot(last=True), lambda page: page.previous and Spot(before=page.previous))
    seen = [number for page in reversed(backwards) for number in page]
    # The first page is shown whole, and may repeat the beginning of the second.
    assert list(dict.fromkeys(seen)) == whole
    assert backwards[-1] == whole[:size]


def test_before_and_after_a_petition_are_its_neighbours_in_the_list(session):
    for name, order in lists.ORDERS.items():
        filters = lists.Filters(kind="complaint")
        whole = expected(session, name, filters)
        rows = {row.number: row for row in session.scalars(select(Petition))}
        for place, number in enumerate(whole):
            before, after = lists.beside(session, filters, order, rows[number])
            assert before == (rows[whole[place - 1]].id if place else None)
            assert after == (rows[whole[place + 1]].id if place + 1 < len(whole) else None)


def numbers(page):
    return [word for word in page.split() if word.startswith("Đ/")]


@pytest.mark.parametrize(
    ("phase", "held"),
    [
        ("overdue", lambda left: left < 0),
        ("due_soon", lambda left: 0 <= left <= 3),
        ("in_time", lambda left: left > 3),
    ],
)
def test_a_phase_is_a_filter(office, officer, session, phase, held):
    office.app.config["DUE_SOON_DAYS"] = 3
    rows = session.scalars(select(Petition).where(Petition.due_on.is_not(None))).all()
    wanted = {row.number for row in rows if held((row.due_on - today()).days)}
    assert wanted and set(numbers(pages_of(officer.get(f"/petitions/?phase={phase}").get_data(as_text=True)))) == wanted


def test_before_a_day_means_before_that_day(officer, session):
    day = f"{today():%d/%m/%Y}"
    wanted = {row.number for row in session.scalars(select(Petition).where(Petition.due_on < today()))}
    assert set(numbers(pages_of(officer.get(f"/petitions/?due_before={day}").get_data(as_text=True)))) == wanted


def test_each_filter_is_a_chip_that_takes_it_away(officer):
    page = officer.get("/petitions/?kind=complaint&handler=CANBO&unit=P&subtree=1").get_data(as_text=True)
    chips = page[page.index('class="chips"') : page.index("</ul>", page.index('class="chips"'))]
    assert "Loại đơn: Khiếu nại" in chips and "Người xử lý: CANBO" in chips
    assert "Đơn vị: Thanh tra P (cả đơn vị cấp dưới)" in chips
    assert 'href="/petitions/?kind=complaint&amp;handler=CANBO"' in chips
    assert 'href="/petitions/?handler=CANBO&amp;unit=P&amp;subtree=1"' in chips


def test_where_nothing_is_found_it_is_said_which_filter_to_loosen(officer):
    page = pages_of(officer.get("/petitions/?kind=complaint&handler=CANBO&source=online").get_data(as_text=True))
    assert "Không có đơn nào khớp" in page
    assert "Bỏ “Nguồn đơn: Trực tuyến” : 4 dòng" in page and "Bỏ “Loại đơn" not in page


def test_from_a_petition_one_goes_on_in_the_list_and_back_to_it_as_it_was(officer):
    address = "/petitions/?kind=complaint&order=due&size=50"
    page = officer.get(address).get_data(as_text=True)
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="') if "list=1" in part[:200]]
    assert len(links) > 3
    second = officer.get(links[1]).get_data(as_text=True).replace("&amp;", "&")
    assert f'href="{links[0]}"' in second and f'href="{links[2]}"' in second
    assert 'href="/petitions/?kind=complaint&order=due&size=50"' in second
    first = officer.get(links[0]).get_data(as_text=True)
    assert "Đơn trước" not in first and "Đơn sau" in first


@pytest.mark.parametrize("asked", ["after=x", "before=2026-01-01_x", "size=7", "after=_"])
def test_a_page_of_work_that_is_none_is_no_page(officer, asked):
    assert officer.get(f"/inbox/?{asked}").status_code == 400


def test_the_pages_of_work_lead_on_and_back(officer):
    first = officer.get("/inbox/?size=25").get_data(as_text=True)
    onwards = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = officer.get(onwards).get_data(as_text=True)
    assert 'rel="prev"' in second and "Trang đầu" in second and "Trang trước" not in first


def test_the_trail_says_how_much_there_is_and_what_narrows_it(office):
    with office.session() as session:
        unit = session.scalars(select(Petition)).first().unit
        create_account(session, "KIEMSOAT", unit, "auditor")
        session.commit()
    auditor = Browser(office.app)
    auditor.sign_in("KIEMSOAT")
    auditor.get("/audit/")
    page = auditor.get("/audit/?account=KIEMSOAT&action=audit.read").get_data(as_text=True)
    assert "1 dòng" in pages_of(page)
    without = re.search(r'href="(/audit/[^"]*)"[^>]*>Tài khoản: KIEMSOAT', page).group(1)
    assert without == "/audit/?action=audit.read"


@pytest.mark.parametrize(
    "address",
    ["/cases/?kind=complaint&unit=P&state=finished", "/receptions/?kind=regular&unit=P&state=removed"],
)
def test_where_nothing_is_found_the_filter_to_loosen_is_named(office, address):
    with office.session() as session:
        unit = session.scalars(select(Account).where(Account.username == "CANBO")).one().unit
        if not session.scalars(select(Reception)).first():
            session.add(Reception(unit=unit, number="TD/1", held_on=FIRST, kind="regular", people=1))
            matter = {"kind": "complaint", "instance": 1, "state": "reviewing", "complexity": []}
            session.add(Case(unit=unit, number="V/1", remote=False, **matter))
            session.commit()
    desk = Browser(office.app)
    desk.sign_in("CHUNG")
    page = desk.get(address).get_data(as_text=True)
    assert re.search(r"Bỏ “Trạng thái: [^”]+”</a>:\s+1 dòng", page), pages_of(page)


def headings_of(page):
    """What stands above the columns, as it is read."""
    return [" ".join(re.sub("<[^>]+>|[▴▾]", "", cell).split()) for cell in re.findall(r"<th scope.*?</th>", page, re.S)]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize("name", sorted(work.ORDERS))
def test_work_stands_in_either_order_what_is_at_rest_last_of_the_soonest(session, name, size):
    at_rest = session.scalars(select(Deadline).where(Deadline.done_on.is_(None)).limit(3)).all()
    for row in at_rest:
        row.due_on = None
    session.flush()
    open_ones = session.scalars(select(Deadline).where(Deadline.done_on.is_(None))).all()
    open_ones.sort(key=lambda row: (row.due_on is None, row.due_on or FIRST, row.id), reverse=name == "latest")
    whole = [row.id for row in open_ones]
    assert len(whole) > 10

    def walk(spot, turn):
        while spot:
            page = work.inbox(session, work.Whose(), work.ORDERS[name], spot, size, 1000)
            yield [row.id for row in page.rows]
            spot = turn(page)

    assert sum(walk(Spot(), lambda page: page.next and Spot(after=page.next)), []) == whole
    backwards = list(walk(Spot(last=True), lambda page: page.previous and Spot(before=page.previous)))
    assert list(dict.fromkeys(sum(reversed(backwards), []))) == whole


def test_the_trail_is_read_from_either_end(office, officer):
    for _ in range(9):
        officer.get("/inbox/")
    with office.session() as session:
        create_account(session, "HAIDAU", session.scalars(select(Petition)).first().unit, "auditor")
        session.commit()
    auditor = Browser(office.app)
    auditor.sign_in("HAIDAU")
    usual = office.app.config["PAGE_SIZE"]
    office.app.config["PAGE_SIZE"] = 4

    def walk(address):
        seen = []
        while address:
            page = auditor.get(address).get_data(as_text=True)
            seen += re.findall(r"<td>(\d\d:\d\d:\d\d) (\d\d)/(\d\d)/(\d{4})</td>", page)
            onwards = re.search(r'rel="next" href="([^"]+)"', page)
            address = onwards and onwards.group(1).replace("&amp;", "&")
        return [(year, month, day, time) for time, day, month, year in seen]

    newest, oldest = (walk(f"/audit/?action=petition.listed{order}") for order in ("", "&order=oldest"))
    office.app.config["PAGE_SIZE"] = usual
    assert len(newest) >= 9 and newest == sorted(newest, reverse=True) and oldest == newest[::-1]


def test_a_heading_of_work_sorts_it_and_says_so(officer):
    page = officer.get("/inbox/").get_data(as_text=True)
    assert 'aria-sort="ascending"' in page
    other = re.search(r'aria-sort="ascending">\s*<a href="([^"]+)"', page).group(1).replace("&amp;", "&")
    assert "order=latest" in other and 'aria-sort="descending"' in officer.get(other).get_data(as_text=True)


def test_columns_of_a_catalogue_are_chosen_and_go_on_with_its_pages(office):
    with office.session() as session:
        create_account(
            session, "QUANTRI", session.scalars(select(Petition)).first().unit, "administrator", kind="admin"
        )
        session.commit()
    admin = Browser(office.app)
    admin.sign_in("QUANTRI")
    for base in ("/accounts/list/", "/units/list/", "/holidays/list/"):
        page = admin.get(base).get_data(as_text=True)
        offered = re.findall(r'name="show" value="([^"]+)"', page)
        whole = headings_of(page)
        assert offered, base
        kept = admin.get(f"{base}?show={offered[0]}")
        assert kept.status_code == 302 and ("hide=" in kept.location) == (len(offered) > 1)
        shorter = admin.get(f"{base}?hide={offered[0]}").get_data(as_text=True)
        missing = [heading for heading in whole if heading not in headings_of(shorter)]
        assert len(missing) == 1 and headings_of(shorter)[0] == whole[0]
        assert f"({len(offered) - 1}/{len(offered)})" in shorter
        sorts = re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', shorter)
        assert all(f"hide={offered[0]}" in address for address in sorts)
    assert "Cột hiển thị" not in admin.get("/roles/list/").get_data(as_text=True)  # they have but their names


def test_columns_of_work_and_trail_are_chosen_in_the_address(office, officer):
    page = officer.get("/inbox/?hide=sender,matter").get_data(as_text=True)
    assert headings_of(page) == ["Hạn", "Việc", "Số đơn, vụ việc", "Loại"] and "(3/5)" in page
    ticked = officer.get("/inbox/?show=task&show=unit")
    assert ticked.status_code == 302 and "hide=kind,matter,sender" in ticked.location
    with office.session() as session:
        if not session.scalars(select(Account).where(Account.username == "SOAT")).first():
            create_account(session, "SOAT", session.scalars(select(Petition)).first().unit, "auditor")
            session.commit()
    auditor = Browser(office.app)
    auditor.sign_in("SOAT")
    shown = auditor.get("/audit/?hide=address,table,rows,columns,reason,detail").get_data(as_text=True)
    assert headings_of(shown) == ["Lúc", "Tài khoản", "Hành động"]
    assert "127.0.0.1" not in pages_of(shown)
