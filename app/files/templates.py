"""Records made from Word templates somebody put in place of ours: names of facts filled in, nothing else run."""

import io
from collections.abc import Iterator
from typing import Any, Final

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from .office import DOCX, office_kind
from .package import Package, parsed
from .unwanted import Unwanted

COMMANDS: Final = "mẫu chỉ được có tên chỗ cần điền trong hai dấu ngoặc nhọn, không có lệnh, phép tính hay bộ lọc"
ALLOWED: Final = (nodes.Output, nodes.TemplateData, nodes.Name)
NO_TEMPLATE: Final = "tệp không phải mẫu Word (.docx) đọc được"


def check(template: bytes, facts: dict[str, str]) -> None:
    """The template holds text and these names only: no loops or filters, which could fail on other facts or never end.

    Every part that is XML is looked at, whatever it is called: docxtpl follows relations, not names. Raises Unwanted.
    """
    if not template.startswith(b"PK") or office_kind(template) != DOCX:
        raise Unwanted(NO_TEMPLATE)
    patch = DocxTemplate(io.BytesIO(template)).patch_xml
    for part in _xml_parts(Package(template)):
        try:
            tree = SandboxedEnvironment().parse(patch(part))
        except TemplateError as trouble:
            raise Unwanted(_cannot(trouble, facts)) from None
        if any(not isinstance(node, ALLOWED) for node in tree.find_all(nodes.Node)):
            raise Unwanted(COMMANDS)
    fill(template, facts)


def _xml_parts(package: Package) -> Iterator[str]:
    for name in package.names:
        data = package.read(name)
        try:
            root = parsed(data)
        except Unwanted:
            continue  # a picture: what is no XML is never rendered
        yield etree.tostring(root, encoding="unicode")


def fill(template: bytes, facts: dict[str, str]) -> bytes:
    """The record; the template runs in a sandbox. Raises Unwanted."""
    target = io.BytesIO()
    try:
        document = DocxTemplate(io.BytesIO(template))
        sandbox = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
        document.render(facts, jinja_env=sandbox, autoescape=True)
        document.save(target)
    except TemplateError as trouble:
        raise Unwanted(_cannot(trouble, facts)) from None
    except (PackageNotFoundError, KeyError, ValueError):
        raise Unwanted(NO_TEMPLATE) from None
    return target.getvalue()


def _cannot(trouble: TemplateError, facts: dict[str, str]) -> str:
    return f"mẫu có chỗ không điền được: {trouble.message or type(trouble).__name__}; chỉ dùng {', '.join(facts)}"


def answer(task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The tasks `check_template` and `fill_template`. Raises Unwanted."""
    if task["verb"] == "check_template":
        check(data, task["facts"])
        return {}, []
    return {}, [fill(data, task["facts"])]
