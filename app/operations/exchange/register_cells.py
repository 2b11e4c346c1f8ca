"""What a register's cell means by the kind of its column.

Days, counts, identity numbers, telephones, words of a list.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any

from app.law.terms import term
from app.operations.exchange.register_headings import VALUES, plain_key
from app.operations.exchange.register_sheets import Broken, filled
from app.text.garbled import garbled, lost_letters

FIRST_YEAR = 1900
_DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
_IN_WORDS = re.compile(r"(?:.*,\s*)?ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
# a number outside is no day: 2026 alone would be one of 1905
_FIRST_SERIAL = date(1954, 10, 3)
_LAST_SERIAL = date(2119, 1, 10)
_COUNT = re.compile(r"(\d{1,6}|\d{1,3}(?:\.\d{3})+)(?:\s*(?:người|công dân))?", re.IGNORECASE)
_LAST_PROVINCE = 96  # the first three digits of a twelve-digit number: 001 to 096 (Thông tư 59/2021/TT-BCA, Phụ lục I)
_TICKS = {"x", "v", "✓", "✔", "1", "co", "true"}


class Unclear(ValueError):
    """The cell does not tell; the message says what it shows and what to write."""


def shown(cell: Any) -> str:
    """The cell as its reader sees it."""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell).strip() if filled(cell) else ""


def day_of(cell: Any, epoch: date) -> date | None:
    """The day, None for an empty cell. Numbers are days since the workbook's own epoch. Raises Unclear."""
    if not filled(cell):
        return None
    day = cell if isinstance(cell, date) else _from_serial(cell, epoch) or _from_text(shown(cell))
    if day is None:
        raise Unclear(f"“{shown(cell)}” không phải ngày; viết ngày/tháng/năm, ví dụ 05/10/2026")
    if day.year < FIRST_YEAR:
        raise Unclear(f"năm {day.year} không thể có; kiểm tra lại ngày “{shown(cell)}”")
    return day


def _from_serial(cell: Any, epoch: date) -> date | None:
    if isinstance(cell, str) and re.fullmatch(r"\d{5}", cell.strip(), re.ASCII):
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not 0 < cell < 100_000:
        return None
    day = epoch + timedelta(days=int(cell))
    return day if _FIRST_SERIAL <= day <= _LAST_SERIAL else None


def _from_text(text: str) -> date | None:
    if words := _IN_WORDS.fullmatch(text):
        text = "/".join(words.groups())
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text.split(" ")[0], form).date()
        except ValueError:
            continue
    return None


def count_of(cell: Any) -> int | None:
    """A whole number, None for an empty cell; a dot parts thousands as in Vietnamese. Raises Unclear."""
    if not filled(cell):
        return None
    if isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell < 10**6:
        return cell
    found = _COUNT.fullmatch(shown(cell)) if isinstance(cell, str) else None
    if found is None or not found.group(1).replace(".", "").isascii():
        raise Unclear(f"“{shown(cell)}” không phải số nguyên; ghi số người bằng chữ số, ví dụ 3")
    return int(found.group(1).replace(".", ""))


def id_number_of(cell: Any) -> str:
    """An identity number; one that Excel took for a number gets back the zeros it lost.

    Raises Unclear where it could be two things.
    """
    digits = _digits(cell)
    full = digits.zfill(12)
    if len(digits) in (10, 11, 12) and 1 <= int(full[:3]) <= _LAST_PROVINCE:
        return full
    if len(digits) == 9 or isinstance(cell, str) or cell is None:
        return shown(cell)
    lost = f"số “{digits}” có {len(digits)} chữ số, có thể đã mất số 0 ở đầu"
    raise Unclear(f"{lost}; định dạng ô là Văn bản (Text) rồi gõ lại đủ số")


def phone_of(cell: Any) -> str:
    """A telephone number; one that Excel took for a number gets back its leading zero.

    Raises Unclear where it could be two things.
    """
    digits = _digits(cell)
    if (len(digits) == 9 and digits[0] != "0") or (len(digits) == 10 and digits[0] in "12"):
        return "0" + digits
    if isinstance(cell, str) or cell is None:
        return shown(cell)
    if digits.startswith("84") and len(digits) in (11, 12):
        return "0" + digits[2:]
    if len(digits) in (7, 8):  # a number within its own area
        return digits
    raise Unclear(f"số “{digits}” không rõ là số điện thoại nào; định dạng ô là Văn bản (Text) rồi gõ lại đủ số")


def _digits(cell: Any) -> str:
    """The digits of a number, or of text that is nothing but digits (a .csv that Excel saved); empty for other text.

    Raises Unclear for what is no whole number.
    """
    if cell is None or isinstance(cell, str):
        text = shown(cell)
        return text if re.fullmatch(r"\d+", text, re.ASCII) else ""
    if isinstance(cell, int) and not isinstance(cell, bool) and cell >= 0:
        return str(cell)
    raise Unclear(f"“{shown(cell)}” không phải dãy chữ số; định dạng ô là Văn bản (Text) rồi gõ lại")


def name_of(cell: Any) -> str:
    """The text of a cell that names people. Raises Unclear where no letter is in it."""
    text = text_of(cell, sentence=False)
    if text and not any(letter.isalpha() for letter in text):
        raise Unclear(f"“{text[:60]}” không phải họ tên")
    return text


def text_of(cell: Any, sentence: bool) -> str:
    """The text. Raises Unclear where letters were lost or garbled; `sentence`: what may hold a question."""
    text = shown(cell)
    if trouble := garbled(text) or lost_letters(text, sentence):
        raise Unclear(trouble)
    return text


def code_of(cell: Any, key: str, group: str | None = None) -> str | None:
    """The code of a word of the column's list, None for an empty cell. Raises Unclear naming the list."""
    text = shown(cell)
    code = VALUES[group or key].get(plain_key(text)) if text else None
    if text and code is None:
        raise Unclear(f"không hiểu “{text}”; ghi một trong: {_choices(key, group)}")
    return code


def _choices(key: str, group: str | None) -> str:
    if key == "instance":
        return "1, 2"
    return "Có, Không" if group else ", ".join(term(key, item) for item in dict.fromkeys(VALUES[key].values()))


def is_ticked(cell: Any) -> bool:
    """True for a cross or tick, False for an empty cell. Raises Unclear for anything else."""
    if not filled(cell) or cell is False:
        return False
    if plain_key(shown(cell)) in _TICKS or shown(cell) in _TICKS:
        return True
    raise Unclear(f"không hiểu “{shown(cell)[:40]}”; đánh dấu “x” vào ô phù hợp, các ô khác để trống")


def trouble_of(cell: Any) -> str | None:
    """What is wrong with a cell that holds no value."""
    return cell.why if isinstance(cell, Broken) else None
