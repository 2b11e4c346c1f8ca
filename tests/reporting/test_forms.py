"""The statutory forms: the contract's numbers on two PostgreSQL servers, random data against a plain counting,
workbooks read back.
"""

import io
import json
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.extensions import db
from app.law.counting import Broken
from app.law.forms.registry import CURRENT, TYPED
from app.models import Decision
from app.operations.exchange import made_up
from app.operations.exchange.file_in import import_file
from app.operations.typed_forms import type_in
from app.operations.units import find_unit
from app.reporting.filling import Filled, fill, fill_folded, plain
from app.reporting.workbook import ms_text, write_form
from tests.conftest import DATA, case_record, copied, petition_record
from tests.support.plain_counting import count

EXPECTED = json.loads((DATA / "example.expected.json").read_text())
CELLS = [(period, form) for period, forms in EXPECTED.items() for form in forms]
COUNTED = ("01/TCD", "02/XLD", "03/GQKN", "04/GQTC", "05/KQTH")


@pytest.fixture(scope="module", params=["embedded", "debian"])
def example(request, cluster):
    environ = cluster if request.param == "embedded" else request.getfixturevalue("debian_cluster")
    with copied(environ) as installation:
        with installation.session() as session:
            import_file(session, DATA / "example.jsonl")
            session.commit()
        yield installation


def figures(filled):
    return {key: {column: plain(value) for column, value in row.items()} for key, row in filled.rows.items()}


@pytest.mark.parametrize(("period", "form"), CELLS)
def test_the_contracts_numbers(example, period, form):
    start, end = map(date.fromisoformat, period.split(".."))
    with example.session() as session:
        filled = fill(session, form, find_unit(session, "H42"), start, end)
    assert figures(filled) == EXPECTED[period][form]
    assert filled.broken == ()


@pytest.mark.parametrize("how", [fill, fill_folded])
@pytest.mark.parametrize("form", COUNTED)
def test_a_form_is_one_statement_however_many_units(example, form, how):
    statements = []
    with example.session() as session:
        unit = find_unit(session, "H42")
        listener = lambda *arguments: statements.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        try:
            how(session, form, unit, date(2025, 12, 15), date(2026, 3, 14))
        finally:
            event.remove(db.engine, "before_cursor_execute", listener)
    # What the rules between forms ask of others comes with it: nothing is counted twice.
    assert len([text for text in statements if "filter (where" in text]) == 1


@pytest.fixture(scope="module")
def random_database(cluster):
    with copied(cluster) as installation:
        yield installation


THREE = {"H42": None, "H42.01": "H42", "H42.02": "H42"}
# Four levels: centre, province, department or commune, what stands under a department.
TREE = {"TW": None, **THREE, "H42": "TW", "H42.01.1": "H42.01", "H42.01.2": "H42.01", "H43": "TW", "H43.01": "H43"}
LEVEL_NAMES = ("central", "province", "department", "commune")


def depth_of(code, tree):
    return 0 if tree[code] is None else 1 + depth_of(tree[code], tree)


def units_of(tree):
    top = 1 if "TW" not in tree else 0
    for code, parent in tree.items():
        above = {"parent": parent} if parent else {}
        yield {"type": "unit", "code": code, "name": code, "level": LEVEL_NAMES[top + depth_of(code, tree)]} | above


