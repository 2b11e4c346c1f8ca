"""Lists with a name: filters and order as somebody wants them again, alone or with the unit; one is the first page.

The words searched for stand sealed, and are sealed anew for the address of whoever opens the list.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.models import SavedList
from app.operations.refusal import Refused
from app.operations.rights import demand_own
from app.security.keys import DENUNCIATION
from app.security.scope import current
from app.security.sealed import seal, unseal
from app.text.tcvn6909 import normalize_line

MOST = 50  # of one account
LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Named:
    """A list as somebody wants it again; `filters` as they are typed, by name."""

    name: str
    endpoint: str
    filters: dict[str, str]
    shared: bool = False
    start: bool = False


@dataclass(frozen=True, kw_only=True)
class Saved(Named):
    """A list as it was saved; `mine`: by the account that asks."""

    id: uuid.UUID
    mine: bool


def save(session: Session, account: str, unit_id: uuid.UUID | None, wanted: Named) -> uuid.UUID:
    """The account has that list; one it had by that name is replaced. Raises Refused."""
    demand_own(session, account)
    name = normalize_line(wanted.name)
    if not name:
        raise Refused("đặt tên cho danh sách, ví dụ “Đơn đất đai quá hạn”", "name")
    if len(name) > LONGEST:
        raise Refused(f"tên danh sách dài quá {LONGEST} ký tự; đặt tên ngắn hơn", "name")
    if wanted.shared and unit_id is None:
        raise Refused("tài khoản không thuộc đơn vị nào nên không dùng chung danh sách được; bỏ dùng chung", "shared")
    for known in all_of(session, account, wanted.endpoint):
        if known.mine and known.name == name:
            drop(session, account, known.id)
    count = session.scalar(select(func.count()).select_from(SavedList).where(SavedList.account == account)) or 0
    if count >= MOST:
        raise Refused(f"đã lưu {MOST} danh sách; xóa bớt danh sách không dùng nữa", "name")
    if wanted.start:
        session.execute(update(SavedList).where(SavedList.account == account).values(start=False))
    row = SavedList(
        account=account, unit_id=unit_id, endpoint=wanted.endpoint, shared=wanted.shared, start=wanted.start
    )
    row.body = seal(row, "body", {"name": name, "filters": wanted.filters}, DENUNCIATION)
    session.add(row)
    session.flush()
    return row.id


def all_of(session: Session, account: str, endpoint: str) -> list[Saved]:
    """The account's own lists of that kind, and those shared in the units it works in, by name. Raises Refused."""
    demand_own(session, account)
    rows = session.scalars(select(SavedList).where(_readable(session, account), SavedList.endpoint == endpoint))
    return sorted((_told(row, account) for row in rows), key=lambda saved: (not saved.mine, saved.name.lower()))


def find(session: Session, account: str, key: uuid.UUID) -> Saved | None:
    """A list the account may open; None where there is none. Raises Refused."""
    demand_own(session, account)
    row = session.scalars(select(SavedList).where(_readable(session, account), SavedList.id == key)).first()
    return _told(row, account) if row is not None else None


def start_of(session: Session, account: str) -> Saved | None:
    """The list that the account begins with; None where it chose none. Raises Refused."""
    demand_own(session, account)
    row = session.scalars(select(SavedList).where(SavedList.account == account, SavedList.start)).first()
    return _told(row, account) if row is not None else None


def drop(session: Session, account: str, key: uuid.UUID) -> bool:
    """The account's own list is gone; False where it has none of that key. Raises Refused."""
    demand_own(session, account)
    done: Any = session.execute(delete(SavedList).where(SavedList.account == account, SavedList.id == key))
    return bool(done.rowcount)


def _readable(session: Session, account: str) -> Any:
    units = current(session).write or frozenset()
    return or_(SavedList.account == account, and_(SavedList.shared, SavedList.unit_id.in_(units)))


def _told(row: SavedList, account: str) -> Saved:
    body = unseal(row, "body")
    return Saved(
        id=row.id,
        name=body["name"],
        endpoint=row.endpoint,
        filters=body["filters"],
        shared=row.shared,
        start=row.start,
        mine=row.account == account,
    )
