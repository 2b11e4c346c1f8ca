"""A sheet as a register.

Headings over one or two rows, merged cells, the lines that are petitions and those that are not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.operations.exchange.register_cells import Unclear, day_of
from app.operations.exchange.register_headings import HEADING_OF, REQUIRED, column_of, column_under, plain_key
from app.operations.exchange.register_sheets import HEADING_ROWS, Area, Line, Sheet, filled

NO_HEADING = "no heading"
MOST_IN_A_SIGNATURE = 3
_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[A-Z])\s*\)?(?:\s*=.*)?")
_TOTALS = ("tong", "cong", "tong cong", "tong so", "tong so don", "luy ke", "cong don")
_TOTALS_BEGIN = (
    "tong cong ",
    "tong so ",
    "cong thang ",
    "cong qui ",
    "cong trang ",
    "cong nam ",
    "cong cuoi ",
    "luy ke ",
)
_SIGNED = (
    "nguoi lap",
    "lap bieu",
    "nguoi tong hop",
    "nguoi kiem tra",
    "nguoi bao cao",
    "nguoi vao so",
    "thu truong",
    "truong phong",
    "truong ban",
    "chanh thanh tra",
    "chanh van phong",
    "pho ",
    "chu tich",
    "giam doc",
    "cong chuc tiep",
    "can bo tiep",
    "ki ten",
    "ki ghi ro",
    "ki va ghi ro",
    "noi nhan",
    "xac nhan",
    "tm ",
    "kt ",
    "tl ",
    "tuq ",
    "ghi chu",
)
_SIGNED_DAY = re.compile(r"(?:.* )?ngai .*thang .*nam .*")


@dataclass
class Entry:
    """One petition's line.

    Its number in the file, its cells by column, and the lines merged into it, one person each; `rest`: its cells under
    headings that mean no column, by heading.
    """

    number: int
    cells: dict[str, Any]
    rest: dict[str, Any] = field(default_factory=dict)
    bare: list[tuple[int, Any]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Table:
    """A register on a sheet.

    `unknown`: headings that mean no column; `passed`: numbers of lines below that are no petitions.
    """

    sheet: Sheet
    keys: list[str]
    unknown: list[str]
    entries: list[Entry]
    passed: list[int]
    named: dict[str, str] = field(default_factory=dict)  # headings that the unit named, and the columns they mean

    @property
    def names_are_known(self) -> bool:
        """True where a column holds the petitioners' names."""
        return "names" in self.keys


@dataclass
class _Headings:
    """Where the headings stand (first and last place among the lines), the columns they mean, and how they read."""

    first: int
    last: int
    keys: list[str]
    texts: list[str]

    @property
    def score(self) -> tuple[int, int]:
        """How many columns are known, then how many of the sheet's columns say so."""
        return len(self.known), sum(key not in ("", NO_HEADING) for key in self.keys)

    @property
    def known(self) -> set[str]:
        """The columns, a group with crosses as one."""
        return {key.split("=")[0] for key in self.keys} - {"", NO_HEADING, "ignored"}


@dataclass(frozen=True)
class Sort:
    """What makes a table a register of this sort: the columns it cannot do without, what columns are called, and which
    column does for one that is not there.
    """

    required: tuple[str, ...]
    headings: Mapping[str, str]
    instead: Mapping[str, str] = field(default_factory=dict)


# A register of cases (sổ thụ lý) knows when a case was accepted, not always when its petition was received.
OF_PETITIONS = Sort(REQUIRED, HEADING_OF, {"received_on": "accepted_on"})


@dataclass
class Lacking:
    """Required columns that were not found, by heading: all of them where no line has any; `unknown`: the headings of
    that line that mean no column.
    """

    columns: list[str]
    unknown: list[str]


