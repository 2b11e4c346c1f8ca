"""Documents: uploading, looking at pages, covering what must not be seen, handing to verification."""

import io
import re
import uuid
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, send_file, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, TextAreaField

from app.extensions import db, limiter
from app.files.apart import Missing, ask
from app.files.pages import SHOWN_DPI
from app.law.secrecy import NORMAL
from app.models import Case, Document, Petition, Task
from app.operations.content import denouncers_of, without
from app.operations.documents import derivatives, documents
from app.operations.refusal import Refused
from app.operations.secrecy import approvals, identity
from app.operations.tasks import giving, written
from app.security import audit
from app.text.typed import number_of
from app.views.acts import act_of
from app.views.base import Screen, has_access
from app.views.fields import FlaskForm, ReasonForm
from app.views.finding import find, find_task
from app.views.gates import account_key
from app.views.keeping import carry_out, expose, keep, submitted
from app.views.opening import broken_sentence, opened
from app.views.secrecy.secrets import about, mark_of, page_of, released, secrecy_of, watermark

MOST_REASONS = 5  # of refused files told at once: messages travel in the cookie, which holds 4 KB
MEDIA = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "tiff": "image/tiff", "heic": "image/heic"}
MEDIA |= {"odt": "application/vnd.oasis.opendocument.text", "rtf": "application/rtf"}
MEDIA |= {
    name: f"application/vnd.openxmlformats-officedocument.{kind}"
    for name, kind in (("docx", "wordprocessingml.document"), ("xlsx", "spreadsheetml.sheet"))
}
_BOX = re.compile(r"(\d{1,4})\s+([\d.]{1,8})\s+([\d.]{1,8})\s+([\d.]{1,8})\s+([\d.]{1,8})")


class CoverForm(FlaskForm):
    """What is to be covered."""

    identity = BooleanField(
        lazy_gettext("Tự tìm và che họ tên, địa chỉ, số định danh, điện thoại của người gửi"), default=True
    )
    regions = TextAreaField()


def boxes_of(text: str) -> derivatives.Boxes:
    """Regions as the page sends them: a line each of page, left, top, right, bottom, the page from 1, the rest in
    percent. Raises Refused.
    """
    found: derivatives.Boxes = {}
    for line in filter(None, (line.strip() for line in text.splitlines()[:2000])):
        box = _BOX.fullmatch(line)
        try:
            page, *sides = box.groups() if box else ()
            left, top, right, bottom = (float(side) / 100 for side in sides)
        except ValueError:
            raise Refused(
                "vùng cần che ghi sai; mỗi dòng gồm số trang và bốn số phần trăm: trái, trên, phải, dưới", "regions"
            ) from None
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise Refused(
                "vùng cần che phải nằm trong trang, cạnh trái nhỏ hơn cạnh phải, cạnh trên nhỏ hơn cạnh dưới", "regions"
            )
        found.setdefault(int(page) - 1, []).append((left, top, right, bottom))
    return found


def hidden_of(subject: Petition | Case | Task) -> list[dict[str, Any]]:
    """The denouncers of the petition or case, or of what the task is about."""
    if isinstance(subject, Task):
        return written.hidden_of(db.session(), [subject]).get(subject.id, [])
    return denouncers_of(db.session(), [subject]).get(subject.id, [])


def shown(document: Document, hidden: list[dict[str, Any]], named: bool = False) -> dict[str, Any]:
    """What a page tells of a document.

    `hidden`: the denouncers whom its name must not tell of; `named`: who signed may be told, as the original is open.
    """
    told = opened(documents.told_of, document, otherwise=lambda: {"name": broken_sentence()})
    return {
        "row": document,
        "name": without(told.get("name", ""), hidden),
        "sha256": told.get("sha256", ""),
        "secrecy": str(secrecy_of(document).level),
        "signatures": [
            item if named else item | {"signer": None, "organisation": None} for item in told.get("signatures", [])
        ],
    }


