"""Records of acts on accounts as .docx: from the application's own template or one an administrator put in its place,
numbered per year, kept as made.
"""

import io
from datetime import date
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from sqlalchemy import desc, select
from sqlalchemy.orm import Session, defer, joinedload

from app.clock import today
from app.files.apart import ask
from app.files.templates import fill
from app.files.unwanted import Unwanted
from app.law.minutes import DUTIES, FACTS, TITLES, body
from app.law.profiles import PROFILES
from app.law.terms import term
from app.models import Account, Minutes, MinutesTemplate, Unit
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.operations.stepping import next_number
from app.security import audit, scope
from app.settings import setting

LARGEST = 2 * 1024 * 1024  # bytes of a template, packed


def default_template(kind: str) -> bytes:
    """The application's own template of that record, A4, Times New Roman, with the tags of `FACTS`."""
    made = Document()
    section = made.sections[0]
    style = made.styles["Normal"]
    section.page_width = Mm(210)
    section.page_height = Mm(297)
    section.left_margin = Mm(30)
    section.right_margin = Mm(15)
    section.top_margin = Mm(20)
    section.bottom_margin = Mm(20)
    style.font.name = "Times New Roman"
    style.font.size = Pt(13)
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


def template_of(session: Session, kind: str) -> bytes:
    """The template in use for that record."""
    return _replaced(session, kind) or default_template(kind)


def _replaced(session: Session, kind: str) -> bytes | None:
    query = (
        select(MinutesTemplate.document)
        .where(MinutesTemplate.kind == kind)
        .order_by(desc(MinutesTemplate.made_at))
        .limit(1)
    )
    return session.scalars(query).first()


def _rendered(session: Session, kind: str, facts: dict[str, str]) -> bytes:
    """The record: ours made here, one from somebody's template where nothing can be reached. Raises Refused."""
    template = _replaced(session, kind)
    if template is None:
        return fill(default_template(kind), facts)
    try:
        return ask("fill_template", template, facts=facts)[1][0]
    except Unwanted as unwanted:
        raise Refused(f"không lập được biên bản từ mẫu đã thay: {unwanted}") from None


def replace_template(session: Session, kind: str, data: bytes) -> None:
    """That record is made from this template from now on.

    Raises Refused for what is no .docx, is too large, or names facts that are not there.
    """
    demand(session, "can_write", "Accounts")
    if kind not in TITLES:
        raise Refused("không có loại biên bản này", "kind")
    if len(data) > LARGEST:
        raise Refused(f"mẫu dài hơn {LARGEST // 1024 // 1024} MB; bỏ bớt hình ảnh", "file")
    try:
        ask("check_template", data, facts=dict.fromkeys(FACTS, "x"))
    except Unwanted as unwanted:
        raise Refused(str(unwanted), "file") from None
    session.add(MinutesTemplate(kind=kind, made_by=scope.current(session).name, document=data))
    audit.record(session, "minutes.template", detail={"kind": kind})
    session.flush()


def make_minutes(
    session: Session, kind: str, account: Account, paper: str | None, reason: str | None = None, **more: str
) -> Minutes:
    """The record of that act stands, numbered in the series of the account's unit and the year."""
    unit: Unit = account.unit
    on: date = today()
    pattern = PROFILES[setting("PROFILE")].numbers["minutes"]
    number = pattern.format(number=next_number(session, unit, on.year, "minutes"), unit=unit.code)
    facts = {
        "number": number,
        "day": f"{on.day:02d}",
        "month": f"{on.month:02d}" if on.month < 3 else str(on.month),
        "year": str(on.year),
        "office": unit.name.upper(),
        "admin": scope.current(session).name,
        "document": paper or "………",
        "reason": reason or "………",
        "title": TITLES[kind],
        "duty": DUTIES[kind],
        "account": account.username,
        "kind": term("account_kind", account.kind),
        "unit": unit.name,
        "holder": account.holder or "………",
        "roles": ", ".join(_role_name(role.name) for role in account.roles) or "………",
        **more,
    }
    made = Minutes(
        number=f"{number}/{on.year}",
        kind=kind,
        made_on=on,
        made_by=scope.current(session).name,
        account_id=account.id,
        facts=facts,
        document=_rendered(session, kind, {name: facts.get(name, "") for name in FACTS}),
    )
    session.add(made)
    session.flush()
    return made


def newest_minutes(session: Session, most: int = 200) -> list[Minutes]:
    """The newest records, with their accounts."""
    return list(
        session.scalars(
            select(Minutes)
            .order_by(desc(Minutes.made_at))
            .limit(most)
            .options(joinedload(Minutes.account), defer(Minutes.document))
        )
    )


def _role_name(name: str) -> str:
    try:
        return term("role", name)
    except KeyError:
        return name
