"""What people type, read: numbers in Vietnamese notation, days, keys in addresses. What could be both asks back.

Notation: a dot between thousands, a comma before decimals (1.234,5), as Vietnamese offices write.
Digits are those of ASCII: `²` and `１` are letters here.
"""

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal

from app.text.fold import fold

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)
LARGEST_COUNT = 10**9
LARGEST_AMOUNT = Decimal(10**11)
PLACES = 3
INT4 = 2**31 - 1
SHOWN = 40  # characters of what was typed that a sentence repeats

_SPACES = re.compile("[ \u00a0\u2007\u2009\u202f]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")
_ENGLISH = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{1,4})")
_NO_YEAR = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})")
_WORDS = {" ".join(fold(word) for word in phrase.split()): back for phrase, back in (("hôm nay", 0), ("hôm qua", 1))}
LEAP_GAP = 9  # years between two 29 February at most, and one
AHEAD = 10  # years that a year of two digits may lie ahead
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})")


def _(sentence: str) -> str:
    """Marks a sentence for the catalogues; screens translate it, everything else says it as it is."""
    return sentence


SENTENCES = {
    "no_number": _("“%(text)s” không phải số; gõ bằng chữ số, ví dụ 1.234,5"),
    "no_whole": _("Không phải số nguyên: “%(text)s”; gõ bằng chữ số, ví dụ 1.500"),
    "fraction": _("Không phải số nguyên: “%(text)s” có phần lẻ; ở đây chỉ nhận số nguyên, ví dụ 1.500"),
    "two_numbers": _("“%(text)s” có thể hiểu hai cách; gõ lại %(first)s hoặc %(second)s (dấu phẩy trước phần lẻ)"),
    "english": _("“%(text)s” viết theo lối tiếng Anh; gõ lại %(first)s (dấu phẩy trước phần lẻ)"),
    "number_range": _("“%(text)s” ngoài khoảng cho phép: phải từ %(first)s đến %(second)s"),
    "places": _("“%(text)s” nhiều hơn ba chữ số thập phân"),
    "no_day": _("“%(text)s” không phải ngày có thật; gõ ngày/tháng/năm, ví dụ 05/10/2026"),
    "two_days": _("“%(text)s” có thể là %(first)s hoặc %(second)s; gõ lại có dấu gạch chéo"),
    "short_year": _("“%(text)s”: gõ năm đủ bốn chữ số, ví dụ 05/10/2026"),
    "early": _("ngày %(first)s quá xa trong quá khứ: phải từ %(second)s; kiểm tra lại năm"),
    "future": _("ngày %(first)s ở tương lai; nhập ngày đã diễn ra"),
    "late": _("ngày %(first)s quá xa; kiểm tra lại năm"),
}


class Unreadable(ValueError):
    """What was typed has no reading, or more than one; str() says so in Vietnamese.

    `code` names why; `sentence % values`, translated first, says it in the reader's language.
    """

    def __init__(self, code: str, text: str = "", first: str = "", second: str = "") -> None:
        self.code = code
        self.sentence = SENTENCES[code]
        self.values = {"text": text if len(text) <= SHOWN else text[:SHOWN] + "…", "first": first, "second": second}
        super().__init__(self.sentence % self.values)


def whole(text: str, least: int = 0, most: int = LARGEST_COUNT) -> int:
    """The whole number: 1500, 1.500 or 1 500, from `least` to `most`.

    Raises Unreadable, also for a fraction and for 1,500, which could be both.
    """
    plain = _plain(text, "no_whole")
    _ask_back(text, plain)
    if not plain.lstrip("-").isdecimal():
        raise Unreadable("fraction" if re.fullmatch(r"-?[0-9.]+[,.][0-9]+", plain) else "no_whole", text)
    return int(_between(text, Decimal(plain), Decimal(least), Decimal(most)))


def amount(text: str, most: Decimal = LARGEST_AMOUNT) -> Decimal:
    """The amount, at most three decimals: 1.234,5 or 1234,5 or 1234.5; 1.500 is one thousand five hundred.

    Raises Unreadable, also for 1,500 and 1234.567, which could be both.
    """
    plain = _plain(text, "no_number")
    _ask_back(text, plain)
    if re.fullmatch(r"[0-9]{4,}\.[0-9]{3}", plain):
        raise Unreadable("two_numbers", text, shown(Decimal(plain.replace(".", ""))), shown(Decimal(plain)))
    if not re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", plain):
        raise Unreadable("no_number", text)
    figure = _between(text, Decimal(plain.replace(",", ".")), Decimal(0), most)
    if figure != round(figure, PLACES):
        raise Unreadable("places", text)
    return figure


def _ask_back(text: str, plain: str) -> None:
    """Raises Unreadable for commas between thousands, as in English; of these 1,500 could also be one and a half."""
    if not _ENGLISH.fullmatch(plain):
        return
    grouped = shown(Decimal(plain.replace(",", "")))
    if "." in plain or plain.count(",") > 1:
        raise Unreadable("english", text, grouped)
    raise Unreadable("two_numbers", text, grouped, shown(Decimal(plain.replace(",", "."))))


