"""Files from outside: what they are by content, what is refused with which advice, what a working copy still holds,
what a scanner says.
"""

import atexit
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.files import apart, memory
from app.files.apart import Missing, ask
from app.files.kinds import recognise
from app.files.pages import plain_letters
from app.files.reading import as_text, boxes_of, office_as_pdf, read_page
from app.files.scanner import ScannerTrouble, scan
from app.files.unwanted import Unwanted
from app.text.identities import tells_of
from tests.support import hostile
from tests.support.scanner import EICAR, clamd

SHM = tempfile.mkdtemp(prefix="donthu-tests-", dir="/dev/shm")  # of this module alone: others run beside it
atexit.register(shutil.rmtree, SHM)


@pytest.mark.parametrize(
    ("data", "kind", "pages"),
    [
        (hostile.pdf(pages=3), "pdf", 3),
        (hostile.picture(kind="JPEG"), "jpeg", 1),
        (hostile.picture(kind="JPEG", progressive=True), "jpeg", 1),
        (hostile.picture(), "png", 1),
        (hostile.picture(kind="TIFF", save_all=True, append_images=[Image.new("L", (9, 9))]), "tiff", 2),
        (hostile.docx(), "docx", 0),
        (hostile.xlsx(), "xlsx", 0),
    ],
)
def test_a_file_is_known_by_its_content(data, kind, pages):
    assert recognise(data) == (kind, pages)


