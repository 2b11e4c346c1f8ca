"""How one value of an exchange record is checked: each checker returns the value as it is kept, or raises BadRecord."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.law import terms
from app.law.facts import Fact
from app.operations.refusal import Refused
from app.text.tcvn6909 import normalize, normalize_line

Checker = Callable[[Any], Any]


Record = dict[str, Any]


LARGEST_COUNT = 10**9


LARGEST_AMOUNT = Decimal(10**11)


class BadRecord(Refused):
    """A record that is refused, with the field."""


@dataclass(frozen=True)
class Field:
    """A field of a record: how its value is checked, and whether it may be absent or null."""

    check: Checker
    optional: bool = False


def line(limit: int) -> Checker:
    """A checker of one line of text, not empty, of at most so many characters."""

    def check(value: Any) -> str:
        text = normalize_line(value) if isinstance(value, str) else ""
        if not text:
            raise BadRecord("phải là chuỗi ký tự, không để trống")
        if len(text) > limit:
            raise BadRecord(f"dài {len(text)} ký tự, tối đa {limit}")
        return text

    return check


_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def prose(value: Any) -> str:
    """Text of any length. Raises BadRecord."""
    if not isinstance(value, str):
        raise BadRecord("phải là chuỗi ký tự")
    return normalize(value)


def day(value: Any) -> date:
    """A date written YYYY-MM-DD. Raises BadRecord."""
    try:
        if isinstance(value, str) and _ISO.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadRecord(f"“{str(value)[:40]}” không phải ngày có thật, viết YYYY-MM-DD")


def whole(lowest: int = 0) -> Checker:
    """A checker of a whole number from `lowest` up."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise BadRecord("phải là số nguyên")
        if not lowest <= value <= LARGEST_COUNT:
            raise BadRecord(f"phải từ {lowest} đến {LARGEST_COUNT}")
        if value != int(value):
            raise BadRecord("phải là số nguyên")
        return int(value)

    return check


def amount(value: Any) -> Decimal:
    """An amount: a number, not negative, with at most three decimals. Raises BadRecord."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadRecord("phải là số")
    number = Decimal(str(value))
    if not number.is_finite() or number < 0 or number > LARGEST_AMOUNT:
        raise BadRecord(f"phải từ 0 đến {LARGEST_AMOUNT}")
    if number != round(number, 3):
        raise BadRecord("nhiều hơn ba chữ số thập phân")
    return number


def flag(value: Any) -> bool:
    """True or false. Raises BadRecord."""
    if not isinstance(value, bool):
        raise BadRecord("phải là true hoặc false")
    return value


def one_of(*values: Any) -> Checker:
    """A checker of one of these values."""

    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in values:
            raise BadRecord(f"“{str(value)[:60]}” không thuộc danh mục: {', '.join(map(str, values))}")
        return value

    return check


def code(group: str) -> Checker:
    """A checker of a code of that group of the glossary."""
    return one_of(*terms.codes(group))


def plain(values: Mapping[str, Any] | None) -> Record | None:
    """Values as a record writes them: days as text, empty ones left out; None where nothing is left."""
    filled = {name: value for name, value in (values or {}).items() if value not in (None, "")}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in filled.items()} or None


def list_of(item: Checker) -> Checker:
    """A checker of a list whose items are checked one by one."""

    def check(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise BadRecord("phải là danh sách")
        found = []
        for place, part in enumerate(value, start=1):
            try:
                found.append(item(part))
            except BadRecord as bad:
                raise located(f"{place}", bad) from None
        return found

    return check


def object_of(fields: Mapping[str, Field]) -> Checker:
    """A checker of an object with these fields and no others."""
    rules = [(name, rule.check, rule.optional) for name, rule in fields.items()]

    def check(value: Any) -> Record:
        if not isinstance(value, dict):
            raise BadRecord("phải là đối tượng JSON")
        for name in () if value.keys() <= fields.keys() else value.keys() - fields.keys():
            raise BadRecord("trường không có trong định dạng", normalize_line(str(name))[:60])
        found = {}
        for name, rule, optional in rules:
            given = value.get(name)
            if given is None or (optional and given == ""):
                if not optional:
                    raise BadRecord("thiếu trường bắt buộc", name)
                continue
            try:
                found[name] = rule(given)
            except BadRecord as bad:
                raise located(name, bad) from None
        return found

    return check


def located(name: str, bad: BadRecord) -> BadRecord:
    """The refusal, naming where it stood."""
    return BadRecord(bad.message, f"{name}.{bad.field}" if bad.field else name)


def some(**fields: Checker) -> dict[str, Field]:
    """Fields that may be absent."""
    return {name: Field(check, optional=True) for name, check in fields.items()}


def all_of(**fields: Checker) -> dict[str, Field]:
    """Fields that have to be there."""
    return {name: Field(check) for name, check in fields.items()}


def of_facts(facts: Iterable[Fact]) -> dict[str, Field]:
    """The fields of a record that hold these facts."""
    return {fact.name: Field(_checker(fact), optional=not fact.required) for fact in facts}


def _checker(fact: Fact) -> Checker:
    by_sort: dict[str, Callable[[], Checker]] = {
        "code": lambda: code(fact.group),
        "choice": lambda: one_of(*map(int, terms.codes(fact.group))),
        "day": lambda: day,
        "count": lambda: whole(),
        "flag": lambda: flag,
        "amount": lambda: amount,
        "line": lambda: line(fact.length),
    }
    return by_sort[fact.sort]()
