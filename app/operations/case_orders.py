"""Between acceptance and decision: extension, suspension, resumption, withdrawal, discontinuation, and the telling.

Each is a paper with number (`document`) and day (`on`), and where the law lists them a ground (`law/grounds.py`).
The verbs take the values of a form and give remarks, as those of `cases.py`.
"""

from datetime import date

from sqlalchemy.orm import Session

from app.law import grounds
from app.law.calendar import Calendar
from app.law.extensions import RULE, troubles
from app.law.extensions import Extension as Decided
from app.law.steps import Clock
from app.law.terms import codes, term
from app.models import Case, Ending, Extension, Suspension
from app.operations.cases import Taken, Values, settle, start, taken_from
from app.operations.deadlines import Order, clocks_of_case, derive, orders_of, pauses_of
from app.operations.refusal import Refused
from app.operations.stepping import check, check_day

LONGEST_NUMBER = 80


def extend(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """A complaint is determined to be complex, once; a denunciation has as many more days as one more decision says.

    `values`: also `criteria`, and for denunciations `days`. Raises Refused.
    """
    taken = taken_from("extend", values)
    start(case, "extend", taken.on, today)
    chosen = sorted(set(values.get("criteria") or ()))
    if not chosen:
        raise Refused("đánh dấu ít nhất một tiêu chí phức tạp", "criteria")
    assumed = case.kind == "denunciation" and case.criteria_in_full and case.complexity
    if case.kind == "denunciation":
        _extend(case, Decided(taken.on, values.get("days") or 0, tuple(chosen)), taken.document, calendar)
    else:
        _determine(case, taken, calendar)
    case.complexity = sorted({*case.complexity, *chosen})
    remarks = settle(session, case, taken, by, today, calendar)
    if assumed:
        told = "trước đây vụ việc coi như đã gia hạn đủ theo tiêu chí"
        remarks.append(f"{told}; từ nay chỉ tính các quyết định gia hạn đã ghi")
    return remarks


def _determine(case: Case, taken: Taken, calendar: Calendar) -> None:
    _number(taken.document, "số, ngày văn bản xác định vụ việc phức tạp")
    running = (derive(clock, calendar) for clock in clocks_of_case(case) if clock.start == case.accepted_on)
    due = next((found.day for found in running if found), None)
    if due is not None and taken.on > due:
        told = f"thời hạn giải quyết đã hết ngày {due:%d/%m/%Y}"
        raise Refused(f"{told}; chỉ xác định phức tạp khi còn hạn (Nghị định 124/2020, Điều 3a)", "on")


def _extend(case: Case, new: Decided, document: str, calendar: Calendar) -> None:
    earlier = [Decided(item.decided_on, item.days, tuple(item.criteria)) for item in case.extensions]
    more_days = sum(item.days for item in earlier)
    pauses = tuple(pauses_of(case))
    limit = derive(Clock(RULE, case.accepted_on or new.on, None, suspensions=pauses, more_days=more_days), calendar)
    for trouble in troubles(new, earlier, limit.day if limit else None):
        raise Refused(trouble.text, trouble.field)
    number = _number(document, "số quyết định gia hạn")
    case.criteria_in_full = False  # what is known of decisions counts from now on
    facts = {"days": new.days, "criteria": list(new.criteria)}
    case.extensions.append(Extension(unit=case.unit, decided_on=new.on, number=number, **facts))


def suspend(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """The clock stops from that day, by a decision with its `ground`. Raises Refused."""
    taken = taken_from("suspend", values)
    start(case, "suspend", taken.on, today)
    if case.suspensions and case.suspensions[-1].end_on and taken.on < case.suspensions[-1].end_on:
        raise Refused("ngày tạm đình chỉ trước ngày tiếp tục lần trước", "on")
    ground = _ground(case, grounds.SUSPEND, values.get("ground"))
    number = _number(taken.document, "số quyết định tạm đình chỉ")
    case.suspensions.append(Suspension(unit=case.unit, start_on=taken.on, ground=ground, number=number))
    return settle(session, case, taken, by, today, calendar)


def resume(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """The clock runs again from the day of the decision to go on, which counts. Raises Refused."""
    taken = taken_from("resume", values)
    start(case, "resume", taken.on, today)
    current = next(suspension for suspension in case.suspensions if suspension.end_on is None)
    check_day(taken.on, today, current.start_on, "ngày tạm đình chỉ")
    current.resumed_number = _number(taken.document, "số quyết định tiếp tục giải quyết")
    current.end_on = taken.on
    return settle(session, case, taken, by, today, calendar)


def withdraw_part(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """Part is withdrawn, or one of several withdraws; the case goes on. Raises Refused without paper and note."""
    taken = taken_from("withdraw_part", values)
    start(case, "withdraw_part", taken.on, today)
    if not taken.note.strip():
        raise Refused("ghi nội dung được rút, hoặc ai trong số người đứng tên rút", "note")
    _number(taken.document, "số, ngày đơn rút hoặc biên bản ghi nhận việc rút")
    return settle(session, case, taken, by, today, calendar)


def several(case: Case) -> bool:
    """True when more than one person stands behind the case, so that one of them alone does not end it."""
    return sum(petition.people for petition in case.petitions) > 1


def withdraw(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """The whole is withdrawn: the case ends, by a decision where it was accepted.

    It goes on where not everybody withdraws, and where the law says so (Luật Tố cáo 2018, Điều 33.3). `values`:
    `on` (the day the case ends by it), `paper` (application, minutes), `document` (its number), `paper_on`,
    `number` (of the decision), `note`; `everyone` (yes, no) where several stand behind the case; for denunciations
    yes or no to each of `grounds.SIGNS`. Raises Refused.
    """
    taken = taken_from("withdraw", values)
    start(case, "withdraw", taken.on, today)
    _number(taken.document, "số đơn rút hoặc biên bản ghi nhận việc rút")
    if values.get("paper") not in codes("withdrawal_paper"):
        raise Refused("chọn đơn rút hoặc biên bản ghi nhận việc rút", "paper")
    paper_on = values.get("paper_on") or taken.on
    if paper_on > taken.on:
        raise Refused("đơn hoặc biên bản rút phải có trước khi vụ việc kết thúc; kiểm tra lại ngày", "paper_on")
    if several(case) and _answer(values, "everyone") == "no":
        goes_on = Taken(
            "withdraw_part",
            paper_on,
            taken.document,
            f"Không phải mọi người đứng tên đều rút. {taken.note}",
        )
        settle(session, case, goes_on, by, today, calendar)
        return ["đã ghi việc rút; vụ việc vẫn tiếp tục giải quyết vì chưa phải mọi người đứng tên đều rút"]
    answers = {sign: _answer(values, sign) for sign in grounds.SIGNS} if case.kind == "denunciation" else {}
    said = [f"{term('withdrawal_sign', sign)} {'Có' if yes == 'yes' else 'Không'}." for sign, yes in answers.items()]
    told = " ".join(part for part in (*said, taken.note) if part)
    if "yes" in answers.values():
        settle(session, case, Taken("keep", paper_on, taken.document, told), by, today, calendar)
        return ["đã ghi việc rút; vụ việc vẫn phải tiếp tục giải quyết (Luật Tố cáo 2018, Điều 33.3)"]
    ending = Ending(unit=case.unit, ground=grounds.WITHDRAWN, paper=values["paper"], paper_on=paper_on)
    ending.paper_number = taken.document
    if case.accepted_on and case.kind != "reflection":
        ending.number = _number(
            values.get("number"),
            "số quyết định đình chỉ, hoặc văn bản thông báo đình chỉ",
            "number",
        )
    _close_suspension(case, taken.on)
    case.withdrawn_on, case.ending = taken.on, ending
    return settle(session, case, Taken("withdraw", taken.on, taken.document, told), by, today, calendar)


def _answer(values: Values, name: str) -> str:
    answer = values.get(name)
    if answer not in ("yes", "no"):
        raise Refused("trả lời câu hỏi này", name)
    return str(answer)


def discontinue(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """Settlement is discontinued by a decision with its `ground`. Raises Refused."""
    taken = taken_from("discontinue", values)
    start(case, "discontinue", taken.on, today)
    ground = None
    if grounds.grounds(grounds.DISCONTINUE, case.kind):
        ground = _ground(case, grounds.DISCONTINUE, values.get("ground"))
    elif not taken.note.strip():
        raise Refused("ghi căn cứ đình chỉ", "note")
    if ground == grounds.WITHDRAWN:
        told = "rút toàn bộ thì ghi bằng bước “Rút toàn bộ”"
        raise Refused(f"{told}: bước đó hỏi những điều luật buộc phải xem xét", "ground")
    case.ending = Ending(unit=case.unit, ground=ground, number=_number(taken.document, "số quyết định đình chỉ"))
    _close_suspension(case, taken.on)
    case.discontinued_on = taken.on
    return settle(session, case, taken, by, today, calendar)


def untold(case: Case) -> list[Order]:
    """The decisions of the case that have to be sent and were not, oldest first."""
    return [order for order in orders_of(case) if order.sent_on is None]


def tell(session: Session, case: Case, values: Values, by: str, today: date, calendar: Calendar) -> list[str]:
    """The decision in place `which` among those not yet sent was sent on that day. Raises Refused."""
    check(case, "tell")
    waiting = {str(place): order for place, order in enumerate(untold(case))}
    order = waiting.get(str(values.get("which")))
    if order is None:
        raise Refused("quyết định này đã gửi; tải lại trang", "which")
    check_day(values["on"], today, order.on, "ngày ban hành")
    setattr(order.row, order.column, values["on"])
    return settle(session, case, Taken("tell", values["on"], order.number), by, today, calendar)


def _ground(case: Case, act: str, code: str | None) -> str:
    ground = grounds.find_ground(act, case.kind, code)
    if ground is None:
        raise Refused("chọn căn cứ trong danh sách", "ground")
    return ground.code


def _number(text: str | None, what: str, field: str = "document") -> str:
    """The paper's number. Raises Refused without one."""
    number = (text or "").strip()
    if not number:
        raise Refused(f"ghi {what}", field)
    if len(number) > LONGEST_NUMBER:
        raise Refused(f"số văn bản dài {len(number)} ký tự, tối đa {LONGEST_NUMBER}", field)
    return number


def _close_suspension(case: Case, on: date) -> None:
    for suspension in case.suspensions:
        suspension.end_on = suspension.end_on or max(on, suspension.start_on)
