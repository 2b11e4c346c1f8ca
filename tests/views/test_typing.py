"""Numbers and days as typed on screens and at the command line: what they mean, what asks back, what stays."""

import json
import re
import sys

import pytest
from sqlalchemy import select

from app.cli import main
from app.clock import today
from app.law.forms.registry import CURRENT, TYPED
from app.models import Case, Decision, Petition, TypedForm
from app.operations.exchange.file_in import import_file
from app.operations.refusal import Refused
from app.operations.typed_forms import type_in
from app.views.fields import AmountField, CountField
from app.views.reports.statutory_forms import entry_field
from tests.conftest import Browser, case_record, pages_of, petition_record
from tests.support.world import build

PETITION = {
    "kind": "complaint",
    "received_on": "05/10/2026",
    "source": "post",
    "signatories": "many",
    "people": "2",
    "field": "land",
    "instance": "1",
    "petitioners-0-name": "Trần Thị Mẫu",
    "summary": "Khiếu nại việc thu hồi đất",
}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.fixture(scope="module")
def person(world):
    """A browser of each identifier, signed in once."""
    signed_in = {}

    def find(identifier):
        if identifier not in signed_in:
            signed_in[identifier] = Browser(world.app)
            signed_in[identifier].sign_in(identifier)
        return signed_in[identifier]

    return find


def said(answer):
    return pages_of(answer.get_data(as_text=True))


def newest(world):
    with world.session() as session:
        mine = select(Petition).where(Petition.registered_by == "OFFICER")
        return session.scalars(mine.order_by(Petition.registered_at.desc())).first()


@pytest.mark.parametrize(("typed", "number"), [("1.500", 1500), ("1 500", 1500), ("12", 12)])
def test_people_are_counted_in_vietnamese_thousands(world, person, typed, number):
    assert person("OFFICER").post("/petitions/new", PETITION | {"people": typed}).status_code == 302
    assert newest(world).people == number


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1,500", "có thể hiểu hai cách; gõ lại 1.500 hoặc 1,5"),
        ("1,5", "có phần lẻ"),
        ("2.5", "có phần lẻ"),
        ("²", "Không phải số nguyên"),
        ("50% của %(so)s", "Không phải số nguyên: “50% của %(so)s”"),
        ("9" * 400, "ngoài khoảng cho phép: phải từ 1 đến 1"),
        ("0", "phải từ 1"),
    ],
)
def test_what_is_no_count_of_people_is_told_once_and_stays_in_its_field(person, typed, told):
    for address, form in (("/petitions/new", PETITION), ("/receptions/new", {"on": "05/10/2026", "kind": "regular"})):
        answer = person("OFFICER" if "petitions" in address else "RECEPTION").post(address, form | {"people": typed})
        page = said(answer)
        assert answer.status_code == 200 and told in page and page.count("Số người:") == 2  # there, and in the summary
        assert re.search(rf'name="people"[^>]*value="{re.escape(typed)}"', answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1112026", "có thể là 01/11/2026 hoặc 11/01/2026"),
        ("05/10/1026", "quá xa trong quá khứ"),
        ("31/12/1899", "quá xa trong quá khứ"),
        ("01/01/2030", "ở tương lai"),
        ("01/01/9999", "quá xa; kiểm tra lại năm"),
        ("05/10/026", "không phải ngày có thật"),
        ("31/02/2026", "không phải ngày có thật"),
        ("   ", "Không được để trống"),
        ("%d/%m/%Y", "“%d/%m/%Y” không phải ngày"),
    ],
)
def test_a_day_that_cannot_be_is_asked_back_on_every_form(person, typed, told):
    assert told in said(person("OFFICER").post("/petitions/new", PETITION | {"received_on": typed}))
    assert told in said(person("RECEPTION").post("/receptions/new", {"on": typed, "kind": "regular", "people": "1"}))


