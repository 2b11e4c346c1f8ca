"""What a file is, by its content and never by its name; only what is on the list is taken, and a file that is two things at once is not."""

import io
import re
import zipfile
import zlib
from typing import Any, Final

import pikepdf
from PIL import Image, UnidentifiedImageError

from .unwanted import Unwanted

PDF, JPEG, PNG, TIFF, DOCX, XLSX = "pdf", "jpeg", "png", "tiff", "docx", "xlsx"
IMAGES: Final = (JPEG, PNG, TIFF)
OFFICE: Final = (DOCX, XLSX)
MOST_PAGES = 1_000
MOST_PIXELS = 80_000_000  # an A3 page at 600 dpi has 70 million
MOST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 5_000
ENCRYPTED = 0x1  # the first flag of a part of an archive

_STARTS = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"II*\0", TIFF), (b"MM\0*", TIFF), (b"PK\x03\x04", "zip"))
_SCRIPT = re.compile(rb"<(script|html|\?php|svg)[\s>]", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_MAIN = {b"wordprocessingml.document.main+xml": DOCX, b"spreadsheetml.sheet.main+xml": XLSX}

TWO_THINGS = "tệp chứa thêm dữ liệu của loại tệp khác (có thể là tệp ngụy trang); mở tệp, in hoặc lưu lại thành PDF rồi tải lên"
BROKEN_ARCHIVE = "tệp nén hỏng hoặc có mật khẩu; lưu lại thành .docx, .xlsx hoặc PDF rồi tải lên"
NOT_TAKEN = "chỉ nhận PDF, ảnh (JPEG, PNG, TIFF), Word (.docx) và Excel (.xlsx); lưu lại thành một trong các loại này rồi tải lên"


def recognise(data: bytes) -> tuple[str, int]:
    """The kind of the file and its pages (0 where they are not known before converting). Raises Unwanted."""
    if not data:
        raise Unwanted("tệp rỗng; chọn lại tệp")
    kind = next((kind for start, kind in _STARTS if data.startswith(start)), None)
    if kind is None:
        raise Unwanted(_why_not(data))
    if kind == "zip":
        return _office(data), 0
    return kind, _pdf(data) if kind == PDF else _image(data, kind)


def _why_not(data: bytes) -> str:
    if data[:2] == b"MZ" or data[:4] == b"\x7fELF" or data[:2] == b"#!" or data[:4] in (b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"):
        return "đây là chương trình chạy được, dù tên tệp ghi khác; không nhận. Nếu nhận được qua thư hay USB, báo bộ phận an toàn thông tin"
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return "tệp Word, Excel đời cũ hoặc có mật khẩu; bỏ mật khẩu, lưu lại thành .docx, .xlsx hoặc PDF rồi tải lên"
    if b"%PDF-" in data[:1024]:
        return TWO_THINGS
    return NOT_TAKEN


def _pdf(data: bytes) -> int:
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n\t \0") or _zip_inside(data):
        raise Unwanted(TWO_THINGS)
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise Unwanted("PDF có mật khẩu nên không kiểm tra được; bỏ mật khẩu rồi tải lên") from None
    except (pikepdf.PdfError, RecursionError):
        raise Unwanted("tệp PDF hỏng, không mở được; xuất hoặc quét lại rồi tải lên") from None
    if not 0 < pages <= MOST_PAGES:
        raise Unwanted(f"PDF có {pages} trang; mỗi tệp từ 1 đến {MOST_PAGES} trang, hãy chia nhỏ")
    return pages


def _image(data: bytes, kind: str) -> int:
    end = {JPEG: _end_of_jpeg, PNG: _end_of_png}.get(kind, len)(data)
    if data[end:].strip(b"\r\n\0 ") or _SCRIPT.search(data) or b"%PDF-" in data or _zip_inside(data):
        raise Unwanted(TWO_THINGS)
    try:
        with Image.open(io.BytesIO(data), formats=[kind.upper()]) as image:
            frames = getattr(image, "n_frames", 1)
            if frames > MOST_PAGES:
                raise Unwanted(f"ảnh có {frames} trang; nhiều nhất {MOST_PAGES} trang, hãy chia nhỏ")
            for frame in range(frames):
                image.seek(frame)
                check_size(*image.size)
                image.load()
    except Image.DecompressionBombError:
        raise Unwanted(_too_large()) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, zlib.error):
        raise Unwanted("tệp ảnh hỏng, không mở được; quét hoặc chụp lại rồi tải lên") from None
    return frames


def check_size(width: int, height: int) -> None:
    """The picture may be opened. Raises Unwanted."""
    if width * height > MOST_PIXELS:
        raise Unwanted(_too_large(f" {width} × {height} điểm"))


def _too_large(size: str = "") -> str:
    return f"ảnh quá lớn{size}; quét lại ở 300 dpi (nhiều nhất {MOST_PIXELS // 1_000_000} triệu điểm mỗi trang)"


def _end_of_jpeg(data: bytes) -> int:
    """Where the picture ends: the end marker after its last scan."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            return place
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker in (0xFF, 0x01) or 0xD0 <= marker <= 0xD7:
            place += 1 if marker == 0xFF else 2
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA:
            found = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL).search(data, place)
            if found is None:
                return len(data)
            place = found.start()
    return place + 2 if data[place : place + 2] == b"\xff\xd9" else len(data)


def _end_of_png(data: bytes) -> int:
    place = 8
    while place + 8 <= len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        place += 12 + size
        if kind == b"IEND":
            return place
    return len(data)


def _zip_inside(data: bytes) -> bool:
    return data.rfind(b"PK\x05\x06", max(0, len(data) - 70_000)) >= 0 and b"PK\x03\x04" in data


def _office(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, data)
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
            names = [name.lower() for name in archive.namelist()]
            relations = b"".join(archive.read(name) for name in archive.namelist() if name.lower().endswith(".rels"))
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Unwanted(BROKEN_ARCHIVE) from None
    if b"macroEnabled" in types or any(name.endswith("vbaproject.bin") or "/activex/" in name for name in names):
        raise Unwanted("tệp Word, Excel có macro; lưu lại thành .docx, .xlsx không macro hoặc PDF rồi tải lên")
    if any(b"/hyperlink" not in found for found in _RELATION.findall(relations) if re.search(rb"TargetMode\s*=\s*[\"']\s*External", found, re.IGNORECASE)):
        raise Unwanted("tệp Word, Excel lấy nội dung từ nơi khác (ảnh, mẫu, bảng liên kết ngoài); ngắt liên kết, hoặc lưu lại thành PDF rồi tải lên")
    kind = next((kind for mark, kind in _MAIN.items() if mark in types), None)
    if kind is None:
        raise Unwanted("không nhận tệp nén; giải nén rồi tải lên từng tệp bên trong (PDF, ảnh, Word, Excel)")
    return kind


def _check_archive(archive: zipfile.ZipFile, data: bytes) -> None:
    items = archive.infolist()
    end = data.rfind(b"PK\x05\x06")
    if archive.comment or data[end + 22 :] or not items or min(item.header_offset for item in items) != 0:
        raise Unwanted(TWO_THINGS)
    if any(item.flag_bits & ENCRYPTED or item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for item in items):
        raise Unwanted(BROKEN_ARCHIVE)  # office programs write nothing else
    if len(items) > MOST_PARTS or sum(item.file_size for item in items) > MOST_UNPACKED:
        raise Unwanted(_bomb())
    left = MOST_UNPACKED
    for item in items:  # what the directory says of sizes may be a lie
        with archive.open(item) as part:
            while block := part.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise Unwanted(_bomb())


def _bomb() -> str:
    return f"tệp giải nén ra quá lớn (hơn {MOST_UNPACKED >> 20} MB hoặc hơn {MOST_PARTS} phần), có thể là tệp phá hoại; xuất lại thành PDF rồi tải lên"


def answer(_task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The task `recognise`. Raises Unwanted."""
    kind, pages = recognise(data)
    return {"kind": kind, "pages": pages}, []