def _tell_refused(refused: dict[str, list[int]]) -> None:
    """Refused files are named by place, not name: a message travels in the cookie, which a browser may write to
    disk.
    """
    for why, places in list(refused.items())[:MOST_REASONS]:
        flash(gettext("Tệp thứ %(place)s: %(why)s", place=runs(places), why=why), "danger")
    if rest := sorted(place for places in list(refused.values())[MOST_REASONS:] for place in places):
        sentence = gettext("Tệp thứ %(place)s cũng không nhận; tải lên riêng từng tệp để xem lý do.", place=runs(rest))
        flash(sentence, "danger")


def runs(numbers: list[int]) -> str:
    """The numbers, those in a row from the first to the last: 1, 3–5, 9."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(str(row[0]) if len(row) == 1 else f"{row[0]}–{row[-1]}" for row in found)


def _subject(noun: str, key: uuid.UUID) -> Any:
    """What a document may be of."""
    if noun == "document":
        abort(404)
    return find_task(key) if noun == "task" else find(noun, key)


class DocumentView(Screen):
    """Documents of petitions and cases."""

    route_base = "/documents"
    class_permission_name = "Petitions"

    @expose("/of/<noun>/<uuid:key>", methods=["POST"])
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def upload(self, noun: str, key: uuid.UUID) -> Any:
        """Files are taken in, each on its own and all that came: one that is refused does not hold back the others."""
        subject = _subject(noun, key)
        files = [file for file in request.files.getlist("file") if file.filename]
        if not files:
            flash(gettext("Chọn hoặc kéo thả ít nhất một tệp."), "danger")
        refused: dict[str, list[int]] = {}
        for place, file in enumerate(files, start=1):
            try:
                take_in = giving.attach if isinstance(subject, Task) else documents.add
                take_in(db.session(), subject, act_of(()), file.filename or "", file.read())
                keep()
            except Refused as trouble:
                db.session.rollback()
                refused.setdefault(trouble.message, []).append(place)
                subject = _subject(noun, key)
        _tell_refused(refused)
        if taken := len(files) - sum(map(len, refused.values())):
            flash(gettext("Đã nhận %(number)s tệp", number=taken), "success")
        return redirect(page_of(subject) + "#documents")

    @expose("/extract/<uuid:key>", methods=["POST"])
    @has_access
    @permission_name("read")
    def extract(self, key: uuid.UUID) -> Any:
        """A document of the petition's record without the petitioner."""
        petition = find("petition", key)
        carry_out(
            lambda: derivatives.derive_record(db.session(), petition, g.user.username),
            gettext("Đang làm bản trích; tải lại trang sau ít phút"),
        )
        return redirect(page_of(petition) + "#documents")

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def document(self, key: uuid.UUID) -> Any:
        """The viewer: one page at a time, what can be done with the document, and its fingerprint."""
        document = find("document", key)
        page = number_of(request.args.get("page", "1"), max(document.pages or 1, 1))
        if not page:
            abort(404)
        subject = document.subject
        is_open = identity.is_open(db.session(), g.user, document)
        audit.record(db.session(), "document.read", table_name="documents", row_ids=[document.id])
        return self.render(
            "documents/document.html",
            document=document,
            told=shown(document, hidden_of(subject), named=is_open),
            page=page,
            secrecy=secrecy_of(document),
            closed=not is_open,
            approval=current_app.config["REVEAL_APPROVAL"],
            reason=ReasonForm(),
            may_add=documents.may_add(db.session(), subject),
            **(about(document) | {"back": page_of(subject)}),
        )

    @expose("/<uuid:key>/reveal", methods=["POST"])
    @has_access
    @permission_name("read")
    def reveal(self, key: uuid.UUID) -> Any:
        """An original that shows who denounced opens for a while, with a reason written down first."""
        document = find("document", key)
        try:
            identity.reveal_document(db.session(), g.user, document, ReasonForm().note.data or "")
        except Refused as refused:
            db.session.rollback()
            flash(refused.message[:1].upper() + refused.message[1:], "danger")
        return redirect(url_for("DocumentView.document", key=key))

    @expose("/<uuid:key>/page/<int:page>.png")
    @has_access
    @permission_name("read")
    def picture(self, key: uuid.UUID, page: int) -> Any:
        """One page as a picture, marked where the document is secret."""
        document = find("document", key)
        if not identity.is_open(db.session(), g.user, document):
            abort(403)
        try:
            _, (dots,) = ask(
                "page", documents.working_copy(document), page=page - 1, dpi=SHOWN_DPI, mark=mark_of(document)
            )
        except (Missing, Refused):
            abort(404)
        audit.record(
            db.session(), "document.read", table_name="documents", row_ids=[document.id], detail={"page": page}
        )
        return send_file(io.BytesIO(dots), "image/png")

    @expose("/<uuid:key>/download")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def download(self, key: uuid.UUID) -> Any:
        """The working copy; of what is secret a flat one with the mark on every page, after a second person has allowed
        it.
        """
        document = find("document", key)
        if not identity.is_open(db.session(), g.user, document):
            return redirect(page_of(document))
        try:
            copy = documents.leaving_copy(document)
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(page_of(document))
        if mark := mark_of(document):
            asking = url_for("ApprovalView.ask", act=approvals.DOWNLOAD, noun="document", key=key)
            if (elsewhere := released(approvals.DOWNLOAD, f"document:{key}", asking)) is not None:
                return elsewhere
            _, (copy,) = ask("flat", copy, covered={}, mark=mark)
        return self._send(document, copy, "pdf", "copy")

    @expose("/<uuid:key>/original")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def original(self, key: uuid.UUID) -> Any:
        """The file as it came; never of what is secret: evidence bears no mark, and what leaves must."""
        document = find("document", key)
        if secrecy_of(document).level != NORMAL or document.recipe is not None:
            abort(403)
        if not identity.is_open(db.session(), g.user, document):
            return redirect(page_of(document))
        try:
            return self._send(document, documents.original(document), document.media, "original")
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(page_of(document))

    def _send(self, document: Document, data: bytes, media: str, part: str) -> Any:
        name = without(documents.told_of(document)["name"], hidden_of(document.subject))
        if media == "pdf" and not name.lower().endswith(".pdf"):
            name += ".pdf"
        audit.record(
            db.session(), "document.downloaded", table_name="documents", row_ids=[document.id], detail={"part": part}
        )
        return send_file(io.BytesIO(data), MEDIA[media], as_attachment=True, download_name=name)

    @expose("/<uuid:key>/cover", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def cover(self, key: uuid.UUID) -> Any:
        """Choosing what a copy for verifiers must not show."""
        document = find("document", key)
        form = CoverForm()
        subject = document.subject
        if not documents.may_add(db.session(), subject) or document.recipe is not None:
            abort(403)
        if not identity.is_open(db.session(), g.user, document):
            return redirect(page_of(document))

        def derive() -> Document:
            return derivatives.derive(
                db.session(), document, boxes_of(form.regions.data or ""), bool(form.identity.data), g.user.username
            )

        if made := submitted(form, derive):
            flash(gettext("Đang làm bản che; mở bản che, xem hết các trang rồi bấm “Đã kiểm tra”"), "success")
            return redirect(page_of(made))
        return self.render(
            "documents/cover.html",
            document=document,
            told=shown(document, hidden_of(subject)),
            form=form,
            **about(document),
        )

    @expose("/<uuid:key>/checked", methods=["POST"])
    @has_access
    @permission_name("read")
    def checked(self, key: uuid.UUID) -> Any:
        """A person has looked at the whole derivative."""
        document = find("document", key)
        if not documents.may_add(db.session(), document.subject):
            abort(403)
        carry_out(
            lambda: derivatives.check_derivative(db.session(), document, g.user.username),
            gettext("Đã ghi: bản che không còn danh tính người gửi"),
        )
        return redirect(page_of(document))


def dossier(subject: Petition | Case) -> dict[str, Any]:
    """What the page of a petition or a case tells of its documents, its level and its mark, and whether documents may
    be added.
    """
    rows = documents.of_subject(db.session(), subject)
    secrecy = secrecy_of(subject, rows)
    hidden = hidden_of(subject)
    context = {"documents": [shown(row, hidden) for row in rows], "may_add": documents.may_add(db.session(), subject)}
    return context | {"secrecy": secrecy, "mark": watermark(secrecy, subject.number)}