HARMFUL = {
    "empty": (b"", "tệp rỗng"),
    "a program called .pdf": (b"MZ\x90\0" + bytes(200), "chương trình chạy được"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "chương trình chạy được"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "đời cũ hoặc có mật khẩu"),
    "html": (b"<html><script>1</script></html>", "chỉ nhận PDF"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "chỉ nhận PDF"),
    "text": (b"xin chao", "chỉ nhận PDF"),
    "a zip": (hostile.zipped(a="x"), "giải nén rồi tải lên từng tệp"),
    "a macro document": (hostile.macro_docx(), "có macro"),
    "a document with vbaProject": (hostile.with_part(hostile.docx(), "word/vbaProject.bin", b"x"), "có macro"),
    "a document with ActiveX": (hostile.with_part(hostile.docx(), "word/activeX/activeX1.bin", b"x"), "có macro"),
    "a document that fetches a picture": (
        hostile.with_part(
            hostile.docx(),
            "word/_rels/x.xml.rels",
            b'<Relationships><Relationship Id="r" Type="http://x/image" Target="file:///etc/passwd"'
            b' TargetMode="External"/></Relationships>',
        ),
        "lấy nội dung từ nơi khác",
    ),
    "a zip bomb": (hostile.bomb_docx(), "giải nén ra quá lớn"),
    "a zip bomb that lies": (hostile.lying_bomb(), "hỏng|quá lớn"),
    "too many parts": (hostile.zipped(**{f"p{place}": "" for place in range(5001)}), "giải nén ra quá lớn"),
    "60,000 by 60,000 dots": (hostile.huge_png(), "ảnh quá lớn"),
    "a cut picture": (hostile.picture()[:100], "hỏng|loại tệp khác"),
    "a cut pdf": (hostile.pdf()[:200], "loại tệp khác|hỏng"),
    "an encrypted pdf": (hostile.pdf(encryption=pikepdf.Encryption(owner="x", user="y")), "mật khẩu"),
    **{name: (data, "loại tệp khác|hỏng|chương trình") for name, data in hostile.polyglots().items()},
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_refused_with_advice(name):
    data, advice = HARMFUL[name]
    with pytest.raises(Unwanted) as refused:
        recognise(data)
    assert re.search(advice, str(refused.value)), refused.value


def test_the_process_apart_says_the_same_and_dies_alone():
    with pytest.raises(Unwanted, match="có macro"):
        ask("recognise", hostile.macro_docx())
    assert ask("recognise", hostile.pdf())[0] == {"kind": "pdf", "pages": 1}
    with pytest.raises(Missing):
        ask("page", hostile.pdf(), page=7, dpi=50)
    with pytest.raises(Unwanted, match="giới hạn bộ nhớ"):
        ask("no such verb", b"")


def test_a_pdf_that_unpacks_to_gigabytes_ends_in_a_sentence():
    data = hostile.pdf_bomb()
    assert len(data) < 8 << 20
    try:
        _, (copy,) = ask("copy", data, kind="pdf")
        ask("page", copy, page=0, dpi=50)
    except Unwanted as refused:
        assert "giới hạn" in str(refused) or "hỏng" in str(refused)


def test_a_working_copy_of_a_pdf_does_nothing_and_tells_nothing(tmp_path):
    _, (copy,) = ask("copy", hostile.nasty_pdf(), kind="pdf")
    assert recognise(copy) == ("pdf", 1)
    (tmp_path / "copy.pdf").write_bytes(copy)
    plain = subprocess.run(
        ["qpdf", "--qdf", "--object-streams=disable", tmp_path / "copy.pdf", "-"], capture_output=True, check=True
    )
    for mark in (
        b"JavaScript",
        b"Launch",
        b"OpenAction",
        b"EmbeddedFile",
        b"/JS",
        b"/AA",
        b"/AF",
        b"cmd.exe",
        b"MZMZ",
        b"Nguoi To Cao",
        b"/Names",
    ):
        assert mark not in plain.stdout, mark
    assert (
        "Trang 1"
        in subprocess.run(["pdftotext", "-", "-"], input=copy, capture_output=True, check=True).stdout.decode()
    )


def test_a_working_copy_of_a_picture_has_its_dots_only():
    exif = Image.Exif()
    exif[0x010E] = "bí mật ở đâu đó"
    exif[0x0112] = 6
    _, (copy,) = ask("copy", hostile.picture(kind="JPEG", exif=exif), kind="jpeg")
    assert "bí mật".encode() not in copy and b"Exif" not in copy
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        box = pdf.pages[0].MediaBox
        assert len(pdf.pages) == 1 and box[3] > box[2]  # turned as the camera said
    _, (copy,) = ask(
        "copy", hostile.picture(kind="TIFF", save_all=True, append_images=[Image.new("1", (90, 90))]), kind="tiff"
    )
    assert len(pikepdf.open(io.BytesIO(copy)).pages) == 2


@pytest.fixture(scope="module")
def scanner(tmp_path_factory):
    with clamd(tmp_path_factory.mktemp("clamd")) as socket:
        yield socket


def test_eicar_is_caught_wherever_it_hides(scanner):
    document = pikepdf.open(io.BytesIO(hostile.pdf()))
    document.attachments["e.com"] = EICAR
    with_attachment = hostile.saved(document)
    found = [
        scan(scanner, EICAR),
        scan(scanner, hostile.zipped(e=EICAR)),
        scan(scanner, hostile.zipped(z=hostile.zipped(e=EICAR))),
        scan(scanner, hostile.with_part(hostile.docx(), "word/embeddings/o.bin", EICAR)),
        *(scan(scanner, part) for part in ask("attachments", with_attachment)[1]),
    ]
    assert len(found) == 5 + len(ask("attachments", with_attachment)[1]) - 1 and all("EICAR" in name for name in found)
    assert scan(scanner, hostile.pdf()) is None and scan(scanner, os.urandom(1 << 20)) is None


def test_a_scanner_that_does_not_answer_is_not_a_clean_answer(scanner, tmp_path):
    for socket in (None, "", str(tmp_path / "none.sock")):
        with pytest.raises(ScannerTrouble):
            scan(socket, b"x")
    with pytest.raises(ScannerTrouble):
        scan(scanner, bytes(61 << 20))  # more than clamd takes


def test_vietnamese_is_read_and_found_on_the_page():
    _, (copy,) = ask(
        "copy",
        hostile.picture(
            "Người tố cáo: Nguyễn Thị Ánh Nguyệt\nĐịa chỉ: thôn Đoài, xã Mẫu\nNội dung: lấn chiếm đất công"
        ),
        kind="png",
    )
    read = read_page(copy, 0, SHM)
    text = as_text(read)
    assert "Nguyễn Thị Ánh Nguyệt" in text and "lấn chiếm đất công" in text
    boxes = boxes_of(read, [{"name": "nguyen thi anh nguyet", "address": "thôn Đoài"}])
    assert len(boxes) == 6 and all(
        0 <= left < right <= 1 and 0 <= top < bottom <= 1 for left, top, right, bottom in boxes
    )
    assert boxes_of(read, [{"name": "không có", "address": ""}]) == []


def test_covering_a_photograph_hides_name_address_telephone_and_number_in_every_spelling():
    person = {"name": "Trần Thị Thử", "phone": "0912345678", "id_number": "001090000002", "address": "Thôn Bằng Lăng"}
    _, (copy,) = ask(
        "copy", (Path(__file__).parents[1] / "data/inputs/P30-denunciation-photo.jpg").read_bytes(), kind="jpeg"
    )
    read = read_page(copy, 0, SHM)
    assert tells_of(as_text(read), [person])
    _, (flat,) = ask("flat", copy, covered={"0": boxes_of(read, [person])})
    left = as_text(read_page(flat, 0, SHM))
    assert not tells_of(left, [person]) and "Giả" in left and "0912" not in left and "Lăng" not in left


def test_a_covered_copy_is_dots_with_nothing_underneath():
    text = "Nguyen Thi Bi Mat"
    source = pikepdf.open(io.BytesIO(hostile.pdf(text, pages=2)))
    source.docinfo["/Title"] = text
    source.attachments["a.txt"] = text.encode()
    first = hostile.saved(source)
    _, (flat,) = ask("flat", first, covered={"0": [(0.05, 0.03, 0.95, 0.15)]})
    assert (
        text not in subprocess.run(["pdftotext", "-", "-"], input=flat, capture_output=True, check=True).stdout.decode()
    )
    assert (
        text.encode() not in flat
        and text.encode() not in subprocess.run(["strings", "-"], input=flat, capture_output=True, check=False).stdout
    )
    with pikepdf.open(io.BytesIO(flat)) as pdf:
        assert len(pdf.pages) == 2 and not pdf.attachments and "/Info" not in pdf.trailer and flat.count(b"%%EOF") == 1
        assert all(set(page.Resources.keys()) == {"/XObject"} for page in pdf.pages)
    _, (dots,) = ask("page", flat, page=0, dpi=72)
    shown = Image.open(io.BytesIO(dots)).convert("L")
    assert shown.getpixel((int(shown.width * 0.2), int(shown.height * 0.09))) < 40  # black where it was covered
    told = subprocess.run(["exiftool", "-a", "-G1", "-"], input=flat, capture_output=True, check=True).stdout.decode()
    assert "Title" not in told and "Author" not in told and "Bi Mat" not in told


def test_a_mark_is_part_of_the_dots():
    _, (plain,) = ask("page", hostile.pdf(), page=0, dpi=72)
    _, (marked,) = ask("page", hostile.pdf(), page=0, dpi=72, mark="CANBO.ĐỨC 22/11/2026 Mật số 5")
    assert plain != marked and Image.open(io.BytesIO(plain)).size == Image.open(io.BytesIO(marked)).size
    dark = [
        sum(value < 235 for value in Image.open(io.BytesIO(data)).convert("L").tobytes()) for data in (plain, marked)
    ]
    assert dark[1] > dark[0] * 2
    assert plain_letters("Tối mật · Đức") == "Toi mat - Duc"


def test_an_office_file_becomes_a_pdf_in_memory_and_nothing_stays():
    before = set(os.listdir(SHM))
    copy = office_as_pdf(hostile.docx("Nội dung đơn khiếu nại"), "docx", SHM)
    assert (
        "Nội dung đơn khiếu nại"
        in subprocess.run(["pdftotext", "-", "-"], input=copy, capture_output=True, check=True).stdout.decode()
    )
    assert office_as_pdf(hostile.xlsx("Số liệu"), "xlsx", SHM).startswith(b"%PDF-")
    with pytest.raises(Unwanted):
        office_as_pdf(hostile.zipped(a="no document"), "docx", SHM)
    assert {name for name in os.listdir(SHM) if name.startswith(memory.PREFIX)} - before == set()


def test_a_folder_on_a_disk_is_refused(tmp_path):
    with pytest.raises(memory.NoMemoryFolder, match="tmpfs"):
        memory.check(str(tmp_path))
    with pytest.raises(memory.NoMemoryFolder):
        memory.check(str(tmp_path / "none"))


def test_what_a_killed_job_left_is_swept():
    with memory.workspace(SHM) as space:
        (space / "x").write_text("x")
        assert oct(space.stat().st_mode & 0o777) == "0o700"
        memory.sweep(SHM)
        assert space.exists()
        os.utime(space, (1, 1))
        left = space.with_name(space.name + "-left")
        left.mkdir()
        os.utime(left, (1, 1))
        assert memory.sweep(SHM) >= 2 and not left.exists()
        space.mkdir()


def test_the_process_apart_loads_nothing_else_of_the_application():
    load = "[files.__main__.loaded(verb) for verb in files.__main__.TASKS]"
    ours = "('app', 'flask', 'sqlalchemy', 'security')"
    show = f"print([name for name in sys.modules if name.split('.')[0] in {ours}])"
    program = f"import sys, files.__main__; {load}; {show}"
    folder = Path(apart.__file__).parent.parent
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=folder, env={}).stdout
        == b"[]\n"
    )


def test_attachments_that_unpack_to_much_are_refused():
    document = pikepdf.open(io.BytesIO(hostile.pdf()))
    for place in range(3):
        document.attachments[f"{place}.bin"] = bytes(60 << 20)
    with pytest.raises(Unwanted, match="tệp đính"):
        ask("attachments", hostile.saved(document))


def test_a_link_to_a_page_is_no_content_from_elsewhere():
    link = (
        b'<Relationships><Relationship Id="r" Type="http://x/hyperlink" Target="https://example.vn"'
        b' TargetMode="External"/></Relationships>'
    )
    assert recognise(hostile.with_part(hostile.docx(), "word/_rels/x.xml.rels", link)) == ("docx", 0)
