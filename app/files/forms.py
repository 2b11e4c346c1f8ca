"""What a reader shows over a page's own content, signature boxes, filled fields, notes, made part of the page."""

import ctypes
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2
from pypdfium2 import raw

from .unwanted import Unwanted

FONTS: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
)
# points
SIZE = 11.0
SMALLEST = 6.0
# flags of fields, ISO 32000-1, 12.7.4
_PASSWORD = 1 << 13
_PUSH_BUTTON = 1 << 16
_HIDDEN = 0x2 | 0x20  # flags of annotations: hidden, not to be viewed
MOST_LEVELS = 20


@dataclass(frozen=True)
class Value:
    """What a field holds without saying how it looks: on which page, where (left, bottom, right, top in points)."""

    page: int
    box: tuple[float, float, float, float]
    text: str


def take_off(pdf: pikepdf.Pdf) -> list[Value]:
    """Every annotation that says how it looks is part of its page; what the others hold is returned, to be drawn.

    Where the form asks readers to make its fields' appearances anew (NeedAppearances), their values are what counts.
    """
    form: Any = pdf.Root.get("/AcroForm")
    anew = isinstance(form, pikepdf.Dictionary) and bool(form.get("/NeedAppearances", False))
    found = []
    for place, page in enumerate(pdf.pages):
        annotations = page.get("/Annots")
        if not isinstance(annotations, pikepdf.Array):
            continue
        kept = pikepdf.Array()
        for item in annotations:
            text = _text(item, anew) if isinstance(item, pikepdf.Dictionary) else ""
            box = _box(item) if text else None
            if box is not None:
                found.append(Value(place, box, text))
            else:
                kept.append(item)
        page.obj["/Annots"] = kept
    if anew:
        del form["/NeedAppearances"]
    pdf.flatten_annotations("all")
    return found


def _text(item: Any, anew: bool) -> str:
    """What the annotation holds and does not show by itself; empty where there is nothing to draw."""
    subtype = item.get("/Subtype")
    shows = "/N" in item.get("/AP", {})
    if int(item.get("/F", 0)) & _HIDDEN:
        return ""
    if subtype == "/FreeText":
        return "" if shows else str(item.get("/Contents", ""))
    if subtype != "/Widget" or (shows and not (anew and _inherited(item, "/FT") in ("/Tx", "/Ch"))):
        return ""
    kind = _inherited(item, "/FT")
    value = _inherited(item, "/V")
    flags = int(_inherited(item, "/Ff") or 0)
    if kind == "/Btn":
        ticked = not flags & _PUSH_BUTTON and str(item.get("/AS", value or "/Off")) != "/Off"
        return "X" if ticked else ""
    if kind == "/Sig" or value is None or (kind == "/Tx" and flags & _PASSWORD):
        return ""
    chosen = list(value) if isinstance(value, pikepdf.Array) else [value]
    shown = {str(pair[0]): str(pair[1]) for pair in _inherited(item, "/Opt") or [] if isinstance(pair, pikepdf.Array)}
    return ", ".join(shown.get(str(part), str(part)) for part in map(_plain, chosen))


def _plain(value: Any) -> str:
    if isinstance(value, pikepdf.Stream):
        return str(pikepdf.String(value.read_bytes().decode("latin-1")))
    return str(value)


def _inherited(item: Any, key: str) -> Any:
    for _ in range(MOST_LEVELS):
        if key in item:
            return item[key]
        if not isinstance(item.get("/Parent"), pikepdf.Dictionary):
            return None
        item = item["/Parent"]
    return None


def _box(item: Any) -> tuple[float, float, float, float] | None:
    sides = [float(side) for side in item.get("/Rect", [])]
    if len(sides) != 4:
        return None
    left, right = sorted((sides[0], sides[2]))
    bottom, top = sorted((sides[1], sides[3]))
    return left, bottom, right, top


def draw(data: bytes, values: Sequence[Value]) -> bytes:
    """The PDF with these values written into its pages, in a font that has every Vietnamese letter. Raises Unwanted."""
    path = next((Path(name) for name in FONTS if Path(name).exists()), None)
    if path is None:
        raise Unwanted("máy chủ thiếu phông chữ để hiện ô đã điền trong PDF; in thành PDF rồi tải lên, báo quản trị")
    pdf = pypdfium2.PdfDocument(data)
    target = io.BytesIO()
    letters = path.read_bytes()
    held = (ctypes.c_uint8 * len(letters)).from_buffer_copy(letters)
    font = raw.FPDFText_LoadFont(pdf, held, len(letters), raw.FPDF_FONT_TRUETYPE, True)
    for place in sorted({value.page for value in values}):
        page = pdf[place]
        for value in values:
            if value.page == place:
                _write(pdf, page, font, value)
        page.gen_content()
    pdf.save(target)
    return target.getvalue()


def _write(pdf: Any, page: Any, font: Any, value: Value) -> None:
    left, bottom, right, top = value.box
    size = max(SMALLEST, min(SIZE, (top - bottom) * 0.7))
    across = max(1, int((right - left) / (size * 0.55)))
    lines = [part for line in value.text.splitlines() for part in textwrap.wrap(line, across) or [""]]
    for number, line in enumerate(lines):
        thing = raw.FPDFPageObj_CreateTextObj(pdf, font, size)
        letters = ctypes.create_string_buffer((line + "\0").encode("utf-16-le"))
        raw.FPDFText_SetText(thing, ctypes.cast(letters, ctypes.POINTER(raw.FPDF_WCHAR)))
        raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, left + 2, top - size * (1.15 * number + 1))
        raw.FPDFPage_InsertObject(page, thing)