def _plain(text: str, otherwise: str) -> str:
    """What was typed without its spaces and dots between thousands; a comma stays."""
    plain = _SPACES.sub(" ", text).strip()
    if re.fullmatch(r"-?[1-9][0-9]{0,2}( [0-9]{3})+(,[0-9]+)?", plain):
        plain = plain.replace(" ", "")
    if not plain.isascii() or not re.fullmatch(r"-?[0-9][0-9.,]*", plain):
        raise Unreadable(otherwise, text)
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    before, comma, after = digits.partition(",")
    return sign + (before.replace(".", "") if _GROUPED.fullmatch(before) else before) + comma + after


def _between(text: str, figure: Decimal, least: Decimal, most: Decimal) -> Decimal:
    if not least <= figure <= most:
        raise Unreadable("number_range", text, shown(least), shown(most))
    return figure


def shown(figure: Decimal | int | float) -> str:
    """The figure as people type it: 1.234,5."""
    plain = Decimal(str(figure)).normalize()
    text = f"{plain:,.{max(-int(plain.as_tuple().exponent), 0)}f}"
    return text.translate(str.maketrans(",.", ".,"))


def day(text: str, latest: date = LATEST) -> date:
    """The day, from 1900 to `latest`: 5/10/2026, 05-10-2026, 5.10.2026, 2026-10-05 or 05102026.

    Raises Unreadable, also for 1112026, which could be two days.
    """
    plain = _SPACES.sub("", text)
    readings = [found for parts in _readings(plain) if (found := _real(*parts)) is not None]
    if not readings:
        short = _DAY_FIRST.fullmatch(plain)
        raise Unreadable("short_year" if short and len(short.group(4)) == 2 else "no_day", text)
    if len(readings) > 1:
        raise Unreadable("two_days", text, *(_told(found) for found in readings))
    return within(readings[0], latest)


def short_day(text: str, today: date, latest: date = LATEST) -> date:
    """The day, as at a counter: besides what `day` reads also `hôm nay`, `hôm qua`, 1/10/26 (of this century, or of
    the last where that would lie more than ten years ahead) and 1/10, the last such day that is past or today.

    Raises Unreadable.
    """
    plain = _SPACES.sub("", text)
    if (back := _WORDS.get(" ".join(fold(word) for word in text.split()))) is not None:
        return within(today - timedelta(days=back), latest)
    if parts := _NO_YEAR.fullmatch(plain):
        years = (f"{today.year - back:04d}" for back in range(LEAP_GAP))
        found = (_real(year, parts.group(3), parts.group(1)) for year in years)
        past = next((one for one in found if one is not None and one <= today), None)
        if past is None:
            raise Unreadable("no_day", text)
        return within(past, latest)
    short = _DAY_FIRST.fullmatch(plain)
    if short and len(short.group(4)) == 2:
        year = today.year // 100 * 100 + int(short.group(4))
        year -= 100 if year > today.year + AHEAD else 0
        return day(f"{short.group(1)}/{short.group(3)}/{year}", latest)
    return day(text, latest)


def within(found: date, latest: date = LATEST) -> date:
    """The day, where it lies from 1900 to `latest`. Raises Unreadable."""
    if found < EARLIEST:
        raise Unreadable("early", first=_told(found), second=_told(EARLIEST))
    if found > latest:
        raise Unreadable("late" if found > LATEST else "future", first=_told(found))
    return found


def _readings(plain: str) -> list[tuple[str, str, str]]:
    """Year, month and day in every way the text can be read."""
    if parts := _DAY_FIRST.fullmatch(plain):
        return [(parts.group(4), parts.group(3), parts.group(1))] if len(parts.group(4)) == 4 else []
    if parts := _YEAR_FIRST.fullmatch(plain):
        return [(parts.group(1), parts.group(3), parts.group(4))]
    if not (plain.isascii() and plain.isdecimal()):
        return []
    if len(plain) == 8:
        return [(plain[4:], plain[2:4], plain[:2])]
    return [(plain[3:], plain[1:3], plain[:1]), (plain[3:], plain[2:3], plain[:2])] if len(plain) == 7 else []


def _real(year: str, month: str, number: str) -> date | None:
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _told(found: date) -> str:
    return f"{found.day:02d}/{found.month:02d}/{found.year:04d}"


def number_of(text: str | None, most: int = INT4) -> int | None:
    """The number of an address (a page, a key), from 0 to `most`; None for what is none."""
    plain = text or ""
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > len(str(most)):
        return None
    return int(plain) if int(plain) <= most else None


def uuid_of(text: str | None) -> uuid.UUID | None:
    """The key of an address, written as such keys are; None for what is none."""
    found = re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text or "", re.ASCII)
    return uuid.UUID(found.group()) if found else None
