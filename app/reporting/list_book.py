"""A list of petitions as a workbook: the facts for whoever counts, or the register as an office keeps it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.reporting import sheet
from app.reporting.lists import Filters, export_rows
from app.reporting.office_register import COLUMNS, register_rows
from app.reporting.workbook import Layout, write_list
from app.security import audit

NAMES_COST = 10  # a row whose names and text are opened takes so many times what one of facts does
Along = Callable[[Iterator[Any]], Iterator[Any]]


@dataclass(frozen=True)
class Wanted:
    """Which petitions, how: `names`: as an office's register; `without_secret_on`: leaves out what is secret on that
    day; `about`: what stands under the title.
    """

    filters: Filters
    without_secret_on: date | None
    language: str
    names: bool = False
    mark: str = ""
    about: tuple[str, ...] = ()


def _same(rows: Iterator[Any]) -> Iterator[Any]:
    return rows


def write_petitions(session: Session, wanted: Wanted, target: BinaryIO, temporary: Path, along: Along = _same) -> int:
    """The workbook is in `target`, and the trail tells of it; how many petitions. `along` is handed the rows as they
    are read.
    """
    secret = wanted.without_secret_on is None
    if wanted.names:
        layout = Layout("Sổ theo dõi đơn", wanted.about, tuple(width for _, width in COLUMNS), wanted.mark)
        headings = [heading for heading, _ in COLUMNS]
        rows = along(register_rows(session, wanted.filters, wanted.without_secret_on, wanted.language))
    else:
        layout = Layout("Danh sách đơn", wanted.about, sheet.WIDTHS, wanted.mark)
        headings = list(sheet.HEADINGS)
        facts = along(export_rows(session, wanted.filters, wanted.without_secret_on))
        rows = sheet.rows_of(facts, wanted.language)
    count = write_list(headings, rows, target, layout, temporary)
    audit.record(session, "register.exported", detail={"rows": count, "secret": secret, "names": wanted.names})
    return count
