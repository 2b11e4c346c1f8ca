"""Pages of a working copy as pictures: shown, read, covered, marked.

What is made of pictures has nothing underneath.
"""

import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from .clean import pictures_as_pdf
from .kinds import MOST_PIXELS

Box = tuple[float, float, float, float]  # left, top, right, bottom, each from 0 to 1 of the page
FLAT_DPI = 150
SHOWN_DPI = 100
READ_DPI = 300
INK_DPI = 50
PAPER = 200  # of 255: what is darker is ink
LEFT_UNCOVERED = 0.25  # of the ink may stand beside letters: rules of tables, a seal, a coat of arms


def picture(pdf: pypdfium2.PdfDocument, place: int, dpi: int) -> Image.Image:
    """One page in dots; a page too large for memory in coarser ones."""
    page = pdf[place]
    width, height = page.get_size()
    scale = min(dpi / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    shown: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    return shown


def page_as_png(data: bytes, place: int, dpi: int, mark: str = "") -> bytes:
    """The page as a picture. Raises IndexError for a page that is not there."""
    pdf = pypdfium2.PdfDocument(data)
    if not 0 <= place < len(pdf):
        raise IndexError(place)
    shown = picture(pdf, place, dpi)
    target = io.BytesIO()
    (marked(shown, mark) if mark else shown).save(target, "PNG")
    return target.getvalue()


def text_layers(data: bytes) -> list[tuple[str, bool]]:
    """What each page says in letters rather than dots, and whether those letters stand wherever something is shown."""
    pdf = pypdfium2.PdfDocument(data)
    return [_layer(pdf[place]) for place in range(len(pdf))]


def _layer(page: pypdfium2.PdfPage) -> tuple[str, bool]:
    letters = page.get_textpage()
    text = letters.get_text_range()
    width, height = page.get_size()
    scale = min(INK_DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    drawn = page.render(scale=scale)
    where = drawn.get_posconv(page)
    ink = drawn.to_pil().convert("L").point([255 if value < PAPER else 0 for value in range(256)])
    shown = ink.histogram()[255]
    pen = ImageDraw.Draw(ink)
    for place in range(letters.count_rects()):
        left, bottom, right, top = letters.get_rect(place)
        corners = [where.to_bitmap(left, bottom), where.to_bitmap(right, top)]
        (first, last), (high, low) = (sorted(side) for side in zip(*corners, strict=True))
        pen.rectangle((first - 1, high - 1, last + 1, low + 1), fill=0)
    return text, ink.histogram()[255] <= shown * LEFT_UNCOVERED


def flat(data: bytes, covered: Mapping[int, Sequence[Box]], mark: str = "") -> bytes:
    """A PDF of pictures of the pages, with these boxes black and the mark over each page."""
    pdf = pypdfium2.PdfDocument(data)
    made = []
    for place in range(len(pdf)):
        shown = picture(pdf, place, FLAT_DPI)
        pen = ImageDraw.Draw(shown)
        for left, top, right, bottom in covered.get(place, ()):
            pen.rectangle(
                (left * shown.width, top * shown.height, right * shown.width, bottom * shown.height), fill="black"
            )
        made.append(marked(shown, mark) if mark else shown)
    return pictures_as_pdf(made, FLAT_DPI)


def plain_letters(text: str) -> str:
    """The text in letters every font has: the mark must not depend on which fonts a server has."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D").replace("·", "-"))
    return "".join(letter for letter in letters if letter.isascii())


def marked(shown: Image.Image, text: str) -> Image.Image:
    """The picture with the text across it again and again, part of the dots."""
    line = plain_letters(text)
    font = ImageFont.load_default(max(14, shown.width // 55))
    left, top, right, bottom = font.getbbox(line)
    tile = Image.new("L", (int(right - left) + 60, int(bottom - top) + 60))
    ImageDraw.Draw(tile).text((30 - left, 30 - top), line, font=font, fill=70)
    slanted = tile.rotate(24, expand=True)
    layer = Image.new("L", shown.size)
    for down in range(-slanted.height // 2, shown.height, slanted.height):
        for across in range(0, shown.width, slanted.width):
            layer.paste(slanted, (across, down))
    return Image.composite(Image.new("RGB", shown.size, (90, 90, 90)), shown.convert("RGB"), layer)


def answer(task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The tasks `page`, `text` and `flat`. Raises IndexError."""
    mark = task.get("mark", "")
    if task["verb"] == "page":
        return {}, [page_as_png(data, task["page"], task["dpi"], mark)]
    if task["verb"] == "text":
        layers = text_layers(data)
        return {"covered": [covered for _, covered in layers]}, [text.encode("utf-8", "replace") for text, _ in layers]
    covered = {int(place): boxes for place, boxes in task.get("covered", {}).items()}
    return {}, [flat(data, covered, mark)]
