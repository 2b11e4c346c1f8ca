"""What a file is, by its content and never by its name; only what is on the list is taken, and a file that is two
things at once is not.
"""

import io
import re
import zlib
from typing import Any, Final

import pikepdf
import pillow_heif
from PIL import Image, UnidentifiedImageError

from .office import DOCX, ODT, RTF, XLSX, office_kind, rtf
from .package import Package
from .unwanted import Unwanted

PDF = "pdf"
JPEG = "jpeg"
PNG = "png"
TIFF = "tiff"
HEIC = "heic"
IMAGES: Final = (JPEG, PNG, TIFF, HEIC)
OFFICE: Final = (DOCX, XLSX, ODT, RTF)
UNKNOWN: Final = "unknown"  # of a file that waits to be looked at
FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", TIFF: "TIFF", HEIC: "HEIF"}  # as Pillow calls them
MOST_PAGES = 1_000
MOST_PIXELS = 80_000_000  # an A3 page at 600 dpi has 70 million
HEADER_WITHIN = 1024  # bytes in which readers look for a PDF's header (ISO 32000-1, annex H)

_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"PK\x03\x04", "zip"),
    (b"{\\rtf", RTF),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_SCRIPT = re.compile(rb"<(script|html|\?php|svg)[\s>]", re.IGNORECASE)
# What other kinds of files begin with: found before the header or after the end of a file, that file is two things.
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"{\\rtf")
_OTHERS = (*_PROGRAMS, *_ARCHIVES, b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"BM")

TWO_THINGS = (
    "tệp chứa thêm dữ liệu của loại tệp khác (có thể là tệp ngụy trang); mở tệp, in hoặc lưu lại thành PDF rồi tải lên"
)
_TAKEN = "PDF, ảnh (JPEG, PNG, TIFF, HEIC), Word (.docx, .odt, .rtf) và Excel (.xlsx)"
NOT_TAKEN = f"chỉ nhận {_TAKEN}; lưu lại thành một trong các loại này rồi tải lên"

pillow_heif.register_heif_opener(thumbnails=False)


def recognise(data: bytes) -> tuple[str, int]:
    """The kind of the file and its pages (0 where they are not known before converting). Raises Unwanted."""
    if not data:
        raise Unwanted("tệp rỗng; chọn lại tệp")
    if b"%PDF-" in data[:HEADER_WITHIN]:
        return PDF, _pdf(data)
    kind = next((kind for start, kind in _STARTS if data.startswith(start)), None)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        kind = HEIC
    if kind is None:
        raise Unwanted(_why_not(data))
    if kind == "zip":
        return _office(data), 0
    if kind == RTF:
        return rtf(data), 0
    return kind, _image(data, kind)


def _why_not(data: bytes) -> str:
    if data.startswith(_PROGRAMS):
        return (
            "đây là chương trình chạy được, dù tên tệp ghi khác; không nhận. Nếu nhận được qua thư hay USB, báo bộ phận"
            " an toàn thông tin"
        )
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return "tệp Word, Excel đời cũ hoặc có mật khẩu; bỏ mật khẩu, lưu lại thành .docx, .xlsx hoặc PDF rồi tải lên"
    return NOT_TAKEN


def _is_another(part: bytes) -> bool:
    """True for what begins as a file of another kind, holds an archive, a PDF, or what a browser would run."""
    begins = part.lstrip(b"\r\n\t \0").startswith(_OTHERS)
    return begins or _SCRIPT.search(part) is not None or _zip_inside(part) or b"%PDF-" in part


def _pdf(data: bytes) -> int:
    """The pages.

    What stands before the header or after the end (byte order, printers' commands, padding) is not copied.
    """
    start = data.find(b"%PDF-")
    end = data.rfind(b"%%EOF")
    if _is_another(data[:start]) or _zip_inside(data) or (end >= 0 and _is_another(data[end + 5 :])):
        raise Unwanted(TWO_THINGS)
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise Unwanted("PDF có mật khẩu nên không kiểm tra được; bỏ mật khẩu rồi tải lên") from None
    except (pikepdf.PdfError, RecursionError):
        raise Unwanted("tệp PDF hỏng, không mở được; xuất hoặc quét lại rồi tải lên") from None
    if pages == 0:
        raise Unwanted("tệp PDF hỏng, không còn trang nào; xuất hoặc quét lại rồi tải lên")
    if pages > MOST_PAGES:
        raise Unwanted(f"PDF có {pages} trang; mỗi tệp từ 1 đến {MOST_PAGES} trang, hãy chia nhỏ")
    return pages


def _image(data: bytes, kind: str) -> int:
    """The frames. A camera's film, depth or second exposure after the picture's end is left out of the copy."""
    end = end_of(data, kind)
    tail = data[end:]
    film_or_picture = tail.startswith(b"\xff\xd8\xff") or tail[4:8] == b"ftyp"
    inside = _SCRIPT.search(data) is not None or b"%PDF-" in data or _zip_inside(data)
    if inside or (not film_or_picture and _is_another(tail)):
        raise Unwanted(TWO_THINGS)
    try:
        with Image.open(io.BytesIO(data[:end]), formats=[FORMATS[kind]]) as image:
            frames = 1 if kind == JPEG else getattr(image, "n_frames", 1)
            if frames > MOST_PAGES:
                raise Unwanted(f"ảnh có {frames} trang; nhiều nhất {MOST_PAGES} trang, hãy chia nhỏ")
            for frame in range(frames):
                image.seek(frame)
                check_size(*image.size)
                image.load()
    except Image.DecompressionBombError:
        raise Unwanted(_too_large()) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError, zlib.error):
        raise Unwanted("tệp ảnh hỏng, không mở được; quét hoặc chụp lại rồi tải lên") from None
    return frames


def end_of(data: bytes, kind: str) -> int:
    """Where the picture itself ends."""
    return {JPEG: _end_of_jpeg, PNG: _end_of_png}.get(kind, len)(data)


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
        size = int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        place += 12 + size
        if kind == b"IEND":
            return place
    return len(data)


def _zip_inside(data: bytes) -> bool:
    return data.rfind(b"PK\x05\x06", max(0, len(data) - 70_000)) >= 0 and b"PK\x03\x04" in data


def _office(data: bytes) -> str:
    package = Package(data)
    _check_whole(package, data)
    return office_kind(data)


def _check_whole(package: Package, data: bytes) -> None:
    """The archive is all there is, and every part as long as the directory says. Raises Unwanted."""
    items = package.items()
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or data[end + 20 : end + 22] != b"\0\0" or _is_another(data[end + 22 :]) or not items:
        raise Unwanted(TWO_THINGS)
    if min(item.header_offset for item in items) != 0:
        raise Unwanted(TWO_THINGS)
    for item in items:  # what the directory says of sizes may be a lie
        package.read(item)


def answer(_task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The task `recognise`. Raises Unwanted."""
    kind, pages = recognise(data)
    return {"kind": kind, "pages": pages}, []
