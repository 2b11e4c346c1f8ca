"""The working copy of a file: a PDF that does nothing but show its pages.

The original stays as evidence; this is what people see.
"""

import io
from typing import Any

import pikepdf
from PIL import Image, ImageOps

from .forms import draw, take_off
from .kinds import FORMATS, IMAGES, JPEG, MOST_PIXELS, PDF, check_size, end_of
from .unwanted import Unwanted

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
MOST_CARRIED = 100 * 1024 * 1024
DPI = 150  # of pictures whose own resolution is not known

_OF_DOCUMENT = (
    "/OpenAction",
    "/AA",
    "/AcroForm",
    "/Collection",
    "/URI",
    "/AF",
    "/Metadata",
    "/PieceInfo",
    "/OCProperties",
    "/Perms",
    "/Outlines",
)
_OF_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations")
_ACTIONS = ("/AA", "/A", "/Next", "/PA")
_ANNOTATIONS = ("/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound", "/Widget")


def working_copy(data: bytes, kind: str) -> bytes:
    """A PDF of the file's pages without scripts, actions, attachments, forms and metadata.

    Raises Unwanted where it cannot be made.
    """
    if kind == PDF:
        return _clean_pdf(data)
    if kind in IMAGES:
        return pictures_as_pdf(_frames(data, kind))
    raise Unwanted("loại tệp này phải chuyển thành PDF trước")


def attachments(data: bytes) -> list[bytes]:
    """The files a PDF carries, and its scripts, as bytes: what a virus scanner does not see through the PDF's own
    compression.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        carried = [
            thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Stream) and (thing.get("/Type") == "/EmbeddedFile" or "/Params" in thing)
        ]
        found: list[bytes] = []
        left = MOST_CARRIED
        things: list[Any] = [*(attachment.get_file() for attachment in pdf.attachments.values()), *carried]
        for thing in things:
            found.append(thing.read_bytes())
            left -= len(found[-1])
            if left < 0:
                raise Unwanted(
                    f"tệp đính trong PDF giải nén ra quá {MOST_CARRIED >> 20} MB, có thể là tệp phá hoại; bỏ tệp đính"
                    " kèm rồi tải lên"
                )
        return found


def _clean_pdf(data: bytes) -> bytes:
    target = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            values = take_off(pdf)
            for key in _OF_DOCUMENT:
                if key in pdf.Root:
                    del pdf.Root[key]
            for key in _OF_NAMES:
                if "/Names" in pdf.Root and key in pdf.Root.Names:
                    del pdf.Root.Names[key]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                    _disarm(thing)
            for page in pdf.pages:
                _clean_page(page)
            fresh = pikepdf.new()  # only what pages reach is copied: nothing an incremental update left behind
            fresh.pages.extend(pdf.pages)
            fresh.remove_unreferenced_resources()
            fresh.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except (pikepdf.PdfError, RecursionError):
        raise Unwanted("tệp PDF hỏng, không làm được bản làm việc; in hoặc quét lại thành PDF rồi tải lên") from None
    return draw(target.getvalue(), values) if values else target.getvalue()


def _disarm(thing: Any) -> None:
    for key in (*_ACTIONS, "/AF", "/Metadata", "/PieceInfo"):
        if key in thing:
            del thing[key]


def _clean_page(page: Any) -> None:
    kept = [
        item
        for item in page.get("/Annots", [])
        if isinstance(item, pikepdf.Dictionary) and str(item.get("/Subtype")) not in _ANNOTATIONS
    ]
    for item in kept:  # often written into the page itself, where the walk over objects does not come
        _disarm(item)
    if "/Annots" in page:
        page.Annots = pikepdf.Array(kept)


def _frames(data: bytes, kind: str) -> list[Image.Image]:
    found = []
    with Image.open(io.BytesIO(data[: end_of(data, kind)]), formats=[FORMATS[kind]]) as image:
        for frame in range(1 if kind == JPEG else getattr(image, "n_frames", 1)):
            image.seek(frame)
            check_size(*image.size)
            found.append(plain_picture(image))
    return found


def plain_picture(image: Image.Image) -> Image.Image:
    """The picture's dots and nothing else: turned as its camera said, without metadata, on white where it was
    transparent.
    """
    turned = ImageOps.exif_transpose(image)
    if "A" in turned.getbands() or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        turned = Image.alpha_composite(ground, layer)
    shown = turned.convert("L" if turned.mode in ("1", "L") else "RGB")
    bare = Image.new(shown.mode, shown.size)
    bare.paste(shown)
    return bare


def pictures_as_pdf(pictures: list[Image.Image], dpi: int = DPI) -> bytes:
    """A PDF with one picture a page and nothing else in it."""
    target = io.BytesIO()
    pdf = pikepdf.new()
    for picture in pictures:
        dots = io.BytesIO()
        picture.save(dots, "JPEG", quality=85)
        width, height = (side * 72 / dpi for side in picture.size)
        image = pdf.make_stream(
            dots.getvalue(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=picture.width,
            Height=picture.height,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = pdf.add_blank_page(page_size=(width, height))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
        page.Contents = pdf.make_stream(b"q %f 0 0 %f 0 0 cm /Im Do Q" % (width, height))
    pdf.save(target)
    return target.getvalue()


def answer(task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The tasks `attachments` and `copy`. Raises Unwanted."""
    return {}, attachments(data) if task["verb"] == "attachments" else [working_copy(data, task["kind"])]
