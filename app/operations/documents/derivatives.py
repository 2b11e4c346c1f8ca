"""What verifiers get: copies without the denouncer's identity, looked at by a person before they are handed over (Luật
Tố cáo 2018, Điều 56.2).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.files.kinds import PDF
from app.files.office import DOCX
from app.law.documents import SHOWN, WAITING
from app.law.terms import matter
from app.models import Account, Case, Document, Petition
from app.operations.act import Act
from app.operations.content import (
    COVERED,
    PETITIONER,
    RESPONDENT,
    denouncers_of,
    read_body,
    read_people,
    shown_respondents,
)
from app.operations.documents.documents import check_leaves, may_add, new_document, purpose_of
from app.operations.documents.work import record_as_docx
from app.operations.refusal import Refused
from app.operations.stepping import check, check_day, record_step
from app.security import audit, sealed_files
from app.security.sealed import seal
from app.settings import setting
from app.text.identities import masked

Boxes = dict[int, list[tuple[float, float, float, float]]]


def derive(session: Session, document: Document, covered: Boxes, identity: bool, by: str) -> Document:
    """A flat copy of the document with these regions black, and the petitioner's identity wherever it is read, is being
    made. Raises Refused.
    """
    subject: Petition | Case | None = document.petition or document.case
    if subject is None:
        raise Refused("bản che làm từ tài liệu của đơn hoặc vụ việc; tải tệp này vào hồ sơ đó rồi làm bản che")
    if not may_add(session, subject):
        raise Refused("vai trò của tài khoản không được làm bản che của tài liệu này")
    if document.state not in SHOWN:
        raise Refused("tài liệu chưa có bản xem; đợi phần mềm xử lý xong rồi làm bản che")
    if not identity and not any(covered.values()):
        raise Refused("chọn che danh tính, hoặc vẽ ít nhất một vùng cần che", "regions")
    if any(not 0 <= place < (document.pages or 0) for place in covered):
        raise Refused("vùng cần che nằm ở trang không có trong tài liệu", "regions")
    made = new_document(subject, PDF, document.size, by)
    made.derived_from = document
    made.unscanned = document.unscanned
    # Not by the original's name, which often is the sender's; as secret as the original until somebody who approves
    # lowers it.
    made.secrecy = document.secrecy
    made.secrecy_until = document.secrecy_until
    made.secrecy_number = document.secrecy_number
    recipe = {"covered": {str(place): boxes for place, boxes in covered.items()}, "identity": identity}
    return _waiting(session, made, f"Bản che {subject.number} ({made.id.hex[-4:]}).pdf", recipe)


def derive_record(session: Session, petition: Petition, by: str) -> Document:
    """A document of what the register holds of the petition, without the petitioner, is being made. Raises Refused."""
    if not may_add(session, petition) or petition.text is None:
        raise Refused("vai trò của tài khoản không được làm bản trích của đơn này")
    people = denouncers_of(session, [petition]).get(petition.id) or read_people(petition, PETITIONER)
    kind = matter(petition.kind, petition.instance)
    lines = [
        f"TRÍCH NỘI DUNG ĐƠN SỐ {petition.number}",
        f"Loại đơn: {kind}. Ngày nhận: {petition.received_on:%d/%m/%Y}. Đơn vị: {petition.unit.name}.",
        "Người gửi: thông tin được giữ bí mật theo Luật Tố cáo, Điều 56.",
        *(
            "Người bị tố cáo:"
            f" {', '.join(person[key] for key in ('name', 'position', 'organisation') if person.get(key))}"
            for person in shown_respondents(read_people(petition, RESPONDENT), people)
        ),
        "Nội dung:",
        *masked(read_body(petition.text).get("summary", ""), people, COVERED, areas=True).split("\n"),
    ]
    data = record_as_docx(lines)
    made = new_document(petition, DOCX, len(data), by)
    made.secrecy = petition.secrecy
    made.secrecy_until = petition.secrecy_until
    made.secrecy_number = petition.secrecy_number
    sealed_files.write(setting("FILES_DIR"), made.id, sealed_files.ORIGINAL, data, purpose_of(made))
    return _waiting(session, made, f"Trích nội dung đơn {petition.number}.pdf", {"identity": True})


def _waiting(session: Session, made: Document, name: str, recipe: dict[str, Any]) -> Document:
    made.state = WAITING
    made.told = seal(made, "told", {"name": name}, purpose_of(made))
    made.recipe = seal(made, "recipe", recipe, purpose_of(made))
    session.add(made)
    audit.record(session, "document.derived", table_name="documents", row_ids=[made.id])
    session.flush()
    return made


def check_derivative(session: Session, document: Document, by: str) -> None:
    """A person has looked at every page of the derivative and found nothing that names the petitioner.

    Raises Refused.
    """
    if not may_add(session, document.subject):
        raise Refused("vai trò của tài khoản không được kiểm tra bản che của hồ sơ này")
    if document.recipe is None:
        raise Refused("đây là tài liệu gốc, không phải bản che")
    if document.state not in SHOWN:
        raise Refused("bản che chưa làm xong; tải lại trang sau ít phút")
    document.checked_by = by
    session.flush()


def hand_over(
    session: Session, case: Case, act: Act, documents: Sequence[Document], accounts: Sequence[Account]
) -> None:
    """These accounts verify the case with these documents, of which each is a checked derivative. Raises Refused."""
    check(case, "verify")
    check_day(act.on, act.today, case.accepted_on, "ngày thụ lý")
    if not documents or not accounts:
        raise Refused("chọn ít nhất một tài liệu và một người xác minh", "documents")
    for document in documents:
        if document.recipe is None:
            raise Refused("chỉ giao bản che cho người xác minh, không giao bản gốc (Luật Tố cáo, Điều 56)", "documents")
        check_leaves(document)
        if document.checked_by is None or document.state not in SHOWN:
            raise Refused(
                "có bản che chưa được kiểm tra; mở từng bản, xem hết các trang rồi bấm “Đã kiểm tra”", "documents"
            )
        if document.case_id != case.id and document.petition_id not in {petition.id for petition in case.petitions}:
            raise Refused("có tài liệu không thuộc vụ việc này", "documents")
    if any(account.unit_id != case.unit_id or account.kind != "user" or not account.active for account in accounts):
        raise Refused("chỉ giao cho tài khoản người dùng đang hoạt động của đơn vị mình", "accounts")
    names = {account.username for account in accounts}
    for document in documents:
        document.verifiers = sorted({*(document.verifiers or ()), *names})
    record_step(session, case, "verify", replace(act, note=", ".join(sorted(names))))
    audit.record(
        session,
        "document.handed",
        table_name="documents",
        row_ids=[document.id for document in documents],
        detail={"to": sorted(names)},
    )
    session.flush()
