"""What has to happen every day, once or more often: each part may be repeated without harm."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import VIETNAM, today
from app.law.clocks import case_state
from app.models import Case, Decision, Draft
from app.operations.accounts.reviews import disable_idle
from app.operations.deadlines import facts_of
from app.operations.rights import demand_operator
from app.security import audit, sessions, typed_twice, wrong_tries
from app.security.trust import NotTrusted, TrustFiles
from app.settings import setting


def run_daily(session: Session) -> Iterator[str]:
    """Accounts are disabled, sessions closed, cases with nothing to execute ended, CRLs told of; a line each."""
    demand_operator(session)
    moment = datetime.now(UTC)
    for identifier in disable_idle(session, moment):
        yield f"đã tạm dừng tài khoản {identifier} vì {setting('IDLE_DAYS')} ngày không dùng"
    closed = sessions.end_run_out(session)
    if closed:
        yield f"đã đóng {closed} phiên hết hạn"
    wrong_tries.forget(session)
    typed_twice.forget(session, Draft)
    yield from expiring_crls(session, moment)
    ended = end_execution(session, today())
    if ended:
        yield f"{ended} quyết định, kết luận không có nội dung phải thi hành đã có hiệu lực; vụ việc kết thúc"


def end_execution(session: Session, day: date) -> int:
    """Cases whose decision has nothing to execute and takes effect by that day are finished; how many.

    Raises Refused.
    """
    demand_operator(session)
    query = select(Case).join(Case.decision).where(Case.state == "decided", Decision.finished_on <= day)
    ended = list(session.scalars(query))
    for case in ended:
        case.state = case_state(facts_of(case), day)
    session.flush()
    return len(ended)


def crls_running_out(moment: datetime) -> list[tuple[str, datetime | None]]:
    """Each authority whose CRL runs out within the days the configuration says, and when; None: it has none, or the
    files cannot be read.
    """
    files: TrustFiles | None = setting("TRUST")
    if files is None:
        return []
    try:
        ends = files.current().crl_ends()
    except NotTrusted as trouble:
        ends = [(trouble.detail, None)]
    limit = moment + timedelta(days=setting("CRL_ALARM_DAYS"))
    return [(authority, end) for authority, end in ends if end is None or end < limit]


def expiring_crls(session: Session, moment: datetime) -> Iterator[str]:
    """A sentence, and an entry in the trail, for each of them."""
    for authority, end in crls_running_out(moment):
        audit.record(
            session, "token.crl_expiring", detail={"authority": authority, "ends": end.isoformat() if end else None}
        )
        yield f"danh sách thu hồi của {authority} " + (
            f"hết hạn lúc {end.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if end else "không có hoặc không đọc được"
        )
