"""Between acceptance and decision: extension, suspension, resumption, withdrawal, discontinuation, and the telling.

Each is a paper with number and day (`Act`), and where the law lists them a ground (`law/grounds.py`).
The verbs take the values of a form and give remarks, as those of `cases.py`.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app.law import grounds
from app.law.clocks import Clock
from app.law.extensions import RULE, troubles
from app.law.extensions import Extension as Decided
from app.law.terms import codes, term
from app.models import Case, Ending, Extension, Suspension
from app.operations.act import Act
from app.operations.deadlines import Order, clocks_of_case, derive, orders_of, pauses_of
from app.operations.petitions.cases import Values, settle, start
from app.operations.refusal import Refused
from app.operations.stepping import check, check_day

LONGEST_NUMBER = 80


def extend(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """A complaint is determined to be complex, once; a denunciation has as many more days as one more decision says.

    `values`: `criteria`, and for denunciations `days`. Raises Refused.
    """
    start(case, "extend", act)
    chosen = sorted(set(values.get("criteria") or ()))
    if not chosen:
        raise Refused("đánh dấu ít nhất một tiêu chí phức tạp", "criteria")
    assumed = case.kind == "denunciation" and case.criteria_in_full and case.complexity
    if case.kind == "denunciation":
        _extend(case, Decided(act.on, values.get("days") or 0, tuple(chosen)), act)
    else:
        _determine(case, act)
    case.complexity = sorted({*case.complexity, *chosen})
    remarks = settle(session, case, "extend", act)
    if assumed:
        sentence = "trước đây vụ việc coi như đã gia hạn đủ theo tiêu chí"
        remarks.append(f"{sentence}; từ nay chỉ tính các quyết định gia hạn đã ghi")
    return remarks


def _determine(case: Case, act: Act) -> None:
    _number(act.paper, "số, ngày văn bản xác định vụ việc phức tạp")
    running = (derive(clock, act.calendar) for clock in clocks_of_case(case) if clock.start == case.accepted_on)
    due = next((found.day for found in running if found), None)
    if due is not None and act.on > due:
        sentence = f"thời hạn giải quyết đã hết ngày {due:%d/%m/%Y}"
        raise Refused(f"{sentence}; chỉ xác định phức tạp khi còn hạn (Nghị định 124/2020, Điều 3a)", "on")


def _extend(case: Case, new: Decided, act: Act) -> None:
    earlier = [Decided(item.decided_on, item.days, tuple(item.criteria)) for item in case.extensions]
    more_days = sum(item.days for item in earlier)
    pauses = tuple(pauses_of(case))
    limit = derive(Clock(RULE, case.accepted_on or new.on, None, suspensions=pauses, more_days=more_days), act.calendar)
    for trouble in troubles(new, earlier, limit.day if limit else None):
        raise Refused(trouble.text, trouble.field)
    number = _number(act.paper, "số quyết định gia hạn")
    case.criteria_in_full = False  # what is known of decisions counts from now on
    facts = {"days": new.days, "criteria": list(new.criteria)}
    case.extensions.append(Extension(unit=case.unit, decided_on=new.on, number=number, **facts))


def suspend(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The clock stops from that day, by a decision with its `ground`. Raises Refused."""
    start(case, "suspend", act)
    if case.suspensions and case.suspensions[-1].end_on and act.on < case.suspensions[-1].end_on:
        raise Refused("ngày tạm đình chỉ trước ngày tiếp tục lần trước", "on")
    ground = _ground(case, grounds.SUSPEND, values.get("ground"))
    number = _number(act.paper, "số quyết định tạm đình chỉ")
    case.suspensions.append(Suspension(unit=case.unit, start_on=act.on, ground=ground, number=number))
    return settle(session, case, "suspend", act)


