"""Every kind of job: what it takes, what it does, what comes of it. A kind is added in one row of RUN, RIGHTS
(`asking.py`) and the glossary.
"""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.clock import today
from app.files import memory
from app.jobs.asking import EXPORT, FORM, RECOUNT, REGISTER
from app.models import Account
from app.operations.deadlines import recompute_for_everybody
from app.operations.exchange.register_headings import HEADING_OF
from app.operations.exchange.register_in import RegisterFile, import_register
from app.operations.exchange.register_left_out import write_left_out
from app.operations.exchange.register_receptions import HEADINGS, RECEPTIONS, import_receptions
from app.operations.holidays import load_calendar
from app.operations.progress import told_along
from app.operations.refusal import Refused
from app.operations.units import find_unit
from app.reporting import lists
from app.reporting.filling import Filled, fill
from app.reporting.list_book import Wanted, write_petitions
from app.reporting.lists import Filters
from app.reporting.workbook import write_form
from app.security import audit, sealed_files
from app.security.scope import current
from app.settings import setting

NO_CAP = 2**31 - 2  # a count that is only shown
DAYS = ("received_from", "received_to", "due_before", "due_from")


@dataclass(frozen=True)
class Outcome:
    """What came of a job: what its page tells, and its file where it has one."""

    told: dict[str, Any]
    data: bytes | None = None


def filters_told(filters: Filters) -> dict[str, Any]:
    """The filters as a job's arguments hold them."""
    asked = {item.name: getattr(filters, item.name) for item in fields(Filters)}
    asked |= {name: asked[name].isoformat() for name in DAYS if asked[name]}
    return asked | {"unit": filters.unit.code if filters.unit is not None else None}


def _filters(session: Session, asked: dict[str, Any]) -> Filters:
    given = {item.name: asked[item.name] for item in fields(Filters) if asked.get(item.name) not in (None, "")}
    given |= {name: date.fromisoformat(given[name]) for name in DAYS if name in given}
    if "unit" in given:
        given["unit"] = find_unit(session, given["unit"])
    return Filters(**given)


def list_name() -> str:
    """What the workbook of a list is called."""
    return f"danh-sach-don-{today():%Y%m%d}.xlsx"


def form_name(filled: Filled) -> str:
    """What the workbook of a form is called."""
    form = filled.form.key.replace("/", "-")
    return f"{form}_{filled.unit.code}_{filled.start:%Y%m%d}-{filled.end:%Y%m%d}.xlsx"


def _export(session: Session, _account: Account, key: uuid.UUID, asked: dict[str, Any]) -> Outcome:
    """A filtered list; `names`: as the register an office keeps, else its facts; `secret` with a mark, after a second
    person has allowed it.
    """
    filters = _filters(session, asked.get("filters", {}))
    mark = asked.get("mark", "")
    without = None if asked.get("secret") else today()
    language = asked["language"]
    total = lists.export_count(session, filters, without, NO_CAP)
    target = io.BytesIO()
    with memory.workspace(setting("MEMORY_DIR"), str(key)) as folder:
        count = write_petitions(
            session,
            Wanted(filters, without, language, bool(asked.get("names")), mark, tuple(asked.get("about", ()))),
            target,
            folder,
            lambda rows: told_along(session, rows, total),
        )
    return Outcome({"name": list_name(), "number": count}, target.getvalue())


def _register(session: Session, account: Account, key: uuid.UUID, asked: dict[str, Any]) -> Outcome:
    """The rows of a register are petitions of the account's unit."""
    unit = account.unit.code if account.unit is not None else ""
    of_receptions = asked.get("sort") == RECEPTIONS
    taken = import_receptions if of_receptions else import_register
    report = taken(
        session,
        RegisterFile(
            sealed_files.read(setting("FILES_DIR"), key, sealed_files.INPUT),
            asked["name"],
            unit,
            asked.get("encoding"),
            bool(asked.get("anonymous")),
            bool(asked.get("good")),
            asked.get("closed") or "",
        ),
        today(),
        unit,
        account.username,
        bool(asked.get("again")),
    )
    told = {"number": report.added["reception" if of_receptions else "petition"], "lines": report.warnings}
    told |= {"sort": RECEPTIONS} if of_receptions else {}
    if not report.left_out:
        return Outcome(told)
    target = io.BytesIO()
    write_left_out(report.left_out, target, HEADINGS if of_receptions else HEADING_OF)
    return Outcome(told | {"name": "cac-dong-co-loi.xlsx"}, target.getvalue())


def _form(session: Session, _account: Account, _key: uuid.UUID, asked: dict[str, Any]) -> Outcome:
    """A statutory form of a unit and all below it."""
    start = date.fromisoformat(asked["start"])
    end = date.fromisoformat(asked["end"])
    unit = find_unit(session, asked["unit"])
    if not current(session).facts.covers(unit.path, unit.id):
        raise Refused("đơn vị này không còn trong phạm vi của tài khoản; chọn đơn vị mình hoặc đơn vị cấp dưới", "unit")
    filled = fill(session, asked["form"], unit, start, end)
    target = io.BytesIO()
    write_form(filled, target)
    audit.record(session, "form.exported", detail={"form": filled.form.key, "unit": unit.code})
    return Outcome({"name": form_name(filled), "number": len(filled.units)}, target.getvalue())


def _recount(session: Session, _account: Account, _key: uuid.UUID, _told: dict[str, Any]) -> Outcome:
    """Every open deadline follows the calendar as it now is."""
    return Outcome({"number": recompute_for_everybody(session, load_calendar(session))})


RUN: dict[str, Callable[[Session, Account, uuid.UUID, dict[str, Any]], Outcome]] = {
    EXPORT: _export,
    REGISTER: _register,
    FORM: _form,
    RECOUNT: _recount,
}
