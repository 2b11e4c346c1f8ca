"""Office files as what they are: archives of XML parts (ECMA-376 part 2, ODF 1.3 part 2).

The parser fetches nothing, expands nothing and stops growing.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from .unwanted import Unwanted

MOST_UNPACKED: Final = 300 * 1024 * 1024
MOST_PARTS: Final = 5_000
ENCRYPTED: Final = 0x1  # the first flag of a part of an archive
BROKEN: Final = "tệp hỏng, không mở được; mở bằng chương trình đã tạo ra nó, lưu lại rồi tải lên"
LOCKED: Final = "tệp có mật khẩu (bị mã hóa) nên không đọc được; bỏ mật khẩu, lưu lại rồi tải lên"
_BOUNDS: Final = f"hơn {MOST_UNPACKED >> 20} MB hoặc hơn {MOST_PARTS} phần"
BOMB: Final = f"tệp giải nén ra quá lớn ({_BOUNDS}), có thể là tệp phá hoại; xuất lại rồi tải lên"
TRICKY: Final = "tệp có khai báo thực thể XML, là dấu hiệu của tệp phá hoại; mở, lưu lại thành tệp mới rồi tải lên"
_SAFELY: Final = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


@dataclass(frozen=True)
class Relation:
    """What a part points at: its kind's last word in lower letters, the target as written, whether it lies outside."""

    key: str
    kind: str
    target: str
    outside: bool


class Package:
    """An archive whose parts unpack to a bounded size, whatever its directory says. Raises Unwanted."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
            raise Unwanted(BROKEN) from None
        self._items = {item.filename: item for item in self._archive.infolist()}
        self._lower = {name.lower(): name for name in self._items}
        items = self._archive.infolist()
        if any(item.flag_bits & ENCRYPTED for item in items):
            raise Unwanted(LOCKED)
        if any(item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for item in items):
            raise Unwanted(BROKEN)  # office programs write nothing else
        if len(items) > MOST_PARTS or sum(item.file_size for item in items) > MOST_UNPACKED:
            raise Unwanted(BOMB)
        self._left = 4 * MOST_UNPACKED  # a part may be asked for more than once, but not without end

    @property
    def names(self) -> list[str]:
        """The parts, as they are called in the archive; a name that stands twice once."""
        return list(self._items)

    def items(self) -> list[zipfile.ZipInfo]:
        """Every entry of the archive's directory, also those of one name."""
        return self._archive.infolist()

    def find(self, name: str) -> str | None:
        """The part's own name, upper and lower letters aside; None where there is none."""
        return self._lower.get(name.lower().lstrip("/"))

    def read(self, name: str | zipfile.ZipInfo) -> bytes:
        """The part's bytes. Raises Unwanted, also where the part is longer than the directory says."""
        try:
            data = self._archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, ValueError):
            raise Unwanted(BROKEN) from None
        self._left -= len(data)
        if self._left < 0:
            raise Unwanted(BOMB)
        return data

    def xml(self, name: str) -> Any:
        """The part's root element. Raises Unwanted for no XML, and for a document type: office programs write none."""
        return parsed(self.read(name))

    def relations(self, part: str = "") -> list[Relation]:
        """What the part points at; of the package itself for an empty name."""
        folder, last = posixpath.split(part)
        name = self.find(posixpath.join(folder, "_rels", f"{last}.rels"))
        return list(relations_in(self.xml(name))) if name else []


def parsed(data: bytes) -> Any:
    """The root element of these bytes, in whatever encoding. Raises Unwanted."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFELY))
    except (etree.XMLSyntaxError, ValueError):
        raise Unwanted(BROKEN) from None
    return _plain(root)


def walked(data: bytes, *names: str) -> Iterator[tuple[str, Any]]:
    """(start or end, element) of the elements of these local names, in order. Raises Unwanted.

    Memory holds one at a time where the caller clears them.
    """
    walk = etree.iterparse(io.BytesIO(data), events=("start", "end"), tag=[f"{{*}}{name}" for name in names], **_SAFELY)
    try:
        for place, (event, element) in enumerate(walk):
            if place == 0:
                _plain(element)
            yield event, element
        _plain(walk.root)
    except (etree.XMLSyntaxError, ValueError):
        raise Unwanted(BROKEN) from None


def _plain(element: Any) -> Any:
    declared = element.getroottree().docinfo
    if declared.internalDTD is not None or declared.externalDTD is not None:
        raise Unwanted(TRICKY)
    return element


def local(name: Any) -> str:
    """The name without its namespace: transitional and strict files differ in nothing else."""
    return str(name).rpartition("}")[2]


def attribute(element: Any, name: str) -> str | None:
    """The attribute's value, whatever namespace it stands in."""
    return next((str(value) for key, value in element.attrib.items() if local(key) == name), None)


def relations_in(root: Any) -> Iterator[Relation]:
    """What a part of relations says. A target with a scheme lies outside, whatever its mode."""
    for element in root.iter("{*}Relationship"):
        target = attribute(element, "Target") or ""
        mode = (attribute(element, "TargetMode") or "").strip().lower()
        kind = (attribute(element, "Type") or "").rstrip("/").rpartition("/")[2].lower()
        outside = mode not in ("", "internal") or ":" in target or target.startswith(("//", "\\\\"))
        yield Relation(attribute(element, "Id") or "", kind, target, outside)


def resolved(part: str, target: str) -> str:
    """The name of the part that a relation of `part` points at."""
    path = unquote(target)
    whole = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(part), path)
    return posixpath.normpath(whole)
