"""A deadline explains itself in Vietnamese: rule, article, start, days skipped and why, result.

For screens and the command line alike.
"""

from datetime import date, timedelta

from app.law.deadlines import Due, Skipped
from app.law.extensions import BASIS as EXTENDED_BY
from app.law.sources import cite
from app.law.terms import term


def derivation(due: Due, keyed: bool = False) -> list[str]:
    """The derivation, a sentence a line; `keyed`: with the rule's key, for who typed one at the command line."""
    rule = due.rule
    name = term("deadline", rule.key) + (f" ({rule.key})" if keyed else "")
    lines = [
        f"Quy tắc: {name}: {rule.limit} {term('unit_of_days', rule.unit)}{_conditions(due)}",
        f"Căn cứ: {cite(rule.source, due.start)}" + (" (chưa đối chiếu được nguyên văn)" if rule.doubt else ""),
        f"Bắt đầu: {_day(due.start)}; ngày này không tính (Bộ luật Dân sự 2015, Điều 147)",
    ]
    if due.more_days:
        lines.append(f"Gia hạn: thêm {due.more_days} ngày theo quyết định gia hạn ({EXTENDED_BY})")
    lines += [f"Không tính: {text}" for text in _spans(due.skipped)]
    if due.day is None:
        lines.append(
            f"Đang tạm đình chỉ: đã tính {due.counted}/{due.limit} ngày, đồng hồ dừng cho đến khi tiếp tục giải quyết",
        )
    else:
        lines.append(f"Ngày cuối: {_day(due.day)}")
    if due.tentative:
        lines.append("Tạm tính: có ngày thuộc năm chưa có lịch nghỉ chính thức, hoặc là ngày nghỉ chưa rõ căn cứ")
    return lines


def _conditions(due: Due) -> str:
    names = {
        "complex": "phức tạp",
        "very_complex": "đặc biệt phức tạp",
        "remote": "vùng sâu, vùng xa",
        "many_places": "xác minh nhiều nơi",
        "dismissal": "buộc thôi việc",
    }
    return f" ({', '.join(names[flag] for flag in sorted(due.rule.when))})" if due.rule.when else ""


WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def _spans(skipped: tuple[Skipped, ...]) -> list[str]:
    """Neighbouring days skipped for one reason, told together."""
    spans: list[tuple[date, date, str]] = []
    for item in skipped:
        if spans and spans[-1][2] == item.reason and spans[-1][1] + timedelta(days=1) == item.day:
            spans[-1] = (spans[-1][0], item.day, item.reason)
        else:
            spans.append((item.day, item.day, item.reason))
    return [
        f"{_day(first)}" + (f" đến {_day(last)}" if last != first else "") + f" – {term('skipped', reason)}"
        for first, last, reason in spans
    ]
