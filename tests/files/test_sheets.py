"""Workbooks as other people make them: every cell that is there comes back, what cannot be read is one sentence."""

import io
import re
import zipfile

import pytest
from xlsxwriter import Workbook

from app.files.apart import ask
from app.files.sheets import MOST_ROWS, sheets
from app.files.unwanted import Unwanted
from tests.conftest import DATA

SHEET = "xl/worksheets/sheet1.xml"
USUAL = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def made_up(name):
    return (DATA / "inputs" / name).read_bytes()


def values(sheet):
    return [[cell and cell["v"] for cell in row] for row in sheet["rows"]]


def book(*rows, **parts):
    """A workbook of these rows, with parts replaced by bytes or by a function of what they were."""
    target = io.BytesIO()
    changed = io.BytesIO()
    with Workbook(target) as workbook:
        page = workbook.add_worksheet()
        for place, row in enumerate(rows or (["Họ tên"], ["Trần Thị Thử"])):
            page.write_row(place, 0, row)
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            change = parts.get(name)
            archive.writestr(name, part if change is None else change(part) if callable(change) else change)
    return changed.getvalue()


def sheet_of(xml):
    return b'<worksheet xmlns="%s">%s</worksheet>' % (USUAL, xml.encode())


def with_sheet(xml):
    return book(**{SHEET: sheet_of(xml)})


@pytest.mark.parametrize("name", ["E01-dimension-A1.xlsx", "E01b-dimension-short.xlsx", "E02-empty-fill.xlsx"])
def test_every_row_and_column_is_read_whatever_the_file_declares(name):
    (sheet,) = sheets(made_up(name))
    assert [len(row) for row in sheet["rows"]] == [11, 11, 11]
    assert sheet["rows"][2][1] == {"t": "d", "v": "2026-03-05"}
    assert sheet["rows"][2][6] == {"t": "s", "v": "001090000001"}


def test_every_sheet_comes_with_its_name_and_state():
    both = sheets(made_up("E03-two-sheets.xlsx"))
    assert [(sheet["name"], sheet["state"], len(sheet["rows"])) for sheet in both] == [
        ("Tháng 1", "visible", 2),
        ("Tháng 2", "visible", 2),
    ]
    hidden = book(**{"xl/workbook.xml": lambda part: part.replace(b'sheetId="1"', b'sheetId="1" state="veryHidden"')})
    assert sheets(hidden)[0]["state"] == "veryHidden"


@pytest.mark.parametrize(
    ("name", "column", "cell"),
    [
        ("E04-1904-serial.xlsx", 1, {"t": "n", "v": 44624, "format": "General"}),
        ("E05-numbers-lost-zero.xlsx", 6, {"t": "n", "v": 1090000001, "format": "General"}),
        ("E06-error-cells.xlsx", 4, {"t": "e", "v": "#N/A"}),
        ("E07-formula-not-calculated.xlsx", 5, {"t": "f", "v": None}),
        ("E56-inf.xlsx", 8, {"t": "n", "v": "1E+999", "format": "General"}),
    ],
)
def test_cells_say_what_they_are(name, column, cell):
    assert sheets(made_up(name))[0]["rows"][1][column] == cell


def test_merged_cells_and_the_epoch_are_told():
    assert sheets(made_up("E11b-merged-petitioner.xlsx"))[0]["merged"] == [[2, 6, 3, 6], [2, 5, 3, 5]]
    assert sheets(made_up("E04-1904-serial.xlsx"))[0]["epoch"] == 1904


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('<c r="A1"><v>1.50</v></c>', {"t": "n", "v": 1.5, "format": "General"}),
        ('<c r="A1"><v>079090000001</v></c>', {"t": "n", "v": 79090000001, "format": "General"}),
        ('<c r="A1"><v>12345678901234567</v></c>', {"t": "n", "v": "12345678901234567", "format": "General"}),
        ('<c r="A1" t="b"><v>1</v></c>', {"t": "b", "v": True}),
        ('<c r="A1" t="d"><v>2026-03-05</v></c>', {"t": "d", "v": "2026-03-05"}),
        ('<c r="A1" t="str"><f>A2</f><v>Mẫu</v></c>', {"t": "s", "v": "Mẫu"}),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', {"t": "n", "v": 2, "format": "General"}),
        ('<c t="inlineStr"><is><r><t>Tr</t></r><r><t>ần</t></r><rPh><t>x</t></rPh></is></c>', {"t": "s", "v": "Trần"}),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_xD800_</t></is></c>', {"t": "s", "v": "a\rb\ufffd"}),
        ("<c><v>7</v></c>", {"t": "n", "v": 7, "format": "General"}),
    ],
)
def test_each_kind_of_cell(cell, read):
    assert sheets(with_sheet(f"<sheetData><row>{cell}</row></sheetData>"))[0]["rows"] == [[read]]


