"""Reading pages (tesseract, Vietnamese) and turning office files into PDF (LibreOffice), both in a folder in memory."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.files.apart import ask
from app.files.memory import run, workspace
from app.files.office import DOCX, ODT, RTF, XLSX
from app.files.pages import READ_DPI, Box
from app.files.unwanted import Unwanted
from app.text.identities import Person, identity_spans

# Named, so that LibreOffice does not guess another reader for what a file holds.
_READERS = {DOCX: "MS Word 2007 XML", XLSX: "Calc MS Excel 2007 XML", ODT: "writer8", RTF: "Rich Text Format"}


class NoProgram(RuntimeError):
    """A program this needs is not installed; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Read:
    """A word that was read and where it stands."""

    word: str
    box: Box
    line: tuple[int, ...]


def read_page(copy: bytes, place: int, folder: str) -> list[Read]:
    """The words of a page, in order. Raises NoProgram; Unwanted where it cannot be read."""
    _, (dots,) = ask("page", copy, page=place, dpi=READ_DPI)
    # of the PNG's header
    width = int.from_bytes(dots[16:20], "big")
    height = int.from_bytes(dots[20:24], "big")
    with workspace(folder) as space:
        table = _run(
            ["tesseract", "stdin", "stdout", "-l", "vie", "--dpi", str(READ_DPI), "tsv"],
            space,
            dots,
            "tesseract-ocr, tesseract-ocr-vie",
        )
    found = []
    for row in table.decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            left, top, wide, high = (int(cell) for cell in cells[6:10])
            box = (left / width, top / height, (left + wide) / width, (top + high) / height)
            found.append(Read(cells[11], box, tuple(int(cell) for cell in cells[1:5])))
    return found


def as_text(read: list[Read]) -> str:
    """What was read, line by line."""
    lines: dict[tuple[int, ...], list[str]] = {}
    for word in read:
        lines.setdefault(word.line, []).append(word.word)
    return "\n".join(" ".join(line) for line in lines.values())


def boxes_of(read: list[Read], people: Sequence[Person]) -> list[Box]:
    """Where anything on the page tells who one of these people is, however it is written; a little wider than the
    letters.
    """
    starts = []
    text = ""
    for place, word in enumerate(read):
        gap = "" if not place else " " if word.line == read[place - 1].line else "\n"
        starts.append(len(text) + len(gap))
        text += gap + word.word
    spans = [span for person in people for span in identity_spans(text, person)]
    hidden = {
        place
        for place, start in enumerate(starts)
        for first, last in spans
        if start < last and start + len(read[place].word) > first
    }
    return [_wider(read[place].box) for place in sorted(hidden)]


def _wider(box: Box) -> Box:
    left, top, right, bottom = box
    across = 0.004
    down = (bottom - top) * 0.25
    return (max(0.0, left - across), max(0.0, top - down), min(1.0, right + across), min(1.0, bottom + down))


def office_as_pdf(data: bytes, kind: str, folder: str) -> bytes:
    """The office file as PDF, of its parts as they were judged. Raises NoProgram; Unwanted where that cannot be."""
    _, (plain,) = ask("office", data)
    with workspace(folder) as space:
        source = space / f"file.{kind}"
        source.write_bytes(plain)
        convert([source], kind, space)
        made = source.with_suffix(".pdf")
        if not made.exists():
            raise Unwanted("không chuyển được tệp thành PDF; mở tệp, lưu lại thành PDF rồi tải lên")
        return made.read_bytes()


def convert(sources: list[Path], kind: str, space: Path) -> None:
    """LibreOffice has turned these files of the folder, all of one kind, into PDFs beside them, as far as it could."""
    profile = f"-env:UserInstallation=file://{space}/profile"
    to_pdf = ["--convert-to", "pdf", "--outdir", str(space), f"--infilter={_READERS[kind]}", *map(str, sources)]
    _run(["soffice", profile, "--headless", "--norestore", *to_pdf], space, None, "libreoffice")


def _run(command: list[str], space: Path, data: bytes | None, package: str) -> bytes:
    try:
        return run(command, space, data)
    except FileNotFoundError:
        raise NoProgram(f"máy chủ chưa cài {command[0]} (gói {package})") from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise Unwanted(f"{command[0]} không đọc được tệp này; in hoặc quét lại rồi tải lên") from None