def records_for(seed, tree=THREE):
    random = Random(seed)
    end = date(2026, 11, 1)
    units = list(tree)
    yield from units_of(tree)
    known = []
    for place in range(40):
        received = end - timedelta(days=random.randint(0, 400))
        petition = made_up.petition(random, f"P{place}", random.choice(units), received)
        done = received + timedelta(days=random.randint(0, 60))
        if random.random() < 0.85:
            eligible = random.random() < 0.8
            competent = random.random() < 0.7 and petition["signatories"] != "none"
            competent = competent and eligible
            direction = (
                "accept"
                if competent
                else random.choice(
                    ["guide", "forward"] if eligible else ["file", "return", "guide", "forward", "urge", "inspect"]
                )
            )
            petition["processed"] = {
                "on": done.isoformat(),
                "eligible": eligible,
                "competent": competent,
                "direction": direction,
            }
            same = [
                case for case in known if all(case[name] == petition[name] for name in ("unit", "kind", "instance"))
            ]
            if competent and same and random.random() < 0.4:
                petition["case"] = random.choice(same)["case"]
            elif competent and random.random() < 0.8:
                case = made_up.case(random, petition, f"C{place}", done, end)
                entries = case.get("execution", {}).get("entries", ())
                if entries and random.random() < 0.5:  # more than was recommended
                    entries.append(entries[0] | {"state_money": round(3 * entries[0]["state_money"], 3)})
                    entries.append(entries[0] | {"returned_money": round(5 * entries[0]["returned_money"], 3)})
                petition["case"] = case["case"]
                known.append(case)
        yield petition
    yield from known
    yield from (made_up.reception(random, f"R{place}", units, end) for place in range(20))
    yield from (
        {
            "type": "reception_day",
            "id": f"D{n}",
            "unit": random.choice(units),
            "on": (end - timedelta(days=9 * n)).isoformat(),
            "holder": random.choice(["head", "authorised"]),
        }
        for n in range(30)
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), start=st.integers(0, 380), length=st.integers(0, 380))
def test_random_data_counts_as_the_plain_counting_says(random_database, tmp_path_factory, seed, start, length):
    records = list(records_for(seed))
    path = tmp_path_factory.mktemp("random") / "file.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    a = date(2025, 9, 30) + timedelta(days=start)
    b = a + timedelta(days=length)
    with random_database.session() as session:
        import_file(session, path)
        unit = find_unit(session, "H42")
        for form in COUNTED:
            filled = fill(session, form, unit, a, b)
            for code in ("H42", "H42.01", "H42.02"):
                theirs = {str(column): Decimal(value) for column, value in count(form, records, code, a, b).items()}
                assert filled.rows[code] == theirs, (form, code)
            assert filled.broken == (), filled.broken
        session.rollback()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), start=st.integers(0, 380), length=st.integers(0, 380))
def test_folded_rows_are_the_sums_of_the_workbooks_rows_from_every_unit(
    random_database, tmp_path_factory, seed, start, length
):
    """At each level of unit, and each unit's own row is what the plain counting says."""
    records = list(records_for(seed, TREE))
    path = tmp_path_factory.mktemp("folded") / "file.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    a = date(2025, 9, 30) + timedelta(days=start)
    b = a + timedelta(days=length)
    with random_database.session() as session:
        import_file(session, path)
        type_in(session, find_unit(session, "H42.01.1"), TYPED, a, b, {"1": Decimal(3), "2": Decimal(2)})
        for code in TREE:
            unit = find_unit(session, code)
            for form in (*COUNTED, TYPED):
                whole = fill(session, form, unit, a, b)
                folded = fill_folded(session, form, unit, a, b)
                if form in COUNTED:
                    plainly = {str(n): Decimal(value) for n, value in count(form, records, code, a, b).items()}
                    assert whole.rows[code] == folded.rows[code] == plainly, (form, code)
                assert_folds(whole, folded, code)
        session.rollback()


def assert_folds(whole, folded, code):
    """The folded form has the unit's own row, its children's with all under them, and the same total."""
    parts = {child: {child} for child, parent in TREE.items() if parent == code}
    for child, under in parts.items():
        under.update(item for item in TREE if item.startswith(f"{child}."))
    parts[code] = {code}
    assert set(folded.rows) == {*parts, "total"} and folded.rows["total"] == whole.rows["total"]
    for part, under in parts.items():
        sums = {n: sum(whole.rows[item][n] for item in under) for n in whole.form.numbers}
        assert folded.rows[part] == sums, (whole.form.key, part)
    assert folded.folded == {part for part, under in parts.items() if len(under) > 1}
    lacking = {unit.code for unit in whole.missing}
    assert {unit.code for unit in folded.missing} == {part for part, under in parts.items() if under & lacking}
    assert folded.missing_in == (
        {part: len(parts[part] & lacking) for part in folded.folded} if whole.form.key == TYPED else {}
    )
    assert [rule.rule for rule in folded.broken if rule.row == "total"] == [
        rule.rule for rule in whole.broken if rule.row == "total"
    ]


