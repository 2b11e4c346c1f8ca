"""Records of acts on accounts as .docx: from the application's own template or one an administrator put in its place, numbered per year, kept as made."""

import io
import zipfile
from datetime import date
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from flask import current_app
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from sqlalchemy import desc, select
from sqlalchemy.orm import Session, defer, joinedload

from app.clock import today
from app.law.minutes import DUTIES, FACTS, TITLES, body
from app.law.profiles import PROFILES
from app.law.terms import term
from app.models import Account, Minutes, MinutesTemplate, Unit
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.operations.stepping import next_number
from app.security import audit, scope

LARGEST = 2 * 1024 * 1024  # bytes of a template, packed
LARGEST_UNPACKED = 30 * 1024 * 1024


def default_template(kind: str) -> bytes:
    """The application's own template of that record, A4, Times New Roman, with the tags of `FACTS`."""
    made = Document()
    section, style = made.sections[0], made.styles["Normal"]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = Mm(30), Mm(15), Mm(20), Mm(20)
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    head = made.add_table(rows=1, cols=2).rows[0].cells
    _centred(head[0].paragraphs[0], "{{ office }}", bold=True)
    _centred(head[0].add_paragraph(), "Số: {{ number }}")
    _centred(head[1].paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)
    _centred(head[1].add_paragraph(), "Độc lập - Tự do - Hạnh phúc", bold=True)
    _centred(made.add_paragraph(), "")
    _centred(made.add_paragraph(), TITLES[kind], bold=True)
    _centred(made.add_paragraph(), "Ngày {{ day }} tháng {{ month }} năm {{ year }}")
    for line in body(kind):
        made.add_paragraph(f"{line.label}: {{{{ {line.fact} }}}}")
    made.add_paragraph("Căn cứ: {{ document }}")
    made.add_paragraph("Lý do: {{ reason }}")
    made.add_paragraph(DUTIES[kind])
    made.add_paragraph("Biên bản được lập thành 02 bản, mỗi bên giữ 01 bản.")
    feet = made.add_table(rows=1, cols=2).rows[0].cells
    _centred(feet[0].paragraphs[0], "NGƯỜI GIỮ TÀI KHOẢN", bold=True)
    _centred(feet[1].paragraphs[0], "NGƯỜI LẬP BIÊN BẢN", bold=True)
    _centred(feet[1].add_paragraph(), "{{ admin }}")
    return _bytes(made)


def _centred(paragraph: Any, text: str, bold: bool = False) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(text).bold = bold


def _bytes(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _only_names(template: bytes) -> None:
    """Nothing, when the template holds text and names of facts: no loops, conditions, operators or filters, which could fail on other facts or never end. Raises Refused."""
    document = DocxTemplate(io.BytesIO(template))
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        parts = [archive.read(item).decode("utf-8", "strict") for item in archive.namelist() if item.endswith(".xml")]
    for part in parts:
        tree = SandboxedEnvironment().parse(document.patch_xml(part))
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, nodes.Output | nodes.TemplateData | nodes.Name):
                raise Refused("mẫu chỉ được có tên chỗ cần điền trong hai dấu ngoặc nhọn, không có lệnh, phép tính hay bộ lọc", "file")


def _render(template: bytes, facts: dict[str, str]) -> bytes:
    """The document; a template may name facts and nothing else: it runs in a sandbox. Raises TemplateError."""
    document = DocxTemplate(io.BytesIO(template))
    document.render(facts, jinja_env=SandboxedEnvironment(undefined=StrictUndefined, autoescape=True), autoescape=True)
    return _bytes(document)


def template_of(session: Session, kind: str) -> bytes:
    """The template in use for that record."""
    query = select(MinutesTemplate.document).where(MinutesTemplate.kind == kind).order_by(desc(MinutesTemplate.made_at)).limit(1)
    return session.scalars(query).first() or default_template(kind)


def replace_template(session: Session, kind: str, data: bytes) -> None:
    """That record is made from this template from now on. Raises Refused for what is no .docx, is too large, or names facts that are not there."""
    demand(session, "can_write", "Accounts")
    if kind not in TITLES:
        raise Refused("không có loại biên bản này", "kind")
    if len(data) > LARGEST:
        raise Refused(f"mẫu dài hơn {LARGEST // 1024 // 1024} MB; bỏ bớt hình ảnh", "file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED:
                raise Refused("mẫu bung ra quá lớn; kiểm tra lại tệp", "file")
            if any("vbaProject" in item.filename for item in archive.infolist()):
                raise Refused("mẫu có macro; lưu lại dạng .docx không macro", "file")
        _only_names(data)
        _render(data, dict.fromkeys(FACTS, "x"))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as trouble:
        if isinstance(trouble, Refused):
            raise
        raise Refused("tệp không phải mẫu Word (.docx) đọc được", "file") from None
    except TemplateError as trouble:
        raise Refused(f"mẫu có chỗ không điền được: {trouble.message or type(trouble).__name__}; chỉ dùng {', '.join(FACTS)}", "file") from None
    session.add(MinutesTemplate(kind=kind, made_by=scope.current(session).name, document=data))
    audit.record(session, "minutes.template", detail={"kind": kind})
    session.flush()


def make_minutes(session: Session, kind: str, account: Account, document: str | None, reason: str | None = None, **more: str) -> Minutes:
    """The record of that act stands, numbered in the series of the account's unit and the year."""
    unit: Unit = account.unit
    on: date = today()
    number = PROFILES[current_app.config["PROFILE"]].minutes_number.format(number=next_number(session, unit, on.year, "minutes"), unit=unit.code)
    facts = {
        "number": number, "day": f"{on.day:02d}", "month": f"{on.month:02d}" if on.month < 3 else str(on.month), "year": str(on.year), "office": unit.name.upper(),
        "admin": scope.current(session).name, "document": document or "………", "reason": reason or "………", "title": TITLES[kind], "duty": DUTIES[kind],
        "account": account.username, "kind": term("account_kind", account.kind), "unit": unit.name, "holder": account.holder or "………",
        "roles": ", ".join(_role_name(role.name) for role in account.roles) or "………", **more,
    }  # fmt: skip
    made = Minutes(
        number=f"{number}/{on.year}", kind=kind, made_on=on, made_by=scope.current(session).name, account_id=account.id, facts=facts,
        document=_render(template_of(session, kind), {name: facts.get(name, "") for name in FACTS}),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def newest_minutes(session: Session, most: int = 200) -> list[Minutes]:
    """The newest records, with their accounts."""
    return list(session.scalars(select(Minutes).order_by(desc(Minutes.made_at)).limit(most).options(joinedload(Minutes.account), defer(Minutes.document))))


def _role_name(name: str) -> str:
    try:
        return term("role", name)
    except KeyError:
        return name