def find_table(sheet: Sheet, names: Mapping[str, str], sort: Sort = OF_PETITIONS) -> Table | Lacking:
    """The register, or what it lacks; `names`: what headings mean that the unit named."""
    headings = _find_headings(sheet, names)
    lacking = [sort.headings[key] for key in sort.required if not {key, sort.instead.get(key)} & headings.known]
    unknown = [text for key, text in zip(headings.keys, headings.texts, strict=True) if key == ""]
    if lacking:
        return Lacking(lacking, unknown)
    entries: list[Entry] = []
    passed: list[int] = []
    _read(sheet, headings, entries, passed)
    named = {text: names[plain_key(text)] for text in headings.texts if plain_key(text) in names}
    return Table(sheet, headings.keys, [text for text in unknown if text not in named], entries, passed, named)


def repeated(keys: list[str]) -> list[str]:
    """Headings that mean one column twice."""
    return sorted({HEADING_OF[key] for key in keys if key in HEADING_OF and key != "ignored" and keys.count(key) > 1})


def _find_headings(sheet: Sheet, names: Mapping[str, str]) -> _Headings:
    """The line, or else the two lines, with the most known columns; the first of equals."""
    top = range(min(HEADING_ROWS, len(sheet.lines)))
    width = max((len(cells) for _, cells in sheet.lines), default=0)
    wide = _spread(sheet.merged)
    best = _Headings(0, 0, [], [])
    for found in (
        *(_single(sheet, place, width) for place in top),
        *(_double(sheet, place, width, wide) for place in top[:-1]),
    ):
        found.keys = [names.get(plain_key(text), key) for key, text in zip(found.keys, found.texts, strict=True)]
        if found.score > best.score:
            best = found
    return best


def _key(column: str | None, text: str) -> str:
    return column or ("" if text else NO_HEADING)


def _single(sheet: Sheet, place: int, width: int) -> _Headings:
    texts = [_heading(sheet, place, column) for column in range(width)]
    return _Headings(place, place, [_key(column_of(text), text) for text in texts], texts)


def _double(sheet: Sheet, place: int, width: int, wide: dict[tuple[int, int], tuple[int, int]]) -> _Headings:
    """Headings whose columns stand under a common one.

    Below a heading of one column the second line is empty or merged with it.
    """
    keys = []
    texts = []
    parent = ""
    for column in range(width):
        above = _heading(sheet, place, column)
        below = _heading(sheet, place + 1, column)
        corner = wide.get((sheet.lines[place][0], column + 1))
        if corner:
            parent = _heading(sheet, place, corner[1] - 1)
        elif above or not below:  # without merged cells the common heading stands over the first of its columns
            parent = above
        if below:
            keys.append(_key(column_under(parent, below), below))
            texts.append(f"{parent} – {below}" if parent else below)
        else:
            keys.append(_key(column_of(above), above))
            texts.append(above)
    return _Headings(place, place + 1, keys, texts)


