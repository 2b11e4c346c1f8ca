"""Two people at one record: what happened to it since a form about it was opened."""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.law.steps import step_label
from app.models import Case, Petition, Step
from app.security.audit import last_change
from app.security.scope import system_scope, within
from app.text.typed import uuid_of


def version_of(session: Session, row: Any, names: tuple[str, ...] = ()) -> str:
    """What the row was like: a digest of what these attributes hold; of a petition or case without, its newest step."""
    if not names:
        newest = session.scalar(_steps(row).with_only_columns(Step.id).limit(1))
        return str(newest or 0)
    values = [f"{name}={_plain(getattr(row, name, None))}" for name in sorted(names)]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()


def changed_since(session: Session, row: Any, version: str, names: tuple[str, ...] = ()) -> str | None:
    """Who did what to the row since it was like that, in a sentence; None where nothing happened.

    Until the transaction ends nobody else changes the row.
    """
    model: Any = type(row)
    session.execute(select(model.id).where(model.id == row.id).with_for_update())
    if names:
        session.refresh(row)
    if version_of(session, row, names) == version:
        return None
    if not names:
        return _steps_since(session, row, version)
    with within(session, system_scope("meanwhile")) as apart:
        found = last_change(apart, model.__tablename__, row.id)
    who = f"{found[0]} đã sửa lúc {found[1].astimezone(VIETNAM):%H:%M %d/%m/%Y}" if found else "người khác đã sửa"
    return f"trong lúc biểu mẫu này đang mở, {who}; xem lại rồi ghi lần nữa"


def _plain(value: Any) -> str:
    """The value, or the keys of the rows that it is."""
    rows = value if isinstance(value, list) else [value]
    return ",".join(sorted(str(getattr(row, "id", row)) for row in rows))


def _steps(row: Petition | Case) -> Any:
    column: Any = Step.petition_id if isinstance(row, Petition) else Step.case_id
    return select(Step).where(column == row.id).order_by(Step.recorded_at.desc(), Step.id.desc())


def _steps_since(session: Session, row: Petition | Case, version: str) -> str:
    newer = []
    for step in session.scalars(_steps(row)):
        if step.id == uuid_of(version):
            break
        moment = step.recorded_at.astimezone(VIETNAM)
        newer.append(f"{step.taken_by} đã ghi “{step_label(step.step, 'vi', row.kind)}” lúc {moment:%H:%M %d/%m/%Y}")
    return f"trong lúc biểu mẫu này đang mở, {'; '.join(reversed(newer))}. Xem lại trang của hồ sơ rồi ghi lần nữa"
