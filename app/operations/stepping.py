"""Taking a step: only where the law's table allows it, with who, when, paper and legal basis kept."""

from collections.abc import Set
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, object_session

from app.clock import today
from app.law import secrecy
from app.law.clocks import case_state
from app.law.extensions import BASIS, MOST
from app.law.processing import acceptable
from app.law.profiles import PROFILES
from app.law.steps import BY_KEY, CASE, PETITION, StepRule, allowed
from app.law.terms import term_of_kind
from app.models import Case, Counter, Petition, Step, Task, Unit
from app.operations.act import Act
from app.operations.content import petitions_of, shut_out_of, write_note
from app.operations.deadlines import facts_of, orders_of
from app.operations.refusal import Refused
from app.security.ids import uuid7
from app.security.numbers import is_taken, taken_of
from app.security.scope import current
from app.settings import setting

NAMELESS = "khiếu nại, tố cáo không có họ tên thì không thụ lý (Luật Khiếu nại, Điều 8; Luật Tố cáo, Điều 25)"


def check(subject: Petition | Case, key: str) -> StepRule:
    """The step's rule.

    Raises Refused where the state or kind does not allow it, or the content is closed to this account.
    """
    noun = PETITION if isinstance(subject, Petition) else CASE
    rule = BY_KEY[(noun, key)]
    if not current(_session_of(subject)).may(rule.permission, subject.unit_id):
        raise Refused("vai trò của tài khoản ở đơn vị này không được thực hiện bước này")
    found = state_of(subject)
    if found not in rule.states or subject.kind not in rule.kinds:
        state = term_of_kind(f"{noun}_state", found, subject.kind)
        what = "đơn" if noun == PETITION else "vụ việc"
        label = rule.label_for(subject.kind)
        raise Refused(
            f"{what} đang ở trạng thái “{state}” nên không thể “{label}”; tải lại trang để xem bước tiếp theo"
        )
    if not opens(subject):
        raise Refused("chỉ người được phân công xử lý và lãnh đạo đơn vị được thực hiện bước này")
    if (reason := _hindered(subject, key)) is not None:
        raise Refused(reason)
    return rule


def state_of(subject: Petition | Case) -> str:
    """The state today; what is stored of a case follows once a day (`operations/daily.py`)."""
    return subject.state if isinstance(subject, Petition) else case_state(facts_of(subject), today())


def next_steps(subject: Petition | Case) -> list[StepRule]:
    """The steps that `check` lets the session take now, in the order of the law's table."""
    scope = current(_session_of(subject))
    if not scope.may_write(subject.unit_id) or not opens(subject):
        return []
    noun = PETITION if isinstance(subject, Petition) else CASE
    rules = allowed(noun, state_of(subject), subject.kind)
    return [
        rule for rule in rules if scope.may(rule.permission, subject.unit_id) and _hindered(subject, rule.key) is None
    ]


def _hindered(subject: Petition | Case, key: str) -> str | None:
    """Why a step that the state allows cannot be taken on this very petition or case; None where it can."""
    if key == "close":
        return _hindered_close(subject)
    if isinstance(subject, Case):
        return _hindered_case(subject, key)
    if key == "attach" and (subject.direction != "accept" or not subject.competent or subject.case_id is not None):
        return "chỉ đưa vào vụ việc đơn thuộc thẩm quyền, chưa thuộc vụ việc nào"
    if key == "attach" and not acceptable(subject.kind, subject.signatories):
        return NAMELESS
    if key == "duplicate" and (subject.same_as_id is not None or subject.case_id is not None):
        return "đơn đã được đánh dấu trùng, hoặc đã thuộc một vụ việc"
    if key == "remove" and subject.case_id is not None:
        return "đơn đã thuộc một vụ việc; không rút khỏi sổ được"
    return None


def _hindered_close(subject: Petition | Case) -> str | None:
    uses_from = subject.unit.uses_from
    if uses_from is None or begun_on(subject) >= uses_from:
        return "chỉ đóng như vậy hồ sơ có từ trước ngày đơn vị dùng phần mềm (ghi ở trang của đơn vị)"
    if isinstance(subject, Petition) and subject.case_id is not None:
        return "đơn đã thuộc một vụ việc; đóng vụ việc đó"
    return None


def begun_on(subject: Petition | Case) -> date:
    """The day on which the petition was received, or the first one of the case, or the case accepted."""
    if isinstance(subject, Petition):
        return subject.received_on
    days = [petition.received_on for petition in subject.petitions] + [subject.accepted_on]
    return min((day for day in days if day is not None), default=date.max)


