"""Receptions of citizens and the days announced for them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.terms import term
from app.models import Petition, Reception, ReceptionDay, Unit
from app.operations.reception_text import close_reception, read_reception, write_reception
from app.operations.records import RECEPTION_PARTS, read_record
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.operations.secrecy.conflicts import carried_over, find_conflicts, look_into
from app.operations.stepping import check_day, free_number
from app.security.scope import system_scope, within
from app.security.tokens import matter_key


def receive(session: Session, unit: Unit, values: Mapping[str, Any], by: str, today: date) -> Reception:
    """A reception stands in the unit's register.

    `values` as in the exchange format without id and unit; `on` a date. Raises Refused.
    """
    demand(session, "can_write", "Receptions", unit.id)
    raw = {name: value for name, value in values.items() if value not in (None, "")}
    raw["on"] = raw["on"].isoformat() if isinstance(raw.get("on"), date) else raw.get("on")
    record = read_record({**raw, "type": "reception", "id": "?", "unit": unit.code})
    check_day(record["on"], today)
    if record["people"] < 1:
        raise Refused("số người được tiếp ít nhất là 1", "people")
    petition = _petition_of(session, unit, record)
    number = free_number(session, unit, record["on"].year, "reception")
    reception = Reception(
        unit=unit,
        number=number,
        held_on=record["on"],
        kind=record["kind"],
        people=record["people"],
        petition=petition,
        about=record.get("about"),
        matter_key=matter_key(record["matter"]) if record.get("matter") else None,
    )
    with session.no_autoflush:
        write_reception(reception, {name: record.get(name) for name in RECEPTION_PARTS}, by)
        session.add(reception)
        if petition is None:
            find_conflicts(session, reception, writer=by)
    session.flush()
    if petition is not None:
        look_into(session, petition, by)
    return reception


def link(session: Session, reception: Reception, petition: Petition, by: str) -> None:
    """The reception was about that petition, whichever of the two was entered first. Raises Refused."""
    demand(session, "can_write", "Receptions", reception.unit_id)
    _demand_in_register(reception)
    if reception.petition_id is not None:
        raise Refused(f"lượt tiếp này đã gắn với đơn số “{reception.petition.number}”", "petition")
    if petition.unit_id != reception.unit_id:
        raise Refused("chỉ gắn lượt tiếp với đơn của cùng đơn vị", "petition")
    if reception.text is None or petition.text is None:
        raise Refused("chỉ người đọc được nội dung của cả lượt tiếp và đơn mới gắn hai bản ghi", "petition")
    _check_kind(reception.about, petition)
    reception.petition = petition
    session.flush()
    with within(session, system_scope("receptions")) as apart:  # it may close to whoever links it
        close_reception(apart.get_one(Reception, reception.id))
    session.expire(reception, ["text"])
    carried_over(session, reception, petition, by)


def about(session: Session, reception: Reception) -> dict[str, Any]:
    """What a petition that is registered from the reception starts with, as `petitions.register` takes it. Raises
    Refused.
    """
    demand(session, "can_write", "Receptions", reception.unit_id)
    demand(session, "can_register", "Petitions", reception.unit_id)
    _demand_in_register(reception)
    if reception.petition_id is not None:
        raise Refused(f"lượt tiếp này đã vào sổ đơn số “{reception.petition.number}”")
    if reception.text is None:
        raise Refused("chỉ người đọc được nội dung lượt tiếp mới vào sổ đơn từ lượt tiếp đó")
    body = read_reception(reception.text)
    return {
        "kind": reception.about or "",
        "source": "reception",
        "received_on": reception.held_on,
        "people": reception.people,
        "signatories": "many" if reception.people > 1 else "one",
        "petitioners": body.get("petitioners") or [],
        "respondents": body.get("respondents") or [],
        "summary": body.get("summary") or body.get("matter") or "",
    }


def _petition_of(session: Session, unit: Unit, record: Mapping[str, Any]) -> Petition | None:
    """The petition that the reception was about, where one is named."""
    if not record.get("petition"):
        return None
    petition = session.scalars(select(Petition).where(Petition.number == record["petition"])).first()
    if petition is None or petition.unit_id != unit.id:
        raise Refused(f"đơn vị không có đơn số “{record['petition']}”", "petition")
    _check_kind(record.get("about"), petition)
    return petition


def _demand_in_register(reception: Reception) -> None:
    if reception.removed_at is not None:
        raise Refused("lượt tiếp đã rút khỏi sổ; khôi phục vào sổ trước")


def _check_kind(about: str | None, petition: Petition) -> None:
    if about not in (None, petition.kind):
        kind = term("kind", petition.kind).lower()
        raise Refused(f"đơn số “{petition.number}” là {kind}; chọn lại loại đơn hoặc số đơn", "about")


def announce(session: Session, unit: Unit, on: date, holder: str) -> ReceptionDay:
    """A day is announced for the head or a person authorised. Raises Refused for one announced twice."""
    demand(session, "can_write", "Receptions", unit.id)
    read_record({"type": "reception_day", "id": "?", "unit": unit.code, "on": on.isoformat(), "holder": holder})
    twice = select(ReceptionDay.id).where(
        ReceptionDay.unit_id == unit.id, ReceptionDay.held_on == on, ReceptionDay.holder == holder
    )
    if session.scalars(twice).first() is not None:
        raise Refused(f"ngày {on:%d/%m/%Y} đã được công bố", "on")
    number = free_number(session, unit, on.year, "reception_day")
    day = ReceptionDay(unit=unit, number=number, held_on=on, holder=holder)
    session.add(day)
    session.flush()
    return day
