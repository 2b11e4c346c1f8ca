"""What petitions, cases, decisions, execution entries and receptions are made of: each fact described once.

Forms, the exchange format, checks, registers, Excel and pages read it here. Facts are what statutory forms count; names
and texts are content and stand elsewhere. `docs/how-to-add.md` shows a fact being added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Sort = Literal["code", "choice", "day", "count", "flag", "amount", "line"]


@dataclass(frozen=True)
class Fact:
    """One fact: its name in records, forms and addresses, what kind of value it has, what it is called.

    `group`: the glossary group of a code, or of the numbers of a choice. `column`: of the table, where it is another
    word than the record's. `required`: in a record. `least`, `most`: of a count that is typed. `length`: of a line.
    `not_after`: the fact that a day may not follow. `oddly_after`: the one it is strange to follow, and may. `fresh`:
    what a new form starts with. `hint`: what the form says beside it, in Vietnamese and English.
    `when`: the fact and its value without which nobody is asked for this one.
    """

    name: str
    sort: Sort
    vietnamese: str
    english: str
    group: str = ""
    column: str = ""
    required: bool = True
    least: int = 0
    most: int = 10**9
    length: int = 0
    not_after: str = ""
    oddly_after: str = ""
    fresh: str = ""
    hint: tuple[str, str] = ("", "")
    when: str = ""

    @property
    def stored(self) -> str:
        """The column that holds it."""
        return self.column or self.name

    @property
    def empty(self) -> Any:
        """What stands in the column where nothing was said; a record leaves it out."""
        return {"flag": False, "count": 0, "amount": 0}.get(self.sort)

    def heading(self, language: str = "vi") -> str:
        """What it is called in that language."""
        return self.english if language == "en" else self.vietnamese


def _code(name: str, vietnamese: str, english: str, group: str, **more: Any) -> Fact:
    return Fact(name, "code", vietnamese, english, group=group, **more)


def _day(name: str, vietnamese: str, english: str, **more: Any) -> Fact:
    return Fact(name, "day", vietnamese, english, **more)


PETITION: tuple[Fact, ...] = (
    _code("kind", "Loại đơn", "Kind of petition", "kind"),
    _day("received_on", "Ngày nhận", "Received on", fresh="today"),
    _day("dated_on", "Ngày ghi trên đơn", "Date on the petition", required=False, oddly_after="received_on"),
    _code("source", "Nguồn đơn", "Source", "source"),
    _day(
        "forwarded_on",
        "Ngày văn bản chuyển đến",
        "Date of the forwarding paper",
        required=False,
        not_after="received_on",
        hint=("Khi cơ quan khác chuyển đến.", "Where another body forwarded it."),
        when="source=forwarded",
    ),
    _code(
        "signatories",
        "Người đứng tên",
        "Signatories",
        "signatories",
        hint=(
            "Đơn tố cáo không có họ tên vẫn được vào sổ; Luật Tố cáo, Điều 25.",
            "A denunciation without a name is registered all the same; Law on Denunciation, Article 25.",
        ),
    ),
    Fact("people", "count", "Số người", "Number of people", least=1, most=1_000_000, fresh="1"),
    _code("field", "Lĩnh vực", "Field", "field"),
    Fact(
        "instance",
        "choice",
        "Đơn lần đầu, tiếp theo",
        "First or again",
        group="instance",
        fresh="1",
    ),
    _code(
        "discipline",
        "Khiếu nại quyết định kỷ luật",
        "Complaint about discipline",
        "discipline",
        required=False,
        hint=(
            "Chỉ chọn khi khiếu nại quyết định kỷ luật; thời hạn theo Luật Khiếu nại, Điều 48-50.",
            "Only for a complaint about a disciplinary decision; time limits of the Law on Complaints, Articles 48-50.",
        ),
        when="kind=complaint",
    ),
    Fact(
        "many_places",
        "flag",
        "Tố cáo phải xác minh tại nhiều nơi",
        "Denunciation to be verified in several places",
        required=False,
        hint=(
            "Chỉ đánh dấu cho tố cáo; thời hạn xử lý dài hơn theo Luật Tố cáo, Điều 24.1.",
            "Only for denunciations; more time to process them, Law on Denunciation, Article 24.1.",
        ),
        when="kind=denunciation",
    ),
)

PROCESSED: tuple[Fact, ...] = (
    _day("on", "Ngày xử lý", "Processed on", column="processed_on"),
    Fact("eligible", "flag", "Đủ điều kiện", "Eligible"),
    Fact("competent", "flag", "Thuộc thẩm quyền", "Within competence"),
    _code("direction", "Hướng xử lý", "Direction", "direction"),
)

# Of a petition or case that was finished before its unit used the software: when, and where that is told.
CLOSED: tuple[Fact, ...] = (
    _day("on", "Ngày kết thúc trước khi dùng phần mềm", "Finished before the software was used", column="closed_on"),
    Fact("source", "line", "Nơi có kết quả", "Where its end is told", column="closed_source", length=120),
)

CASE: tuple[Fact, ...] = (
    _code("kind", "Loại vụ việc", "Kind of case", "kind"),
    Fact("instance", "choice", "Lần giải quyết", "First or again", group="instance"),
    Fact("remote", "flag", "Vùng sâu, vùng xa, đi lại khó khăn", "Remote area, hard to reach"),
    _day("accepted_on", "Ngày thụ lý", "Accepted on", required=False),
    _day("refused_on", "Ngày không thụ lý", "Refused on", required=False),
    _day("withdrawn_on", "Ngày rút", "Withdrawn on", required=False),
    _day("discontinued_on", "Ngày đình chỉ", "Discontinued on", required=False),
)


def _amounts(*facts: tuple[str, str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(name, "amount", vi, en, required=False) for name, vi, en in facts)


def _counts(*facts: tuple[str, str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(name, "count", vi, en, required=False) for name, vi, en in facts)


# Money in million VND, land in m².
AMOUNTS: tuple[Fact, ...] = _amounts(
    ("state_money", "Thu hồi cho Nhà nước: tiền (triệu đồng)", "To the State: money (million VND)"),
    ("state_land", "Thu hồi cho Nhà nước: đất (m²)", "To the State: land (m²)"),
    ("returned_money", "Trả lại tổ chức, cá nhân: tiền (triệu đồng)", "Returned: money (million VND)"),
    ("returned_land", "Trả lại tổ chức, cá nhân: đất (m²)", "Returned: land (m²)"),
)
_OFFICIALS = ("– trong đó cán bộ, công chức, viên chức", "– of these officials")
RECOMMENDED: tuple[Fact, ...] = _counts(
    ("organisations_restored", "Số tổ chức được trả lại quyền lợi", "Organisations with rights restored"),
    ("individuals_restored", "Số cá nhân được trả lại quyền lợi", "Individuals with rights restored"),
    (
        "organisations_to_discipline",
        "Kiến nghị xử lý hành chính: số tổ chức",
        "To be disciplined: organisations",
    ),
    ("people_to_discipline", "Kiến nghị xử lý hành chính: tổng số người", "To be disciplined: people"),
    ("officials_to_discipline", *_OFFICIALS),
    ("investigations", "Chuyển cơ quan điều tra: số vụ", "To the investigators: cases"),
    ("people_to_investigate", "Chuyển cơ quan điều tra: tổng số người", "To the investigators: people"),
    ("officials_to_investigate", *_OFFICIALS),
)
EXECUTED: tuple[Fact, ...] = _counts(
    ("organisations_disciplined", "Đã xử lý hành chính: số tổ chức", "Disciplined: organisations"),
    ("people_disciplined", "Đã xử lý hành chính: tổng số người", "Disciplined: people"),
    ("officials_disciplined", *_OFFICIALS),
    ("prosecutions", "Đã khởi tố: số vụ", "Prosecuted: cases"),
    ("people_prosecuted", "Đã khởi tố: số người", "Prosecuted: people"),
    ("officials_prosecuted", *_OFFICIALS),
)

DECISION: tuple[Fact, ...] = (
    _day("on", "Ngày ban hành", "Issued on", column="decided_on", fresh="today"),
    Fact("number", "line", "Số quyết định, kết luận", "Number of the decision", length=80),
    _code("outcome", "Kết quả", "Outcome", "outcome"),
    _day("sent_on", "Ngày gửi", "Sent on", required=False),
    *AMOUNTS,
    *RECOMMENDED,
)

ENTRY: tuple[Fact, ...] = (
    _day("on", "Ngày thi hành, thực hiện", "Executed on", column="executed_on", fresh="today"),
    *AMOUNTS,
    *EXECUTED,
)

RECEPTION: tuple[Fact, ...] = (
    _day("on", "Ngày tiếp", "Held on", column="held_on", fresh="today"),
    _code("kind", "Hình thức tiếp", "Kind of reception", "reception_kind"),
    Fact("people", "count", "Số người", "Number of people", least=1, most=1_000_000, fresh="1"),
    _code("about", "Loại đơn", "Kind of petition", "kind", required=False),
)


def names(facts: Iterable[Fact]) -> tuple[str, ...]:
    """The names of the facts, in their order."""
    return tuple(fact.name for fact in facts)


def stored(facts: Iterable[Fact], record: Any) -> dict[str, Any]:
    """The columns as a record says them; what it leaves out is empty."""
    return {fact.stored: record.get(fact.name, fact.empty) for fact in facts}


def said(facts: Iterable[Fact], row: Any) -> dict[str, Any]:
    """What a record says of the row: no optional fact that is empty."""
    values = {fact: getattr(row, fact.stored) for fact in facts}
    return {fact.name: value for fact, value in values.items() if fact.required or value not in (fact.empty, None)}


def out_of_order(facts: Iterable[Fact], values: Any) -> list[tuple[str, str]]:
    """A sentence and the field for each day that comes after one it may not follow."""
    return _after(facts, values, "not_after")


def oddly_ordered(facts: Iterable[Fact], values: Any) -> list[tuple[str, str]]:
    """A sentence and the field for each day that comes after one it seldom follows."""
    return _after(facts, values, "oddly_after")


def _after(facts: Iterable[Fact], values: Any, rule: str) -> list[tuple[str, str]]:
    known = {fact.name: fact for fact in facts}
    found = []
    for fact in known.values():
        before = known.get(getattr(fact, rule))
        if before is None or not values.get(fact.name) or not values.get(before.name):
            continue
        if values[fact.name] > values[before.name]:
            found.append((f"{_lower(fact.vietnamese)} sau {_lower(before.vietnamese)}", fact.name))
    return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
