"""Units: making one, and finding those a person may choose from."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.law.levels import DEEPEST
from app.models import Unit
from app.operations.refusal import Refused


def place_unit(unit: Unit, parent: Unit | None) -> Unit:
    """The unit stands under its parent with path and ancestors. Raises Refused where the tree would grow too deep."""
    if parent is not None and parent.depth >= DEEPEST:
        raise Refused(f"cây đơn vị chỉ có {DEEPEST + 1} cấp; không đặt đơn vị dưới “{parent.code}”", "parent")
    unit.place_under(parent)
    if len(unit.path) > 400:
        raise Refused("mã đơn vị cùng các cấp trên quá dài", "code")
    return unit


def find_unit(session: Session, code: str) -> Unit:
    """The unit of that code. Raises Refused."""
    unit = session.scalars(select(Unit).where(Unit.code == code)).first()
    if unit is None:
        raise Refused(f"không có đơn vị mã “{code}”", "unit")
    return unit


def units_below(session: Session, unit: Unit) -> list[Unit]:
    """The unit and all below it, by code."""
    reach = unit.subtree()
    return list(
        session.scalars(
            select(Unit).where(Unit.path >= reach.low, Unit.path < reach.high).order_by(Unit.depth, Unit.code)
        )
    )


def count_below(session: Session, unit: Unit) -> int:
    """How many units there are of it and below it."""
    reach = unit.subtree()
    query = select(func.count()).select_from(Unit).where(Unit.path >= reach.low, Unit.path < reach.high)
    return session.scalar(query) or 0