def resume(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The clock runs again from the day of the decision to go on, which counts. Raises Refused."""
    start(case, "resume", act)
    current = next(suspension for suspension in case.suspensions if suspension.end_on is None)
    check_day(act.on, act.today, current.start_on, "ngày tạm đình chỉ")
    current.resumed_number = _number(act.paper, "số quyết định tiếp tục giải quyết")
    current.end_on = act.on
    return settle(session, case, "resume", act)


def withdraw_part(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """Part is withdrawn, or one of several withdraws; the case goes on. Raises Refused without paper and note."""
    start(case, "withdraw_part", act)
    if not act.note.strip():
        raise Refused("ghi nội dung được rút, hoặc ai trong số người đứng tên rút", "note")
    _number(act.paper, "số, ngày đơn rút hoặc biên bản ghi nhận việc rút")
    return settle(session, case, "withdraw_part", act)


def several(case: Case) -> bool:
    """True when more than one person stands behind the case, so that one of them alone does not end it."""
    return bool(sum(petition.people for petition in case.petitions) > 1)


def withdraw(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The whole is withdrawn: the case ends, by a decision where it was accepted.

    It goes on where not everybody withdraws, and where the law says so (Luật Tố cáo 2018, Điều 33.3). `act`: the
    day the case ends by it, the number of the application or minutes. `values`: `paper_kind` (which of them),
    `paper_on`, `number` (of the decision); `everyone` (yes, no) where several stand behind the case; for denunciations
    yes or no to each of `grounds.SIGNS`. Raises Refused.
    """
    start(case, "withdraw", act)
    _number(act.paper, "số đơn rút hoặc biên bản ghi nhận việc rút")
    paper_on = _withdrawn_on(values, act.on)
    if several(case) and _answer(values, "everyone") == "no":
        note = f"Không phải mọi người đứng tên đều rút. {act.note}"
        settle(session, case, "withdraw_part", replace(act, on=paper_on, note=note))
        return ["đã ghi việc rút; vụ việc vẫn tiếp tục giải quyết vì chưa phải mọi người đứng tên đều rút"]
    answers = {sign: _answer(values, sign) for sign in grounds.SIGNS} if case.kind == "denunciation" else {}
    said = [f"{term('withdrawal_sign', sign)} {'Có' if yes == 'yes' else 'Không'}." for sign, yes in answers.items()]
    sentence = " ".join(part for part in (*said, act.note) if part)
    if "yes" in answers.values():
        settle(session, case, "keep", replace(act, on=paper_on, note=sentence))
        return ["đã ghi việc rút; vụ việc vẫn phải tiếp tục giải quyết (Luật Tố cáo 2018, Điều 33.3)"]
    ending = Ending(unit=case.unit, ground=grounds.WITHDRAWN, paper=values["paper_kind"], paper_on=paper_on)
    ending.paper_number = act.paper
    if case.accepted_on and case.kind != "reflection":
        ending.number = _number(
            values.get("number"),
            "số quyết định đình chỉ, hoặc văn bản thông báo đình chỉ",
            "number",
        )
    _close_suspension(case, act.on)
    case.withdrawn_on = act.on
    case.ending = ending
    return settle(session, case, "withdraw", replace(act, note=sentence))


def _withdrawn_on(values: Values, ended_on: date) -> date:
    """The day of the application or minutes by which all is withdrawn."""
    if values.get("paper_kind") not in codes("withdrawal_paper"):
        raise Refused("chọn đơn rút hoặc biên bản ghi nhận việc rút", "paper_kind")
    paper_on: date = values.get("paper_on") or ended_on
    if paper_on > ended_on:
        raise Refused("đơn hoặc biên bản rút phải có trước khi vụ việc kết thúc; kiểm tra lại ngày", "paper_on")
    return paper_on


def _answer(values: Values, name: str) -> str:
    answer = values.get(name)
    if answer not in ("yes", "no"):
        raise Refused("trả lời câu hỏi này", name)
    return str(answer)


def discontinue(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """Settlement is discontinued by a decision with its `ground`. Raises Refused."""
    start(case, "discontinue", act)
    ground = None
    if grounds.grounds(grounds.DISCONTINUE, case.kind):
        ground = _ground(case, grounds.DISCONTINUE, values.get("ground"))
    elif not act.note.strip():
        raise Refused("ghi căn cứ đình chỉ", "note")
    if ground == grounds.WITHDRAWN:
        sentence = "rút toàn bộ thì ghi bằng bước “Rút toàn bộ”"
        raise Refused(f"{sentence}: bước đó hỏi những điều luật buộc phải xem xét", "ground")
    case.ending = Ending(unit=case.unit, ground=ground, number=_number(act.paper, "số quyết định đình chỉ"))
    _close_suspension(case, act.on)
    case.discontinued_on = act.on
    return settle(session, case, "discontinue", act)


def untold(case: Case) -> list[Order]:
    """The decisions of the case that have to be sent and were not, oldest first."""
    return [order for order in orders_of(case) if order.sent_on is None]


def tell(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The decision in place `which` among those not yet sent was sent on that day. Raises Refused."""
    check(case, "tell")
    waiting = {str(place): order for place, order in enumerate(untold(case))}
    order = waiting.get(str(values.get("which")))
    if order is None:
        raise Refused("quyết định này đã gửi; tải lại trang", "which")
    check_day(act.on, act.today, order.on, "ngày ban hành")
    setattr(order.row, order.column, act.on)
    return settle(session, case, "tell", replace(act, paper=order.number, note=""))


def _ground(case: Case, act: str, code: str | None) -> str:
    ground = grounds.find_ground(act, case.kind, code)
    if ground is None:
        raise Refused("chọn căn cứ trong danh sách", "ground")
    return ground.code


def _number(text: str | None, what: str, field: str = "paper") -> str:
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
