"""Lists as workbooks: rows say what was put in, to openpyxl and LibreOffice; text is no formula."""

import csv
import io
import subprocess
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from app.reporting.workbook import Layout, write_list

ROWS = [
    ("H42-1", date(2026, 10, 5), 3, Decimal("12.345"), None, "Có"),
    ("=1+1", date(1999, 12, 31), 0, 1.5, "", "<đơn> & “thư”"),
    (" khoảng trắng ", None, 10**9, Decimal(0), "hai\ndòng", "x" * 40000),
]
MARK = "MẬT – CANBO.A – danh sách đơn"


@pytest.fixture(params=["", MARK], ids=["plain", "marked"])
def written(request, tmp_path):
    target = io.BytesIO()
    count = write_list(
        ["A", "B", "C", "D", "E", "F"], ROWS, target, Layout("Danh sách", ("Lọc",), mark=request.param), tmp_path
    )
    assert count == len(ROWS)
    return target, 3 if request.param else 2


def test_rows_come_back_as_they_were(written):
    target, above = written
    found = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))[above:]
    assert found[0] == ("A", "B", "C", "D", "E", "F")
    assert found[1] == ("H42-1", datetime(2026, 10, 5), 3, 12.345, None, "Có")
    assert found[2][0] == "=1+1" and found[2][5] == "<đơn> & “thư”"
    assert found[3][0] == " khoảng trắng " and found[3][2] == 10**9 and found[3][4] == "hai\ndòng"
    assert len(found[3][5]) == 32767, "Excel takes no more in a cell"


def test_a_text_that_looks_like_a_formula_is_a_text(written):
    target, above = written
    cell = openpyxl.load_workbook(target).active.cell(row=3 + above, column=1)
    assert (cell.data_type, cell.value) in (("s", "=1+1"), ("inlineStr", "=1+1"))


def test_an_empty_list_has_its_headings(tmp_path):
    target = io.BytesIO()
    assert write_list(["A", "B"], [], target, Layout("Trống"), tmp_path) == 0
    assert list(openpyxl.load_workbook(target).active.iter_rows(values_only=True)) == [("Trống", None), ("A", "B")]


def test_libreoffice_reads_the_same(written, tmp_path):
    target, above = written
    (tmp_path / "list.xlsx").write_bytes(target.getvalue())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "list.xlsx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    rows = list(csv.reader((tmp_path / "list.csv").open(encoding="utf-8")))[above:]
    assert rows[1][:4] == ["H42-1", "05/10/2026", "3", "12.345"] and rows[2][0] == "=1+1"