def _heading(sheet: Sheet, place: int, column: int) -> str:
    cells = sheet.lines[place][1]
    cell = cells[column] if column < len(cells) else None
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _spread(merged: list[Area]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell of an area over several columns its first cell, all from 1."""
    areas = (area for area in merged if area[3] > area[1] and area[2] - area[0] < HEADING_ROWS)
    return {
        (row, column): (top, left)
        for top, left, bottom, right in areas
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def _read(sheet: Sheet, headings: _Headings, entries: list[Entry], passed: list[int]) -> None:
    below = sheet.lines[headings.last + 1 :]
    first = below[0][0] if below else 0
    starts = {area[0] for area in _titles(sheet.merged, first)}
    repeats = [sheet.lines[place][1] for place in range(headings.first, headings.last + 1)]
    ended = False
    for number, cells, above in _filled_down(below, sheet.merged, first):
        if not any(filled(cell) for cell in cells):
            continue
        entry = _entry(number, headings, cells)
        title = number in starts and sum(map(filled, cells)) == 1
        if title or cells in repeats or (number == first and _numbers_columns(cells)):
            passed.append(number)
        elif _is_footer(entry, cells, ended, sheet.epoch):
            passed.append(number)
            ended = True
        elif entries and _continues(headings.keys, cells, above):
            entries[-1].more.append(entry.cells)
            entries[-1].bare += entry.bare
        else:
            entries.append(entry)
            ended = False


def _titles(merged: list[Area], first: int) -> Iterator[Area]:
    """Areas that make a line one title, as “Tháng 1” across the sheet."""
    return (area for area in merged if area[0] >= first and area[3] - area[1] >= 2 and area[0] == area[2])


def _filled_down(lines: list[Line], merged: list[Area], first: int) -> Iterator[tuple[int, list[Any], set[int]]]:
    """Each line with what merged cells give it, and the places that got their value from a line above."""
    tall: dict[int, list[Area]] = {}
    for area in merged:
        if area[0] >= first and area[2] > area[0]:
            tall.setdefault(area[0], []).append(area)
    running: list[tuple[Area, Any]] = []
    for number, cells in lines:
        running = [(area, value) for area, value in running if area[2] >= number]
        above = {area[1] - 1 for area, _ in running}
        if above:
            cells = cells + [None] * (max(above) + 1 - len(cells))
        for area, value in running:
            cells[area[1] - 1] = value
        for area in tall.get(number, ()):
            place = area[1] - 1
            running.append((area, cells[place] if place < len(cells) else None))
        yield number, cells, above


def _entry(number: int, headings: _Headings, cells: list[Any]) -> Entry:
    keys = headings.keys
    pairs = list(zip(keys, cells, strict=False))
    bare = [(place, cell) for place, (key, cell) in enumerate(pairs, start=1) if key == NO_HEADING and filled(cell)]
    bare += [(place, cell) for place, cell in enumerate(cells[len(keys) :], start=len(keys) + 1) if filled(cell)]
    known = {key: cell for key, cell in pairs if key not in ("", "ignored", NO_HEADING)}
    told = zip(keys, headings.texts, cells, strict=False)
    rest = {text: cell for key, text, cell in told if key == "" and filled(cell)}
    return Entry(number, known, rest, bare)


def _numbers_columns(cells: list[Any]) -> bool:
    """True for the line (1) (2) (3) under headings."""
    found = [_COLUMN_NUMBER.fullmatch(str(cell).strip()) for cell in cells if filled(cell)]
    marks = [match.group(1).zfill(2) for match in found if match]
    numbers, letters = ([mark for mark in marks if mark.isdecimal() is kind] for kind in (True, False))
    return len(marks) == len(found) >= 3 and all(part == sorted(set(part)) for part in (numbers, letters))


def _is_footer(entry: Entry, cells: list[Any], ended: bool, epoch: date) -> bool:
    """True for totals, the place and day, signatures, and what follows them.

    A line with a day and a matter is a petition.
    """
    dated = _is_day(entry.cells.get("received_on", entry.cells.get("accepted_on")), epoch)
    if dated and filled(entry.cells.get("summary")):
        return False
    texts = [plain_key(cell) if isinstance(cell, str) else "" for cell in cells if filled(cell)]
    if texts[0] in _TOTALS or texts[0].startswith(_TOTALS_BEGIN):
        return True
    if filled(entry.cells.get("kind")) or len(texts) > MOST_IN_A_SIGNATURE:
        return False
    return any(text.startswith(_SIGNED) or _SIGNED_DAY.fullmatch(text) for text in texts) or (ended and not dated)


def _is_day(cell: Any, epoch: date) -> bool:
    try:
        return day_of(cell, epoch) is not None
    except Unclear:
        return False


def _continues(keys: list[str], cells: list[Any], above: set[int]) -> bool:
    """True where the line names another person of the petition above.

    Its day, kind and matter, and its number where there is one, are merged with that line's.
    """
    wanted = {key if key in keys else OF_PETITIONS.instead.get(key, key) for key in REQUIRED}
    required = [place for place, key in enumerate(keys) if key in wanted]
    pairs = enumerate(zip(keys, cells, strict=False))
    numbers = [place for place, (key, cell) in pairs if key in ("ignored", "id") and filled(cell)]
    return len(required) == len(REQUIRED) and all(place in above for place in (*required, *numbers))