@pytest.mark.parametrize("how", [fill, fill_folded])
def test_a_rule_between_forms_is_found_broken_from_either_form(random_database, tmp_path, how):
    """A decision whose execution is recorded as finished before it was made is due in no period it is decided in."""
    decision = {"on": "2026-01-10", "number": "1/QĐ", "outcome": "justified"}
    lines = [
        {"type": "unit", "code": "H42", "name": "T", "level": "province"},
        case_record("C", "H42", accepted_on="2026-01-02", decision=decision),
    ]
    (tmp_path / "file.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with random_database.session() as session:
        import_file(session, tmp_path / "file.jsonl")
        session.scalars(select(Decision)).one().finished_on = date(2025, 12, 1)
        session.flush()
        unit = find_unit(session, "H42")
        for form in ("03/GQKN", "05/KQTH"):
            broken = how(session, form, unit, date(2025, 12, 15), date(2026, 3, 14)).broken
            assert {(item.form, item.row) for item in broken} == {("05/KQTH", "H42"), ("05/KQTH", "total")}
            assert {item.rule for item in broken} == {"Biểu 05/KQTH cột 1 ≥ Biểu 03/GQKN cột 7"}
        session.rollback()


def test_a_unit_that_was_not_there_stands_for_those_under_it_that_were(random_database, tmp_path):
    unit = {"type": "unit", "level": "district"}
    lines = [
        {"type": "unit", "code": "H42", "name": "T", "level": "province"},
        unit | {"code": "OLD", "name": "Huyện cũ", "parent": "H42", "valid_to": "2025-06-30"},
        unit | {"code": "STAYS", "name": "Xã", "level": "commune", "parent": "OLD"},
        unit | {"code": "GONE", "name": "Huyện", "parent": "H42", "valid_to": "2025-06-30"},
        petition_record("1", "STAYS", received_on="2026-04-01"),
    ]
    (tmp_path / "units.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with random_database.session() as session:
        import_file(session, tmp_path / "units.jsonl")
        filled = fill_folded(session, "02/XLD", find_unit(session, "H42"), date(2026, 3, 15), date(2026, 6, 14))
        session.rollback()
    assert {key: row["1"] for key, row in filled.rows.items()} == {"H42": 0, "OLD": 1, "total": 1}
    assert filled.folded == {"OLD"}


def test_what_is_left_to_execute_is_never_less_than_nothing(random_database, tmp_path):
    lines = [{"type": "unit", "code": "H42", "name": "T", "level": "province"}]
    for number, executed in (("C1", 15), ("C2", 4)):
        decision = {"on": "2026-01-10", "number": number, "outcome": "justified", "state_money": 10}
        execution = {"entries": [{"on": "2026-02-01", "state_money": executed}]}
        lines.append(case_record(number, "H42", accepted_on="2026-01-02", decision=decision, execution=execution))
    (tmp_path / "over.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with random_database.session() as session:
        import_file(session, tmp_path / "over.jsonl")
        row = fill(session, "05/KQTH", find_unit(session, "H42"), date(2026, 3, 15), date(2026, 6, 14)).rows["H42"]
        session.rollback()
    assert (row["1"], row["3"]) == (2, 6)  # 6 of the second decision; the 5 beyond the first are not taken off it


def test_units_outside_their_validity_are_left_out(random_database, tmp_path):
    lines = [
        {"type": "unit", "code": "H42", "name": "T", "level": "province"},
        {
            "type": "unit",
            "code": "OLD",
            "name": "Huyện cũ",
            "level": "district",
            "parent": "H42",
            "valid_to": "2025-06-30",
            "into": "NEW",
        },
        {
            "type": "unit",
            "code": "NEW",
            "name": "Xã mới",
            "level": "commune",
            "parent": "H42",
            "valid_from": "2026-07-01",
        },
    ]
    (tmp_path / "units.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with random_database.session() as session:
        import_file(session, tmp_path / "units.jsonl")
        unit = find_unit(session, "H42")
        earlier = fill(session, "02/XLD", unit, date(2026, 3, 15), date(2026, 6, 14))
        across = fill(session, "02/XLD", unit, date(2026, 6, 15), date(2026, 9, 14))
        session.rollback()
    assert set(earlier.rows) == {"H42", "total"}
    assert set(across.rows) == {"H42", "NEW", "total"}


def test_the_typed_form_names_who_typed_nothing(random_database, tmp_path):
    (tmp_path / "u.jsonl").write_text("\n".join(json.dumps(record) for record in list(records_for(1))[:3]))
    start = date(2026, 6, 15)
    end = date(2026, 9, 14)
    with random_database.session() as session:
        import_file(session, tmp_path / "u.jsonl")
        type_in(
            session,
            find_unit(session, "H42.01"),
            "06/QLKNTC",
            start,
            end,
            {"1": Decimal(3), "6": Decimal(2), "8": Decimal(1)},
        )
        filled = fill(session, "06/QLKNTC", find_unit(session, "H42"), start, end)
        missing = {unit.code for unit in filled.missing}
        session.rollback()
    assert filled.rows["total"]["1"] == 3 and missing == {"H42", "H42.02"}


@pytest.mark.parametrize("form", [form.key for form in CURRENT.forms])
def test_the_workbook_says_what_the_form_says(example, form, tmp_path):
    with example.session() as session:
        filled = fill(session, form, find_unit(session, "H42"), date(2025, 12, 15), date(2026, 9, 14))
        write_form(filled, tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    ms = next(place for place, row in enumerate(rows) if row[0] == "MS")
    assert rows[ms][1 : 1 + len(filled.form.columns)] == [
        ms_text(filled.form, column.number) for column in filled.form.columns
    ]
    for offset, (key, figures_of_row) in enumerate(filled.rows.items(), start=1):
        assert rows[ms + offset][1 : 1 + len(figures_of_row)] == [plain(value) for value in figures_of_row.values()], (
            key
        )
    printed = {str(value) for row in rows for value in row if value}
    for column in filled.form.columns:
        assert set(column.heading) <= printed
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == (
        8 if len(filled.form.columns) > 20 else 9
    )
    assert {sheet.cell(ms + 1, 2).font.name, sheet["A1"].font.name} == {"Times New Roman"}
    assert filled.unit.name in printed and any(
        "Số liệu tính từ ngày 15/12/2025 đến ngày 14/09/2026" in value for value in printed
    )


def test_a_broken_rule_is_red_in_the_workbook_and_text_is_never_a_formula(example, tmp_path):
    with example.session() as session:
        filled = fill(session, "02/XLD", find_unit(session, "H42"), date(2025, 12, 15), date(2026, 9, 14))
        filled.unit.name = '=HYPERLINK("http://x")'
        wrong = Filled(
            filled.form,
            filled.unit,
            filled.start,
            filled.end,
            filled.units,
            filled.rows,
            (Broken("02/XLD", "total", ("3",), "cột 3 = 4 + 23"),),
        )
        target = io.BytesIO()
        write_form(wrong, target)
        session.rollback()
    target.seek(0)
    sheet = openpyxl.load_workbook(target).active
    total = next(row for row in sheet.iter_rows() if row[0].value == "Tổng")
    assert total[3].fill.fgColor.rgb == "FFB00020" and "cột 3 = 4 + 23" in total[3].comment.text
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_libreoffice_prints_the_form_on_one_page_wide_in_times(example, tmp_path):
    with example.session() as session:
        filled = fill(session, "05/KQTH", find_unit(session, "H42"), date(2025, 12, 15), date(2026, 9, 14))
        write_form(filled, tmp_path / "form.xlsx")
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "form.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    info = subprocess.run(["pdfinfo", tmp_path / "form.pdf"], check=True, capture_output=True, text=True).stdout
    assert "Pages:           1" in info
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "form.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Biểu số: 05/KQTH" in text and "THỦ TRƯỞNG ĐƠN VỊ" in text and "Thông tư số 06/2025/TT-TTCP" in text
    fonts = subprocess.run(["pdffonts", tmp_path / "form.pdf"], check=True, capture_output=True, text=True).stdout
    assert "LiberationSerif" in fonts or "TimesNewRoman" in fonts
    assert Path(tmp_path / "form.pdf").stat().st_size > 10_000