def test_gaps_stay_gaps_and_empty_cells_take_no_room():
    third = '<row r="3"><c r="B3"><v>1</v></c><c r="XFD3" s="1"/></row>'
    (sheet,) = sheets(with_sheet(f'<sheetData>{third}<row r="1048576"><c r="A1048576" s="1"/></row></sheetData>'))
    assert values(sheet) == [[], [], [None, 1]]


def test_other_ways_to_write_the_same_workbook():
    strict = book(
        **{
            SHEET: lambda part: part.replace(USUAL, b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
            "xl/styles.xml": lambda part: part.replace(b"<fills", b"<unknown/><fills"),
        }
    )
    utf16 = book(**{"xl/sharedStrings.xml": lambda part: part.decode().replace("UTF-8", "UTF-16").encode("utf-16")})
    for data in (strict, utf16):
        assert values(sheets(data)[0]) == [["Họ tên"], ["Trần Thị Thử"]]


@pytest.mark.parametrize(
    ("epoch", "serial", "day"),
    [(1900, 44624, "2022-03-04"), (1904, 44624, "2026-03-05"), (1900, 46086.5, "2026-03-05T12:00:00")],
)
def test_days_by_either_epoch(epoch, serial, day):
    styled = b'<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    data = book(
        **{
            SHEET: sheet_of(f'<sheetData><row><c s="1"><v>{serial}</v></c><c s="1"><v>0.5</v></c></row></sheetData>'),
            "xl/styles.xml": lambda part: re.sub(rb"<cellXfs.*</cellXfs>", styled, part, flags=re.DOTALL),
            "xl/workbook.xml": lambda part: part.replace(
                b"<workbookPr", b'<workbookPr date1904="%d"' % (epoch == 1904)
            ),
        }
    )
    assert values(sheets(data)[0]) == [[day, 0.5]]


def rows_of(xml):
    return lambda: with_sheet(f"<sheetData>{xml}</sheetData>")


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
FAR_RIGHT = "".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(1, 2000))
LONG_EVERYWHERE = sheet_of("<sheetData>" + '<row><c t="s"><v>0</v></c></row>' * 5000 + "</sheetData>")
UNREADABLE = {
    "encrypted entries": (lambda: made_up("E53-encrypted-entries.xlsx"), "có mật khẩu"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "đời cũ"),
    "no workbook": (lambda: b"STT;Ngay", "phải là tệp Excel"),
    "cut": (lambda: book()[:-300], "hỏng"),
    "a word file": (lambda: book(**{"xl/workbook.xml": b"<document/>"}), "phải là tệp Excel"),
    "no sheet behind the name": (lambda: book(**{"xl/_rels/workbook.xml.rels": b"<Relationships/>"}), "thiếu nội dung"),
    "broken xml": (lambda: with_sheet("<sheetData><row>"), "hỏng"),
    "a document type": (lambda: book(**{SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'}), "XML"),
    "a billion laughs": (lambda: book(**{"xl/sharedStrings.xml": LAUGHS}), "thực thể"),
    "too many rows": (rows_of("<row><c><v>1</v></c></row>" * (MOST_ROWS + 1)), "hơn 20000 dòng"),
    "a cell far below": (rows_of('<row r="900000"><c r="A900000"><v>1</v></c></row>'), "hơn 20000 dòng"),
    "many cells far right": (rows_of(FAR_RIGHT), "quá nhiều ô"),
    "one long text everywhere": (lambda: book(["x" * 30_000], **{SHEET: LONG_EVERYWHERE}), "quá nhiều ô hoặc chữ"),
    "an odd reference": (rows_of('<row r="-1"><c><v>1</v></c></row>'), "phải là tệp Excel"),
    "a string that is not there": (rows_of('<row><c t="s"><v>99</v></c></row>'), "phải là tệp Excel"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_one_sentence(name):
    make, why = UNREADABLE[name]
    with pytest.raises(Unwanted, match=why) as refused:
        sheets(make())
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 250


def test_the_process_apart_reads_them_and_a_bomb_ends_there():
    assert values(ask("sheets", book())[0]["sheets"][0]) == [["Họ tên"], ["Trần Thị Thử"]]
    bomb = with_sheet("<sheetData><row>" + "<c/>" * 20_000_000 + "</row></sheetData>")
    assert len(bomb) < 209_000
    with pytest.raises(Unwanted):
        ask("sheets", bomb)