def test_eight_digits_are_a_day(world, person):
    assert person("OFFICER").post("/petitions/new", PETITION | {"received_on": "01112026"}).status_code == 302
    assert f"{newest(world).received_on:%d/%m/%Y}" == "01/11/2026"


def test_filters_and_periods_refuse_years_that_cannot_be(person):
    for name in ("received_from", "received_to", "due_before"):
        assert "quá xa trong quá khứ" in said(person("LEADER").get(f"/petitions/?{name}=01/01/1026"))
        assert "quá xa; kiểm tra lại năm" in said(person("LEADER").get(f"/petitions/?{name}=01/01/2201"))
    assert "ở tương lai" in said(person("LEADER").get(f"/petitions/?received_from=01/01/{today().year + 2}"))
    assert "ở tương lai" not in said(person("LEADER").get(f"/petitions/?due_before=01/01/{today().year + 2}"))
    assert "quá xa trong quá khứ" in said(person("LEADER").get("/forms/?start=01/01/1026&end=01/12/2026"))
    assert "ở tương lai" in said(person("LEADER").get(f"/forms/?start=01/10/2026&end=31/12/{today().year + 2}"))
    assert person("LEADER").get("/petitions/export?received_from=01/01/1026").status_code == 400


def test_days_that_the_law_sets_may_lie_ahead_but_not_beyond_2200(person):
    ahead = f"02/01/{today().year + 3}"
    assert person("ADMIN").post("/holidays/add", {"day": ahead, "kind": "off"}).status_code == 302
    assert "quá xa" in said(person("ADMIN").post("/holidays/add", {"day": "01/01/2201", "kind": "off"}))
    assert person("RECEPTION").post("/receptions/days", {"on": ahead, "holder": "head"}).status_code == 302
    assert "quá xa" in said(person("RECEPTION").post("/receptions/days", {"on": "01/01/2201", "holder": "head"}))
    unit = {"code": "MOI", "name": "Đơn vị mới", "level": "department", "parent": "P"}
    assert "quá xa" in said(person("ADMIN").post("/units/add", unit | {"valid_from": "01/01/1026"}))
    assert person("ADMIN").post("/units/add", unit | {"valid_from": ahead}).status_code == 302
    year = person("ADMIN").post("/holiday-years/add", {"year": "2.1"})
    assert "có phần lẻ" in said(year)


def test_money_is_read_in_vietnamese_notation_and_counts_refuse_fractions(world, person, tmp_path):
    case = case_record("A/go/1", "A", accepted_on="2026-10-08")
    done = {"on": "2026-10-07", "eligible": True, "competent": True, "direction": "accept"}
    with world.session() as session:
        path = tmp_path / "case.jsonl"
        petition = petition_record("A-go-1", "A", processed=done, case="A/go/1")
        path.write_text("\n".join(map(json.dumps, (case, petition))))
        import_file(session, path)
        session.commit()
        key = session.scalars(select(Case.id).where(Case.number == "A/go/1")).one()
    decision = {"on": "21/10/2026", "number": "1/QĐ", "outcome": "justified"}
    decision |= {"state_money": "1.500", "returned_land": "0,125"}
    for wrong, told in (
        ({"people_to_discipline": "1.5"}, "có phần lẻ"),
        ({"state_money": "1,500"}, "gõ lại 1.500 hoặc 1,5"),
        ({"state_money": "1234.567"}, "gõ lại 1.234.567 hoặc 1.234,567"),
        ({"state_money": "1e5"}, "không phải số"),
        ({"state_money": "0,1234"}, "nhiều hơn ba chữ số thập phân"),
        ({"investigations": "9" * 400}, "ngoài khoảng cho phép"),
    ):
        answer = person("OFFICER").post(f"/cases/{key}/step/decide", decision | wrong)
        assert told in said(answer) and f'value="{next(iter(wrong.values()))}"' in answer.get_data(as_text=True), wrong
    more = decision | {"people_to_discipline": "1.000"}
    assert person("OFFICER").post(f"/cases/{key}/step/decide", more).status_code == 302
    with world.session() as session:
        found = session.scalars(select(Decision).where(Decision.number == "1/QĐ", Decision.state_money == 1500)).one()
        assert (found.people_to_discipline, str(found.returned_land)) == (1000, "0.125")


