"""What a screen would refuse in a case and a file may hold: history is taken as it was kept, and warned of."""

from collections.abc import Iterator
from datetime import date

from app.law import grounds
from app.law.calendar import Calendar
from app.law.clocks import Clock
from app.law.deadlines import Suspension
from app.law.execution import WITHOUT_AMOUNTS, beyond
from app.law.extensions import RULE, Extension, troubles
from app.law.facts import AMOUNTS, RECOMMENDED, names
from app.law.steps import BY_KEY, CASE
from app.operations.deadlines import derive
from app.operations.record_values import Record


def case_oddities(record: Record, calendar: Calendar) -> Iterator[str]:
    """A sentence for each thing that looks odd in a case record."""
    accepted = record.get("accepted_on")
    decision = record.get("decision")
    finished = record.get(
        "execution",
        {},
    ).get("finished_on")
    if accepted and record.get("refused_on"):
        yield "vừa thụ lý vừa không thụ lý"
    if decision and finished and finished < decision["on"]:
        yield "thi hành xong trước ngày quyết định"
    yield from _orders(record)
    yield from _extensions(record, calendar)
    if decision:
        yield from _decision(record, decision)


def _orders(record: Record) -> Iterator[str]:
    kind = record["kind"]
    acts = [(grounds.SUSPEND, item["from"], item.get("ground")) for item in record.get("suspensions", ())]
    if record.get("discontinued_on"):
        acts.append((grounds.DISCONTINUE, record["discontinued_on"], record.get("ending", {}).get("ground")))
    for act, on, ground in acts:
        rule = BY_KEY[(CASE, act)]
        if not rule.in_force(kind, on):
            yield f"“{rule.label_for(kind)}” ngày {on:%d/%m/%Y}, khi luật chưa có quy định này ({rule.basis_for(kind)})"
        if ground and grounds.find_ground(act, kind, ground) is None:
            yield f"căn cứ “{ground}” không phải của loại đơn này"
    if record.get("ending") and not (record.get("discontinued_on") or record.get("withdrawn_on")):
        yield "có văn bản kết thúc (ending) mà vụ việc không rút, không đình chỉ"


def _extensions(record: Record, calendar: Calendar) -> Iterator[str]:
    if record.get("extensions") and record["kind"] != "denunciation":
        yield "chỉ tố cáo mới có gia hạn; các quyết định gia hạn không được tính vào thời hạn"
        return
    accepted: date | None = record.get("accepted_on")
    pauses = tuple(Suspension(item["from"], item.get("to")) for item in record.get("suspensions", ()))
    earlier: list[Extension] = []
    for item in sorted(record.get("extensions", ()), key=lambda item: item["on"]):
        new = Extension(item["on"], item["days"], tuple(item["criteria"]))
        clock = Clock(RULE, accepted or new.on, None, suspensions=pauses, more_days=sum(one.days for one in earlier))
        found = derive(clock, calendar) if accepted else None
        for trouble in troubles(new, earlier, found.day if found else None):
            yield f"quyết định gia hạn số “{item['number']}”: {trouble.text}"
        earlier.append(new)


def _decision(record: Record, decision: Record) -> Iterator[str]:
    if any(Suspension(item["from"], item.get("to")).covers(decision["on"]) for item in record.get("suspensions", ())):
        yield "quyết định ban hành trong thời gian tạm đình chỉ"
    if decision["outcome"] in WITHOUT_AMOUNTS and any(
        decision.get(name)
        for name in (
            *names(AMOUNTS),
            *names(RECOMMENDED),
        )
    ):
        yield "khiếu nại sai mà có số liệu kiến nghị"
    if beyond(decision, record.get("execution", {}).get("entries", ())):
        yield "thi hành vượt số kiến nghị trong quyết định, kết luận"
