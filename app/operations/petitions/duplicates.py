"""Two petitions about one matter before there is a case: the later one is marked, and the matter counts once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Petition
from app.operations.act import Act
from app.operations.refusal import Refused
from app.operations.stepping import check, check_day, record_step
from app.security.scope import system_scope, within


def mark(session: Session, petition: Petition, act: Act, number: str) -> Petition:
    """The petition is the same as the one of that number, of the same unit, kind and instance; which one that is.
    Raises Refused with the field.
    """
    check(petition, "duplicate")
    check_day(act.on, act.today, petition.received_on, "ngày nhận đơn")
    first = _named(session, petition, number)
    if _marked(session, petition):
        raise Refused("đã có đơn được đánh dấu trùng với đơn này; hủy các dấu đó rồi đánh dấu lại", "number")
    petition.same_as_id = first.id
    record_step(session, petition, "duplicate", Act(act.on, act.by, act.today, act.calendar, first.number, act.note))
    session.flush()
    session.expire(petition, ["same_as"])
    return first


def _named(session: Session, petition: Petition, number: str) -> Petition:
    found = session.scalars(select(Petition).where(Petition.number == number.strip())).first()
    if found is None or found.unit_id != petition.unit_id or found.text is None or found.removed_at is not None:
        raise Refused(f"đơn vị không có đơn số “{number.strip()[:80]}” mà tài khoản đọc được", "number")
    if found.same_as_id is not None and found.same_as is None:
        raise Refused("đơn này trùng với một đơn mà tài khoản không xem được; đề nghị lãnh đạo đơn vị xử lý", "number")
    first: Petition = found.same_as or found
    if first.id == petition.id:
        raise Refused("một đơn không trùng với chính nó; nhập số đơn kia", "number")
    if (first.kind, first.instance) != (petition.kind, petition.instance):
        raise Refused("hai đơn khác loại hoặc khác lần giải quyết; sửa loại đơn trước nếu ghi nhầm", "number")
    return first


def _marked(session: Session, petition: Petition) -> bool:
    query = select(Petition.id).where(Petition.same_as_id == petition.id).limit(1)
    with within(session, system_scope("duplicates")) as apart:  # whoever marks may be shut out of one of them
        return apart.scalars(query).first() is not None


def same_as(session: Session, petition: Petition) -> list[Petition]:
    """The petitions in the register that are marked as the same as this one, as far as the session sees them."""
    query = select(Petition).where(Petition.same_as_id == petition.id, Petition.removed_at.is_(None))
    return list(session.scalars(query.order_by(Petition.received_on, Petition.id)))