def test_a_typed_form_counts_and_never_takes_a_fraction(world, person):
    shape = next(form for form in CURRENT.forms if form.key == TYPED)
    address = "/forms/typed?start=01/10/2026&end=31/10/2026"
    for column in shape.columns:
        answer = person("SYNTHESIS").post(address, {f"c{column.number}": "1,5"})
        assert "có phần lẻ" in said(answer) and 'value="1,5"' in answer.get_data(as_text=True), column
    assert person("SYNTHESIS").post(address, {"c1": "1.500", "c5": "12"}).status_code == 302
    with world.session() as session:
        row = session.scalars(select(TypedForm).where(TypedForm.form == TYPED)).one()
        assert row.values == {"1": 1500, "5": 12}
        with pytest.raises(Refused, match="số nguyên"):
            type_in(session, row.unit, TYPED, row.start_on, row.end_on, {"1": 1.5})
    assert re.search(r'name="c1"[^>]*value="1.500"', person("SYNTHESIS").get(address).get_data(as_text=True))


def test_money_and_land_of_a_form_take_decimals_and_nothing_else_does():
    for form in CURRENT.forms:
        for column in form.columns:
            amount = "Tiền" in column.heading[-1] or "Đất (m2)" in column.heading[-1]
            assert entry_field(column).field_class is (AmountField if amount else CountField), (form.key, column)


def test_what_the_form_library_says_is_vietnamese(person):
    page = said(person("OFFICER").post("/petitions/new", PETITION | {"petitioners-0-name": "x" * 201, "summary": " "}))
    assert "Field " not in page and "This field" not in page
    page = said(person("ADMIN").post("/units/add", {"code": "x" * 81, "name": "Tên", "level": "department"}))
    assert "Field " not in page and "80" in page


UNREADABLE = ("/petitions/%00", "/petitions/?text=%00", "/units/suggest?q=%FF", "/forms/?self=1")


@pytest.mark.parametrize("address", UNREADABLE)
def test_an_address_that_cannot_be_read_is_told_so(person, address):
    answer = person("OFFICER").get(address)
    assert answer.status_code == 400 and "không đọc được" in said(answer)


def test_characters_that_nobody_types_leave_a_form_silently(world, person):
    form = PETITION | {"summary": "Thu\x00 hồi\x08 đất", "people": "3\x00"}
    assert person("OFFICER").post("/petitions/new", form).status_code == 302
    assert newest(world).people == 3


def test_a_code_generator_is_asked_for_after_a_security_key_was_begun(person):
    person("CHUYENTRACH").get("/account/factors/key")
    answer = person("CHUYENTRACH").post("/account/factors/codes", {"code": "000000"})
    assert answer.status_code == 200 and "niêm phong" not in said(answer)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["due", "complaint.accept", "9999-12-31"], "quá xa"),
        (["due", "complaint.accept", "1026-10-05"], "quá xa trong quá khứ"),
        (["report", "02/XLD", "--unit", "A", "--from", "1026-01-01", "--to", "2026-10-31"], "quá xa trong quá khứ"),
        (["demo", "--petitions", "²"], "Không phải số nguyên"),
        (["demo", "--petitions", "9" * 5000], "ngoài khoảng cho phép"),
        (["keys", "shares", "--of", "1,5"], "có phần lẻ"),
        (["export", "x.jsonl", "--unit", "\udcff"], "không đọc được"),
    ],
)
def test_the_command_line_reads_as_strictly(capsys, arguments, told):
    with pytest.raises(SystemExit) as ended:
        sys.exit(main(arguments))
    trouble = capsys.readouterr().err
    assert ended.value.code != 0 and told in trouble and len(trouble.strip().splitlines()) == 1
