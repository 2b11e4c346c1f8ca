"""A reception that was entered wrong is changed, withdrawn from its register, put back: who may, and what is kept.

What stood there before is kept, sealed, with the reception's text. A reception once closed stays closed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.law import secrecy
from app.law.facts import RECEPTION, said, stored
from app.models import Reception
from app.models.base import now
from app.operations.act import Act
from app.operations.corrections.correct import CLOSED, SHORTEST_REASON
from app.operations.corrections.wording import changes, content_changes
from app.operations.reception_text import closes, read_reception, rewrite_reception
from app.operations.records import RECEPTION_PARTS, read_record
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import look_into
from app.operations.stepping import check_day
from app.security.ids import made_at
from app.security.scope import current
from app.security.tokens import matter_key

PARTS = {
    "matter": "Vụ việc",
    "petitioners": "Người được tiếp",
    "respondents": "Người bị khiếu nại, tố cáo",
    "summary": "Nội dung",
    "result": "Kết quả tiếp",
}


def may_correct(session: Session, reception: Reception) -> bool:
    """True for the unit's leaders, and for who wrote it down while no petition was registered upon it; of what was
    withdrawn for nobody.
    """
    if reception.removed_at is not None or not _may_write(session, reception):
        return False
    return _leads(session, reception) or (_is_writer(session, reception) and reception.petition_id is None)


def may_withdraw(session: Session, reception: Reception, today: date) -> bool:
    """True for the unit's leaders, and on the day it was entered for who wrote it down."""
    if not _may_write(session, reception):
        return False
    fresh = made_at(reception.id).astimezone(VIETNAM).date() == today
    return _leads(session, reception) or (_is_writer(session, reception) and fresh)


def _may_write(session: Session, reception: Reception) -> bool:
    scope = current(session)
    return (
        scope.may("can_correct", reception.unit_id)
        and scope.may_write(reception.unit_id)
        and reception.text is not None
    )


def _leads(session: Session, reception: Reception) -> bool:
    return current(session).may("can_assign", reception.unit_id)


def _is_writer(session: Session, reception: Reception) -> bool:
    scope = current(session)
    return scope.can("can_write", "Receptions") and reception.text.registered_by == scope.name


def _demand_reason(act: Act, what: str) -> None:
    if len(act.note.strip()) < SHORTEST_REASON:
        raise Refused(f"ghi lý do {what}, ít nhất {SHORTEST_REASON} ký tự", "note")


def correct_reception(session: Session, reception: Reception, act: Act, values: Mapping[str, Any]) -> list[str]:
    """The reception says what `values` say (as `receptions.receive` takes them; what they leave out stays); a sentence
    for each change. Raises Refused with the field.
    """
    if reception.removed_at is not None:
        raise Refused("lượt tiếp đã rút khỏi sổ; khôi phục vào sổ rồi mới sửa")
    if not may_correct(session, reception):
        raise Refused("chỉ người ghi lượt tiếp được sửa khi chưa vào sổ đơn; sau đó đề nghị lãnh đạo đơn vị sửa")
    _demand_reason(act, "sửa")
    body = read_reception(reception.text)
    before = said(RECEPTION, reception) | {name: body.get(name) for name in RECEPTION_PARTS}
    checked = _checked(reception, before | dict(values), act)
    after = {name: checked.get(name) for name in RECEPTION_PARTS}
    closed = closes(reception) or secrecy.closed(checked.get("about"))
    found = changes(RECEPTION, before, checked)
    found += content_changes(PARTS, before, after, {"petitioners"} if closed else ())
    if not found:
        raise Refused("chưa có gì khác với sổ; sửa ít nhất một ô rồi ghi")
    _check_about(reception, checked.get("about"))
    with session.no_autoflush:
        for name, value in stored(RECEPTION, checked).items():
            setattr(reception, name, value)
        reception.matter_key = matter_key(checked["matter"]) if checked.get("matter") else None
        _keep(reception, act, "correct", found, body | after)
    session.flush()
    look_into(session, reception.petition or reception, act.by)
    return found


def _checked(reception: Reception, after: dict[str, Any], act: Act) -> dict[str, Any]:
    """The record that the reception would be, checked by every rule of a file and of a new reception."""
    raw = {name: value for name, value in after.items() if value not in (None, "", [])}
    raw["on"] = raw["on"].isoformat() if isinstance(raw.get("on"), date) else raw.get("on")
    checked = read_record({**raw, "type": "reception", "id": reception.number, "unit": reception.unit.code})
    check_day(checked["on"], act.today)
    if checked["people"] < 1:
        raise Refused("số người được tiếp ít nhất là 1", "people")
    return checked


def _check_about(reception: Reception, about: str | None) -> None:
    if about == reception.about:
        return
    if reception.petition is not None:
        raise Refused("lượt tiếp đã gắn với đơn; loại đơn là loại của đơn đó", "about")
    if secrecy.closed(reception.about):
        raise Refused(f"lượt tiếp về tố cáo thì nội dung được giữ kín; {CLOSED}", "about")


def withdraw(session: Session, reception: Reception, act: Act) -> None:
    """The reception is withdrawn from its register, never deleted; lists and forms no longer count it. Raises
    Refused.
    """
    if reception.removed_at is not None:
        raise Refused("lượt tiếp đã rút khỏi sổ rồi")
    _change(session, reception, act, "remove", "rút lượt tiếp khỏi sổ")
    reception.removed_at = now()
    session.flush()


def restore(session: Session, reception: Reception, act: Act) -> None:
    """A reception that was withdrawn stands in its register again. Raises Refused."""
    if reception.removed_at is None:
        raise Refused("lượt tiếp đang có trong sổ")
    _change(session, reception, act, "restore", "khôi phục vào sổ")
    reception.removed_at = None
    session.flush()


def _change(session: Session, reception: Reception, act: Act, key: str, what: str) -> None:
    if not may_withdraw(session, reception, act.today):
        raise Refused(f"chỉ người ghi được {what} trong ngày; sau đó do lãnh đạo đơn vị thực hiện")
    _demand_reason(act, what)
    _keep(reception, act, key, [], read_reception(reception.text))
    session.flush()
    look_into(session, reception.petition or reception, act.by)


def _keep(reception: Reception, act: Act, key: str, found: list[str], body: dict[str, Any]) -> None:
    """The text is `body`, and tells what was done, when, by whom and why."""
    note = ". ".join([*found, f"Lý do: {act.note.strip()}"])
    done = {"on": act.today.isoformat(), "by": act.by, "act": key, "note": note}
    reception.changed_at = now()
    rewrite_reception(reception, body | {"changes": [*body.get("changes", ()), done]})