def _hindered_case(case: Case, key: str) -> str | None:
    named = [acceptable(petition.kind, petition.signatories) for petition in case.petitions]
    if key == "accept" and named and not any(named):
        return NAMELESS
    if key == "send" and case.decision.sent_on:
        return f"kết quả đã gửi ngày {case.decision.sent_on:%d/%m/%Y}"
    if key == "tell" and all(order.sent_on for order in orders_of(case)):
        return "không còn quyết định tạm đình chỉ, tiếp tục hoặc đình chỉ nào chờ gửi"
    if key == "extend" and case.kind == "complaint" and case.complexity:
        return "vụ việc đã được xác định là phức tạp; khiếu nại không có gia hạn (Luật Khiếu nại, Điều 28, 37)"
    if key == "extend" and len(case.extensions) >= MOST:
        return f"việc giải quyết tố cáo chỉ được gia hạn nhiều nhất hai lần ({BASIS})"
    return None


def opens(subject: Petition | Case | Task) -> bool:
    """True when the session may read the content: of the petition; of every petition of a denunciation's case, of one
    of any other case; of a task that it sees, which is content itself.
    """
    if isinstance(subject, Task):
        return True
    if isinstance(subject, Petition):
        return subject.text is not None
    petitions = petitions_of(subject)
    if secrecy.content_closed(subject):
        return bool(petitions) and all(petition.text is not None for petition in petitions)
    return not petitions or any(petition.text is not None for petition in petitions)


def _session_of(row: Petition | Case) -> Session:
    session = object_session(row)
    if session is None:
        raise RuntimeError("a step is taken on a row of a session")
    return session


def check_day(on: date, today: date, earliest: date | None = None, what: str = "", field: str = "on") -> None:
    """The day lies between `earliest` and today. Raises Refused naming the field."""
    if on > today:
        raise Refused(f"ngày {on:%d/%m/%Y} ở tương lai; nhập ngày đã diễn ra", field)
    if earliest is not None and on < earliest:
        raise Refused(f"ngày {on:%d/%m/%Y} trước {what} ({earliest:%d/%m/%Y}); kiểm tra lại ngày", field)


def record_step(session: Session, subject: Petition | Case, key: str, act: Act) -> Step:
    """The step stands in the history of its subject."""
    noun = PETITION if isinstance(subject, Petition) else CASE
    rule = BY_KEY.get((noun, key))
    step = Step(
        unit=subject.unit,
        petition_id=subject.id if noun == PETITION else None,
        case_id=subject.id if noun == CASE else None,
        step=key,
        taken_on=act.on,
        taken_by=act.by,
        paper=act.paper.strip() or None,
        shut_out=shut_out_of(subject),
        basis=rule.basis_for(subject.kind, _law_of(subject, act.on)) if rule else None,
    )
    session.add(step)
    if act.note.strip():
        write_note(step, act.note.strip(), subject)
    return step


def record_leaving(session: Session, petition: Petition, case: Case, act: Act) -> None:
    """It stands in the history of both that the petition left the case."""
    step = record_step(session, petition, "leave", replace(act, paper=case.number, note=""))
    step.case_id = case.id


def _law_of(subject: Petition | Case, on: date) -> date:
    """The day whose law a step rests on: a petition is handled by the law of its receipt, a case by that of the step.

    Nghị định 155/2026, Điều 22; Nghị định 156/2026, Điều 10.
    """
    return subject.received_on if isinstance(subject, Petition) else on


def next_number(session: Session, unit: Unit, year: int, series: str) -> int:
    """The next number of the unit's series in that year; two workers never get the same one."""
    return _take(session, unit, year, series, 1)[0]


def _take(session: Session, unit: Unit, year: int, series: str, count: int) -> range:
    statement: Any = insert(Counter).values(id=uuid7(), unit_id=unit.id, year=year, series=series, value=count)
    statement = statement.on_conflict_do_update(
        index_elements=["unit_id", "year", "series"], set_={"value": Counter.value + count}
    ).returning(Counter.value)
    last: int = session.execute(statement).scalar_one()
    return range(last - count + 1, last + 1)


def free_number(session: Session, unit: Unit, year: int, series: str) -> str:
    """The next number of the series that nothing in the installation has."""
    pattern = PROFILES[setting("PROFILE")].numbers[series]
    while True:
        number = pattern.format(unit=unit.code, year=year, number=next_number(session, unit, year, series))
        if not is_taken(session, number):
            return number


def free_numbers(session: Session, unit: Unit, year: int, series: str, count: int, but: Set[str]) -> list[str]:
    """The next `count` numbers of the series that nothing in the installation has, and that are not among `but`."""
    found: list[str] = []
    pattern = PROFILES[setting("PROFILE")].numbers[series]
    while len(found) < count:
        taking = _take(session, unit, year, series, count - len(found))
        numbers = [pattern.format(unit=unit.code, year=year, number=number) for number in taking]
        taken = taken_of(session, numbers) | but
        found += [number for number in numbers if number not in taken]
    return found
