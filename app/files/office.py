"""Word, Excel and OpenDocument files: what is taken, judged by the XML a reader sees, and rebuilt from that.

Sources: ECMA-376 (relationships, content types), ODF 1.3 (packages, xlink), RTF 1.9.1.
"""

import io
import re
import zipfile
from typing import Any, Final

from lxml import etree

from .package import BROKEN, Package, attribute, local, parsed, relations_in, resolved
from .unwanted import Unwanted

DOCX = "docx"
XLSX = "xlsx"
ODT = "odt"
RTF = "rtf"
MACROS: Final = "tệp Word, Excel có macro; lưu lại thành .docx, .xlsx không macro hoặc PDF rồi tải lên"
ELSEWHERE: Final = (
    "tệp Word, Excel lấy nội dung từ nơi khác (ảnh, mẫu, bảng liên kết ngoài); ngắt liên kết, hoặc lưu lại thành PDF"
    " rồi tải lên"
)
ODD_PICTURE: Final = "tệp có hình thuộc loại không nhận (SVG, phim, âm thanh…); lưu lại thành PDF rồi tải lên"
NO_DOCUMENT: Final = "không nhận tệp nén; giải nén rồi tải lên từng tệp bên trong (PDF, ảnh, Word, Excel)"
CARRIES_DOCUMENT: Final = "tệp Word có một tài liệu khác nhúng bên trong thân văn bản; lưu lại thành PDF rồi tải lên"
_MAIN: Final = {"wordprocessingml.document.main+xml": DOCX, "spreadsheetml.sheet.main+xml": XLSX}
_ODT: Final = b"application/vnd.oasis.opendocument.text"
# PNG, JPEG, GIF, BMP, TIFF, EMF (its mark stands at 40), WMF with and without its own header, OpenOffice's own SVM.
_DRAWINGS: Final = (b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0", b"VCLMTF")
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", *_DRAWINGS)
_EMF: Final = b" EMF"
_LOCAL_TEMPLATE: Final = re.compile(r"(?:file:/(?://)?|/)?(?:[A-Za-z]:[\\/])?[^/\\:][^:]*", re.IGNORECASE)
_LINKS: Final = ("a", "simple-event-listener", "event-listener")  # of ODF: what is followed by a click only
_RTF_OBJECTS: Final = re.compile(rb"\\(objdata|objupdate|objautlink|objlink|objocx|objhtml)\b")


def office_kind(data: bytes) -> str:
    """docx, xlsx, odt. Raises Unwanted for what would run, fetch or carry what it must not."""
    package = Package(data)
    if package.find("mimetype"):
        return _open_document(package)
    main = next((relation for relation in package.relations() if relation.kind == "officedocument"), None)
    types = package.xml("[Content_Types].xml") if package.find("[Content_Types].xml") else None
    if main is None or types is None or main.outside:
        raise Unwanted(NO_DOCUMENT)
    part = package.find(resolved("", main.target)) or ""
    declared = _declared(types)
    if any("macroenabled" in kind.lower() for kind in declared.values()) or any(_runs(name) for name in package.names):
        raise Unwanted(MACROS)
    content_type = declared.get("/" + part.lower()) or declared.get(part.lower().rpartition(".")[2]) or ""
    kind = next((kind for mark, kind in _MAIN.items() if content_type.lower().endswith(mark)), None)
    if kind is None:
        raise Unwanted(NO_DOCUMENT)
    _check_relations(package)
    _check_pictures(package)
    return kind


def rtf(data: bytes) -> str:
    """rtf. Raises Unwanted for one that carries objects of other programs: the way most attacks by RTF come."""
    if _RTF_OBJECTS.search(data):
        raise Unwanted("tệp RTF có đối tượng của chương trình khác nhúng bên trong; lưu lại thành PDF rồi tải lên")
    return RTF


def rebuilt(data: bytes) -> bytes:
    """The package anew, each part once, as it was judged, without what points at a template: a converter opens this."""
    package = Package(data)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in package.names:
            part = package.read(name)
            if name.lower().endswith(".rels"):
                part = _without(part, "{*}Relationship", _points_at_template)
            elif name.lower() == "word/settings.xml":
                part = _without(part, "{*}attachedTemplate", lambda _: True)
            archive.writestr(name, part, zipfile.ZIP_STORED if name == "mimetype" else None)
    return target.getvalue()


def _without(part: bytes, tag: str, goes: Any) -> bytes:
    root = parsed(part)
    gone = [element for element in root.iter(tag) if goes(element)]
    for element in gone:
        element.getparent().remove(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True) if gone else part


def _points_at_template(element: Any) -> bool:
    return (attribute(element, "Type") or "").lower().endswith("/attachedtemplate")


def _declared(types: Any) -> dict[str, str]:
    """Content types by part (with its slash) and by ending, in lower letters."""
    found = {}
    for element in types:
        name = attribute(element, "PartName") if local(element.tag) == "Override" else attribute(element, "Extension")
        found[(name or "").lower()] = attribute(element, "ContentType") or ""
    return found


def _runs(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in lower or "/macrosheets/" in lower


def _check_relations(package: Package) -> None:
    for name in package.names:
        if name.lower().endswith(".rels"):
            for relation in relations_in(package.xml(name)):
                if relation.kind == "afchunk":
                    raise Unwanted(CARRIES_DOCUMENT)
                template = relation.kind == "attachedtemplate" and _LOCAL_TEMPLATE.fullmatch(relation.target)
                if relation.outside and relation.kind != "hyperlink" and not template:
                    raise Unwanted(ELSEWHERE)


def _check_pictures(package: Package) -> None:
    for name in package.names:
        if "/media/" in f"/{name.lower()}" and not name.endswith("/"):
            _check_picture(package.read(name))


def _check_picture(data: bytes) -> None:
    if data and not data.startswith(_PICTURES) and data[40:44] != _EMF:
        raise Unwanted(ODD_PICTURE)


def _open_document(package: Package) -> str:
    if package.read(package.find("mimetype") or "").strip() != _ODT:
        raise Unwanted(NO_DOCUMENT)
    manifest = package.find("META-INF/manifest.xml")
    content = package.find("content.xml")
    if manifest is None or content is None:
        raise Unwanted(BROKEN)
    if next(package.xml(manifest).iter("{*}encryption-data"), None) is not None:
        raise Unwanted("tệp có mật khẩu (bị mã hóa) nên không đọc được; bỏ mật khẩu, lưu lại rồi tải lên")
    if any(name.lower().startswith(("basic/", "scripts/")) for name in package.names):
        raise Unwanted(MACROS)
    for name in package.names:
        if name.lower().endswith(".xml") and not name.lower().startswith("meta-inf/"):
            _check_links(package.xml(name))
        elif name.lower().startswith("pictures/") and not name.endswith("/"):
            _check_picture(package.read(name))
    return ODT


def _check_links(root: Any) -> None:
    if local(root.tag) == "document-meta":
        return  # where its template once lay, and who wrote it: nothing of it is opened
    for element in root.iter():
        if isinstance(element.tag, str) and (target := attribute(element, "href")):
            away = ":" in target or target.startswith(("/", "\\", "../"))
            if away and local(element.tag) not in _LINKS:
                raise Unwanted(ELSEWHERE)


def answer(_task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The task `office`: what a converter may open. Raises Unwanted."""
    return {}, [data if data.startswith(b"{\\rtf") else rebuilt(data)]
