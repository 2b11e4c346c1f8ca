"""Which form is meant by a key on a day; a circular is added by adding its module here.

Thông tư 06/2025/TT-TTCP replaced 01/2024 on 30/9/2025, which had replaced 02/2021. The layouts of the two older
circulars were never printed by this application: a period that ends under them is refused by name.
"""

from dataclasses import dataclass
from datetime import date

from app.law.forms import Form
from app.law.forms.tt_06_2025 import FORMS as TT_06_2025


class NoSuchForm(LookupError):
    """No form of that name is in force on that day, or the circular is not one this application prints."""


@dataclass(frozen=True)
class Circular:
    """A reporting circular; `forms` is empty where the application does not print them."""

    number: str
    since: date
    forms: tuple[Form, ...]


CIRCULARS = (
    Circular("02/2021/TT-TTCP", date(2021, 5, 10), ()),
    Circular("01/2024/TT-TTCP", date(2024, 1, 20), ()),
    Circular("06/2025/TT-TTCP", date(2025, 9, 30), TT_06_2025),
)
CURRENT = CIRCULARS[-1]
TYPED = "06/QLKNTC"


def circular_on(day: date) -> Circular:
    """The circular in force on that day."""
    in_force = [circular for circular in CIRCULARS if circular.since <= day]
    if not in_force:
        raise NoSuchForm(
            f"kỳ báo cáo kết thúc ngày {day:%d/%m/%Y}, trước Thông tư 02/2021/TT-TTCP: phần mềm không lập biểu cho"
            " kỳ này"
        )
    return in_force[-1]


def find_form(key: str, end: date, circular: str | None = None) -> Form:
    """The form `key` of the circular in force on the period's last day.

    Raises NoSuchForm with a sentence for the user.
    """
    known = circular_on(end)
    if circular is not None and circular not in (known.number, known.number.split("/TT-")[0]):
        raise NoSuchForm(
            f"kỳ kết thúc ngày {end:%d/%m/%Y} phải lập theo Thông tư {known.number}, không phải {circular}"
        )
    if not known.forms:
        raise NoSuchForm(
            f"kỳ báo cáo kết thúc ngày {end:%d/%m/%Y} phải lập theo Thông tư {known.number}; phần mềm chỉ lập biểu của"
            f" Thông tư {CURRENT.number}, có hiệu lực từ {CURRENT.since:%d/%m/%Y}"
        )
    for form in known.forms:
        if form.key == key:
            return form
    raise NoSuchForm(
        f"không có biểu “{key}”; các biểu của Thông tư {known.number}: {', '.join(form.key for form in known.forms)}"
    )
